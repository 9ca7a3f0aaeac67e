"""Letters on a picture, in the font that is packaged: Latin and Chinese, no glyph missing."""

from __future__ import annotations

from functools import cache
from importlib import resources
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from hepaspot.explain.picture.canvas import Image, draw_pill, lay
from hepaspot.explain.picture.ink import HALO, YELLOW, Colour

FONT: Final = "hepaspot-sans-sc.otf"
"""Beside its licence in ``font/``."""

LINE: Final = 1.38
"""Height of a line of letters, times their size (convention)."""

BADGE: Final = 1.2
"""Height of the badge with a number in it, times the size of the number (convention)."""


@cache
def font_bytes() -> bytes:
    """The packaged font."""
    return (resources.files("hepaspot.explain.picture") / "font" / FONT).read_bytes()


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font with letters of ``size`` pixels."""
    # The basic layout engine is always there, so that every machine draws the same.
    return ImageFont.truetype(BytesIO(font_bytes()), size, layout_engine=ImageFont.Layout.BASIC)


def width_of(words: str, size: int) -> int:
    """Width of ``words`` in one line: px."""
    return int(np.ceil(font(size).getlength(words)))


def line_height(size: int) -> int:
    """Height of one line: px."""
    return round(LINE * size)


def write(
    image: Image, x: float, y: float, words: str, size: int, colour: Colour, halo: int = 0
) -> None:
    """Write ``words`` with the top left of their line at (x, y), in a dark rim ``halo`` wide."""
    if not words:
        return
    margin = halo + 2
    sheet = (width_of(words, size) + 2 * margin, line_height(size) + 2 * margin)
    left, top = round(x) - margin, round(y) - margin
    # The middle of a capital letter stands in the middle of the line.
    base = margin + line_height(size) / 2 + 0.36 * size
    for ink, rim in ((HALO, halo), (colour, 0)) if halo else ((colour, 0),):
        page = Pillow.new("L", sheet, 0)
        ImageDraw.Draw(page).text(
            (margin, base), words, fill=255, font=font(size), anchor="ls", stroke_width=rim
        )
        lay(image, np.asarray(page), ink, left, top)


def badge_width(number: int, size: int) -> int:
    """Width of the badge with ``number`` in it: px."""
    height = round(BADGE * size)
    return max(height, width_of(str(number), size) + round(0.6 * size))


def badge(image: Image, x: float, y: float, number: int, size: int) -> None:
    """The number of a focus, dark on yellow, in a line whose top left is at (x, y)."""
    height, width = round(BADGE * size), badge_width(number, size)
    top = y + (line_height(size) - height) / 2
    draw_pill(image, (x - 1.5, top - 1.5, x + width + 1.5, top + height + 1.5), HALO)
    draw_pill(image, (x, top, x + width, top + height), YELLOW)
    write(image, x + (width - width_of(str(number), size)) / 2, y, str(number), size, HALO)
