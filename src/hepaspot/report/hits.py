"""What the walk over a passage hands on: terms in their context."""

from __future__ import annotations

from dataclasses import dataclass

from hepaspot.report.scan import Token
from hepaspot.report.segments import SegmentToken
from hepaspot.report.sizes import SizeToken
from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex

AnyToken = Token | SizeToken | SegmentToken

LIVER_LIKE = frozenset({"", "liver", "duct"})
"""Organs, as told so far, of which a focus without an own place may be said."""
IN_LIVER = frozenset({"liver", "duct"})
SCOPED = (
    Tag.HOST
    | Tag.MENTION
    | Tag.STATE
    | Tag.SHADOW
    | Tag.SIGN
    | Tag.CHANGE
    | Tag.ATTRIBUTE
    | Tag.DUCT
)
"""What can be denied, doubted or told of the past."""
NEUTRAL = Lex(Tag.MENTION, value="neutral", language="en")
"""A focus that the report gives no name."""
_SIDES = {
    (True, False): Lex(Tag.LOBE, "left"),
    (False, True): Lex(Tag.LOBE, "right"),
    (True, True): Lex(Tag.LOBE, "both"),
}


@dataclass(slots=True)
class Hit:
    """A term in its context; flags are set while the passage is walked."""

    start: int
    end: int
    lex: Lex
    tag: int
    organ: str
    chunk: int
    negated: bool = False
    hedged: bool = False
    either: bool = False
    historical: bool = False
    prior: bool = False
    refuted: bool = False
    dropped: bool = False
    axes_mm: tuple[float, ...] = ()
    is_range: bool = False
    listed: bool = False
    segments: tuple[int, ...] = ()
    near: bool = False
    near_preposition: bool = False
    quoted: bool = False
    elsewhere: bool = False
    asked: bool = False
    apart: bool = False  # a place whose clause tells of no find there
    count: str | None = None
    said_from: int = -1  # where the words of its denial begin, if they stand before it
    said_to: int = -1  # where they end, if they stand behind it

    @property
    def span(self) -> tuple[int, int]:
        """The term together with the words that deny it."""
        start = self.said_from if 0 <= self.said_from < self.start else self.start
        return start, max(self.end, self.said_to)


@dataclass(slots=True)
class Cursor:
    """What the report is talking about; carried from passage to passage."""

    organ: str = ""
    side: Lex | None = None
    last: Lex | None = None
    section: str = ""


def is_named(hit: Hit) -> bool:
    """Whether the hit mentions an entity by its name."""
    return hit.tag == Tag.MENTION and hit.lex.value != "neutral"


def side_named(written: str) -> Lex | None:
    """Give the side that a term names within itself, as in "left hepatic duct"."""
    left = "左" in written or "Left" in written
    right = "右" in written or "Right" in written
    return _SIDES.get((left, right))


def names_liver(written: str) -> bool:
    """Whether a term names the liver within itself, as in "hepatic mass"."""
    return "epatic" in written or "Liver" in written or "肝" in written
