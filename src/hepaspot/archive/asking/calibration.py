"""Whether spots that are given a probability are so as often as it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from hepaspot.archive.asking.intervals import Estimate, effective, wilson
from hepaspot.exam import Entity

BINS: Final = 5
"""Bins of equal width (convention): a review has some dozen spots, not thousands."""


class Weighed(NamedTuple):
    """One reviewed spot: its probability of each entity, what it was said to be, its weight."""

    probabilities: dict[Entity, float]
    reviewed: Entity
    weight: float


class Bin(NamedTuple):
    """Spots with a like probability of one entity."""

    entity: Entity
    low: float
    high: float
    spots: int
    told: float
    seen: Estimate


def reliability(spots: Sequence[Weighed], entity: Entity) -> list[Bin]:
    """The bins of one entity that hold a spot.

    ``told`` is the weighted mean probability, ``seen`` the weighted share of spots that
    reviewers called so, its interval by the effective number of spots.
    """
    bins = []
    for number in range(BINS):
        own = [spot for spot in spots if _bin(spot.probabilities[entity]) == number]
        if own:
            bins.append(_summed(own, entity, number))
    return bins


def _bin(probability: float) -> int:
    return min(BINS - 1, int(probability * BINS))


def _summed(own: Sequence[Weighed], entity: Entity, number: int) -> Bin:
    weights = [spot.weight for spot in own]
    n = effective(weights)
    told = _mean((spot.probabilities[entity] for spot in own), weights)
    seen = _mean((float(spot.reviewed is entity) for spot in own), weights)
    ends = number / BINS, (number + 1) / BINS
    return Bin(entity, *ends, len(own), told, wilson(min(1.0, seen) * n, n))


def _mean(values: Iterable[float], weights: Sequence[float]) -> float:
    pairs = zip(values, weights, strict=True)
    return sum(value * weight for value, weight in pairs) / sum(weights)
