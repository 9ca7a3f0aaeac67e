"""Closed outlines: evenly spaced points, one a little further out, dashes along them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from hepaspot.explain.picture.findings import Points


def closed(points: Points) -> Points:
    """``points`` with the first one again at the end."""
    return np.concatenate([points, points[:1]])


def even(line: Points, step: float) -> Points:
    """Points about ``step`` apart along ``line``, its ends kept."""
    along = _along(line)
    count = max(round(along[-1] / step), 1) + 1
    places = np.linspace(0.0, along[-1], count)
    return np.column_stack([np.interp(places, along, line[:, axis]) for axis in (0, 1)])


def outward(outline: Points, distance: float) -> Points:
    """A closed outline, moved outward by ``distance``; its points are evenly spaced."""
    line = even(closed(outline), 1.0)[:-1]
    if len(line) < 3:
        return outline
    tangent = np.roll(line, -2, axis=0) - np.roll(line, 2, axis=0)
    length = np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    normal = np.column_stack([tangent[:, 1], -tangent[:, 0]]) / length
    return np.asarray(line + np.sign(_area(line)) * distance * normal, np.float64)


def dashes(line: Points, pattern: Sequence[float]) -> Iterator[Points]:
    """The strokes of ``line`` under ``pattern``, lengths of strokes and gaps in turn.

    The pattern is stretched a little so that a whole number of them fits; a line that does
    not come back to its start ends with a stroke.
    """
    along = _along(line)
    last = 0.0 if np.array_equal(line[0], line[-1]) else pattern[-1]
    times = max(round((along[-1] + last) / sum(pattern)), 1)
    scale = along[-1] / max(times * sum(pattern) - last, 1e-9)
    ends = np.concatenate([[0.0], np.cumsum(np.tile(pattern, times) * scale)])
    for start, stop in zip(ends[:-1:2], ends[1::2], strict=True):
        inner = along[(along > start) & (along < stop)]
        places = np.concatenate([[start], inner, [stop]])
        yield np.column_stack([np.interp(places, along, line[:, axis]) for axis in (0, 1)])


def box_of(points: Points) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of ``points``."""
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def nearest(points: Points, x: float, y: float) -> tuple[float, float]:
    """The one of ``points`` that is nearest to (x, y)."""
    near = points[np.argmin((points[:, 0] - x) ** 2 + (points[:, 1] - y) ** 2)]
    return float(near[0]), float(near[1])


def _along(line: Points) -> Points:
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])


def _area(outline: Points) -> float:
    """Twice the signed area: positive where x turns towards y."""
    x, y = outline[:, 0], outline[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
