"""Find the terms of the lexicon, the sizes and the segments in a folded text."""

from __future__ import annotations

import re
from typing import NamedTuple

from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex, Match, automaton

_UNIT = r"(Mm|Cm|㎜|㎝|毫米|厘米|公分|Millimet(?:er|re)s?|Centimet(?:er|re)s?)(?!/S|[A-Za-wyz²³])"
_NUMBER = r"(\d{1,4}(?:\.\d{1,3})?|\.\d{1,2})"
_AXIS = rf"(?:[\s-]{{0,2}}{_UNIT}(?: (?:Ap|Tr|Cc|Trans|Long|Sag|Ml|Si)(?![a-z]))?)?"
SIZE_PATTERN = re.compile(
    rf"(?<![\dA-Za-z])(?<!\d\.){_NUMBER}{_AXIS}"
    rf"(?:[\s,]{{0,2}}([Xx]|\*|By|/(?=\d)|[-~至到](?=[\s\d])|To(?=\s)|And(?=\s\d)|、(?=\d)|,(?=\d)|和(?=\d)|及(?=\d))\s{{0,2}}{_NUMBER}{_AXIS})?"
    rf"(?:\s{{0,2}}([Xx]|\*|By)\s{{0,2}}{_NUMBER}{_AXIS})?"
)
_WORD_NUMBERS = {
    "One": "1", "Two": "2", "Three": "3", "Four": "4", "Five": "5", "Six": "6",
    "Seven": "7", "Eight": "8", "Nine": "9", "Ten": "10", "Eleven": "11", "Twelve": "12",
}
WORD_SIZE_PATTERN = re.compile(
    rf"({'|'.join(_WORD_NUMBERS)})[ -]{{1,2}}(?:By ({'|'.join(_WORD_NUMBERS)})[ -]{{1,2}})?{_UNIT}"
)
_WORD_NUMBER = re.compile("(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve)[ -]")
_ROMAN = {"I": 1, "Ii": 2, "Iii": 3, "Iv": 4, "V": 5, "Vi": 6, "Vii": 7, "Viii": 8,
          "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "Ⅴ": 5, "Ⅵ": 6, "Ⅶ": 7, "Ⅷ": 8,
          "One": 1, "Two": 2, "Three": 3, "Four": 4, "Five": 5, "Six": 6, "Seven": 7, "Eight": 8,
          "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8}
_SEG = r"(?:[1-8]|V?I{0,3}(?<=[VI])|Iv|Viii|Vii|Vi|Iii|Ii|V|I|[Ⅰ-Ⅷ]|One|Two|Three|Four|Five|Six|Seven|Eight)(?:[Aab](?![a-z]))?(?![A-Za-z%])(?<![1-8](?=\d))(?!\.\d)(?!\s?(?:Mm|Cm|Millim|Centim|-Mm|X\s?\d|[x*]\s?\d))"
_SEG_MORE = _SEG.replace("|One|Two|Three|Four|Five|Six|Seven|Eight", "")
SEGMENT_PATTERN = re.compile(
    rf"(?:(?:Hepatic |Liver |Couinaud |Couinaud'S )?(?:Segments?|Segs?\.?|Seg) ?#?({_SEG}(?:(?:\s{{0,2}}(?:,|/|-|&|And|Or|To|、)\s{{0,2}}){{1,2}}(?:Segments? )?S?{_SEG_MORE}){{0,4}}))"
    rf"|(?<![A-Za-z\d/.])(S ?[1-8Ⅰ-Ⅷ][Aab]?(?:段)?(?:\s?[、,/及和与.\-~～]\s?S?[1-8][Aab]?(?![\d.A-Za-z%])(?!\s?(?:Mm|Cm|X|\*|个|枚)))*)(?![\dA-Za-z])(?!\.\d)"
    rf"|第?((?:[1-8Ⅰ-Ⅷ一二三四五六七八]|(?<![A-Za-z])(?:Viii|Vii|Iii|Vi|Iv|Ii|V|I))(?:\s?[、,/及和与\-]\s?(?:[1-8Ⅰ-Ⅷ一二三四五六七八]|(?:Viii|Vii|Iii|Vi|Iv|Ii|V|I)(?![a-z]))){{0,3}})\s?段"
)
_ONE_SEGMENT = re.compile(r"Viii|Vii|Iii|Vi|Iv|Ii|V|I|[1-8]|[Ⅰ-Ⅷ]|[一二三四五六七八]|One|Two|Three|Four|Five|Six|Seven|Eight")
_RANGE = re.compile(r"\d\s?[-~～]\s?S?\d")


class Token(NamedTuple):
    """One term found: folded characters ``start`` to ``end`` and what the term means."""

    start: int
    end: int
    lex: Lex


class SizeToken(NamedTuple):
    """A written size, in millimetres."""

    start: int
    end: int
    lex: Lex
    axes_mm: tuple[float, ...]
    is_range: bool
    listed: bool


class SegmentToken(NamedTuple):
    """Couinaud segments named together."""

    start: int
    end: int
    lex: Lex
    segments: tuple[int, ...]


SIZE_LEX = Lex(Tag.SIZE)
SEGMENT_LEX = Lex(Tag.SEGMENT)


Found = tuple[int, Match]
"""Index of a term's last character, and the term."""


def scan(text: str) -> list[Found]:
    """Every term in ``text``, leftmost and longest first, word ends not yet looked at."""
    return list(automaton().iter_long(text))


def tokens(text: str, found: list[Found], stop: int) -> list[Token]:
    """The terms of one passage, without those that end inside a word."""
    result: list[Token] = []
    append = result.append
    for n, (end, match) in enumerate(found):
        start = end + 1 - match.length
        if (match.guard or match.digit) and _inside_word(text, start, end + 1, match):
            whole = _whole_word(text, start, match)
            resume = start + (whole.length if whole is not None else 1)
            if whole is not None:
                result += [Token(start, resume, lex) for lex in whole.lexes if lex.tag != _NOISE]
            rest = [f for f in automaton().iter_long(text[:stop], resume)] if resume < stop else []
            return result + tokens(text, rest, stop) if _misses(rest, found[n + 1 :]) else result + tokens(text, found[n + 1 :], stop)
        for lex in match.lexes:
            if lex.tag != _NOISE:
                append(Token(start, end + 1, lex))
    return result


def _misses(rest: list[Found], kept: list[Found]) -> bool:
    """Whether a second look from inside a false match finds other terms than the first."""
    return len(rest) != len(kept) or rest[:1] != kept[:1]


def _inside_word(text: str, start: int, end: int, match: Match) -> bool:
    after = text[end : end + 1]
    if match.guard and "a" <= after <= "z":
        return True
    return match.digit and (text[start - 1 : start] in _DIGITS_BEFORE or after in _DIGITS_AFTER)


def _whole_word(text: str, start: int, match: Match) -> Match | None:
    shorter = match.shorter
    while shorter is not None and _inside_word(text, start, start + shorter.length, shorter):
        shorter = shorter.shorter
    return shorter


_DIGITS_BEFORE = frozenset("0123456789.")
_DIGITS_AFTER = frozenset("0123456789.xX*MmCc-~")
_NOISE = Tag.NOISE
_CHINESE_UNIT = re.compile("[米分㎜㎝]")
_S_NUMBER = re.compile("S ?[1-8Ⅰ-Ⅷ]")
_MM = {"㎜": 1.0, "㎝": 10.0, "M": 1.0, "毫": 1.0, "C": 10.0, "厘": 10.0, "公": 10.0}


def sizes(text: str, start: int, end: int) -> list[SizeToken]:
    """Every size written in ``text[start:end]``; a number without any unit is none."""
    found: list[SizeToken] = []
    written = text[start:end]
    if not ("Mm" in written or "Cm" in written or "imet" in written or _CHINESE_UNIT.search(written)):
        return found
    for m in SIZE_PATTERN.finditer(text, start, end):
        if text[m.start() - 1 : m.start()] in ("<", "≤", ">") and "Normal" in text[max(0, m.start() - 14) : m.start()]:
            continue
        numbers = [(m[1], m[2]), (m[4], m[5]), (m[7], m[8])]
        numbers = [(n, u) for n, u in numbers if n]
        units = [u for _, u in numbers]
        if not any(units):
            continue
        axes = []
        for i, (number, unit) in enumerate(numbers):
            own = unit or next((u for u in units[i:] if u), None) or next(u for u in reversed(units) if u)
            if unit is None and i and units[i - 1] and m[3] in ("/",):
                own = units[i - 1]
            axes.append(round(float(number) * _MM[own[0]], 4))
        joint = m[3] or ""
        found.append(
            SizeToken(
                m.start(), m.end(), SIZE_LEX, tuple(axes),
                joint in ("-", "~", "至", "到", "To") or (joint == "And" and text[max(0, m.start() - 8) : m.start()] == "Between "), joint in ("、", ",", "和", "及", "And") and text[max(0, m.start() - 8) : m.start()] != "Between ",
            )
        )
    if _WORD_NUMBER.search(written):
        for m in WORD_SIZE_PATTERN.finditer(text, start, end):
            scale = _MM[m[3][0]]
            axes = [float(_WORD_NUMBERS[n]) * scale for n in (m[1], m[2]) if n]
            found.append(SizeToken(m.start(), m.end(), SIZE_LEX, tuple(axes), False, False))
    return found


def segments(text: str, start: int, end: int) -> list[SegmentToken]:
    """Every mention of Couinaud segments in ``text[start:end]``."""
    found: list[SegmentToken] = []
    written = text[start:end]
    if not ("Seg" in written or "段" in written or _S_NUMBER.search(written)):
        return found
    for m in SEGMENT_PATTERN.finditer(text, start, end):
        written = m[1] or m[2] or m[3]
        numbers = [int(n) if n.isdigit() else _ROMAN[n] for n in _ONE_SEGMENT.findall(written)]
        if _RANGE.search(written) and len(numbers) == 2 and numbers[0] < numbers[1]:
            numbers = list(range(numbers[0], numbers[1] + 1))
        found.append(SegmentToken(m.start(), m.end(), SEGMENT_LEX, tuple(sorted(set(numbers)))))
    return found
