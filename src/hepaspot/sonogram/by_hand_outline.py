"""An outline that a person draws in a frame, as a focus in beam space."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, hypot, isfinite, tau
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.errors import InputError
from hepaspot.sonogram.beams import BeamGrid, Points
from hepaspot.sonogram.candidates import SIZES_MM, Candidate
from hepaspot.sonogram.fan import Fan
from hepaspot.sonogram.field import BeamMask, Field
from hepaspot.sonogram.outline import Blob, blob_of, ground_about
from hepaspot.sonogram.scene import Scene

LEAST_POINTS: Final = 3
"""Fewer enclose nothing."""

MOST_POINTS: Final = 400
"""Points of the most careful outline: one a pixel around a focus of 30 mm (convention)."""

ELLIPSE_MM: Final = 5.0
"""Diameter of the outline where a person points at nothing that stands out: mm (convention)."""

ELLIPSE_POINTS: Final = 24
"""Its corners."""

FINE: Final = 4
"""Parts of a sample along each axis by which it is told how much of it an outline covers."""

COVERED: Final = 0.15
"""Share of a sample from which it belongs to an outline. The reader's outlines cut off the tips of
what they enclose; so most of these come back (phantoms: 9 of 10 foci keep their size)."""

EDGE_PIXELS: Final = 4.0
"""A drawn edge is followed in steps this long, since it is bent in beam space: pixels."""


def checked_outline(
    outline: Sequence[tuple[float, float]], width: int, height: int
) -> tuple[tuple[float, float], ...]:
    """``outline`` to a tenth of a pixel.

    Raises
    ------
    InputError
        If it has too few or too many points, or one that lies outside of the frame.
    """
    if not LEAST_POINTS <= len(outline) <= MOST_POINTS:
        raise InputError(
            f"outline: has {len(outline)} points; draw one of {LEAST_POINTS} to {MOST_POINTS}"
        )
    if not all(isfinite(x) and isfinite(y) for x, y in outline):
        raise InputError("outline: a point of it is no number; draw it anew")
    if not all(0 <= x <= width and 0 <= y <= height for x, y in outline):
        raise InputError(
            f"outline: leaves the frame of {width} x {height} pixels; draw it inside of it"
        )
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in outline)


def ellipse_about(x: float, y: float, scene: Scene) -> tuple[tuple[float, float], ...]:
    """A small outline about a place, as far as the frame goes."""
    height, width = scene.fan_mask.shape
    turn = np.linspace(0.0, tau, ELLIPSE_POINTS, endpoint=False)
    radius = ELLIPSE_MM / 2 / scene.unit_mm
    right = np.clip(x + radius * np.cos(turn), 0, width - 1)
    down = np.clip(y + radius / scene.grid.fan.y_per_x * np.sin(turn), 0, height - 1)
    return checked_outline(list(zip(right.tolist(), down.tolist(), strict=True)), width, height)


def blob_within(field: Field, scene: Scene, outline: Sequence[tuple[float, float]]) -> Blob:
    """The focus that ``outline`` encloses, whatever its echoes.

    Raises
    ------
    InputError
        If it lies outside of the scanned area.
    """
    mask, top, left = _covered(field.grid, np.array(outline, np.float64))
    if not _is_seen(scene, mask, top, left):
        raise InputError("outline: lies outside of the scanned area; draw it inside of the fan")
    bare = blob_of(field, mask, top, left, 0.0, touches_edge=False)
    contrast = _level_db(field, bare) - ground_about(field, _candidate(bare))
    return blob_of(field, mask, top, left, contrast, touches_edge=False)


def _candidate(blob: Blob) -> Candidate:
    """The largest box of the reader's that fits in a focus, about its middle."""
    narrow_mm = min(blob.axial_mm, blob.lateral_mm)
    size_mm = max((size for size in SIZES_MM if size <= narrow_mm), default=SIZES_MM[0])
    return Candidate(blob.row, blob.column, size_mm, 0.0, 0.0)


def _covered(grid: BeamGrid, outline: Points) -> tuple[BeamMask, int, int]:
    """Samples that ``outline`` covers, in a window, and the window's first row and column."""
    places = grid.from_pixels(_below_the_probe(grid.fan, _followed(outline)))
    top, left = (max(0, int(low)) for low in np.floor(places.min(axis=0)) - 1)
    bottom, right = (int(high) for high in np.ceil(places.max(axis=0)) + 2)
    shape = (min(bottom, grid.samples) - top, min(right, grid.beams) - left)
    if min(shape) <= 0:
        return np.zeros((0, 0), bool), 0, 0
    share = _share(places - (top, left), shape)
    mask = share >= COVERED
    return (mask if mask.any() else share > 0), top, left


def _share(places: Points, shape: tuple[int, int]) -> NDArray[np.float32]:
    """How much of each sample a closed line encloses."""
    fine = np.zeros((shape[0] * FINE, shape[1] * FINE), np.uint8)
    corners = np.rint((places[:, ::-1] * FINE + (FINE - 1) / 2) * 16).astype(np.int32)
    cv2.fillPoly(fine, [corners.reshape(-1, 1, 2)], 255, shift=4)
    share = cv2.resize(fine, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(share / np.float32(255), np.float32)


def _followed(outline: Points) -> Points:
    """``outline``, closed, with points along its edges."""
    pieces = []
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        count = max(1, ceil(hypot(*(end - start)) / EDGE_PIXELS))
        pieces.append(start + np.arange(count)[:, None] / count * (end - start))
    return np.concatenate(pieces)


def _below_the_probe(fan: Fan, points: Points) -> Points:
    """``points``, none above the fan, where beams cross; what they enclose in it stays."""
    _, corners = fan.place(np.zeros(2), np.array([fan.left, fan.right]))
    return np.column_stack([points[:, 0], np.maximum(points[:, 1], float(corners.min()) - 1e-3)])


def _is_seen(scene: Scene, mask: BeamMask, top: int, left: int) -> bool:
    """Whether some of ``mask`` lies in the scanned area."""
    samples = np.argwhere(mask).astype(np.float64) + np.array([top, left])
    x, y = np.rint(scene.grid.to_pixels(samples)).astype(np.int64).T
    height, width = scene.fan_mask.shape
    there = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return bool((scene.fan_mask[y[there], x[there]] > 0).any())


def _level_db(field: Field, blob: Blob) -> float:
    """Mean level in a focus, where there is a picture."""
    height, width = blob.mask.shape
    window = (slice(blob.top, blob.top + height), slice(blob.left, blob.left + width))
    seen = blob.mask & field.inside[window]
    return float(field.smooth_db[window][seen if seen.any() else blob.mask].mean())
