"""Finds passages again in a text that noise went over, by marks that stand beside them."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final, NamedTuple


class Role(IntEnum):
    """What a passage tells."""

    SPOT = 0
    NAME_IN_FINDINGS = 1
    NAME_IN_IMPRESSION = 2
    DENIED_IN_FINDINGS = 3
    DENIED_IN_IMPRESSION = 4
    DUCTS = 5
    PLACE_IN_FINDINGS = 6
    PLACE_IN_IMPRESSION = 7
    SIZE = 8
    SHADOW = 9


class Passage(NamedTuple):
    """Characters of a report, and its words."""

    start: int
    end: int
    words: str


Passages = dict[Role, list[Passage]]

FIRST: Final = 0xE000
"""Marks are characters for private use, which no report has."""

CLOSE: Final = "\ue0ff"

MARK: Final = re.compile("[\ue000-\ue0ff]")


def marked(role: Role, words: str) -> str:
    """``words`` between marks; nothing where there are none."""
    return f"{chr(FIRST + role)}{words}{CLOSE}" if words else ""


def unmarked(text: str) -> tuple[str, Passages]:
    """The text without marks, and where the passages are."""
    found: list[tuple[Role, int, int]] = []
    pieces: list[str] = []
    open_: list[tuple[Role, int]] = []
    behind = length = 0
    for mark in MARK.finditer(text):
        pieces.append(text[behind : mark.start()])
        length += mark.start() - behind
        behind = mark.end()
        if mark[0] == CLOSE:
            role, start = open_.pop()
            found.append((role, start, length))
        else:
            open_.append((Role(ord(mark[0]) - FIRST), length))
    pieces.append(text[behind:])
    plain = "".join(pieces)
    passages: Passages = {}
    for role, start, end in found:
        passages.setdefault(role, []).append(Passage(start, end, plain[start:end]))
    return plain, passages
