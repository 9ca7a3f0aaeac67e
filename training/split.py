"""Which stills are learnt from and which are held back: fixed by file name alone.

A still keeps its part however many others come or go, on every machine.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Final

HELD_BACK_SHARE: Final = 0.15
"""Share of stills that no choice has ever seen; only their figures are quoted (convention)."""

INNER_SHARE: Final = 0.06
"""Share of stills that are watched while training, and never learnt from (convention)."""


class Part(StrEnum):
    """What a still is used for."""

    LEARN = "learn"
    INNER = "inner"
    HELD_BACK = "held_back"


def part_of(file: str) -> Part:
    """The part of a still, from the SHA-256 of its name as written in ``polygons.json``."""
    digest = hashlib.sha256(file.encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < HELD_BACK_SHARE:
        return Part.HELD_BACK
    if place < HELD_BACK_SHARE + INNER_SHARE:
        return Part.INNER
    return Part.LEARN
