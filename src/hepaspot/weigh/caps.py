"""How far one sign, and one group of correlated signs, may move the answer.

A table of likelihoods has the shape ``(states, entities, draws)``. A cap works on one state at
a time and lifts the entity that the state speaks against, until it is parted from the other
by no more than the limit. What another state would have said, or a third entity, is left as
it was: a far-fetched ratio there is no reason to distrust this one. No mixture of states can
break the limit either.
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
    """Hold entity ``over`` in ``state`` to ``limit`` times entity ``under``."""
    table = table.copy()
    table[state, under] = np.maximum(table[state, under], table[state, over] / limit)
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


def cap_single(table: Array, limits: Array) -> Array:
    """Lift each entity, state by state, until every limit holds."""
    floor = (table[:, :, None] / limits[None, :, :, None]).max(axis=1)
    return np.asarray(np.maximum(table, floor))


def cap_group(log_likelihood: Array, lr_max: float) -> Array:
    """Hold the joint likelihood of a group, ``(cases, entities, draws)``, within ``lr_max``.

    No entity is left less than ``1 / lr_max`` times as likely as the likeliest.
    """
    floor = log_likelihood.max(axis=1, keepdims=True) - np.log(lr_max)
    return np.asarray(np.maximum(log_likelihood, floor))
