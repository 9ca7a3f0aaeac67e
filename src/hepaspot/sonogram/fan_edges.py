"""Where the scanned area ends: its outermost lit pixels by row and by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.frames import Box, Grey, Mask
from hepaspot.sonogram.fan import Numbers

WORKING_SIZE: Final = 400
"""Longer side of the picture that edges are looked for in: pixels (speed; 2 px of doubt)."""

LIT: Final = 1
"""A place is lit above this many grey levels over black: JPEG's stray ones (chosen on real stills)."""

LIFTED: Final = 2
"""A picture's black is lifted where its darkest grey besides 0 is above this (chosen on real stills)."""

SCARCE: Final = 0.004
"""Share of the lit pixels below the darkest grey of a picture whose black is not 0 (chosen on real stills)."""

PADDED: Final = 2
"""Padding with lifted black is above this grey level (chosen on real stills)."""

MOST_SHARE: Final = 0.9
"""Padding that fills more of the view than this is its background (convention)."""

RIM_QUANTILE: Final = 0.35
"""Share of the rows whose end lies no deeper in the padding than its rim is wide (chosen on real stills)."""

MOST_RIM: Final = 7.0
"""A rim is no wider than this: working pixels (chosen on real stills)."""

STRAY: Final = 0.02
"""A patch smaller than this share of the largest one is a mark or a letter (chosen on real stills)."""

LEAST_SHARE: Final = 0.02
"""Least share of the view that a scanned area fills (convention)."""


@dataclass(frozen=True)
class Edges:
    """Outermost lit places, in pixels of the frame.

    Attributes
    ----------
    rows, left, right : (n,) float64
        y of each lit row, x of its first and last lit pixel.
    columns, top, bottom : (m,) float64
        x of each lit column, y of its first and last lit pixel.
    pixel : float
        Size of a working pixel: what one edge is sure of.
    lit : (h, w) bool
        The scanned area in working pixels.
    origin : (float, float)
        Frame's x and y of the centre of the first working pixel.
    """

    rows: Numbers
    left: Numbers
    right: Numbers
    columns: Numbers
    top: Numbers
    bottom: Numbers
    pixel: float
    lit: Mask
    origin: tuple[float, float]


def find_edges(grey: Grey, view: Box, coloured: Mask | None) -> Edges | None:
    """The edges of the scanned area; None where the view shows nothing of the kind."""
    part = np.s_[view.top : view.bottom, view.left : view.right]
    window = np.ascontiguousarray(grey[part])
    if window.size == 0:
        return None
    if coloured is not None:
        window = np.where(coloured[part], np.uint8(0), window)
    factor = max(1, round(max(window.shape) / WORKING_SIZE))
    lit = _largest(_lit(window, factor))
    if lit is None or lit.mean() < LEAST_SHARE:
        return None
    middle = (factor - 1) / 2
    return _outermost(lit, factor, (view.left + middle, view.top + middle))


def _lit(window: Grey, factor: int) -> Mask:
    size = (max(1, window.shape[1] // factor), max(1, window.shape[0] // factor))
    whole = window[: size[1] * factor, : size[0] * factor]
    small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    dark = _dark(np.ascontiguousarray(window[::2, ::2]))
    lit = np.asarray(small > np.uint8(min(254, dark)))
    return lit if dark == LIT else _unpadded(np.asarray(small > PADDED), lit)


def _unpadded(padded: Mask, lit: Mask) -> Mask:
    """A padded area without its rim, whose width shows where the scanned area is lit."""
    area, echoes = _largest(padded), _largest(lit)
    if area is None or echoes is None or area.mean() > MOST_SHARE:
        return lit
    depth = cv2.distanceTransform(np.pad(area, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1]
    lines = np.arange(len(lit))[echoes.any(axis=1)]
    ends = echoes[lines]
    first, last = ends.argmax(axis=1), ends.shape[1] - 1 - ends[:, ::-1].argmax(axis=1)
    rim = float(
        np.quantile(np.concatenate([depth[lines, first], depth[lines, last]]), RIM_QUANTILE)
    )
    return np.asarray(echoes | (depth >= min(rim, MOST_RIM)))


def _dark(sampled: Grey) -> int:
    """The highest grey level that may stand for no echo.

    Some exports lift black, and pad the scanned area with it on a background of 0: then
    hardly a pixel lies below the peak of the histogram that black makes.
    """
    counts = cv2.calcHist([sampled], [0], None, [256], [0, 256]).ravel()
    below = np.cumsum(counts[1:])
    darkest = 1 + int(np.searchsorted(below, SCARCE * below[-1]))
    if darkest <= LIFTED:
        return LIT
    peak = darkest + int(counts[darkest : darkest + 8].argmax())
    return 2 * peak - darkest + LIT


def _largest(lit: Mask) -> Mask | None:
    """Without marks and letters: the largest patch and those that are no mere strays."""
    opened = cv2.morphologyEx(lit.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    if count < 2:
        return None
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    keep = areas >= STRAY * areas.max()
    return np.asarray(keep[labels])


def _outermost(lit: Mask, factor: int, origin: tuple[float, float]) -> Edges:
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    height, width = lit.shape
    across, down = lit[rows], lit[:, columns]
    left, right = across.argmax(axis=1), width - 1 - across[:, ::-1].argmax(axis=1)
    top, bottom = down.argmax(axis=0), height - 1 - down[::-1].argmax(axis=0)

    def x(index: NDArray[np.int64]) -> Numbers:
        return origin[0] + factor * index.astype(np.float64)

    def y(index: NDArray[np.int64]) -> Numbers:
        return origin[1] + factor * index.astype(np.float64)

    return Edges(
        y(rows), x(left), x(right), x(columns), y(top), y(bottom), float(factor), lit, origin
    )
