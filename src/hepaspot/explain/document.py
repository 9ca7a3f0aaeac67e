"""What is said, before it is text or a page: a document of sections, blocks and lines.

A `Line` is one message of the catalogues in one language, with the id of that message
(its *rule*), so that each sentence a reader sees can be traced to the rule that put it
there and to the sources behind it. Text and HTML are both made from this, so that they
cannot say different things.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from hepaspot.exam import Value


class Tone(StrEnum):
    """What a passage or a section stands for; each has a colour and a mark of its own."""

    PLAIN = "plain"
    ALERT = "alert"
    CALCIFICATION = "calcification"
    DUCT_STONE = "duct_stone"
    DUCT_GAS = "duct_gas"
    OTHER = "other"


class Line(Value, frozen=True):
    """One sentence, label or heading.

    ``rule`` is the id of its message, ``notes`` are numbers of highlighted passages,
    ``sources`` ids of sources in ``knowledge/``, ``href`` an anchor in the same page.
    """

    rule: str
    text: str
    notes: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    href: str | None = None


class Run(Value, frozen=True):
    """A stretch of a report; ``notes`` are the passages it belongs to, ``ends`` those it ends."""

    text: str
    notes: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    tone: Tone = Tone.PLAIN


class Paragraph(Value, frozen=True, tag="paragraph"):
    """Sentences that follow each other."""

    lines: tuple[Line, ...]


class Bullets(Value, frozen=True, tag="bullets"):
    """Sentences that stand beside each other."""

    lines: tuple[Line, ...]


class Answer(Value, frozen=True, tag="answer"):
    """A question that readers ask, and what can be said."""

    question: Line
    lines: tuple[Line, ...]


class Quotation(Value, frozen=True, tag="quotation"):
    """The report's own words, with the passages that count highlighted."""

    caption: Line
    runs: tuple[Run, ...]


class Note(Value, frozen=True):
    """What one highlighted passage says; ``words`` are the report's own."""

    number: int | None
    words: str
    tone: Tone
    lines: tuple[Line, ...]


class Notes(Value, frozen=True, tag="notes"):
    """Highlighted passages, explained one by one."""

    notes: tuple[Note, ...]


class Bar(Value, frozen=True):
    """One probability, each value 0 to 1, with its name and its figures in words.

    ``of_100`` is the mean as the number of 100 people that is drawn, None for no drawing.
    """

    tone: Tone
    name: Line
    figure: Line
    mean: float
    low: float
    high: float
    of_100: int | None = None


class Bars(Value, frozen=True, tag="bars"):
    """Probabilities with their intervals on one scale."""

    caption: Line
    bars: tuple[Bar, ...]


class LedgerRow(Value, frozen=True):
    """What one sign moved: cells in the order of the ledger's header."""

    tone: Tone
    cells: tuple[Line, ...]


class Ledger(Value, frozen=True, tag="ledger"):
    """All that was weighed for one focus."""

    caption: Line
    header: tuple[Line, ...]
    rows: tuple[LedgerRow, ...]


class Figure(Value, frozen=True, tag="figure"):
    """A drawing of ours; ``alt`` tells it to who cannot see it, ``labels`` are the words in it."""

    drawing: str
    caption: Line
    alt: Line
    labels: tuple[Line, ...] = ()

    def label(self, name: str) -> str:
        """The word for ``name``, the last part of its rule."""
        return next(line.text for line in self.labels if line.rule.rsplit(".", 1)[-1] == name)


class Shown(Value, frozen=True, tag="shown"):
    """A picture of the exam itself; ``image`` is a data URI that holds it whole."""

    image: str
    caption: Line
    alt: Line


class Citation(Value, frozen=True):
    """One source as a reader can find it."""

    id: str
    text: str
    href: str | None = None


class Citations(Value, frozen=True, tag="citations"):
    """The sources of a document."""

    citations: tuple[Citation, ...]


Block = (
    Paragraph | Bullets | Answer | Quotation | Notes | Bars | Ledger | Figure | Shown | Citations
)


class Section(Value, frozen=True):
    """A heading and what stands under it; ``id`` is its anchor."""

    id: str
    heading: Line
    blocks: tuple[Block, ...]
    tone: Tone = Tone.PLAIN


class Document(Value, frozen=True):
    """One summary or page; ``related`` are pages that travel with it."""

    id: str
    language: str
    audience: str
    title: Line
    banner: tuple[Line, ...]
    sections: tuple[Section, ...]
    related: tuple[Document, ...] = ()

    @property
    def shows_pictures(self) -> bool:
        """Whether a picture of the exam stands in it."""
        blocks = (block for section in self.sections for block in section.blocks)
        return any(isinstance(block, Shown) for block in blocks)

    @property
    def trace(self) -> tuple[Line, ...]:
        """Every line of this document in reading order, related pages left out."""
        return tuple(lines((self.title, self.banner, self.sections)))


def lines(part: object) -> Iterator[Line]:
    """Every line in a part of a document, in reading order."""
    if isinstance(part, Line):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from lines(item)
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from lines(getattr(part, name))
