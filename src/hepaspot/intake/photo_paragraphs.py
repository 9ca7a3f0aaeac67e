"""Puts lines together that only the edge of the paper broke.

A line was broken where the next word had no room left on it. The reader of reports joins
what its words alone tell to be broken (`hepaspot.report.wraps`); here the page tells more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from hepaspot.intake.photo_rows import Row, is_chinese

LEAST_FULL: Final = 24
"""Letters (a Chinese character counts two) below which a line is none that an edge broke:
convention, half the width of a narrow column."""

TAPER: Final = 0.06
"""How much the right margin may run inwards by way down the page: a page photographed from
below or above (measured: 4 % for a camera tilted so that the far edge looks 6 % shorter)."""

SLACK: Final = 0.5
"""What the ends of lines may be off by: share of the height."""

INDENT: Final = 2.5
"""A line that begins further in than this does not go on with the last: share of the height."""

PARAGRAPH: Final = 1.45
"""A step down so many times the usual one leaves an empty line (convention)."""

_ENDS: Final = re.compile(r"[.。;；:：!！?？]['\"”’)）]*$")
_BEGINS: Final = re.compile(
    r"""(?:[(（]?\d{1,2}[.)）、．](?!\d)|[-–•·*●■◆○]|[①-⑳]|[一二三四五六七八九十]、)   # of a list
    |[A-Z\u4e00-\u9fff][^.,。，]{0,31}[:：]                                        # a heading
    """,
    re.VERBOSE,
)


def text_of(rows: Sequence[Row]) -> str:
    """The words of a page, its broken lines joined, an empty line between paragraphs."""
    text = rows[0].line.text if rows else ""
    step = _step(rows)
    for number, (row, after) in enumerate(zip(rows, rows[1:], strict=False)):
        if _goes_on(row, after, _margin(row, rows)):
            text += _joint(text, after.line.text) + after.line.text
        else:
            apart = after.middle - row.middle > PARAGRAPH * step
            text += ("\n\n" if apart else "\n") + after.line.text
    return text


def _step(rows: Sequence[Row]) -> float:
    """The usual way from one row to the next: pixels."""
    steps = np.diff([row.middle for row in rows])
    return float(np.median(steps)) if steps.size else 0.0


def _margin(row: Row, rows: Sequence[Row]) -> float:
    """Where lines end at most, at the height of ``row``."""
    return max(each.right - TAPER * abs(each.middle - row.middle) for each in rows)


def _goes_on(row: Row, after: Row, margin: float) -> bool:
    if row.has_cells or after.has_cells or _ENDS.search(row.line.text):
        return False
    if _BEGINS.match(after.line.text) or _letters(row.line.text) < LEAST_FULL:
        return False
    if after.left - row.left > INDENT * row.height or _is_shouted(after) > _is_shouted(row):
        return False
    return row.right + _next_word(after) > margin - SLACK * row.height


def _next_word(row: Row) -> float:
    """Room that the first word of a row needs, with the blank before it: pixels."""
    text = row.line.text
    # A mark may not begin a line of Chinese, so that a line can end a character early.
    word = text[:2] if is_chinese(text[0]) else text.split()[0] + " "
    return (row.right - row.left) * _letters(word) / _letters(text)


def _letters(text: str) -> int:
    return sum(2 if is_chinese(character) else 1 for character in text)


def _is_shouted(row: Row) -> bool:
    return row.line.text.isupper()


def _joint(before: str, after: str) -> str:
    if is_chinese(before[-1]) or is_chinese(after[0]):
        return ""
    is_broken_word = re.search(r"[a-z]-$", before) and re.match(r"(?!and\b|or\b)[a-z]", after)
    return "" if is_broken_word else " "
