"""Where a bright spot may be: brighter than what lies left, right and above of it.

A detector of constant false alarm rate: the mean of a small box against the brightest of
its neighbours at the same depth and above. What lies below is left out, since a shadow is
there. A sloping edge, a layer or the rim of a bright area has at least one neighbour that
is as bright as itself and so does not stand out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from hepaspot.sonogram.boxes import Boxes
from hepaspot.sonogram.field import BeamMask, Field, Levels
from hepaspot.sonogram.ranks import median

SIZES_MM: Final = (2.2, 4.0, 7.0, 12.0)
"""Sides of the boxes: mm; foci of 2 to 20 mm fill one of them."""

MIN_CONTRAST_DB: Final = 5.5
"""Least contrast of a box against its brightest neighbour: dB (convention)."""

LOOK_SIGMAS: Final = 2.2
"""Looked at from so many standard deviations of the same contrast in the rest of the liver."""

MOST: Final = 32
"""Candidates that are looked at more closely, the most conspicuous first."""

_SHARE: Final = 0.55
"""Valid share of a box from which it counts."""


@dataclass(frozen=True)
class Candidate:
    """A place that stands out: sample (row, column), size of its box, contrast in dB.

    ``conspicuity`` is how many standard deviations of the rest of the liver it stands out.
    """

    row: float
    column: float
    size_mm: float
    contrast_db: float
    conspicuity: float


def candidates(field: Field) -> list[Candidate]:
    """Places that stand out in the liver, the most conspicuous first."""
    coarse = halved(field)
    boxes = Boxes(coarse.level_db, coarse.inside)
    found = [c for size_mm in SIZES_MM for c in _of_size(coarse, boxes, size_mm)]
    found.sort(key=lambda c: -c.conspicuity)
    apart = _apart(coarse, found)
    # A sample of the coarse image lies between two of the fine one.
    return [replace(c, row=2 * c.row + 0.5, column=2 * c.column + 0.5) for c in apart]


def halved(field: Field) -> Field:
    """``field`` with half the rows and beams: boxes are larger than its samples still."""
    samples, beams = field.grid.samples // 2, field.grid.beams // 2
    size = (beams, samples)

    def mostly(mask: BeamMask) -> BeamMask:
        small = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
        return np.asarray(small > 127)

    return replace(
        field,
        grid=replace(field.grid, samples=samples, beams=beams),
        level_db=np.asarray(
            cv2.resize(field.level_db, size, interpolation=cv2.INTER_AREA), np.float32
        ),
        inside=mostly(field.inside),
        liver=mostly(field.liver),
    )


def _of_size(field: Field, boxes: Boxes, size_mm: float) -> list[Candidate]:
    contrast, usable = _contrast(field, boxes, size_mm)
    usable &= field.liver
    if not usable.any():
        return []
    here = contrast[usable][::2]
    centre = median(here)
    spread = 1.4826 * median(np.abs(here - centre))
    spread = max(spread, 0.5)
    threshold = max(MIN_CONTRAST_DB, centre + LOOK_SIGMAS * spread)
    peaks = usable & (contrast >= threshold) & _is_peak(field, contrast, size_mm)
    return [
        Candidate(
            int(r),
            int(c),
            size_mm,
            float(contrast[r, c]),
            float((contrast[r, c] - centre) / spread),
        )
        for r, c in np.argwhere(peaks)
    ]


def _contrast(field: Field, boxes: Boxes, size_mm: float) -> tuple[Levels, BeamMask]:
    up = max(1, field.rows(size_mm) // 2)
    half = np.maximum(1, np.round(size_mm / 2 / field.lateral_mm)).astype(np.int64)
    gap = half + np.maximum(1, np.round(0.5 * size_mm / field.lateral_mm)).astype(np.int64)
    wide = gap + np.maximum(2, np.round(max(5.0, size_mm) / field.lateral_mm)).astype(np.int64)
    own, own_share = boxes.mean(-up, up + 1, -half, half + 1)
    left, left_share = boxes.mean(-up, up + 1, -wide, -gap)
    right, right_share = boxes.mean(-up, up + 1, gap + 1, wide + 1)
    above_rows = field.rows(max(4.0, size_mm))
    above, above_share = boxes.mean(-2 * up - above_rows, -2 * up, -half, half + 1)
    around = np.full_like(own, -np.inf)
    for level, share in ((left, left_share), (right, right_share), (above, above_share)):
        around = np.maximum(around, np.where(share >= _SHARE, level, -np.inf))
    sides = (left_share >= _SHARE) | (right_share >= _SHARE)
    usable = (own_share >= _SHARE) & sides
    return np.where(usable, own - np.where(np.isfinite(around), around, 0), -99.0), usable


def _is_peak(field: Field, contrast: Levels, size_mm: float) -> BeamMask:
    rows = 2 * (field.rows(size_mm) // 2) + 1
    middle = field.grid.samples // 2
    columns = 2 * (field.columns(size_mm, middle) // 2) + 1
    highest = cv2.dilate(contrast.astype(np.float32), np.ones((max(3, rows), max(3, columns))))
    return np.asarray(contrast >= highest)


def _apart(field: Field, found: list[Candidate]) -> list[Candidate]:
    """The first `MOST` that do not lie in the box of a more conspicuous one."""
    kept: list[Candidate] = []
    beams_mm: list[float] = field.lateral_mm.tolist()
    for new in found:
        if len(kept) == MOST:
            break
        if not any(_overlap(field.axial_mm, beams_mm, new, old) for old in kept):
            kept.append(new)
    return kept


def _overlap(row_mm: float, beams_mm: list[float], new: Candidate, old: Candidate) -> bool:
    reach = 0.75 * max(new.size_mm, old.size_mm)
    if abs(new.row - old.row) * row_mm >= reach:
        return False
    return abs(new.column - old.column) * beams_mm[int(old.row)] < reach
