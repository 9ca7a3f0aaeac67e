"""The arithmetic of `posterior` for many cases: the same answer, by faster means.

Means are exact and in double precision. Intervals come from the same draws, in single
precision and without logarithms: each likelihood is scaled so that its likeliest entity is
1, and since the caps keep every other above a tenth, no product can vanish.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hepaspot.knowledge import RuleId
from hepaspot.weigh.caps import Array
from hepaspot.weigh.posterior import Model, Posteriors, World, joined, middle, normalised

Codes = NDArray[np.int64]
Singles = NDArray[np.float32]

LARGEST_KEY = 2**62
"""Bound of a pattern key that still fits a signed 64-bit number."""


def batch(model: Model, stated: Mapping[str, Codes], cases: int) -> Posteriors:
    """Means and intervals of ``cases``; ``stated`` is sign to ``(cases,)`` codes, -1 not told."""
    worlds = [
        (world, region, joint)
        for world in model.worlds
        for joint in [_joint(model, world, stated, cases)]
        for region in range(len(world.log_prior))
    ]
    interval = model.knowledge.rule(RuleId.INTERVAL)
    ends = [_ends(joint, world.log_prior[region], interval) for world, region, joint in worlds]
    mean = _mean(model, stated, cases)
    low = np.min([low for low, _ in ends], axis=0)
    high = np.max([high for _, high in ends], axis=0)
    return Posteriors(mean, np.minimum(low, mean), np.maximum(high, mean))


def _mean(model: Model, stated: Mapping[str, Codes], cases: int) -> Array:
    means = [
        normalised(log[..., 0] + prior[:, 0])
        for world in model.worlds
        for log in [_point(model, world, stated, cases)]
        for prior in world.log_prior
    ]
    return np.asarray(np.mean(means, axis=0))


def _point(model: Model, world: World, stated: Mapping[str, Codes], cases: int) -> Array:
    """``(cases, entities, 1)``: joint log-likelihood of the point tables."""
    single = {
        sign: np.where(
            column[:, None, None] >= 0, world.tables[sign].point_log[column, :, None], 0.0
        )
        for sign, column in stated.items()
        if sign in world.tables
    }
    log = joined(model, {sign: world.tables[sign].sign for sign in single}, single)
    return np.broadcast_to(log, (cases, world.log_prior.shape[1], 1))


def _joint(model: Model, world: World, stated: Mapping[str, Codes], cases: int) -> Singles:
    """``(cases, entities, draws)``: joint likelihood, groups capped."""
    groups: dict[str | None, dict[str, Codes]] = {}
    for sign, column in stated.items():
        if sign in world.tables:
            group = world.tables[sign].sign.group
            groups.setdefault(group, {})[sign] = column
    joint: Singles = np.ones((cases, world.log_prior.shape[1], 1), dtype=np.float32)
    for group, columns in groups.items():
        joint = joint * _group(model, world, group, columns)
    return joint


def _group(model: Model, world: World, group: str | None, columns: Mapping[str, Codes]) -> Singles:
    """One group of signs: each distinct combination once, then for every case."""
    first, inverse = patterns(columns, model, cases=len(next(iter(columns.values()))))
    factors = (world.tables[sign].relative[column[first]] for sign, column in columns.items())
    product = next(factors)
    for factor in factors:
        product *= factor
    if group is not None:
        floor = product.max(axis=1, keepdims=True) / np.float32(model.lr_max(group))
        np.maximum(product, floor, out=product)
    return product[inverse]


def patterns(columns: Mapping[str, Codes], model: Model, *, cases: int) -> tuple[Codes, Codes]:
    """Index of the first case of each distinct pattern, and the pattern of each case."""
    key, radix = np.zeros(cases, dtype=np.int64), 1
    for sign, column in columns.items():
        base = len(model.knowledge.sign(sign).states) + 1
        if radix * base > LARGEST_KEY:
            distinct, key = np.unique(key, return_inverse=True)
            radix = len(distinct)
        key, radix = key * base + (column + 1), radix * base
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return first, inverse


def _ends(joint: Singles, log_prior: Array, interval: float) -> tuple[Array, Array]:
    prior = np.exp(log_prior[:, 1:]).astype(np.float32)
    sample = joint * prior
    sample /= sample.sum(axis=1, keepdims=True)
    low, high = middle(sample, interval)
    return low.astype(np.float64), high.astype(np.float64)
