"""Find written sizes, such as ``3 x 4 mm``, ``0.3-0.5cm`` or ``one centimetre``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex

_UNIT = r"(Mm|Cm|㎜|㎝|毫米|厘米|公分|Millimet(?:er|re)s?|Centimet(?:er|re)s?)(?!/S|[A-Za-wyz²³])"
_NUMBER = r"(\d{1,4}(?:\.\d{1,3})?|\.\d{1,2})"
_AXIS = rf"(?:[\s-]{{0,2}}{_UNIT}(?: (?:Ap|Tr|Cc|Trans|Long|Sag|Ml|Si)(?![a-z]))?)?"
_JOINT = (
    r"([Xx]|\*|By|/(?=\d)|[-~至到](?=[\s\d])|To(?=\s)|And(?=\s\d)"
    r"|、(?=\d)|,(?=\d)|和(?=\d)|及(?=\d))"
)
_SIZE = re.compile(
    rf"(?<![\dA-Za-z])(?<!\d\.){_NUMBER}{_AXIS}"
    rf"(?:[\s,]{{0,2}}{_JOINT}\s{{0,2}}{_NUMBER}{_AXIS})?"
    rf"(?:\s{{0,2}}([Xx]|\*|By)\s{{0,2}}{_NUMBER}{_AXIS})?"
)
_WORD_NUMBERS = {
    "One": 1.0,
    "Two": 2.0,
    "Three": 3.0,
    "Four": 4.0,
    "Five": 5.0,
    "Six": 6.0,
    "Seven": 7.0,
    "Eight": 8.0,
    "Nine": 9.0,
    "Ten": 10.0,
    "Eleven": 11.0,
    "Twelve": 12.0,
}
_WORD = "|".join(_WORD_NUMBERS)
_WORD_SIZE = re.compile(rf"({_WORD})[ -]{{1,2}}(?:By ({_WORD})[ -]{{1,2}})?{_UNIT}")
_MM_IN_UNIT = {"㎜": 1.0, "㎝": 10.0, "M": 1.0, "毫": 1.0, "C": 10.0, "厘": 10.0, "公": 10.0}
"""Millimetres in a unit, by the first character of its name."""
_RANGE_JOINTS = frozenset(("-", "~", "至", "到", "To"))
_LIST_JOINTS = frozenset(("、", ",", "和", "及", "And"))
_CHINESE_UNIT = re.compile("[米分㎜㎝]")
_LIMIT_BEFORE = 14
"""Characters before a limit, as in ``normal <6 mm``, that may hold the word normal."""
SIZE_LEX = Lex(Tag.SIZE)


class SizeToken(NamedTuple):
    """A written size, in millimetres."""

    start: int
    end: int
    lex: Lex
    axes_mm: tuple[float, ...]
    is_range: bool
    listed: bool


def sizes(text: str, start: int, end: int) -> list[SizeToken]:
    """Every size written in ``text[start:end]``; a number without any unit is none."""
    written = text[start:end]
    if not _names_unit(written):
        return []
    found = [
        _size(text, match)
        for match in _SIZE.finditer(text, start, end)
        if (match[2] or match[5] or match[8])
        and not _is_limit(text, match.start())
        and not text.endswith(_BEFORE_PAST, 0, match.start())
    ]
    return found + [_word_size(match) for match in _WORD_SIZE.finditer(text, start, end)]


_BEFORE_PAST = ("Previously ", "Formerly ", "Previously Measured ", "原", "原约", "前次", "前次约")
"""Words before a size that was, such as "now 8 mm, previously 5 mm"."""


def _names_unit(written: str) -> bool:
    if "Mm" in written or "Cm" in written or "imet" in written:
        return True
    return not written.isascii() and _CHINESE_UNIT.search(written) is not None


def _is_limit(text: str, start: int) -> bool:
    """Whether the number at ``start`` is a limit of the normal and nobody's size."""
    if text[start - 1 : start] not in {"<", "≤", ">"}:
        return False
    return "Normal" in text[max(0, start - _LIMIT_BEFORE) : start]


def _size(text: str, match: re.Match[str]) -> SizeToken:
    joint = match[3]
    between = joint == "And" and text.endswith("Between ", 0, match.start())
    return SizeToken(
        match.start(),
        match.end(),
        SIZE_LEX,
        tuple(_axes_mm(match)),
        is_range=joint in _RANGE_JOINTS or between,
        listed=joint in _LIST_JOINTS and not between,
    )


def _axes_mm(match: re.Match[str]) -> Iterator[float]:
    """Each number in its own unit or the next one written; the last ones in the last unit."""
    written = [(match[n], match[n + 1]) for n in (1, 4, 7) if match[n]]
    units = [unit for _, unit in written if unit]
    for at, (number, own) in enumerate(written):
        later = next((unit for _, unit in written[at:] if unit), units[-1])
        before = written[at - 1][1] if at and match[3] == "/" else None
        yield round(float(number) * _MM_IN_UNIT[(own or before or later)[0]], 4)


def _word_size(match: re.Match[str]) -> SizeToken:
    scale = _MM_IN_UNIT[match[3][0]]
    axes = tuple(_WORD_NUMBERS[word] * scale for word in (match[1], match[2]) if word)
    return SizeToken(match.start(), match.end(), SIZE_LEX, axes, is_range=False, listed=False)
