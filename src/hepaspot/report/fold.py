"""Fold a report's text so that one spelling of a word is enough to find it.

Full-width marks become half-width, traditional characters simplified, every word starts
with a capital and goes on in small letters. A capital then marks the start of a word, so
that a term can only match where a word begins.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from hepaspot.report.wraps import soft_wraps

_NOISE = re.compile(r"_x[0-9A-Fa-f]{4}_|[\u200b-\u200f\u2060\ufeff\u00ad]")
"""Escapes of a word processor and characters without width."""
_WIDE_SPACE = re.compile(r"[ \t]{2,}")
_SPACED_CHINESE = re.compile(
    r"(?<=[\u3001-\u9fff\uff01-\uff5e0-9]) (?=[\u3001-\u9fff\uff01-\uff5e0-9])"
)
_MOST_SPACES = 3
"""A text with one space in fewer characters than this sets its characters apart."""
_FULL_WIDTH = 0xFEE0
"""How far a full-width mark lies above its half-width one."""
_BETWEEN_TERMS = "\0"
"""Stands in no term: `plain` makes a space of it."""
_STRAY_CAPITAL = re.compile(r"(?<=[A-Za-z])[A-Z]")

Edit = tuple[int, int, str]
"""Characters from and to that are dropped, and what is written instead."""


_KANGXI_RADICALS = range(0x2F00, 0x2FD6)


class Folded(NamedTuple):
    """Folded text and, where characters were dropped, the original index of each one."""

    text: str
    origin: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the original span of the folded characters ``start`` to ``end``."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold ``text``; offsets are kept or, where something was dropped, mapped back."""
    origin: tuple[int, ...] | None = None
    if not text.isprintable() or "  " in text or "_" in text or _is_spaced(text):
        text, origin = _without_noise(text)
    return Folded(_capitalised(plain(text)), origin)


def fold_terms(terms: Iterable[str]) -> list[str]:
    """Fold terms that are `plain` already, all in one stroke, each as `fold` would."""
    together = _WIDE_SPACE.sub(" ", _right_slips(_BETWEEN_TERMS.join(terms)))
    return [term.strip(" ") for term in together.title().split(_BETWEEN_TERMS)]


def plain(text: str) -> str:
    """Give ``text`` with half-width marks, simplified characters and slips put right."""
    return _right_slips(text.translate(_table()))


def _capitalised(text: str) -> str:
    """Begin every word with a capital; no letter becomes two, which would move offsets."""
    titled = text.title()
    if len(titled) == len(text):
        return titled
    kept = "".join(c if len(c.title()) != 1 else c.title() for c in text)
    return _STRAY_CAPITAL.sub(lambda capital: capital[0].lower(), kept)


@cache
def _characters() -> dict[str, dict[str, str]]:
    path = files("hepaspot.report").joinpath("lexicon", "characters.toml")
    return tomllib.loads(path.read_text("utf-8"))


@cache
def _table() -> dict[int, str | int]:
    table: dict[int, str | int] = {code + _FULL_WIDTH: code for code in range(0x21, 0x7F)}
    table |= dict.fromkeys(range(0x20), " ")
    del table[ord("\n")]
    for pair in ("traditional", "radicals", "marks"):
        table |= str.maketrans(_characters()[pair]["from"], _characters()[pair]["to"])
    return table | _kangxi(table)


def _kangxi(table: dict[int, str | int]) -> dict[int, str | int]:
    """Fold Kangxi radicals, which some PDF files hold in place of whole characters."""
    plain = {code: ord(unicodedata.normalize("NFKC", chr(code))) for code in _KANGXI_RADICALS}
    return {code: table.get(character, character) for code, character in plain.items()}


def _right_slips(text: str) -> str:
    """Put right what dictation and pinyin typing get wrong; no character moves."""
    if text.isascii():
        return text
    for wrong, right in _characters()["slips"].items():
        if wrong in text:
            text = text.replace(wrong, right)
    return text


def _is_spaced(text: str) -> bool:
    return text.count(" ") * _MOST_SPACES > len(text)


def _without_noise(text: str) -> tuple[str, tuple[int, ...] | None]:
    edits = sorted(_edits(text))
    return _edited(text, edits) if edits else (text, None)


def _edits(text: str) -> Iterator[Edit]:
    if "\n" in text:
        yield from soft_wraps(text)
    if "_x" in text or not text.isascii():
        yield from ((m.start(), m.end(), "") for m in _NOISE.finditer(text))
    if "  " in text:
        yield from ((m.start(), m.end(), " ") for m in _WIDE_SPACE.finditer(text))
    if _is_spaced(text):
        yield from ((m.start(), m.end(), "") for m in _SPACED_CHINESE.finditer(text))


def _edited(text: str, edits: list[Edit]) -> tuple[str, tuple[int, ...]]:
    """Apply edits in order, each one that does not begin inside the one before."""
    kept: list[str] = []
    origin: list[int] = []
    at = 0
    for start, end, instead in edits:
        if start < at:
            continue
        kept += (text[at:start], instead)
        origin += range(at, start)
        origin += [start] * len(instead)
        at = end
    kept.append(text[at:])
    origin += range(at, len(text))
    return "".join(kept), tuple(origin)
