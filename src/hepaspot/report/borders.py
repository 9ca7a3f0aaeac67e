"""Where a passage ends: full stops, line ends, list numbers and section headings."""

from __future__ import annotations

from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex, Match

_BEFORE_CHINESE_NUMBER = frozenset(("", " ", ".", ",", "。", ";", ":"))
_BEFORE_OTHER_FIGURES = frozenset((".", "、", "~", "-"))
_LISTED_SEGMENTS = "SsⅠⅡⅢⅣⅤⅥⅦⅧ"
_NUMERALS = "0123456789一二三四五六七八九十"
_LONGEST_NUMBER = 3
"""Numerals that the number of a list may have."""
_PHRASE = 4
"""Characters before a bracket that tell whether it stands inside a phrase."""
_MARGIN = 6
"""Characters before a heading that tell whether it begins its line."""
_LONG_HEADING = 4
"""Characters of a Chinese heading that needs no line of its own."""


def ends_passage(text: str, start: int, end: int, match: Match) -> bool:
    """Whether the mark or heading at ``start`` to ``end`` really ends what stands before."""
    bits = match.mask
    if bits & Tag.SECTION:
        return _is_heading(text, start, end, match.lexes[0])
    if bits & Tag.DOT:
        return _ends_sentence(text, start)
    return bool(bits & Tag.STOP) or _ends_list_number(text, start)


def _ends_sentence(text: str, at: int) -> bool:
    """Whether the dot at ``at`` is none of a number, as in ``1.5`` or ``(.5``."""
    if not text[at + 1 : at + 2].isdigit():
        return True
    before = text[at - 1 : at]
    return not before.isdigit() and before not in " (,~-"


_IN_PHRASE = frozenset("~-,x*")
"""Marks before a number that is no number of a list."""


def _ends_list_number(text: str, at: int) -> bool:
    """Whether the mark at ``at`` closes a list number such as ``2、`` or ``2)``."""
    first = _first_numeral(text, at)
    if first == at or text[at + 1 : at + 2].isdigit():
        return False
    if text[at] == ")" and _is_in_phrase(text, first):
        return False
    before = text[first - 1 : first]
    if not text[first].isdigit():
        return before in _BEFORE_CHINESE_NUMBER
    if before in _BEFORE_OTHER_FIGURES or (before.isalnum() and before.isascii()):
        return False
    return text[at] != "、" or text[at + 1 : at + 2] not in _LISTED_SEGMENTS


def _first_numeral(text: str, at: int) -> int:
    first = at
    while first and at - first < _LONGEST_NUMBER and text[first - 1] in _NUMERALS:
        first -= 1
    return first


def _is_in_phrase(text: str, first: int) -> bool:
    """Whether a number in brackets stands inside a phrase, as in ``(segment 4)``."""
    before = text[max(0, first - _PHRASE) : first].rstrip(" (")[-1:]
    return before.isascii() and (before.isalpha() or before in _IN_PHRASE)


def _is_heading(text: str, start: int, end: int, lex: Lex) -> bool:
    if text[end - 1] in ":】]" and lex.value != "compare":
        return True
    before = text[max(0, start - _MARGIN) : start].rstrip(" *-#\t")
    at_start = start == 0 or not before or before[-1] in "\n.。;】"
    if lex.value == "compare" and text[end - 1] == ":":
        return at_start
    if lex.language == "zh":
        return at_start or (lex.value == "impression" and end - start >= _LONG_HEADING)
    after = text[end : end + 4].lstrip(" *-")[:1]
    return at_start and after in {"", "\n", ":", "."}
