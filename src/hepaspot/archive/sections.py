"""Parts of a lobe that reports name by words, as the segments that they are.

A reader keeps a lobe as written. Beside a segment, or another part of the lobe, these words
place a spot as surely as a number does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from hepaspot.exam import Exam, Focus, Place, Provenance, Section, Words
from hepaspot.weigh.places import place_mismatch

PARTS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), segments)
    for pattern, segments in (
        ("左外侧?叶?上段|左侧?外叶上", {2}),
        ("左外侧?叶?下段|左侧?外叶下", {3}),
        ("左叶?外侧?[叶段区]|左肝外叶|left lateral", {2, 3}),
        ("左叶?内侧?[叶段区]|左肝内叶|方叶|left medial|quadrate", {4}),
        ("右前侧?叶?上段", {8}),
        ("右前侧?叶?下段", {5}),
        ("右后侧?叶?上段", {7}),
        ("右后侧?叶?下段", {6}),
        ("右叶?前[叶段区]|右肝前叶|right anterior|anterior right", {5, 8}),
        ("右叶?后[叶段区]|右肝后叶|right posterior|posterior right", {6, 7}),
    )
)
"""Words of a place to Couinaud segments, the finer part first (S7: the convention of Couinaud)."""


WRAPPED: Final = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
"""The end of a line within Chinese words, which have no spaces between them."""


class Apart(NamedTuple):
    """Two passages that put one focus into different segments."""

    first: Provenance
    second: Provenance
    focus: str


def segments_apart(exam: Exam) -> Iterator[Apart]:
    """Foci that findings and impression put into different parts of one lobe, in words.

    Of several foci in a lobe the impression may mean any that the findings put where it says.
    """
    of_findings = [_places(focus, Section.FINDINGS) for focus in exam.foci]
    anywhere = {segment for places in of_findings for segment in _segments(exam, places)}
    for focus, findings in zip(exam.foci, of_findings, strict=True):
        impression = _places(focus, Section.IMPRESSION)
        if place_mismatch(findings, impression) is not None:
            continue
        told, concluded = _segments(exam, findings), _segments(exam, impression)
        if told and concluded and anywhere.isdisjoint(concluded):
            yield Apart(next(iter(told.values())), next(iter(concluded.values())), focus.id)


def _places(focus: Focus, section: Section) -> list[Place]:
    return [
        place
        for place in focus.places
        if isinstance(place.provenance, Words) and place.provenance.section is section
    ]


def _segments(exam: Exam, places: list[Place]) -> dict[int, Provenance]:
    """Each segment that is told, with the passage that tells it."""
    return {
        segment: place.provenance
        for place in reversed(places)
        for segment in (place.segments or _in_words(exam, place.provenance))
    }


def _in_words(exam: Exam, provenance: Provenance) -> frozenset[int]:
    if not isinstance(provenance, Words):
        return frozenset()
    text = next((each.text for each in exam.sources if each.id == provenance.source), None) or ""
    words = WRAPPED.sub("", text[provenance.start : provenance.end])
    words = " ".join(words.split())
    found = next((segments for part, segments in PARTS if part.search(words)), set())
    return frozenset(found)
