"""Cut a report into passages, each inside one section, and pass over those without interest."""

from __future__ import annotations

import re
from typing import NamedTuple

from hepaspot.report.scan import Token
from hepaspot.report.tags import Tag

_STOP, _DOT, _PAUSE, _CLOSE, _SECTION = (
    int(Tag.STOP), int(Tag.DOT), int(Tag.PAUSE), int(Tag.CLOSE), int(Tag.SECTION)
)
_CUTS = _STOP | _DOT | _PAUSE | _CLOSE | _SECTION
_ONE_LINE_SECTIONS = frozenset({"history", "technique", "compare"})


_LONGEST_HISTORY = 240
"""Characters of history, technique or comparison that may stand in one line."""
MEASURE = re.compile(r"\d ?-?(?:Mm|Cm)|Seg")


class Passage(NamedTuple):
    """The terms between two full stops; ``mask`` holds the bits of all their tags."""

    start: int
    end: int
    tokens: list[Token]
    mask: int
    section: str
    line: int


def passages(text: str, tokens: list[Token]) -> list[Passage]:
    """Cut ``text`` at full stops, line ends, list numbers and section headings."""
    found: list[Passage] = []
    inside: list[Token] = []
    mask = start = line = 0
    section = ""
    section_has_words = False
    for token in tokens:
        tag = token.lex.tag
        if not tag & _CUTS:
            inside.append(token)
            mask |= tag
            continue
        if tag == _SECTION:
            if not _is_heading(text, token):
                continue
        elif tag == _DOT:
            if not _ends_sentence(text, token.start):
                continue
        elif tag in (_PAUSE, _CLOSE) and not _ends_list_number(text, token.start):
            inside.append(token)
            mask |= tag
            continue
        if inside or (found and MEASURE.search(text, start, token.start)):
            found.append(Passage(start, token.start, inside, mask, section, line))
            inside, mask = [], 0
            section_has_words = True
        elif text[start : token.start].strip():
            section_has_words = True
        start = token.end
        if tag == _SECTION:
            section, section_has_words = token.lex.value, False
        elif tag == _STOP and text[token.start] == "\n":
            line += 1
            if section in _ONE_LINE_SECTIONS and section_has_words:
                section = ""
        elif section in _ONE_LINE_SECTIONS and section_has_words and not _line_ends_soon(text, token.end):
            section = ""
    if inside or (found and MEASURE.search(text, start, len(text))):
        found.append(Passage(start, len(text), inside, mask, section, line))
    return found


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
    if not text[first].isdigit():
        return before in ("", " ", ".", ",", "。", ";", ":")
    return not (before.isalnum() and before.isascii()) and before not in (".", "、", "~", "-") and not (
        text[at] == "、" and text[at + 1 : at + 2] in "SsⅠⅡⅢⅣⅤⅥⅦⅧ"
    )


def _is_heading(text: str, token: Token) -> bool:
    if text[token.end - 1] in ":】]":
        return True
    before = text[max(0, token.start - 6) : token.start].rstrip(" *-#\t")
    at_start = token.start == 0 or not before or before[-1] in "\n.。;】"
    if token.lex.language == "zh":
        return at_start or (token.lex.value == "impression" and token.end - token.start >= 4)
    after = text[token.end : token.end + 4].lstrip(" *-")[:1]
    return at_start and after in ("", "\n", ":", ".")
