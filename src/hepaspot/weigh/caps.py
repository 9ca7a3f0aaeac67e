"""How far one sign, and one group of correlated signs, may move the answer.

A table of likelihoods has the shape ``(states, entities, draws)``; for each entity and draw
the states add up to 1 (unless a rule makes some of them neutral). A cap draws the entities
together until no state parts them by more than the limit. The states still add up to 1, so
a capped table is a proper model, and no mixture of states can break the limit either.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hepaspot.exam import Entity

Array = NDArray[np.float64]

ENTITIES = tuple(Entity)
CALCIFICATION = ENTITIES.index(Entity.CALCIFICATION)
DUCT_STONE = ENTITIES.index(Entity.DUCT_STONE)


def neutral_between(table: Array, neutral: list[int]) -> Array:
    """Make ``neutral`` states as likely in calcification as in duct stone: both take the mean."""
    table = table.copy()
    pair = [CALCIFICATION, DUCT_STONE]
    for state in neutral:
        table[state, pair] = table[state, pair].mean(axis=0)
    return table


def observed(weights: Array, table: Array) -> Array:
    """Likelihood of what was observed, ``(cases, entities, draws)``.

    What all states of an observation have in common tells nothing, so that an even spread
    is the same as no observation; the rest is a mixture of the states.

    Parameters
    ----------
    weights : (cases, states) float64
        Each row adds up to 1.
    """
    common = weights.min(axis=1, keepdims=True)
    told: Array = np.tensordot(weights - common, table, axes=1)
    return np.asarray(common[..., None] + told)


def cap_pair(table: Array, state: int, over: int, under: int, limit: float) -> Array:
    """Hold entity ``over`` in ``state`` to ``limit`` times entity ``under``.

    The two entities are drawn towards their mean by the least share that will do.
    """
    pair = table[:, [over, under]]
    middle = pair.mean(axis=1)
    excess = np.maximum(table[state, over] - limit * table[state, under], 0.0)
    share = excess / (excess + (limit - 1.0) * middle[state])
    table = table.copy()
    table[:, [over, under]] = pair + share * (middle[:, None] - pair)
    return table


def single_limits(lr_min: float, lr_max: float) -> Array:
    """``(entities, entities)``: how much likelier a state may be in the first than the second.

    ``lr_min`` and ``lr_max`` bound duct stone to calcification; every other pair is held to
    the wider of the two.
    """
    limits = np.full((len(ENTITIES), len(ENTITIES)), max(lr_max, 1.0 / lr_min))
    limits[DUCT_STONE, CALCIFICATION] = lr_max
    limits[CALCIFICATION, DUCT_STONE] = 1.0 / lr_min
    return limits


def excess_over(table: Array, limits: Array) -> Array:
    """``(states, entities, entities, draws)``: by how much each pair breaks its limit."""
    over = table[:, :, None] - limits[None, :, :, None] * table[:, None, :]
    return np.asarray(np.maximum(over, 0.0))


def cap_single(table: Array, limits: Array) -> Array:
    """Draw all entities towards their mean by the least share that keeps every limit."""
    excess = excess_over(table, limits)
    middle = table.mean(axis=1, keepdims=True)
    slack = (limits - 1.0)[None, :, :, None] * middle[:, :, None]
    share = (excess / (excess + slack)).max(axis=(0, 1, 2))
    return np.asarray(table + share * (middle - table))


def cap_group(log_likelihood: Array, lr_max: float) -> Array:
    """Hold the joint likelihood of a group, ``(cases, entities, draws)``, within ``lr_max``.

    No entity is left less than ``1 / lr_max`` times as likely as the likeliest.
    """
    floor = log_likelihood.max(axis=1, keepdims=True) - np.log(lr_max)
    return np.asarray(np.maximum(log_likelihood, floor))
