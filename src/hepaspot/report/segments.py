"""Find Couinaud segments, such as ``segment IVa``, ``S5/6`` or ``第八段``."""

from __future__ import annotations

import re
from typing import NamedTuple

from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex

_NUMBERS = (
    ("I", "Ⅰ", "One", "一"),
    ("Ii", "Ⅱ", "Two", "二"),
    ("Iii", "Ⅲ", "Three", "三"),
    ("Iv", "Ⅳ", "Four", "四"),
    ("V", "Ⅴ", "Five", "五"),
    ("Vi", "Ⅵ", "Six", "六"),
    ("Vii", "Ⅶ", "Seven", "七"),
    ("Viii", "Ⅷ", "Eight", "八"),
)
_NUMBER_OF = {
    name: number for number, names in enumerate(_NUMBERS, start=1) for name in (*names, str(number))
}
_WORDS = "One|Two|Three|Four|Five|Six|Seven|Eight"
_ROMAN = "Viii|Vii|Iii|Vi|Iv|Ii|V|I"
_NO_SIZE = r"(?!\s?(?:Mm|Cm|Millim|Centim|-Mm|X\s?\d|[x*]\s?\d))"


def _one(words: str) -> str:
    """The pattern of one segment, which is neither part of a number nor of a size."""
    return (
        rf"(?:[1-8]|V?I{{0,3}}(?<=[VI])|Iv|Viii|Vii|Vi|Iii|Ii|V|I|[Ⅰ-Ⅷ]{words})"
        rf"(?:[Aab](?![a-z]))?(?![A-Za-z%])(?<![1-8](?=\d))(?!\.\d){_NO_SIZE}"
    )


_AND_MORE = r"(?:\s{0,2}(?:,|/|-|&|And|Or|To|、)\s{0,2}){1,2}(?:Segments? )?S?"
_SEGMENT_WORD = (
    r"(?:Hepatic |Liver |Couinaud |Couinaud'S )?(?:Segments?|Segs?\.?|Seg) ?#?"
    rf"({_one('|' + _WORDS)}(?:{_AND_MORE}{_one('')}){{0,4}})"
)
_S_NUMBER = (
    r"(?<![A-Za-z\d/.])(S ?[1-8Ⅰ-Ⅷ][Aab]?(?:段)?"
    r"(?:\s?[、,/及和与.\-~～]\s?S?[1-8][Aab]?(?![\d.A-Za-z%])(?!\s?(?:Mm|Cm|X|\*|个|枚)))*)"
    r"(?![\dA-Za-z])(?!\.\d)"
)
_CHINESE = (
    rf"第?((?:[1-8Ⅰ-Ⅷ一二三四五六七八]|(?<![A-Za-z])(?:{_ROMAN}))"
    rf"(?:\s?[、,/及和与\-]\s?(?:[1-8Ⅰ-Ⅷ一二三四五六七八]|(?:{_ROMAN})(?![a-z]))){{0,3}})\s?段"
)
_SEGMENTS = re.compile(rf"{_SEGMENT_WORD}|{_S_NUMBER}|{_CHINESE}")
_ONE_SEGMENT = re.compile(rf"{_ROMAN}|[1-8]|[Ⅰ-Ⅷ]|[一二三四五六七八]|{_WORDS}")
_RANGE = re.compile(r"\d\s?[-~～]\s?S?\d")
_S_BEFORE_NUMBER = re.compile("S ?[1-8Ⅰ-Ⅷ]")
SEGMENT_LEX = Lex(Tag.SEGMENT)


class SegmentToken(NamedTuple):
    """Couinaud segments named together."""

    start: int
    end: int
    lex: Lex
    segments: tuple[int, ...]


def segments(text: str, start: int, end: int) -> list[SegmentToken]:
    """Every mention of Couinaud segments in ``text[start:end]``."""
    if not _may_name_segments(text[start:end]):
        return []
    return [
        SegmentToken(m.start(), m.end(), SEGMENT_LEX, _numbers(m[1] or m[2] or m[3]))
        for m in _SEGMENTS.finditer(text, start, end)
    ]


def _may_name_segments(written: str) -> bool:
    if "Seg" in written or "段" in written:
        return True
    return "S" in written and _S_BEFORE_NUMBER.search(written) is not None


def _numbers(written: str) -> tuple[int, ...]:
    numbers = [_NUMBER_OF[name] for name in _ONE_SEGMENT.findall(written)]
    if len(numbers) == 2 and numbers[0] < numbers[1] and _RANGE.search(written):
        numbers = list(range(numbers[0], numbers[1] + 1))
    return tuple(sorted(set(numbers)))
