"""The clinician's document, laid out for a screen: a card a focus, its evidence beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from hepaspot.exam import Focus, Provenance, Region, SourceKind
from hepaspot.explain import compose
from hepaspot.explain.document import (
    Bars,
    Block,
    Bullets,
    Document,
    Ledger,
    LedgerRow,
    Line,
    Paragraph,
    Section,
    Tone,
)
from hepaspot.explain.words import Words
from hepaspot.serve.desk import OpenExam
from hepaspot.serve.questions import Question, correction, questions, tests
from hepaspot.weigh.assessment import Assessment, Category, FocusAssessment

BESIDE: Final = ("pictures", "report")
"""Sections that stand beside the answer, where their words and regions can be lit up."""

AHEAD: Final = ("flags", "scope", "contradictions")
"""Sections that stand before everything else."""


@dataclass(frozen=True)
class Row:
    """One line of the ledger.

    ``light`` is the region it was read from, as JSON for the viewer, empty for words;
    ``sign`` leads to the figures behind it; ``correction`` asks what is right instead.
    """

    row: LedgerRow
    sign: str
    correction: Question
    light: str = ""


@dataclass(frozen=True)
class Card:
    """One focus."""

    id: str
    focus: str
    heading: Line
    tone: Tone
    conclusion: tuple[Line, ...]
    bars: Bars
    author: tuple[Block, ...]
    ledger: Ledger | None
    rows: tuple[Row, ...]
    category: Category | None
    screening: tuple[Block, ...]
    causes: tuple[Block, ...]
    questions: tuple[Question, ...]
    tests: tuple[str, ...]
    lobe: str
    segments: tuple[int, ...]
    seen_in: str


@dataclass(frozen=True)
class Layout:
    """A whole answer, in the order of the screen."""

    document: Document
    ahead: tuple[Section, ...]
    cards: tuple[Card, ...]
    rest: tuple[Section, ...]
    beside: tuple[Section, ...]
    pictures: tuple[str, ...] = field(default=())


def layout(open_exam: OpenExam, language: str) -> Layout:
    """The answer to an exam as the page shows it."""
    assessment, words = open_exam.assessment, Words(language)
    document = compose(assessment, audience="clinician", language=language)
    sections = {section.id: section for section in document.sections}
    own = {f"focus-{place}": answer for place, answer in enumerate(assessment.foci, start=1)}
    cards = tuple(
        _card(section, own[name], assessment, open_exam, words)
        for name, section in sections.items()
        if name in own
    )
    taken = {*own, *AHEAD, *BESIDE}
    return Layout(
        document=document,
        ahead=tuple(sections[name] for name in AHEAD if name in sections),
        cards=cards,
        rest=tuple(section for name, section in sections.items() if name not in taken),
        beside=tuple(sections[name] for name in BESIDE if name in sections),
        pictures=tuple(
            source.id
            for source in assessment.exam.sources
            if source.kind is SourceKind.PICTURE and source.id in open_exam.pictures
        ),
    )


def _card(
    section: Section,
    answer: FocusAssessment,
    assessment: Assessment,
    open_exam: OpenExam,
    words: Words,
) -> Card:
    focus = next((f for f in assessment.exam.foci if f.id == answer.focus), None)
    parts = _Parts(section.blocks)
    return Card(
        id=section.id,
        focus=answer.focus,
        heading=section.heading,
        tone=section.tone,
        conclusion=parts.conclusion,
        bars=parts.bars,
        author=parts.author,
        ledger=parts.ledger,
        rows=tuple(_rows(parts.ledger, answer, assessment, words)),
        category=answer.category,
        screening=parts.screening,
        causes=parts.causes,
        questions=questions(assessment.exam, answer, words),
        tests=tuple(tests(answer, words)),
        lobe="" if focus is None or focus.lobe is None else focus.lobe.value,
        segments=() if focus is None else focus.segments,
        seen_in=_seen_in(focus, open_exam),
    )


class _Parts:
    """The blocks of one focus, told apart by the rules of their first lines."""

    def __init__(self, blocks: tuple[Block, ...]) -> None:
        at = next(place for place, block in enumerate(blocks) if isinstance(block, Bars))
        bars = blocks[at]
        assert isinstance(bars, Bars)  # noqa: S101 (found as one)
        self.bars = bars
        self.conclusion = tuple(
            line for block in blocks[:at] if isinstance(block, Paragraph) for line in block.lines
        )
        after = blocks[at + 1 :]
        self.ledger = next((block for block in after if isinstance(block, Ledger)), None)
        self.author = tuple(b for b in after if _first(b).startswith("clinician.statement."))
        self.screening = tuple(b for b in after if _first(b).startswith("clinician.screening."))
        lead = [n for n, b in enumerate(after) if _first(b) == "clinician.cause.lead"]
        self.causes = tuple(after[lead[0] :]) if lead else ()


def _first(block: Block) -> str:
    """The rule of a block's first line."""
    return block.lines[0].rule if isinstance(block, Paragraph | Bullets) else ""


def _rows(
    ledger: Ledger | None, answer: FocusAssessment, assessment: Assessment, words: Words
) -> Iterator[Row]:
    if ledger is not None:
        for row, line in zip(ledger.rows, answer.ledger, strict=True):
            asked = correction(assessment.exam, line.sign, answer, words)
            yield Row(row, line.sign, asked, _light(line.provenance))


def _light(where: Provenance) -> str:
    """What the viewer needs to light up a region."""
    if not isinstance(where, Region) or not where.outline:
        return ""
    return msgspec.json.encode(
        {"source": where.source, "frame": where.frame, "outline": where.outline}
    ).decode()


def _seen_in(focus: Focus | None, open_exam: OpenExam) -> str:
    """The picture that a focus has an outline in; empty where it is only told of."""
    if focus is None:
        return ""
    places = (focus.provenance, *(size.provenance for size in focus.sizes))
    sources = (place.source for place in places if isinstance(place, Region))
    return next((source for source in sources if source in open_exam.pictures), "")
