"""Fold a report's text so that one spelling of a word is enough to find it.

Full-width marks become half-width, traditional characters simplified, every word starts
with a capital and goes on in small letters. A capital then marks the start of a word, so
that a term can only match where a word begins.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_NOISE = re.compile(r"_x[0-9A-Fa-f]{4}_|[\u200b-\u200f\u2060\ufeff\u00ad]")
_LONG_LINE = 48
"""Characters of capitals that make a line long enough to have been wrapped."""
_FULL_LINE = 30
"""Characters of Chinese that make a line full, so that its end is no end of a sentence."""
_SPACED_CHINESE = re.compile(r"(?<=[\u3001-\u9fff\uff01-\uff5e0-9]) (?=[\u3001-\u9fff\uff01-\uff5e0-9])")
_WIDE_SPACE = re.compile(r"[ \t]{2,}")


class Folded(NamedTuple):
    """Folded text and, where characters were dropped, the original index of each one."""

    text: str
    origin: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of the folded characters ``start`` to ``end``."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


@cache
def _characters() -> dict[str, dict[str, str]]:
    return tomllib.loads(
        files("hepaspot.report").joinpath("lexicon", "characters.toml").read_text("utf-8")
    )


@cache
def _table() -> dict[int, str | int]:
    tables = _characters()
    table: dict[int, str | int] = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
    table |= dict.fromkeys(range(0x00, 0x20), " ")
    del table[ord("\n")]
    for pair in (tables["traditional"], tables["marks"]):
        table |= str.maketrans(pair["from"], pair["to"])
    return table


def fold(text: str) -> Folded:
    """Fold ``text``; offsets are kept or, where something was dropped, mapped back."""
    origin: tuple[int, ...] | None = None
    if "\n" in text or "_" in text or "  " in text or text.count(" ") * 3 > len(text) or not text.isprintable():
        text, origin = _without_noise(text)
    translated = _right_slips(text.translate(_table()))
    folded = translated.title()
    if len(folded) != len(text):
        folded = "".join(c if len(c.title()) != 1 else c.title() for c in translated)
        folded = re.sub(r"(?<=[A-Za-z])[A-Z]", lambda m: m[0].lower(), folded)
    return Folded(folded, origin)


@cache
def _slips() -> dict[str, str]:
    slips: dict[str, str] = _characters()["slips"]
    return slips


def _right_slips(text: str) -> str:
    if text.isascii():
        return text
    for wrong, right in _slips().items():
        if wrong in text:
            text = text.replace(wrong, right)
    return text


def _without_noise(text: str) -> tuple[str, tuple[int, ...] | None]:
    drops: list[tuple[int, int, str]] = []
    if "\n" in text:
        drops += _soft_wraps(text)
    if "_x" in text or not text.isascii():
        drops += [(m.start(), m.end(), "") for m in _NOISE.finditer(text)]
    if "  " in text:
        drops += [(m.start(), m.end(), " ") for m in _WIDE_SPACE.finditer(text)]
    if text.count(" ") * 3 > len(text):
        drops += [(m.start(), m.end(), "") for m in _SPACED_CHINESE.finditer(text)]
    return _dropped(text, sorted(drops)) if drops else (text, None)


def _soft_wraps(text: str) -> list[tuple[int, int, str]]:
    """Line ends inside a sentence: between small letters, or in a full line of Chinese."""
    drops: list[tuple[int, int, str]] = []
    at = text.find("\n")
    line_start = 0
    while at >= 0:
        before = text[line_start:at].rstrip(" \t\r")
        after = text[at + 1 : at + 8].lstrip(" \t")
        if before and after:
            last, first = before[-1], after[0]
            shouting = last.isupper() and first.isupper() and len(before) >= _LONG_LINE and ":" not in text[at + 1 : at + 32]
            number = first.isdigit() and last.isalpha() and last.isascii() and not after[1:3].strip("0123456789").startswith((".", ")", "、"))
            if shouting or number:
                drops.append((line_start + len(before), at + 1, " "))
            elif (last.islower() or last.isdigit() or last == ",") and last.isascii() and (
                "a" <= first <= "z" or first == "("
            ):
                drops.append((line_start + len(before), at + 1, " "))
            elif len(before) >= _FULL_LINE and _is_chinese(last) and _is_chinese(first):
                drops.append((line_start + len(before), at + 1, ""))
        line_start = at + 1
        at = text.find("\n", line_start)
    return drops


def _is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or character in "，、"


def _dropped(text: str, drops: list[tuple[int, int, str]]) -> tuple[str, tuple[int, ...]]:
    kept: list[str] = []
    origin: list[int] = []
    at = 0
    for start, end, instead in drops:
        if start < at:
            continue
        kept += (text[at:start], instead)
        origin += range(at, start)
        origin += [start] * len(instead)
        at = end
    kept.append(text[at:])
    origin += range(at, len(text))
    return "".join(kept), tuple(origin)
