"""One frame in beam space with its units: what every measurement starts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.sonogram.beams import BeamGrid
from hepaspot.sonogram.ranks import median

Levels = NDArray[np.float32]
"""``(samples, beams) float32``."""

BeamMask = NDArray[np.bool_]
"""``(samples, beams) bool``."""

TYPICAL_DEPTH_MM: Final = 150.0
"""Depth of an abdominal picture whose scale is unknown: mm (convention).

It only sets how large a thing is looked for; nothing measured with it is ever told in mm.
"""


@dataclass(frozen=True)
class Field:
    """The beam image of one frame.

    Attributes
    ----------
    grid : BeamGrid
    level_db : (samples, beams) float32
        Echo level in dB above black, marks filled in.
    inside : (samples, beams) bool
        Where there is a picture: in the fan and off its edges.
    liver : (samples, beams) bool
        The liver; all of ``inside`` below the near field where it was not outlined.
    unit_mm : float
        Millimetres of one pixel along x; assumed where ``has_scale`` is False.
    has_scale : bool
    db_sd : float
        One standard deviation of doubt of the decibel scale, as a share of each value.
    floor_db : float
        Level under which there is no signal, only noise or black.
    """

    grid: BeamGrid
    level_db: Levels
    inside: BeamMask
    liver: BeamMask
    unit_mm: float
    has_scale: bool
    db_sd: float
    floor_db: float

    @property
    def axial_mm(self) -> float:
        """Distance between two rows: mm."""
        return self.grid.step * self.unit_mm

    @cached_property
    def lateral_mm(self) -> NDArray[np.float64]:
        """``(samples,)``: distance between two neighbouring beams at each row: mm."""
        rows = np.arange(self.grid.samples, dtype=np.float64)
        return self.grid.beam_spacing(rows) * self.unit_mm

    @cached_property
    def smooth_db(self) -> Levels:
        """``level_db`` without the finest grain, in which outlines are drawn."""
        return np.asarray(cv2.GaussianBlur(self.level_db, (0, 0), 0.8), np.float32)

    def liver_at(self, rows: tuple[int, int]) -> tuple[float, float]:
        """Median and standard deviation of the liver's level over some rows: dB; NaN of none."""
        if rows not in self._liver_at:
            part = slice(*rows)
            level = self.level_db[part][self.liver[part]]
            self._liver_at[rows] = median(level), float(level.std()) if level.size else float("nan")
        return self._liver_at[rows]

    @cached_property
    def _liver_at(self) -> dict[tuple[int, int], tuple[float, float]]:
        return {}

    def rows(self, length_mm: float) -> int:
        """``length_mm`` along a beam as a number of rows, at least 1."""
        return max(1, round(length_mm / self.axial_mm))

    def columns(self, length_mm: float, row: int) -> int:
        """``length_mm`` across the beams at ``row`` as a number of beams, at least 1."""
        return max(1, round(length_mm / float(self.lateral_mm[row])))
