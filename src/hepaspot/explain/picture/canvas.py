"""Lines, discs and patches on a picture, anti-aliased, changing nothing but what they cover."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.explain.picture.curves import box_of, closed, dashes
from hepaspot.explain.picture.findings import Points
from hepaspot.explain.picture.ink import HALO, Colour, Stroke

Grey = NDArray[np.uint8]
"""``(h, w)``: a frame as it was read."""

Image = NDArray[np.uint8]
"""``(h, w, 3)``: red, green, blue."""

Cover = NDArray[np.uint8]
"""``(h, w)``: how much of each pixel is covered, 0 to 255."""

HALO_WIDTH: Final = 1.0
"""Dark rim on either side of a line: line units (convention)."""

_SHIFT: Final = 4
"""Fractional bits of a coordinate: a sixteenth of a pixel."""


def from_grey(grey: Grey, times: int) -> Image:
    """``grey`` ``(h, w)`` enlarged ``times``, as red, green and blue."""
    if times > 1:
        size = (grey.shape[1] * times, grey.shape[0] * times)
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def enlarged(points: Points, times: int) -> Points:
    """Where ``points`` lie in a picture enlarged ``times``: pixels are counted by their middles."""
    return (points + 0.5) * times - 0.5


def draw_line(image: Image, line: Points, stroke: Stroke, unit: float) -> None:
    """Draw an open line with its dark rim into ``image``."""
    width = max(round(stroke.width * unit), 1)
    rim = width + 2 * max(round(HALO_WIDTH * unit), 1)
    parts = list(dashes(line, [unit * d for d in stroke.dashes])) if stroke.dashes else [line]
    for colour, thickness in ((HALO, rim), (stroke.colour, width)):
        _lay_lines(image, parts, colour, thickness)


def draw_outline(image: Image, outline: Points, stroke: Stroke, unit: float) -> None:
    """Draw a closed line."""
    draw_line(image, closed(outline), stroke, unit)


def reach_of(stroke: Stroke, unit: float) -> float:
    """Half the width of a line with its rim: px."""
    return max(round(stroke.width * unit), 1) / 2 + max(round(HALO_WIDTH * unit), 1)


def inner_cover(outlines: list[Points], shape: tuple[int, int]) -> Cover:
    """The pixels that lie inside any of ``outlines``."""
    cover = np.zeros(shape, np.uint8)
    for outline in outlines:
        cv2.fillPoly(cover, [_fixed(outline)], 255, cv2.LINE_AA, _SHIFT)
    return cover


def restore(image: Image, original: Image, cover: Cover) -> None:
    """Put ``original`` back wherever ``cover`` is."""
    touched = cover > 0
    if touched.any():
        share = cover[touched].astype(np.float32)[:, None] / 255
        mixed = original[touched] * share + image[touched] * (1 - share)
        image[touched] = np.round(mixed).astype(np.uint8)


def lay(image: Image, cover: Cover, colour: Colour, left: int = 0, top: int = 0) -> None:
    """Paint ``colour`` over ``image`` as far as ``cover``, whose corner is at (left, top)."""
    height, width = image.shape[:2]
    x, y = max(left, 0), max(top, 0)
    right, bottom = min(left + cover.shape[1], width), min(top + cover.shape[0], height)
    if right <= x or bottom <= y:
        return
    share = cover[y - top : bottom - top, x - left : right - left].astype(np.float32) / 255
    part = image[y:bottom, x:right]
    mixed = part * (1 - share[:, :, None]) + np.array(colour, np.float32) * share[:, :, None]
    image[y:bottom, x:right] = np.round(mixed).astype(np.uint8)


def draw_pill(image: Image, box: tuple[float, float, float, float], colour: Colour) -> None:
    """Fill ``box`` (left, top, right, bottom) with round ends."""
    left, top, right, bottom = box
    radius = (bottom - top) / 2
    middle = (top + bottom) / 2
    _lay_lines(
        image,
        [np.array([[left + radius, middle], [max(right - radius, left + radius), middle]])],
        colour,
        round(2 * radius),
    )


def fill_box(image: Image, box: tuple[int, int, int, int], colour: Colour) -> None:
    """Fill ``box`` (left, top, right, bottom; the last two outside)."""
    left, top, right, bottom = box
    image[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = colour


def _lay_lines(image: Image, parts: list[Points], colour: Colour, thickness: int) -> None:
    if not parts:
        return
    left, top, right, bottom = box_of(np.concatenate(parts))
    margin = thickness + 2
    x, y = max(int(left) - margin, 0), max(int(top) - margin, 0)
    width = min(int(right) + margin + 1, image.shape[1]) - x
    height = min(int(bottom) + margin + 1, image.shape[0]) - y
    if width <= 0 or height <= 0:
        return
    cover = np.zeros((height, width), np.uint8)
    for part in parts:
        _cover_line(cover, part - (x, y), thickness)
    lay(image, cover, colour, x, y)


def _cover_line(cover: Cover, line: Points, thickness: int) -> None:
    """A line with round ends; one of no length is a dot."""
    whole = line if len(line) > 1 else np.repeat(line, 2, axis=0)
    cv2.polylines(cover, [_fixed(whole)], False, 255, thickness, cv2.LINE_AA, _SHIFT)
    if thickness < 3:
        return
    radius = round(thickness / 2 * 2**_SHIFT)
    for end in (whole[0], whole[-1]):
        x, y = (int(v) for v in _fixed(end[None])[0])
        cv2.circle(cover, (x, y), radius, 255, -1, cv2.LINE_AA, _SHIFT)


def _fixed(points: Points) -> NDArray[np.int32]:
    return np.round(points * 2**_SHIFT).astype(np.int32)
