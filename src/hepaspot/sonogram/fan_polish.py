"""All of a sector's geometry fitted at once to the edges, by robust least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from hepaspot.sonogram.fan import Numbers

ROUNDS: Final = (5.0, 3.5, 2.5, 2.0, 2.0)
"""How far off an edge may lie and still pull, round by round: working pixels."""

BEYOND: Final = 2.0
"""As `fan_lines.BEYOND`."""

EVEN: Final = 0.01
"""How well the two outermost beams mirror each other: radians (convention)."""

SQUARE: Final = 0.1
"""How far pixels are from square where it is not known: share (convention)."""

ALIKE: Final = 8.0
"""Neighbouring points that tell the same: `fan_lines.INDEPENDENT`."""

AX, AY, SHAPE, NEAR, FAR, LEFT, RIGHT = range(7)


@dataclass(frozen=True)
class Points:
    """Outermost points of the four edges, ``(n,)`` each: x and y in pixels."""

    left: tuple[Numbers, Numbers]
    right: tuple[Numbers, Numbers]
    near: tuple[Numbers, Numbers]
    far: tuple[Numbers, Numbers]
    pixel: float


@dataclass(frozen=True)
class Polished:
    """Parameters in the order of the module's constants, their covariance, and a score."""

    values: Numbers
    covariance: Numbers
    score: float


def polish(points: Points, start: Numbers, *, free_shape: bool, even: bool) -> Polished:
    """Improve ``start`` until the edges lie on it.

    Parameters
    ----------
    start : (7,) float64
        Apex (x in pixels, y scaled), shape of a pixel, near and far radius, angles.
    free_shape : bool
        Fit the shape of a pixel too.
    even : bool
        Hold the outermost beams near to mirror each other.
    """
    values = start.astype(np.float64).copy()
    sd = 0.5 * points.pixel
    normal = np.eye(7)
    for reach in ROUNDS:
        off, slopes = _residuals(points, values)
        weight = np.clip(1 - (off / (reach * points.pixel)) ** 2, 0, None) ** 2 / sd**2
        normal = slopes.T @ (slopes * weight[:, None])
        pull = -slopes.T @ (off * weight)
        normal[SHAPE, SHAPE] += 1 / (SQUARE**2 if free_shape else 1e-12)
        if even:
            rows = np.zeros(7)
            rows[[LEFT, RIGHT]] = 1
            normal += np.outer(rows, rows) / EVEN**2 * ALIKE
            pull -= rows * (values[LEFT] + values[RIGHT]) / EVEN**2 * ALIKE
        normal += np.diag([1e-6] * 7)
        values = values + np.linalg.solve(normal, pull)
    off, _ = _residuals(points, values)
    return Polished(
        values, np.asarray(np.linalg.inv(normal) * ALIKE, np.float64), _score(off, 2 * points.pixel)
    )


def _score(off: Numbers, tolerance: float) -> float:
    on = np.clip(1 - (off / tolerance) ** 2, 0, None).sum()
    return float(on - BEYOND * (off > tolerance).sum())


def _residuals(points: Points, values: Numbers) -> tuple[Numbers, Numbers]:
    """How far each point lies outside its edge, and how that changes: (n,), (n, 7)."""
    offs, slopes = [], []
    for (x, y), angle, side in ((points.left, LEFT, -1), (points.right, RIGHT, 1)):
        across, down = x - values[AX], values[SHAPE] * y - values[AY]
        sine, cosine = np.sin(values[angle]), np.cos(values[angle])
        offs.append(side * (across * cosine - down * sine))
        slope = np.zeros((len(x), 7))
        slope[:, AX], slope[:, AY], slope[:, SHAPE] = -cosine, sine, -y * sine
        slope[:, angle] = -across * sine - down * cosine
        slopes.append(side * slope)
    for (x, y), radius, side in ((points.near, NEAR, -1), (points.far, FAR, 1)):
        across, down = x - values[AX], values[SHAPE] * y - values[AY]
        distance = np.maximum(np.hypot(across, down), 1e-6)
        offs.append(side * (distance - values[radius]))
        slope = np.zeros((len(x), 7))
        slope[:, AX], slope[:, AY] = -across / distance, -down / distance
        slope[:, SHAPE], slope[:, radius] = down * y / distance, -1
        slopes.append(side * slope)
    return np.concatenate(offs), np.concatenate(slopes)
