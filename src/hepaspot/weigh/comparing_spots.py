"""Which focus of an earlier exam is which focus of a later one.

Two foci can be one spot where their places fit (no other lobe, no other segments) and both are
single or both are groups. Of all ways to pair them the one with the most pairs is taken, and of
these the one whose pairs are least unlike. A single focus that is left goes with a group of the
other exam where it lies: what was told together may later be told one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hepaspot.exam import Count, Focus
from hepaspot.weigh.comparing_best import Match, best_pairs
from hepaspot.weigh.comparing_sizes import like_sizes, size_mm
from hepaspot.weigh.places import place_mismatch

OPEN_LOBE, OPEN_PLACE = 0.5, 1.0
"""What a place that fits leaves open costs, in stable sizes: by lobe alone, by neither."""


@dataclass(frozen=True)
class Likeness:
    """How far the same spot may differ from one exam to the next.

    Attributes
    ----------
    stable_mm
        By how much one size wobbles with no real change.
    ratio
        A spot more than so many times as large may well be another one.
    """

    stable_mm: float
    ratio: float


class Spot(NamedTuple):
    """Two foci that are one spot, by their places in the lists, and whether surely so.

    Where it is not sure, ``alone`` tells that their sizes are all that speaks against it: no
    other focus could be either of the two.
    """

    earlier: int
    later: int
    sure: bool
    alone: bool = False


def same_spots(
    earlier: Sequence[Focus], later: Sequence[Focus], likeness: Likeness
) -> tuple[Spot, ...]:
    """The pairs, by the earlier focus.

    A pair is sure where every other way to pair as many foci is less alike by more than two
    sizes wobble, and the two sizes are likely those of one spot.
    """
    costs = {
        (i, j): _unlike_mm(one, two, likeness)
        for i, one in enumerate(earlier)
        for j, two in enumerate(later)
        if is_group(one) == is_group(two) and _places_fit(one, two)
    }
    matches = best_pairs(costs)
    spots = [
        Spot(i, j, margin > 2 * likeness.stable_mm and _is_likely(earlier[i], later[j], likeness))
        for i, (j, margin) in matches.items()
    ]
    told = [spot._replace(alone=_is_alone(spot, spots, earlier, later)) for spot in spots]
    return tuple(sorted((*told, *_out_of_groups(earlier, later, matches))))


def is_group(focus: Focus) -> bool:
    """Whether several foci are told together."""
    return focus.count is Count.MULTIPLE


def _places_fit(one: Focus, two: Focus) -> bool:
    return place_mismatch(one.places, two.places) is None


def _unlike_mm(one: Focus, two: Focus, likeness: Likeness) -> float:
    """The gap of the sizes; what one of them leaves open counts as much as a size wobbles."""
    sizes = like_sizes(one, two)
    gap = likeness.stable_mm if sizes is None else abs(size_mm(sizes[0]) - size_mm(sizes[1]))
    return gap + _open_place(one, two) * likeness.stable_mm


def _open_place(one: Focus, two: Focus) -> float:
    if one.segments and two.segments:
        return 0.0
    return OPEN_LOBE if one.lobe is not None and two.lobe is not None else OPEN_PLACE


def _is_likely(one: Focus, two: Focus, likeness: Likeness) -> bool:
    sizes = like_sizes(one, two)
    if sizes is None:
        return True
    small, large = sorted(map(size_mm, sizes))
    return large - small <= likeness.stable_mm or large <= likeness.ratio * small


def _is_alone(
    spot: Spot, spots: Sequence[Spot], earlier: Sequence[Focus], later: Sequence[Focus]
) -> bool:
    """Whether two foci whose sizes are unlike could be no other focus of either exam."""
    if spot.sure:
        return False
    sure = [each for each in spots if each.sure]
    before = _open(earlier, {each.earlier for each in sure}, spot.earlier)
    after = _open(later, {each.later for each in sure}, spot.later)
    return not any(_places_fit(focus, later[spot.later]) for focus in before) and not any(
        _places_fit(earlier[spot.earlier], focus) for focus in after
    )


def _open(foci: Sequence[Focus], settled: set[int], own: int) -> list[Focus]:
    """The other foci that have no sure partner; a group may have more than one."""
    return [
        focus
        for place, focus in enumerate(foci)
        if place != own and (place not in settled or is_group(focus))
    ]


def _out_of_groups(
    earlier: Sequence[Focus], later: Sequence[Focus], matches: Mapping[int, Match]
) -> list[Spot]:
    """Each single focus that is left, with a group that it may be one of."""
    taken = {match.column for match in matches.values()}
    early = [i for i in range(len(earlier)) if i not in matches]
    late = [j for j in range(len(later)) if j not in taken]
    joined = [Spot(i, j, sure=False) for i, j in _members(earlier, early, later, late)]
    parted = [Spot(i, j, sure=False) for j, i in _members(later, late, earlier, early)]
    return joined + parted


def _members(
    foci: Sequence[Focus], left: Sequence[int], others: Sequence[Focus], left_there: Sequence[int]
) -> list[tuple[int, int]]:
    """Single foci that are left, each with its group among ``others``; a left group first."""
    groups = [*left_there, *(j for j in range(len(others)) if j not in left_there)]
    found = {
        i: next(
            (j for j in groups if is_group(others[j]) and _places_fit(foci[i], others[j])), None
        )
        for i in left
        if not is_group(foci[i])
    }
    return [(i, j) for i, j in found.items() if j is not None]
