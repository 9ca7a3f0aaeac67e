"""The conclusions in words, short enough for a field of a report."""

from __future__ import annotations

from collections.abc import Iterator

from hepaspot.explain import compose
from hepaspot.explain.document import Bullets, Document, Line, Paragraph, Section, Tone
from hepaspot.export.case import Case, handed_on


def document(case: Case, pictures: dict[str, bytes] | None = None) -> Document:
    """The clinician's page of a case, without the names of files on this machine."""
    return compose(handed_on(case.assessment), language=case.language, pictures=pictures)


def summary(case: Case) -> str:
    """The conclusions of a case, as a field of DICOM holds lines."""
    return "\r\n".join(conclusions(document(case)))


def conclusions(said: Document) -> tuple[str, ...]:
    """Notice, warnings and conclusions of the clinician's page, line by line."""
    return tuple(line.text for line in (*said.banner, *_lines(said)))


def _lines(said: Document) -> Iterator[Line]:
    for section in said.sections:
        if section.tone is Tone.ALERT or _is_of_a_focus(section):
            yield section.heading
            yield from _first(section)


def _is_of_a_focus(section: Section) -> bool:
    return section.id.startswith("focus") or section.id == "screening"


def _first(section: Section) -> Iterator[Line]:
    """The lines of the blocks that the section opens with: what is concluded, or warned of."""
    for block in section.blocks:
        if isinstance(block, Paragraph) or (
            isinstance(block, Bullets) and section.tone is Tone.ALERT
        ):
            yield from block.lines
        else:
            return
