"""Cut a report into passages, each inside one section, and pass over those without interest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from hepaspot.report.borders import ends_passage
from hepaspot.report.scan import Found
from hepaspot.report.tags import Tag
from hepaspot.report.terms import Match

MEASURE = re.compile(r"\d ?-?(?:Mm|Cm)|Seg")
"""A size or segment, which may stand in a passage without any term."""

_CUTS = Tag.STOP | Tag.DOT | Tag.PAUSE | Tag.CLOSE | Tag.SECTION
_SECTION = Tag.SECTION
_ONE_LINE_SECTIONS = frozenset({"history", "technique", "compare"})
_LONGEST_HISTORY = 240
"""Characters of history, technique or comparison that may stand in one line."""
_LONGEST_PASSAGE = 160
"""Terms after which a passage is cut even without a full stop, so that reading stays linear."""


class Passage(NamedTuple):
    """The terms between two full stops; ``mask`` holds the bits of all their tags."""

    start: int
    end: int
    found: list[Found]
    mask: int
    section: str
    line: int


@dataclass(slots=True)
class _Layout:
    """The section and the line that the next passage stands in."""

    section: str = ""
    line: int = 0
    has_words: bool = False

    def cross(self, text: str, at: int, end: int, match: Match) -> None:
        """Go on behind the mark or heading at ``at`` to ``end``."""
        if match.mask & _SECTION and match.lexes[0].tag == _SECTION:
            self.section, self.has_words = match.lexes[0].value, False
            return
        is_line_end = text[at] == "\n"
        self.line += is_line_end
        is_told = self.section in _ONE_LINE_SECTIONS and self.has_words
        if is_told and (is_line_end or not _line_ends_soon(text, end)):
            self.section = ""


def passages(text: str, found: list[Found]) -> list[Passage]:
    """Cut ``text`` at full stops, line ends, list numbers and section headings."""
    made: list[Passage] = []
    layout = _Layout()
    start = first = 0
    for cut in _cuts(text, found):
        end, match = found[cut]
        at = end + 1 - match.length
        mask = _mask(text, found, first, cut)
        if mask or (made and MEASURE.search(text, start, at)):
            terms = found[first:cut]
            made.append(Passage(start, at, terms, mask, layout.section, layout.line))
            layout.has_words = True
        elif not layout.has_words:
            layout.has_words = not (at == start or text[start:at].isspace())
        layout.cross(text, at, end + 1, match)
        start, first = end + 1, cut + 1
    mask = _mask(text, found, first, len(found))
    if mask or (made and MEASURE.search(text, start)):
        made.append(Passage(start, len(text), found[first:], mask, layout.section, layout.line))
    return made


def _cuts(text: str, found: list[Found]) -> Iterator[int]:
    """Indices of the terms that end a passage."""
    first = 0
    for n, (end, match) in enumerate(found):
        is_cut = match.mask & _CUTS and ends_passage(text, end + 1 - match.length, end + 1, match)
        if is_cut or n - first >= _LONGEST_PASSAGE:
            yield n
            first = n + 1


def _mask(text: str, found: list[Found], first: int, stop: int) -> int:
    mask = 0
    cuts_a_word = False
    for end, match in found[first:stop]:
        mask |= match.mask
        if match.mask & Tag.RISKY and "a" <= text[end + 1 : end + 2] <= "z":
            cuts_a_word = True
    return mask & ~_CUTS if cuts_a_word else mask & ~(_CUTS | Tag.RISKY)


def _line_ends_soon(text: str, at: int) -> bool:
    """Whether a section that lasts one line still has its line's end ahead."""
    line_end = text.find("\n", at, len(text.rstrip()))
    return 0 <= line_end - at <= _LONGEST_HISTORY
