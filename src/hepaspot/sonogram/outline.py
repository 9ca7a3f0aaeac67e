"""Outline and size of a focus: all around its peak that is within 6 dB of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, ceil, floor, hypot, sqrt
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.sonogram.candidates import Candidate
from hepaspot.sonogram.field import Field
from hepaspot.sonogram.ranks import median, quantile

HALF_DB: Final = 6.0
"""An edge is where the echo has fallen to half its amplitude: dB."""

REACH: Final = 1.6
"""How far an outline may reach from its candidate: times the size of the box."""

LEAST_REACH_MM: Final = 8.0
"""An outline may always reach this far: mm."""

CLOSE: Final = 4.0
"""The outline begins at most so many samples from the middle of its candidate."""


@dataclass(frozen=True)
class Blob:
    """A bright focus in beam space.

    Attributes
    ----------
    mask : (h, w) bool
        The focus in its window.
    top, left : int
        Row and column of the window's first sample.
    row, column : float
        Centre of the focus.
    axial_mm, lateral_mm : float
        Extent along and across the beams.
    length_mm, width_mm : float
        Long and short axis of the ellipse of equal moments.
    tilt : float
        Angle of the long axis against the beams' normal, radians.
    contrast_db : float
        Mean level in the outline above what surrounds it beside and above.
    touches_edge : bool
        The outline meets the border of its window: it is part of something larger.
    """

    mask: NDArray[np.bool_]
    top: int
    left: int
    row: float
    column: float
    axial_mm: float
    lateral_mm: float
    length_mm: float
    width_mm: float
    tilt: float
    contrast_db: float
    touches_edge: bool

    @property
    def rows(self) -> tuple[int, int]:
        """First row, and first row below."""
        found = np.flatnonzero(self.mask.any(axis=1))
        return self.top + int(found[0]), self.top + int(found[-1]) + 1

    @property
    def columns(self) -> tuple[int, int]:
        """First column, and first column to the right."""
        found = np.flatnonzero(self.mask.any(axis=0))
        return self.left + int(found[0]), self.left + int(found[-1]) + 1


def outline(field: Field, candidate: Candidate) -> Blob | None:
    """The focus about ``candidate``, None where nothing stands out once it is outlined."""
    top, bottom, left, right = _window(field, candidate)
    level = field.smooth_db[top:bottom, left:right]
    inside = field.inside[top:bottom, left:right]
    seed_row, seed_column = candidate.row - top, candidate.column - left
    peak = _peak(level, seed_row, seed_column, field, candidate)
    ground = _ground(level, inside, seed_row, seed_column, candidate, field)
    threshold = max(peak - HALF_DB, (peak + ground) / 2)
    above = ((level >= threshold) & inside).astype(np.uint8)
    labels = np.asarray(cv2.connectedComponents(above)[1], np.int32)
    label = _nearest_label(labels, seed_row, seed_column)
    if label == 0:
        return None
    mask = _filled(labels == label)
    contrast = float(level[mask].mean()) - ground
    return blob_of(field, mask, top, left, contrast, touches_edge=on_border(mask))


def on_border(mask: NDArray[np.bool_]) -> bool:
    """Whether ``mask`` meets the border of its window."""
    return bool(mask[0].any() or mask[:, 0].any() or mask[:, -1].any() or mask[-1].any())


def ground_about(field: Field, candidate: Candidate) -> float:
    """Median level beside and above of ``candidate``: dB."""
    top, bottom, left, right = _window(field, candidate)
    level = field.smooth_db[top:bottom, left:right]
    inside = field.inside[top:bottom, left:right]
    return _ground(level, inside, candidate.row - top, candidate.column - left, candidate, field)


def _window(field: Field, candidate: Candidate) -> tuple[int, int, int, int]:
    reach_mm = max(LEAST_REACH_MM, REACH * candidate.size_mm)
    up, aside = field.rows(reach_mm), field.columns(reach_mm, int(candidate.row))
    return (
        max(0, floor(candidate.row) - up),
        min(field.grid.samples, ceil(candidate.row) + up + 1),
        max(0, floor(candidate.column) - aside),
        min(field.grid.beams, ceil(candidate.column) + aside + 1),
    )


def _peak(
    level: NDArray[np.float32], row: float, column: float, field: Field, candidate: Candidate
) -> float:
    """A high quantile in the candidate's box: one bright speckle must not set it."""
    up = max(1, field.rows(candidate.size_mm) // 2)
    aside = max(1, field.columns(candidate.size_mm, int(candidate.row)) // 2)
    box = level[
        max(0, floor(row) - up) : ceil(row) + up + 1,
        max(0, floor(column) - aside) : ceil(column) + aside + 1,
    ]
    return quantile(box, 0.85)


def _ground(
    level: NDArray[np.float32],
    inside: NDArray[np.bool_],
    row: float,
    column: float,
    candidate: Candidate,
    field: Field,
) -> float:
    """Median level beside and above of the focus."""
    away_rows = field.rows(candidate.size_mm) // 2 + 1
    away_columns = field.columns(candidate.size_mm, int(candidate.row))
    rows, columns = np.arange(level.shape[0])[:, None], np.arange(level.shape[1])
    beside = (np.abs(columns - column) > away_columns) & (np.abs(rows - row) <= 2 * away_rows)
    above = rows < row - 2 * away_rows
    around = level[(beside | above) & inside]
    return median(around) if around.size else median(level)


def _nearest_label(labels: NDArray[np.int32], row: float, column: float) -> int:
    rows, columns = np.nonzero(labels)
    if not rows.size:
        return 0
    distance = np.abs(rows - row) + np.abs(columns - column)
    nearest = int(np.argmin(distance))
    return int(labels[rows[nearest], columns[nearest]]) if distance[nearest] <= CLOSE else 0


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    canvas = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(canvas, contours, -1, 1, cv2.FILLED)
    return canvas.astype(bool)


def blob_of(
    field: Field,
    mask: NDArray[np.bool_],
    top: int,
    left: int,
    contrast_db: float,
    *,
    touches_edge: bool,
) -> Blob:
    """The focus that ``mask`` covers, ``(h, w)`` from row ``top`` and column ``left`` on."""
    rows, columns = np.nonzero(mask)
    row, column = float(rows.mean()), float(columns.mean())
    across_mm = float(field.lateral_mm[min(top + round(row), field.grid.samples - 1)])
    along = np.asarray((rows - row) * field.axial_mm, np.float64)
    across = np.asarray((columns - column) * across_mm, np.float64)
    length, width, tilt = _ellipse(along, across, field.axial_mm, across_mm)
    return Blob(
        mask=mask,
        top=top,
        left=left,
        row=top + row,
        column=left + column,
        axial_mm=(int(rows.max() - rows.min()) + 1) * field.axial_mm,
        lateral_mm=(int(columns.max() - columns.min()) + 1) * across_mm,
        length_mm=length,
        width_mm=width,
        tilt=tilt,
        contrast_db=contrast_db,
        touches_edge=touches_edge,
    )


def _ellipse(
    along: NDArray[np.float64], across: NDArray[np.float64], cell_along: float, cell_across: float
) -> tuple[float, float, float]:
    """Axes of the ellipse of equal moments, and by how much its long one leans down the beam."""
    along, across = along - along.mean(), across - across.mean()
    count = max(along.size - 1, 1)
    down = float(along @ along) / count + cell_along**2 / 12
    aside = float(across @ across) / count + cell_across**2 / 12
    both = float(along @ across) / count
    middle, half = (down + aside) / 2, hypot((down - aside) / 2, both)
    tilt = 0.5 * atan2(2 * both, aside - down)
    return 4 * sqrt(middle + half), 4 * sqrt(max(middle - half, 0.0)), tilt
