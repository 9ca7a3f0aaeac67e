"""Which way up a photographed page is, told by its words.

A phone that looks straight down does not know which way is up and stores a guess; what is
stored is also lost on the way through many programs. The words know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from hepaspot.intake.frames import Grey
from hepaspot.intake.photo_engine import Engine, Quads, cut, sides

SAMPLE: Final = 5
"""Lines that are read both ways, the longest of the page (convention)."""

SURE_SCORE: Final = 0.9
"""Lines read so surely are not upside down. Measured: upright lines of blurred pages are
read with 0.95 and more, the same upside down with less than 0.8."""

TALL: Final = 1.5
"""A box so much higher than wide lies on its side (that of the engine)."""


def quarter_turns(grey: Grey, boxes: Quads, engine: Engine) -> int:
    """How many quarter turns anticlockwise set the words of ``grey`` upright: 0 to 3."""
    longest = sorted(boxes, key=lambda box: -max(sides(box)))[:SAMPLE]
    crops = [cut(grey, box) for box in longest]

    def score(turns: int) -> float:
        return float(np.mean([engine.words(np.rot90(crop, turns))[1] for crop in crops]))

    return _best(score, (1, 3) if _lie_sideways(longest) else (0, 2))


def _best(score: Callable[[int], float], ways: tuple[int, int]) -> int:
    first = score(ways[0])
    return ways[0] if first >= SURE_SCORE or first >= score(ways[1]) else ways[1]


def _lie_sideways(boxes: list[Quads]) -> bool:
    tall = [down > TALL * across for across, down in map(sides, boxes)]
    return 2 * sum(tall) > len(tall)
