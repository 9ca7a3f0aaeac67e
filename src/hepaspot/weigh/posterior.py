"""From likelihoods and prior to the probability of each entity, with its interval.

The mean is the exact answer of the point tables (Dirichlet parameters that are independent
and not yet informed by this case act through their means). The interval comes from draws
over the tables and the prior. Where the setting or the region is not stated, each of them
is a world of its own: the mean is the mean of the worlds, the interval reaches from the
lowest end to the highest, so that not saying it can never make the answer look surer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hepaspot.exam import Setting, SettingKind
from hepaspot.knowledge import Knowledge, RowSetting, RuleId, Sign
from hepaspot.weigh.caps import ENTITIES, Array, cap_group, observed
from hepaspot.weigh.likelihood import Table, table
from hepaspot.weigh.prior import kinds, log_prior, prior_rows, regions

F = TypeVar("F", np.float32, np.float64)

ORDER = np.arange(len(ENTITIES))[None, :, None]
"""``(1, entities, 1)``: the place of each entity."""


@dataclass(frozen=True)
class World:
    """One setting: its tables by sign, and its prior in each region.

    Attributes
    ----------
    log_prior : (regions, entities, 1 + draws) float64
    """

    kind: SettingKind
    log_prior: Array
    tables: dict[str, Table]


@dataclass(frozen=True, eq=False)  # drawn once: the same one or another
class Model:
    """Everything that weighing needs, drawn once for a setting and kept."""

    knowledge: Knowledge
    worlds: tuple[World, ...]
    priors: tuple[str, ...]

    def weighs(self, sign: str) -> bool:
        """Whether the sign moves anything in any world."""
        return any(sign in world.tables for world in self.worlds)

    def known(self, sign: str) -> Sign | None:
        """What is known of a sign, if anything."""
        return next((row for row in self.knowledge.signs if row.id == sign), None)

    def lr_max(self, group: str) -> float:
        """The joint cap of a group of correlated signs."""
        return self.knowledge.group(group).lr_max


@dataclass(frozen=True)
class Posteriors:
    """Means and 95 % intervals, each ``(cases, entities)`` in the order of `Entity`."""

    mean: Array
    low: Array
    high: Array


_models: dict[tuple[str, SettingKind | None, str | None, bool], Model] = {}


def model_for(knowledge: Knowledge, setting: Setting, *, gallbladder_removed: bool) -> Model:
    """The model for a setting, from memory where it was drawn before."""
    key = (knowledge.version, setting.kind, setting.region, gallbladder_removed)
    model = _models.get(key)
    if model is None or model.knowledge is not knowledge:
        model = _draw(knowledge, setting, gallbladder_removed)
        _models[key] = model
    return model


def log_likelihood(
    model: Model, world: World, likelihoods: Mapping[str, Array]
) -> tuple[Array, dict[str, Array]]:
    """Joint log-likelihood of some cases in one world, and that of each sign alone.

    Parameters
    ----------
    likelihoods
        Sign to ``(cases, states)``: the likelihood of what was observed over its states.

    Returns
    -------
    joint : (cases, entities, 1 + draws) float64
        After the caps of groups.
    single : dict of (cases, entities, 1 + draws) float64
        By sign, before the caps of groups.
    """
    single = {
        sign: _single(world.tables[sign], weights)
        for sign, weights in sorted(likelihoods.items())
        if sign in world.tables
    }
    signs = {sign: world.tables[sign].sign for sign in single}
    return joined(model, signs, single), single


def _single(table: Table, weights: Array) -> Array:
    state = weights.argmax(axis=1)
    if (weights.max(axis=1) == 1.0).all():
        return np.asarray(table.log[state])
    return np.asarray(np.log(observed(weights, table.likelihood)))


def joined(model: Model, signs: Mapping[str, Sign], single: Mapping[str, Array]) -> Array:
    """Add up single signs, each correlated group held within its cap."""
    by_group: dict[str | None, Array] = {}
    for sign, log in single.items():
        group = signs[sign].group
        by_group[group] = by_group[group] + log if group in by_group else log
    total = np.zeros((1, 1, 1))
    for group, log in by_group.items():
        total = total + (log if group is None else cap_group(log, model.lr_max(group)))
    return total


def posteriors(model: Model, joint: list[Array]) -> Posteriors:
    """Means and intervals from the joint log-likelihood in each world."""
    interval = model.knowledge.rule(RuleId.INTERVAL)
    ends = [
        _region_ends(log + world.log_prior[region], interval)
        for world, log in zip(model.worlds, joint, strict=True)
        for region in range(len(world.log_prior))
    ]
    mean = np.mean([end.mean for end in ends], axis=0)
    low = np.min([end.low for end in ends], axis=0)
    high = np.max([end.high for end in ends], axis=0)
    # A skewed sample may leave the exact mean just outside its own middle 95 %.
    return Posteriors(mean, np.minimum(low, mean), np.maximum(high, mean))


def leads(model: Model, joint: list[Array]) -> Array:
    """``(cases, entities)``: share of all draws in which each entity is the most probable.

    Every world and every region counts alike, and within them every prior row.
    """
    shares = [
        (np.argmax((log + prior)[..., 1:], axis=1)[:, None] == ORDER).mean(axis=2)
        for world, log in zip(model.worlds, joint, strict=True)
        for prior in world.log_prior
    ]
    return np.asarray(np.mean(shares, axis=0))


def normalised(log: Array) -> Array:
    """Probabilities over the entities (axis 1) from log weights."""
    weights: Array = np.exp(log - log.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def middle(sample: NDArray[F], interval: float) -> tuple[NDArray[F], NDArray[F]]:
    """The two order statistics that hold the middle ``interval`` of the last axis."""
    lower = int((1.0 - interval) / 2.0 * sample.shape[-1])
    upper = sample.shape[-1] - 1 - lower
    # Two plain selections are three times as fast as one for both.
    ordered = np.partition(sample, lower, axis=-1)
    low = ordered[..., lower].copy()
    ordered[..., lower + 1 :].partition(upper - lower - 1, axis=-1)
    return low, ordered[..., upper]


def _region_ends(log: Array, interval: float) -> Posteriors:
    probabilities = normalised(log)
    return Posteriors(probabilities[..., 0], *middle(probabilities[..., 1:], interval))


def _draw(knowledge: Knowledge, setting: Setting, gallbladder_removed: bool) -> Model:
    places = regions(knowledge, setting)
    return Model(
        knowledge=knowledge,
        worlds=tuple(
            World(
                kind,
                log_prior(knowledge, kind, places),
                _tables(knowledge, _row_settings(kind, gallbladder_removed)),
            )
            for kind in kinds(setting)
        ),
        priors=tuple(row.id for row in prior_rows(knowledge, setting)),
    )


def _row_settings(kind: SettingKind, gallbladder_removed: bool) -> tuple[RowSetting, ...]:
    own = RowSetting(kind.value)
    return (RowSetting.POST_CHOLECYSTECTOMY, own) if gallbladder_removed else (own,)


def _tables(knowledge: Knowledge, settings: tuple[RowSetting, ...]) -> dict[str, Table]:
    found = {
        sign.id: table(knowledge, sign, settings)
        for sign in knowledge.signs
        if sign.weighs and sign.only_in in (None, *settings)
    }
    return {sign: drawn for sign, drawn in found.items() if drawn is not None}
