"""Cut a report into passages, each inside one section, and pass over those without interest."""

from __future__ import annotations

import re
from typing import NamedTuple

from hepaspot.report.scan import Found
from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex, Match

_STOP, _DOT, _PAUSE, _CLOSE, _SECTION = (
    Tag.STOP, Tag.DOT, Tag.PAUSE, Tag.CLOSE, Tag.SECTION
)
_CUTS = _STOP | _DOT | _PAUSE | _CLOSE | _SECTION
_ONE_LINE_SECTIONS = frozenset({"history", "technique", "compare"})


_LONGEST_HISTORY = 240
"""Characters of history, technique or comparison that may stand in one line."""
_LONGEST_PASSAGE = 160
"""Terms after which a passage is cut even without a full stop, so that reading stays linear."""
MEASURE = re.compile(r"\d ?-?(?:Mm|Cm)|Seg")


class Passage(NamedTuple):
    """The terms between two full stops; ``mask`` holds the bits of all their tags."""

    start: int
    end: int
    found: list[Found]
    mask: int
    section: str
    line: int


def passages(text: str, found: list[Found]) -> list[Passage]:
    """Cut ``text`` at full stops, line ends, list numbers and section headings."""
    made: list[Passage] = []
    first = mask = start = line = 0
    section = ""
    section_has_words = False
    for n, (end, match) in enumerate(found):
        bits = match.mask
        too_long = n - first >= _LONGEST_PASSAGE
        if not (bits & _CUTS or too_long):
            mask |= bits
            continue
        at = end + 1 - match.length
        if not (too_long or _cuts(text, at, end + 1, match)):
            mask |= bits & ~_CUTS
            continue
        if mask or (made and MEASURE.search(text, start, at)):
            made.append(Passage(start, at, found[first:n], mask, section, line))
            mask = 0
            section_has_words = True
        elif not section_has_words and text[start:at].strip():
            section_has_words = True
        start, first = end + 1, n + 1
        if bits & _SECTION and match.lexes[0].tag == _SECTION:
            section, section_has_words = match.lexes[0].value, False
        elif text[at] == "\n":
            line += 1
            if section in _ONE_LINE_SECTIONS and section_has_words:
                section = ""
        elif section in _ONE_LINE_SECTIONS and section_has_words and not _line_ends_soon(text, end + 1):
            section = ""
    if mask or (made and MEASURE.search(text, start, len(text))):
        made.append(Passage(start, len(text), found[first:], mask, section, line))
    return made


def _cuts(text: str, start: int, end: int, match: Match) -> bool:
    bits = match.mask
    if bits & _SECTION:
        return _is_heading(text, start, end, match.lexes[0])
    if bits & _DOT:
        return _ends_sentence(text, start)
    return bool(bits & _STOP) or _ends_list_number(text, start)


def _line_ends_soon(text: str, at: int) -> bool:
    """Whether a section that lasts one line still has its line's end ahead."""
    line_end = text.find("\n", at)
    return 0 <= line_end - at <= _LONGEST_HISTORY


def _ends_sentence(text: str, at: int) -> bool:
    after = text[at + 1 : at + 2]
    before = text[at - 1 : at]
    return not (after.isdigit() and (before.isdigit() or before in " (,~-"))


def _ends_list_number(text: str, at: int) -> bool:
    """Whether the mark at ``at`` closes a list number such as ``2、`` or ``2)``."""
    first = at
    while first and at - first < 3 and text[first - 1] in "0123456789一二三四五六七八九十":
        first -= 1
    if first == at or text[at + 1 : at + 2].isdigit():
        return False
    before = text[first - 1 : first]
    if text[at] == ")" and _in_a_phrase(text, first):
        return False
    if not text[first].isdigit():
        return before in ("", " ", ".", ",", "。", ";", ":")
    return not (before.isalnum() and before.isascii()) and before not in (".", "、", "~", "-") and not (
        text[at] == "、" and text[at + 1 : at + 2] in "SsⅠⅡⅢⅣⅤⅥⅦⅧ"
    )


def _in_a_phrase(text: str, first: int) -> bool:
    """Whether a number in brackets stands inside a phrase, as in ``(segment 4)``."""
    before = text[max(0, first - 4) : first].rstrip(" (")[-1:]
    return before.isascii() and (before.isalpha() or before in "~-,x*")


def _is_heading(text: str, start: int, end: int, lex: Lex) -> bool:
    if text[end - 1] in ":】]":
        return True
    before = text[max(0, start - 6) : start].rstrip(" *-#\t")
    at_start = start == 0 or not before or before[-1] in "\n.。;】"
    if lex.language == "zh":
        return at_start or (lex.value == "impression" and end - start >= 4)
    after = text[end : end + 4].lstrip(" *-")[:1]
    return at_start and after in ("", "\n", ":", ".")
