"""What a report is not about, could not see, or does not say: missing is never absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hepaspot.exam import Exam, Focus, SourceKind
from hepaspot.explain.document import Line, Paragraph, Section, Tone
from hepaspot.explain.passages import SHOWN_CAVEATS, Passages
from hepaspot.explain.words import Words, noted
from hepaspot.knowledge import load
from hepaspot.weigh.assessment import Assessment

OUT_OF_SCOPE: Final = ("foetal", "animal")
"""Caveats of a report that is not about a person's liver after birth."""

SYMPTOMS: Final = ("fever", "jaundice", "pain", "weight_loss", "itch")
"""Complaints that a report may or may not mention."""


def out_of_scope(assessment: Assessment) -> bool:
    """Whether the report is of an unborn child or an animal."""
    return any(caveat.id in OUT_OF_SCOPE for caveat in assessment.exam.caveats)


def refusal(assessment: Assessment, marked: Passages, words: Words, reader: str) -> Section:
    """The section that stands in place of every answer where the report is out of scope."""
    found = {caveat.id: caveat for caveat in assessment.exam.caveats if caveat.id in OUT_OF_SCOPE}
    lines = tuple(
        noted(words.line(f"{reader}.scope.{caveat.id}"), marked.number(caveat.provenance))
        for caveat in found.values()
    )
    advice = tuple(words.line(f"{reader}.scope.{id}.advice") for id in found)
    heading = words.line(f"{reader}.scope.heading")
    return Section("scope", heading, (Paragraph((*lines, *advice)),), Tone.ALERT)


def gaps(assessment: Assessment, marked: Passages, words: Words, reader: str) -> tuple[Line, ...]:
    """What the report could not show, and what it does not say."""
    exam = assessment.exam
    caveats = tuple(
        noted(words.line(f"{reader}.caveat.{caveat.id}"), marked.number(caveat.provenance))
        for caveat in exam.caveats[:SHOWN_CAVEATS]
        if words.knows(f"{reader}.caveat.{caveat.id}")
    )
    if not exam.foci:
        return caveats
    silent = _silent(exam) if has_report(exam) else ("no_report",)
    return caveats + tuple(words.line(f"{reader}.gap.{gap}") for gap in silent)


def ducts_stated(exam: Exam) -> bool:
    """Whether the report says anything about the width of the ducts in the liver."""
    local = any(focus.observation("duct_local") for focus in exam.foci)
    return local or exam.observation("duct_intrahepatic") is not None


def guidance_sources(name: str) -> tuple[str, ...]:
    """Sources of one guidance; none for one that the tables lack."""
    return next((row.sources for row in load().guidance if row.id == name), ())


def setting_open(assessment: Assessment) -> bool:
    """Whether more than one setting or region had to be run, since it was not given."""
    rows = {row.id: (row.setting, row.region) for row in load().priors}
    return len({rows.get(prior) for prior in assessment.priors}) > 1


def has_report(exam: Exam) -> bool:
    """Whether anything but pictures was read; what a person typed in counts as words."""
    pictures = [source.kind is SourceKind.PICTURE for source in exam.sources]
    return not pictures or not all(pictures)


def _silent(exam: Exam) -> Iterator[str]:
    seen = {caveat.id for caveat in exam.caveats}
    if not ducts_stated(exam) and "ducts_not_seen" not in seen:
        yield "ducts"
    for sign in ("shadow", "change"):
        if not any(focus.observation(sign) for focus in exam.foci):
            yield sign
    if not any(_sized(focus) for focus in exam.foci):
        yield "size"
    if not any(exam.observation(sign) for sign in SYMPTOMS):
        yield "symptoms"
    if exam.observation("liver_tests") is None:
        yield "liver_tests"


def _sized(focus: Focus) -> bool:
    return any(size.axes_mm and size.plausible for size in focus.sizes)
