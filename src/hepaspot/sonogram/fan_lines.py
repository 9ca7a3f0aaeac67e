"""A straight side through outermost points of which many are missing and a few are marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from hepaspot.sonogram.fan import Numbers

ANCHORS: Final = 48
"""Points that trial lines are drawn through, two and two (speed)."""

BEYOND: Final = 2.0
"""A lit point outside a side speaks this much more against it than one on it for it
(convention): the picture may be dark inside the fan, but is black outside."""

INDEPENDENT: Final = 8.0
"""Neighbouring rows of which one tells something new (speckle and JPEG blocks; convention)."""


@dataclass(frozen=True)
class Side:
    """The line ``x = start + slope * y``; how many points lie on it, and its doubt.

    ``sd_start`` is that of x at the middle of the points, y = ``middle``.
    """

    start: float
    slope: float
    support: int
    sd_slope: float = 0.0
    sd_middle: float = 0.0

    def at(self, y: float) -> float:
        """X at ``y``."""
        return self.start + self.slope * y


def outer_side(y: Numbers, x: Numbers, outward: int, tolerance: float) -> Side | None:
    """The line that most points lie on and hardly any lies beyond.

    Parameters
    ----------
    y, x : (n,) float64
    outward : int
        -1 where the fan ends to the left, 1 to the right.
    tolerance : float
        How far off a point may be to lie on the line: pixels.
    """
    if len(y) < 4:
        return None
    v = outward * x
    anchors = np.unique(np.linspace(0, len(y) - 1, ANCHORS).astype(int))
    first, second = np.triu_indices(len(anchors), 1)
    i, j = anchors[first], anchors[second]
    far = np.abs(y[j] - y[i]) >= 0.15 * np.ptp(y)
    i, j = i[far], j[far]
    slope = (v[j] - v[i]) / (y[j] - y[i])
    sample = np.unique(np.linspace(0, len(y) - 1, 2 * ANCHORS).astype(int))
    off = v[sample] - (v[i] - slope * y[i])[:, None] - slope[:, None] * y[sample]
    score = (np.abs(off) <= tolerance).sum(axis=1) - BEYOND * (off > tolerance).sum(axis=1)
    best = int(score.argmax())
    return _polished(y, v, outward, (v[i] - slope * y[i])[best], slope[best], tolerance)


def _polished(
    y: Numbers, v: Numbers, outward: int, start: float, slope: float, tolerance: float
) -> Side:
    on = np.abs(v - start - slope * y) <= tolerance
    for _ in range(3):
        slope, start = np.polyfit(y[on], v[on], 1)
        near = np.abs(v - start - slope * y) <= tolerance
        if near.sum() < 4:
            break
        on = near
    spread = max(float(np.std(v[on] - start - slope * y[on])), 0.3)
    count = max(1.0, on.sum() / INDEPENDENT)
    sd_slope = spread / np.sqrt(count) / max(float(np.std(y[on])), 1.0)
    return Side(
        float(outward * start),
        float(outward * slope),
        int(on.sum()),
        float(sd_slope),
        float(spread / np.sqrt(count)),
    )
