"""First guesses of a sector from its sides: both of them, or one and its mirror image."""

from __future__ import annotations

from typing import Final

import numpy as np

from hepaspot.sonogram.fan import Numbers
from hepaspot.sonogram.fan_arcs import best_radii
from hepaspot.sonogram.fan_lines import Side
from hepaspot.sonogram.fan_polish import Points

SHAPES: Final = np.exp(np.linspace(np.log(0.6), np.log(1.6), 50))
"""Shapes of a pixel that are tried, y over x, 2 % apart (what exports do to a picture)."""

TRIALS: Final = 48
"""Apexes tried along a side (speed)."""

SAMPLED: Final = 80
"""Points of a curve that are looked at (speed)."""


def both_sides(points: Points, left: Side, right: Side, shape: float | None) -> Numbers | None:
    """Apex where the sides meet; the shape of a pixel tried through where it is None."""
    if right.slope - left.slope < 1e-3:
        return None
    apex = (left.start - right.start) / (right.slope - left.slope)
    apex_x = left.at(apex)
    shapes = SHAPES if shape is None else np.array([shape])
    trial = np.full_like(shapes, apex)
    best, near, far = _best(points, np.full_like(shapes, apex_x), trial, shapes)
    q = shapes[best]
    angles = np.arctan2([left.slope, right.slope], q)
    return np.array([apex_x, apex * q, q, near, far, *angles])


def one_side(points: Points, side: Side, shape: float) -> Numbers | None:
    """Apex on a side, where the curves lie best about it; the other side is its mirror."""
    top = points.near[1].min()
    bottom = points.far[1].max()
    height = bottom - top
    if abs(side.slope) < 0.05:
        return None
    trial = np.linspace(top - 0.9 * height, top, TRIALS)
    apex_x = side.start + side.slope * trial
    best, near, far = _best(points, apex_x, trial, np.full_like(trial, shape))
    angle = abs(np.arctan2(side.slope, shape))
    return np.array([apex_x[best], trial[best] * shape, shape, near, far, -angle, angle])


def _best(
    points: Points, apex_x: Numbers, apex: Numbers, shapes: Numbers
) -> tuple[int, float, float]:
    tolerance = 2.0 * points.pixel
    near, near_score = best_radii(_radii(points.near, apex_x, apex, shapes), -1, tolerance)
    far, far_score = best_radii(_radii(points.far, apex_x, apex, shapes), 1, tolerance)
    best = int((near_score + far_score).argmax())
    return best, float(near[best]), float(far[best])


def _radii(
    curve: tuple[Numbers, Numbers], apex_x: Numbers, apex: Numbers, shapes: Numbers
) -> Numbers:
    pick = np.unique(np.linspace(0, len(curve[0]) - 1, SAMPLED).astype(int))
    x, y = curve[0][pick], curve[1][pick]
    down = shapes[:, None] * (y - apex[:, None])
    return np.asarray(np.hypot(x - apex_x[:, None], down))
