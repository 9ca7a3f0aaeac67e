"""How likely each state of a sign is under each entity, with the doubt of its figures.

Every likelihood row is a Dirichlet, so a figure from 30 patients moves the answer less
surely than one from 3,000. The point table holds the means of the rows; draws over the rows
carry their doubt and are made when a sign is first seen. Both pass through the same caps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from hepaspot.knowledge import Knowledge, LikelihoodRow, RowSetting, RuleId, Sign
from hepaspot.weigh import draws
from hepaspot.weigh.caps import (
    CALCIFICATION,
    DUCT_STONE,
    ENTITIES,
    Array,
    cap_pair,
    cap_single,
    neutral_between,
    single_limits,
)
from hepaspot.weigh.evidence import DUCT_SIGNS

Rivals = tuple[LikelihoodRow, ...]


@dataclass(frozen=True)
class Table:
    """The likelihoods of one sign in one setting, after all single-sign caps.

    Attributes
    ----------
    point : (states, entities) float64
        Means of the rows.
    capped : tuple of bool
        For each state whether a cap moved it in the point table.
    rows, sources
        Ids of the likelihood rows and of their sources.
    draw
        Makes the draws, ``(states, entities, draws)``.
    """

    sign: Sign
    point: Array
    capped: tuple[bool, ...]
    rows: tuple[str, ...]
    sources: tuple[str, ...]
    draw: Callable[[], Array]

    @property
    def states(self) -> tuple[str, ...]:
        """The states, in the order of the first axis."""
        return self.sign.states

    @cached_property
    def point_log(self) -> Array:
        """``(states, entities)``: natural logarithm of the point table."""
        return np.log(self.point)

    @cached_property
    def likelihood(self) -> Array:
        """``(states, entities, 1 + draws)``: the point table, then the draws."""
        return np.concatenate([self.point[..., None], self.draw()], axis=2)

    @cached_property
    def log(self) -> Array:
        """Natural logarithm of `likelihood`."""
        return np.log(self.likelihood)

    @cached_property
    def relative(self) -> NDArray[np.float32]:
        """``(states + 1, entities, draws)``: draws, the likeliest entity scaled to 1.

        The last "state" is 1 for all, which is what a sign not mentioned says.
        """
        drawn = self.likelihood[..., 1:]
        scaled = drawn / drawn.max(axis=1, keepdims=True)
        return np.concatenate([scaled, np.ones_like(scaled[:1])]).astype(np.float32)


def table(knowledge: Knowledge, sign: Sign, settings: tuple[RowSetting, ...]) -> Table | None:
    """The table of ``sign``, None where no row speaks for the setting.

    Parameters
    ----------
    settings
        The most particular first, as for `Knowledge.rows_for`.
    """
    rivals = tuple(knowledge.rows_for(sign.id, entity, *settings) for entity in ENTITIES)
    rows = [row for rival in rivals for row in rival]
    if not rows:
        return None
    raw = _stacked(sign, rivals, lambda alpha, _: draws.mean(alpha)[:, None])
    uncapped = neutral_between(raw, _neutral(sign))
    cap = partial(_capped, knowledge, sign, by_chance=RowSetting.HEALTH_CHECK in settings)
    point = cap(uncapped)
    return Table(
        sign=sign,
        point=point[..., 0],
        capped=_touched(uncapped, point),
        rows=tuple(dict.fromkeys(row.id for row in rows)),
        sources=tuple(dict.fromkeys(source for row in rows for source in row.sources)),
        draw=partial(_drawn, knowledge, sign, rivals, cap),
    )


def _drawn(
    knowledge: Knowledge, sign: Sign, rivals: tuple[Rivals, ...], cap: Callable[[Array], Array]
) -> Array:
    raw = _stacked(sign, rivals, lambda alpha, ids: draws.sampled(knowledge, alpha, *ids))
    return cap(neutral_between(raw, _neutral(sign)))


def _stacked(
    sign: Sign, rivals: tuple[Rivals, ...], shares: Callable[[Array, list[str]], Array]
) -> Array:
    """``(states, entities, ...)``; without a figure an entity is as likely as the others are."""
    known = {
        entity: shares(_alpha(sign, rows), [row.id for row in rows])
        for entity, rows in enumerate(rivals)
        if rows
    }
    average: Array = np.asarray(np.mean(list(known.values()), axis=0))
    return np.stack([known.get(entity, average) for entity in range(len(rivals))], axis=1)


def _alpha(sign: Sign, rivals: Rivals) -> Array:
    return np.array([[row.alpha[state] for state in sign.states] for row in rivals])


def _neutral(sign: Sign) -> list[int]:
    return [sign.states.index(state) for state in sign.neutral]


def _limits(knowledge: Knowledge) -> Array:
    return single_limits(knowledge.rule(RuleId.SINGLE_LR_MIN), knowledge.rule(RuleId.SINGLE_LR_MAX))


def _capped(knowledge: Knowledge, sign: Sign, table: Array, *, by_chance: bool) -> Array:
    if by_chance and sign.id in DUCT_SIGNS:
        table = _capped_dilatation(knowledge, sign, table)
    return cap_single(table, _limits(knowledge))


def _capped_dilatation(knowledge: Knowledge, sign: Sign, table: Array) -> Array:
    """Hold what wide or narrow ducts say of a focus that may have been found by chance.

    Series define calcification by ducts that are not dilated, and stones by ducts that are.
    """
    dilated, not_dilated = (sign.states.index(s) for s in ("dilated", "not_dilated"))
    lr_max = knowledge.rule(RuleId.HEALTH_CHECK_DILATATION_LR_MAX)
    lr_min = knowledge.rule(RuleId.NO_DILATATION_LR_MIN)
    table = cap_pair(table, dilated, DUCT_STONE, CALCIFICATION, lr_max)
    return cap_pair(table, not_dilated, CALCIFICATION, DUCT_STONE, 1.0 / lr_min)


def _touched(uncapped: Array, point: Array) -> tuple[bool, ...]:
    """For each state whether a cap moved it."""
    return tuple(bool(moved) for moved in (point != uncapped).any(axis=(1, 2)))
