"""From the rows of a page to its text: cells beside each other, and lines that go on."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from hepaspot.intake.photo_rows import Placed, Row

TOUCHING: Final = 1.2
"""Chinese pieces closer than this run on without a blank: letters' heights. A full-width
comma leaves most of one empty."""

CELL_GAP: Final = 1.5
"""Pieces further apart than this are cells of a table: letters' heights."""

BETWEEN_CELLS: Final = "    "
"""What stands between two cells of one row."""

LEAST_WRAPPED: Final = 12.0
"""A shorter line was not wrapped, but ended there: letters' heights."""

SLACK: Final = 0.5
"""How much narrower than the page's widest a full line may be: letters' heights."""

INDENT: Final = 3.0
"""A line that begins further right or left than the one before it does not go on with it:
letters' heights. A Chinese paragraph begins two to the right."""

LINE_GAP: Final = 1.9
"""Lines whose middles are further apart than this many times what lies between most are of
two paragraphs."""

_ENDS: Final = tuple(".。;；:：!！?？")
"""What a sentence or a heading ends with."""

_BEGINS: Final = re.compile(
    r"[(（]?\d{1,2}\s*[.)、）．:：](?!\d)|[-•·*●■▪◆]|[一二三四五六七八九十]{1,2}[、.]"
    r"|[^\s:：,，。]{1,12}[:：]|[A-Z][\w /-]{1,28}:"
)
"""A number of a list, a dot before an item, or a heading: nothing goes on there."""

_ROMAN: Final = re.compile(r"(?<![A-Za-z0-9])[IVil|]{2,5}(?![A-Za-z0-9])")
_SEGMENTS: Final = frozenset({"II", "III", "IV", "VI", "VII", "VIII"})
_STROKES: Final = str.maketrans("il|", "III")

_AND: Final = re.compile(r"(?:and|or|to)\b")


def text_of(rows: list[Row]) -> str:
    """The text of a page, a line for each row or for rows that were wrapped."""
    if not rows:
        return ""
    edge = max(row[-1].right for row in rows)
    spacing = _spacing(rows)
    text = _line(rows[0])
    for row, following in pairwise(rows):
        line = _line(following)
        joint = _joint(text[-1], line) if _goes_on(row, following, edge, spacing) else "\n"
        text += joint + line
    return text


def _line(row: Row) -> str:
    line = row[0].piece.text
    for left, right in pairwise(row):
        line += _gap(left, right) + right.piece.text
    return _with_numerals(line)


def _gap(left: Placed, right: Placed) -> str:
    gap = (right.left - left.right) / min(left.height, right.height)
    if gap >= CELL_GAP:
        return BETWEEN_CELLS
    both_chinese = not left.piece.text[-1].isascii() and not right.piece.text[0].isascii()
    return "" if both_chinese and gap < TOUCHING else " "


def _goes_on(row: Row, following: Row, edge: float, spacing: float) -> bool:
    """Whether the line was wrapped: the first word of the next had no room left in it."""
    last, first = row[-1], following[0]
    line = _line(following)
    if last.piece.text.endswith(_ENDS) or _BEGINS.match(line):
        return False
    if BETWEEN_CELLS in line or BETWEEN_CELLS in _line(row):
        return False
    if last.right - row[0].left < LEAST_WRAPPED * last.height:
        return False
    if abs(first.left - row[0].left) > INDENT * first.height:
        return False
    if _top(following) - _top(row) > LINE_GAP * spacing:
        return False
    return last.right + _first_word_px(first) > edge - SLACK * last.height


def _first_word_px(first: Placed) -> float:
    """Width of the first word and of the blank before it; of Chinese, of one character."""
    text = first.piece.text
    if not text[0].isascii():
        return first.height
    letter_px = (first.right - first.left) / len(text)
    return letter_px * (1 + len(text.split(maxsplit=1)[0]))


def _joint(last: str, line: str) -> str:
    if last == "-":
        return " " if _AND.match(line) else ""
    return " " if last.isascii() or line[0].isascii() else ""


def _spacing(rows: list[Row]) -> float:
    """What lies between the middles of most rows that follow each other: pixels."""
    steps = sorted(_top(b) - _top(a) for a, b in pairwise(rows))
    return steps[len(steps) // 2] if steps else 0.0


def _top(row: Row) -> float:
    """How far down a row begins: pixels."""
    return row[0].middle_at(row[0].left)


def _with_numerals(line: str) -> str:
    """Roman numerals of segments whose strokes were taken for small letters, mended."""

    def mended(found: re.Match[str]) -> str:
        numeral = found.group().translate(_STROKES)
        is_told = any(letter in "IV" for letter in found.group())
        return numeral if is_told and numeral in _SEGMENTS else found.group()

    return _ROMAN.sub(mended, line)
