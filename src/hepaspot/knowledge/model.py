"""The rows that hold words: sources, causes, guidance, flags and codes, and what all rows share.

A row says what it claims, where the claim comes from (``sources``) or that it is a
convention (``convention``), and in ``note`` what a reader must know before trusting it.
Words that users read stand in ``explain/``; a note is for the physician who keeps the tables.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from hepaspot.exam import Entity, Value


class Quality(StrEnum):
    """How far a source carries."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Seen(StrEnum):
    """How much of a source was read when its figure was taken."""

    FULL = "full"
    ABSTRACT = "abstract"
    EXCERPT = "excerpt"
    SECONDARY = "secondary"


class Source(Value, frozen=True, kw_only=True):
    """One publication or page. ``note`` says why a source that no row cites is kept."""

    id: str
    citation: str
    quality: Quality
    seen: Seen
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    note: str = ""


class Row(Value, frozen=True, kw_only=True):
    """What every row has: an id, and sources or a convention mark with a note."""

    id: str
    sources: tuple[str, ...] = ()
    convention: bool = False
    note: str = ""


class Conditional(Row, frozen=True, kw_only=True):
    """A row that holds under conditions, written as ``name:value`` facts.

    Every line of ``when`` must have a fact that is known, and no fact of ``unless`` may be.
    A fact is ``<sign>:<state>``, or ``landmark:``, ``host:``, ``name:``, ``entity:``,
    ``setting:`` or ``region:`` and an id. A row without ``when`` always holds.
    """

    when: tuple[tuple[str, ...], ...] = ()
    unless: tuple[str, ...] = ()

    def holds(self, facts: Collection[str]) -> bool:
        """Whether the row holds for what is known; what is not known counts for nothing."""
        return all(any(fact in facts for fact in line) for line in self.when) and not any(
            fact in facts for fact in self.unless
        )

    def because(self, facts: Collection[str]) -> tuple[str, ...]:
        """The known facts that made the row hold, in the order of the row."""
        return tuple(dict.fromkeys(f for line in self.when for f in line if f in facts))


class EntityRow(Row, frozen=True, kw_only=True):
    """One thing that a bright spot can be; ``names`` lists the finer names inside it."""

    names: tuple[str, ...] = ()


class Cause(Conditional, frozen=True, kw_only=True):
    """A cause worth asking about; ``entity`` is what the bright spot then is."""

    entity: Entity


class Guidance(Conditional, frozen=True, kw_only=True):
    """What a published guidance says in a situation."""

    situation: str
    quality: Quality
    year: int | None = None


class ScreeningRule(Conditional, frozen=True, kw_only=True):
    """A category and judgement of a screening manual."""

    category: str
    judgement: str


class RedFlag(Row, frozen=True, kw_only=True):
    """A sign in a state that calls for work-up whatever the probabilities say."""

    sign: str
    state: str


class Contradiction(Row, frozen=True, kw_only=True):
    """A way in which two passages of one exam do not fit."""


class Alert(Row, frozen=True, kw_only=True):
    """What an audit of an archive looks for; a rank of 1 matters most to the patient."""

    rank: int


class Code(Row, frozen=True, kw_only=True):
    """A code of a terminology for a fact (``entity:duct_stone``, ``shadow:present``)."""

    concept: str
    system: str
    code: str
    meaning: str
