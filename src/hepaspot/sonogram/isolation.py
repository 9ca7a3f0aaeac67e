"""How alone a bright blob stands: against all that lies around it, and away from the rims."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hepaspot.sonogram.field import Field
from hepaspot.sonogram.outline import Blob

AWAY_MM: Final = np.array([2.0, 3.0, 4.0, 5.0])
"""How far beyond the focus the level around it is taken: mm."""

DIRECTIONS: Final = np.deg2rad([-90.0, -60.0, -30.0, 0.0, 30.0, 150.0, 180.0, 210.0, 240.0])
"""Directions in which it is taken: all but downwards, where a shadow or a tail lies."""


_SINE, _COSINE = np.sin(DIRECTIONS), np.cos(DIRECTIONS)


@dataclass(frozen=True)
class Isolation:
    """How a blob stands out from what is around it.

    Attributes
    ----------
    brightest_db, second_db : float
        Its level above the brightest and the second brightest of the directions around it;
        a piece of a wall or of a layer goes on in one direction or in two.
    rise : float
        Its level above the liver at its depth, in standard deviations of the liver there.
    fullness : float
        Share of the ellipse of equal moments that it fills.
    roundness : float
        Its short axis as a share of its long one.
    """

    brightest_db: float
    second_db: float
    rise: float
    fullness: float
    roundness: float


def isolation(field: Field, blob: Blob) -> Isolation:
    """How alone ``blob`` stands."""
    height, width = blob.mask.shape
    window = (slice(blob.top, blob.top + height), slice(blob.left, blob.left + width))
    own = float(field.level_db[window][blob.mask].mean())
    around = np.sort(_around(field, blob))[::-1]
    around = around[np.isfinite(around)]
    below_own = own - around
    liver_db, liver_sd = field.liver_at(blob.rows)
    across_mm = float(field.lateral_mm[min(field.grid.samples - 1, round(blob.row))])
    area = float(blob.mask.sum()) * field.axial_mm * across_mm
    return Isolation(
        brightest_db=float(below_own[0]) if below_own.size else 0.0,
        second_db=float(below_own[1]) if below_own.size > 1 else 0.0,
        rise=(own - liver_db) / max(liver_sd, 1.0) if isfinite(liver_db) else 0.0,
        fullness=area / (np.pi / 4 * blob.length_mm * blob.width_mm),
        roundness=blob.width_mm / blob.length_mm,
    )


def _around(field: Field, blob: Blob) -> NDArray[np.float64]:
    """``(directions,)``: mean level beyond the focus in each direction; NaN outside the picture."""
    sine, cosine = _SINE, _COSINE
    rim = blob.axial_mm / 2 * np.abs(sine) + blob.lateral_mm / 2 * np.abs(cosine)
    distance = rim[:, None] + AWAY_MM
    across_mm = float(field.lateral_mm[min(field.grid.samples - 1, int(blob.row))])
    rows = np.rint(blob.row + distance * sine[:, None] / field.axial_mm).astype(np.int64)
    columns = np.rint(blob.column + distance * cosine[:, None] / across_mm).astype(np.int64)
    there = (rows >= 0) & (rows < field.grid.samples)
    there &= (columns >= 0) & (columns < field.grid.beams)
    rows, columns = np.where(there, rows, 0), np.where(there, columns, 0)
    weight = (there & field.inside[rows, columns]).astype(np.float64)
    total = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (field.smooth_db[rows, columns] * weight).sum(axis=1) / total
    return np.where(total > 0, mean, np.nan)
