"""What can be wrong in one report alone, and how it comes about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Final

from hepaspot.archive.synthetic.facts import (
    CONFUSED,
    OTHER_SIDE,
    SEGMENTS,
    Ducts,
    Kind,
    Place,
    Told,
    Way,
)


def _wide_calcification(random: Random, told: Told) -> Told | None:
    if told.told_spot.kind is not Kind.CALCIFICATION:
        return None
    concluded = random.random() < 0.5
    return replace(_plainly(told), ducts=Ducts.WIDE, ducts_concluded=concluded)


def _narrow_stone(random: Random, told: Told) -> Told | None:
    if told.told_spot.kind is not Kind.STONE:
        return None
    ducts = Ducts.NARROW if told.second or random.random() < 0.85 else Ducts.BESIDE
    return replace(_plainly(told), ducts=ducts)


def _denied_in_findings(random: Random, told: Told) -> Told | None:
    if told.second is not None:
        return None
    spot = told.told_spot
    ducts = Ducts.NARROW if told.ducts is Ducts.BESIDE else told.ducts  # beside nothing
    return replace(_plainly(told), findings=Way.DENIED, findings_kind=spot.kind, ducts=ducts)


def _denied_in_impression(random: Random, told: Told) -> Told | None:
    if told.told_spot.kind is not Kind.STONE:
        return None
    return replace(told, findings=Way.NAMED, findings_kind=Kind.STONE, impression=Way.DENIED)


def _two_names(random: Random, told: Told) -> Told | None:
    if told.second is not None:
        return None
    first, second = random.sample(CONFUSED, 2)
    return replace(
        told,
        findings=Way.NAMED,
        findings_kind=first,
        impression=Way.NAMED,
        impression_kind=second,
    )


def _other_side(random: Random, told: Told) -> Told | None:
    if told.second is not None:
        return None
    side = OTHER_SIDE[told.told_spot.place.side]
    segment = random.choice(SEGMENTS[side]) if random.random() < 0.3 else None
    return replace(_plainly(told), impression_place=Place(side, segment))


def _other_segment(random: Random, told: Told) -> Told | None:
    if told.second is not None:
        return None
    spot = told.told_spot
    first, second = random.sample(SEGMENTS[spot.place.side], 2)
    return replace(
        _plainly(told),
        spot=replace(spot, place=Place(spot.place.side, first)),
        impression_place=Place(spot.place.side, second),
    )


def _silent(random: Random, told: Told) -> Told:
    return replace(told, ducts=None)


def _plainly(told: Told) -> Told:
    """``told`` with an impression that names what the spot is."""
    return replace(told, impression=Way.NAMED, impression_kind=told.told_spot.kind)


PLANTS: Final[Mapping[str, Callable[[Random, Told], Told | None]]] = {
    "calcification_with_dilatation": _wide_calcification,
    "impression_denied_in_findings": _denied_in_findings,
    "stone_denied_elsewhere": _denied_in_impression,
    "name_mismatch": _two_names,
    "side_mismatch": _other_side,
    "segment_mismatch": _other_segment,
    "stone_without_dilatation": _narrow_stone,
    "duct_statement_missing": _silent,
}
"""What can be wrong in one report, and how it comes about."""
