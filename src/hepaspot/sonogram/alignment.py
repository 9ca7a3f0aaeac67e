"""Foci in a row: whether several lie on one line, and whether a tube runs along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEAST_FOCI: Final = 3
"""Two points always lie on a line."""

OFF_LINE_MM: Final = 2.5
"""Root mean square distance from the line up to which foci lie in a row: mm (convention)."""

LEAST_SPAN_MM: Final = 12.0
"""A shorter row is a cluster: mm (convention)."""

ALONG_TUBE: Final = np.deg2rad(25)
"""A tube within this angle of the row runs along it: radians (convention)."""


@dataclass(frozen=True)
class Row:
    """A row of foci: its length, how far they lie off it (mm), whether a tube runs along it."""

    span_mm: float
    off_mm: float
    along_tube: bool


def row_of(
    centres_mm: NDArray[np.float64], tube_directions: Sequence[NDArray[np.float64]]
) -> Row | None:
    """The line through ``centres_mm`` ``(n, 2)``, None with too few of them.

    ``tube_directions`` are ``(2,)`` vectors in the same axes.
    """
    if len(centres_mm) < LEAST_FOCI:
        return None
    centred = centres_mm - centres_mm.mean(axis=0)
    axes = _axes(centred)
    along, off = centred @ axes[0], centred @ axes[1]
    beside = any(_angle(axes[0], direction) < ALONG_TUBE for direction in tube_directions)
    return Row(float(np.ptp(along)), float(np.sqrt(np.mean(off**2))), beside)


def long_axis(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(2,)``: the direction in which ``points_mm`` ``(n, 2)`` lie farthest apart."""
    return np.asarray(_axes(points_mm - points_mm.mean(axis=0))[0], np.float64)


def _axes(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """The long axis of some points, then the short one."""
    return np.asarray(np.linalg.svd(centred, full_matrices=False)[2], np.float64)


def likelihood(row: Row) -> dict[str, float]:
    """Likelihood of the states of the sign alignment."""
    in_row = row.off_mm < OFF_LINE_MM and row.span_mm > LEAST_SPAN_MM
    if not in_row:
        return {"scattered": 0.7, "along_duct": 0.3}
    along = 0.85 if row.along_tube else 0.6
    return {"along_duct": along, "scattered": round(1 - along, 4)}


def _angle(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    cosine = abs(float(one @ two)) / max(float(np.linalg.norm(one) * np.linalg.norm(two)), 1e-9)
    return float(np.arccos(min(1.0, cosine)))
