"""Questions asked of the terms of a passage again and again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hepaspot.report.hits import LIVER_LIKE, NEUTRAL, Hit
from hepaspot.report.tags import Tag

CAUDATE_SEGMENT = 1
LAST_LEFT_SEGMENT = 4
"""Couinaud segments 2 to this one are the left lobe, those above it the right."""
PLACES = Tag.LOBE | Tag.SEGMENT
CLAUSE_ENDS = Tag.COMMA | Tag.END


class Told(NamedTuple):
    """What was told between two full stops: the terms, the bits of their tags, and where."""

    hits: list[Hit]
    mask: int
    section: str
    line: int


def mask_of(hits: Iterable[Hit]) -> int:
    """The bits of all tags in ``hits``."""
    mask = 0
    for hit in hits:
        mask |= hit.tag
    return mask


def is_liver(hit: Hit) -> bool:
    """Whether the report was talking of the liver or its ducts here."""
    return hit.organ in LIVER_LIKE


def is_neutral(hit: Hit) -> bool:
    """Whether a mention names no diagnosis, such as "echogenic focus"."""
    return hit.lex.value == NEUTRAL.value


def is_inside_mark(hit: Hit) -> bool:
    """Whether a term says that something lies in the lumen of a duct."""
    return hit.lex.sign == "in_duct" and hit.lex.value == "inside"


def is_english(hit: Hit) -> bool:
    """Whether a term was written in English."""
    return hit.lex.language == "en"


def is_chinese(hit: Hit) -> bool:
    """Whether a term was written in Chinese."""
    return hit.lex.language == "zh"


def lobe_of(segment: int) -> str:
    """The lobe that a Couinaud segment belongs to."""
    if segment == CAUDATE_SEGMENT:
        return "caudate"
    return "left" if segment <= LAST_LEFT_SEGMENT else "right"


def segments_of(hits: Iterable[Hit]) -> set[int]:
    """The Couinaud segments named."""
    return {segment for hit in hits for segment in hit.segments}


def lobes_of(hits: Iterable[Hit]) -> set[str]:
    """The lobes named, in words or by their segments."""
    lobes: set[str] = set()
    for hit in hits:
        if hit.tag == Tag.LOBE:
            lobes.add(hit.lex.value)
        elif hit.tag == Tag.SEGMENT:
            lobes |= {lobe_of(segment) for segment in hit.segments}
    return lobes
