"""Words of a report that the picture of the same exam does not bear out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hepaspot.exam import Count, Entity, Exam, Focus, Observation, Region, Words
from hepaspot.weigh.assessment import Contradiction
from hepaspot.weigh.evidence import INTRAHEPATIC_DUCT, LIVE, LOCAL_DUCT, is_in, shares

PICTURE_DOUBT = 0.2
"""Share of a picture's likelihood under which it disagrees with a word (convention)."""

SIZE_RATIO = 2.0
"""A size more than so many times another is hardly that of the same spot (convention)."""

NORMAL_DUCT_MM = 2.5
"""A duct in the liver is no wider (N1: dilated from 2 mm on; and the doubt of measuring): mm."""

SHADOW = "shadow"
OPPOSITE_SHADOWS = {"present": "absent", "absent": "present"}

NARROW = "not_dilated"
"""State of a duct sign in which the duct is not wide."""


def size_apart(exam: Exam, focus: Focus) -> Iterator[Contradiction]:
    """The words' largest size against the picture's: one more than twice the other.

    A picture shows a spot too long where its duct or what it throws back runs on beside it, so
    that it counts as larger only where it is larger both ways.
    """
    told = [s for s in focus.sizes if s.axes_mm and s.plausible]
    said = [s for s in told if isinstance(s.provenance, Words)]
    seen = [s for s in told if isinstance(s.provenance, Region)]
    if not said or not seen or not _is_one_clear_spot(focus):
        return
    first, second = (max(sizes, key=lambda size: max(size.axes_mm)) for sizes in (said, seen))
    told_mm, seen_mm = max(first.axes_mm), max(second.axes_mm)
    is_larger = seen_mm > SIZE_RATIO * told_mm and min(second.axes_mm) > told_mm
    if is_larger or told_mm > SIZE_RATIO * seen_mm:
        yield Contradiction("size_mismatch", first.provenance, second.provenance, focus.id)


def _is_one_clear_spot(focus: Focus) -> bool:
    """Whether words and picture must be of one spot, whose end can be seen.

    A report tells the largest of a group, which need not be the one in the picture; behind gas
    bright bands go on.
    """
    is_gas = any(s.entity is Entity.DUCT_GAS and s.certainty in LIVE for s in focus.statements)
    return focus.count is not Count.MULTIPLE and not is_gas


def signs_apart(exam: Exam, focus: Focus) -> Iterator[Contradiction]:
    """Signs of a single focus that words and picture tell otherwise."""
    if focus.count is not Count.MULTIPLE:
        yield from disagreements(focus.observations, focus.id)


def wide_duct_seen(exam: Exam, focus: Focus) -> Iterator[Contradiction]:
    """A wide duct beside a focus in the picture, where the words have no wide duct in the liver."""
    told = [o for o in exam.observations if o.sign == INTRAHEPATIC_DUCT and is_in(o, NARROW)]
    words = [o for o in told if isinstance(o.provenance, Words)]
    seen = [o for o in focus.observations if o.sign == LOCAL_DUCT]
    pictures = [o for o in seen if isinstance(o.provenance, Region)]
    for word, picture in product(words, pictures):
        if shares(picture).get(NARROW, 0.0) < PICTURE_DOUBT and not _may_be_portal(picture):
            yield Contradiction("picture_disagrees", word.provenance, picture.provenance, focus.id)


def _may_be_portal(wide: Observation) -> bool:
    """Whether the tube beside the wide one is as narrow as a duct: then that one is the duct."""
    beside = (d.measurement.value for d in wide.details if d.name == "partner")
    return any(calibre_mm <= NORMAL_DUCT_MM for calibre_mm in beside)


def disagreements(
    observations: tuple[Observation, ...], focus: str | None
) -> Iterator[Contradiction]:
    """Each sign that words tell and a picture surely shows otherwise."""
    words = [o for o in observations if isinstance(o.provenance, Words)]
    pictures = [o for o in observations if isinstance(o.provenance, Region)]
    for word, picture in product(words, pictures):
        if word.sign == picture.sign and _is_opposed(word, picture):
            yield Contradiction("picture_disagrees", word.provenance, picture.provenance, focus)


def _is_opposed(word: Observation, picture: Observation) -> bool:
    """Whether the picture surely shows another state than the one told.

    Of shadows only "a shadow" and "none" oppose each other: where a faint one begins and what is
    dirty is a matter of the eye.
    """
    seen = shares(picture)
    if word.sign == SHADOW:
        opposite = OPPOSITE_SHADOWS.get(word.state)
        return opposite is not None and seen.get(opposite, 0.0) > 1 - PICTURE_DOUBT
    return seen.get(word.state, 0.0) < PICTURE_DOUBT
