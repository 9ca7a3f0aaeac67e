"""The scale bar: a round number of millimetres, drawn as long as it is in the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from hepaspot.exam import Picture
from hepaspot.explain.picture.canvas import Image, draw_line
from hepaspot.explain.picture.findings import Points
from hepaspot.explain.picture.ink import WHITE, Stroke
from hepaspot.explain.words import Words

LENGTHS_MM: Final = (1, 2, 5, 10, 20, 50, 100)
"""Lengths that a bar may have: mm."""

SQUARE: Final = 0.03
"""Pixels whose sides differ by less than this share pass for square (convention)."""

BAR: Final = Stroke(WHITE, 1.5)


@dataclass(frozen=True)
class Bar:
    """``length_px`` pixels are ``length_mm``, across the picture or down."""

    length_mm: int
    length_px: float
    is_down: bool
    words: str


def bars(picture: Picture, times: int, room: tuple[float, float], words: Words) -> tuple[Bar, ...]:
    """The bars of ``picture`` enlarged ``times``: one, or two where pixels are not square.

    ``room`` is how long a bar may be across and down: px. None where the scale is unknown.
    """
    across, down = picture.mm_per_pixel_x, picture.mm_per_pixel_y
    if across is None or down is None:
        return ()
    if abs(down / across - 1) <= SQUARE:
        return tuple(_bar(across / times, room[0], False, "picture.scale.bar", words))
    return (
        *_bar(across / times, room[0], False, "picture.scale.across", words),
        *_bar(down / times, room[1], True, "picture.scale.down", words),
    )


def draw_bar(image: Image, bar: Bar, x: float, y: float, unit: float) -> None:
    """Draw ``bar`` from (x, y) on, with a tick at either end."""
    tick = 4.0 * unit
    end = (x, y + bar.length_px) if bar.is_down else (x + bar.length_px, y)
    sides = (tick, 0.0) if bar.is_down else (0.0, tick)
    draw_line(image, _line((x, y), end), BAR, unit)
    for px, py in ((x, y), end):
        ends = _line((px - sides[0], py - sides[1]), (px + sides[0], py + sides[1]))
        draw_line(image, ends, BAR, unit)


def _bar(mm_per_px: float, room: float, is_down: bool, rule: str, words: Words) -> Iterator[Bar]:
    fitting = [length for length in LENGTHS_MM if length / mm_per_px <= room]
    if fitting:
        length = fitting[-1]
        said = words.say(rule, length=str(length))
        yield Bar(length, length / mm_per_px, is_down, said)


def _line(start: tuple[float, float], end: tuple[float, float]) -> Points:
    return np.array([start, end], dtype=np.float64)
