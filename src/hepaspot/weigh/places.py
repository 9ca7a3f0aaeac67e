"""Whether two sections of a report put one focus in different places."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hepaspot.exam import Lobe, Place

SIDES: dict[Lobe, frozenset[str]] = {
    Lobe.LEFT: frozenset({Lobe.LEFT}),
    Lobe.RIGHT: frozenset({Lobe.RIGHT}),
    Lobe.BOTH: frozenset({Lobe.LEFT, Lobe.RIGHT}),
    Lobe.CAUDATE: frozenset({Lobe.CAUDATE}),
}


def place_mismatch(
    findings: Sequence[Place], impression: Sequence[Place]
) -> tuple[str, Place, Place] | None:
    """The contradiction id and the first passage of each section, or None if they fit.

    Sections that share a lobe, or a segment where both name segments, fit: an impression
    often repeats only part of what the findings list.
    """
    for kind, named in (("side_mismatch", _sides), ("segment_mismatch", _segments)):
        first = [place for place in findings if named(place)]
        second = [place for place in impression if named(place)]
        if first and second and not _all(first, named) & _all(second, named):
            return kind, first[0], second[0]
    return None


def _all(places: list[Place], named: Callable[[Place], frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(named(place) for place in places))


def _sides(place: Place) -> frozenset[str]:
    return SIDES[place.lobe] if place.lobe is not None else frozenset()


def _segments(place: Place) -> frozenset[str]:
    return frozenset(f"S{segment}" for segment in place.segments)
