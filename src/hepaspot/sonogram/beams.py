"""Beam space: depth along one axis, beams along the other, and the exact way back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.frames import Grey
from hepaspot.sonogram.fan import Fan

Points = NDArray[np.float64]
"""``(n, 2)``."""


@dataclass(frozen=True)
class BeamGrid:
    """Samples of a fan: row i at depth ``i * step`` pixels, column j on beam j.

    Attributes
    ----------
    fan : Fan
    samples, beams : int
        Rows (depth) and columns (beams, left to right) of the beam image.
    """

    fan: Fan
    samples: int
    beams: int

    @property
    def step(self) -> float:
        """Depth between two rows: pixels along x."""
        return self.fan.depth / (self.samples - 1)

    def resample(self, grey: Grey) -> Grey:
        """``(H, W) uint8`` to ``(samples, beams) uint8``, by linear interpolation (cv2.remap)."""
        raise NotImplementedError

    def to_pixels(self, points: Points) -> Points:
        """``(n, 2)`` of (row, column), fractions allowed, to (x, y) in pixels of the frame."""
        raise NotImplementedError

    def from_pixels(self, points: Points) -> Points:
        """``(n, 2)`` of (x, y) in pixels of the frame to (row, column); the exact way back."""
        raise NotImplementedError

    def beam_spacing(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance between two neighbouring beams at ``rows``: pixels along x."""
        raise NotImplementedError
