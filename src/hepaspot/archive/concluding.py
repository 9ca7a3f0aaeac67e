"""Whether the impression of a report takes up that ducts are dilated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hepaspot.exam import Entity, Exam, Observation, Provenance, Section, Words
from hepaspot.report import impression_of, read_report
from hepaspot.weigh.evidence import DUCT_SIGNS, is_in

DILATED: Final = "dilated"

EXPLAINS: Final = frozenset({*DUCT_SIGNS, "duct_extrahepatic", "in_duct", "mass"})
"""Signs that tell of the ducts, or of what may narrow them."""


def not_concluded(exam: Exam) -> Provenance | None:
    """Dilated ducts in the findings that no word of the impression takes up."""
    found = [
        seen.provenance
        for seen in _signs(exam)
        if seen.sign in DUCT_SIGNS
        and is_in(seen, DILATED)
        and isinstance(seen.provenance, Words)
        and seen.provenance.section is Section.FINDINGS
    ]
    if not found:
        return None
    text = next((each.text for each in exam.sources if each.id == found[0].source), None) or ""
    # The whole report tells of the ducts once, wherever it does first: the impression is read
    # once more, alone.
    impression = impression_of(text)
    if not impression or any(map(_is_in_impression, _explaining(exam))):
        return None
    return None if any(True for _ in _explaining(read_report(impression))) else found[0]


def _explaining(exam: Exam) -> Iterator[Provenance]:
    """Where ducts, stones, gas, a mass or anything of the kind is told."""
    yield from (seen.provenance for seen in _signs(exam) if seen.sign in EXPLAINS)
    yield from (statement.provenance for statement in exam.statements)
    for focus in exam.foci:
        for statement in focus.statements:
            if statement.entity is not Entity.CALCIFICATION:
                yield statement.provenance


def _signs(exam: Exam) -> Iterator[Observation]:
    yield from exam.observations
    for focus in exam.foci:
        yield from focus.observations


def _is_in_impression(provenance: Provenance) -> bool:
    return isinstance(provenance, Words) and provenance.section is Section.IMPRESSION
