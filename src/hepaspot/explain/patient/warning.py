"""What comes before everything else: red flags, and passages that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from hepaspot.exam import Region
from hepaspot.explain.document import Block, Bullets, Line, Paragraph, Section, Tone
from hepaspot.explain.passages import SHOWN_CLASHES, Passages
from hepaspot.explain.sources import best
from hepaspot.explain.words import Words, noted, sourced
from hepaspot.knowledge import load
from hepaspot.weigh.assessment import Assessment, LedgerLine, RedFlag

URGENT = frozenset({"fever", "jaundice"})
"""Flags of what cannot wait until tomorrow where it is present now."""


def flags(assessment: Assessment, marked: Passages, words: Words) -> Iterator[Section]:
    """The red flags, each with the words of the report, and what to do."""
    if not assessment.red_flags:
        return
    lines = tuple(_flag(flag, marked, words) for flag in assessment.red_flags)
    urgent = any(flag.id in URGENT for flag in assessment.red_flags)
    act = (
        sourced(words.line("patient.flag.now"), "H1") if urgent else words.line("patient.flag.act")
    )
    order = (act, words.line("patient.flag.lead")) if urgent else (words.line("patient.flag.lead"),)
    blocks = (
        *(Paragraph((line,)) for line in order),
        Bullets(lines),
        *(() if urgent else (Paragraph((act,)),)),
    )
    yield Section("flags", words.line("patient.flag.heading"), blocks, Tone.ALERT)


def _flag(flag: RedFlag, marked: Passages, words: Words) -> Line:
    rule = f"patient.flag.{flag.id}"
    plain = words.say(rule) if words.knows(rule) else f"{words.term('flag', flag.id)}: "
    quoted = marked.words(flag.provenance, words)
    seen = isinstance(flag.provenance, Region)
    text = words.say(
        "patient.flag.seen" if seen else "patient.flag.line", meaning=plain, words=quoted
    )
    return noted(sourced(Line(rule, text), *best(flag.sources)), marked.number(flag.provenance))


def is_raised(line: LedgerLine, assessment: Assessment) -> bool:
    """Whether a sign of the ledger is one of the red flags that were raised."""
    raised = {flag.id for flag in assessment.red_flags}
    return any(
        row.id in raised and (row.sign, row.state) == (line.sign, line.state)
        for row in load().red_flags
    )


def clashes(assessment: Assessment, marked: Passages, words: Words) -> Iterator[Section]:
    """Passages of the report that do not fit, both quoted."""
    if not assessment.contradictions:
        return
    blocks: list[Block] = []
    for clash in assessment.contradictions[:SHOWN_CLASHES]:
        rule = f"patient.clash.{clash.id}"
        why = words.line(rule) if words.knows(rule) else words.label("contradiction", clash.id)
        quoted = words.line(
            "patient.clash.passages",
            first=marked.words(clash.first, words),
            second=marked.words(clash.second, words),
        )
        numbers = (marked.number(clash.first), marked.number(clash.second))
        blocks.append(Paragraph((why, noted(quoted, *numbers))))
    more = len(assessment.contradictions) - SHOWN_CLASHES
    if more > 0:
        rest = Line("patient.clash.more", words.count("patient.clash.more", more))
        blocks.append(Paragraph((rest,)))
    blocks.append(Paragraph((words.line("patient.clash.ask"),)))
    heading = words.line("patient.clash.heading")
    yield Section("clashes", heading, tuple(blocks), Tone.ALERT)
