"""Beam space: depth along one axis, beams along the other, and the exact way back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.frames import Grey
from hepaspot.sonogram.fan import Fan, FanKind

Points = NDArray[np.float64]
"""``(n, 2)``."""

SAMPLES: Final = 384
"""Rows of a beam image: 0.4 mm apart in 150 mm of depth, finer than the pulse (convention)."""

BEAMS: Final = 256
"""Columns of a beam image: about the scanlines of an abdominal probe (convention)."""


@dataclass(frozen=True)
class BeamGrid:
    """Samples of a fan: row i at depth ``i * step`` pixels, column j on beam j.

    The maps into the frame are made once and kept, so that a clip pays for them once.

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

    @property
    def beam_step(self) -> float:
        """Between two neighbouring beams: radians; pixels along x if linear."""
        return (self.fan.right - self.fan.left) / (self.beams - 1)

    def resample(self, grey: Grey) -> Grey:
        """``(H, W) uint8`` to ``(samples, beams) uint8``, by linear interpolation.

        What lies outside the frame is 0.
        """
        x, y = self._maps
        return np.asarray(cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderValue=0.0), np.uint8)

    def to_pixels(self, points: Points) -> Points:
        """``(n, 2)`` of (row, column), fractions allowed, to (x, y) in pixels of the frame."""
        rows, columns = np.asarray(points, np.float64).T
        x, y = self.fan.place(rows * self.step, self.fan.left + columns * self.beam_step)
        return np.column_stack([x, y])

    def from_pixels(self, points: Points) -> Points:
        """``(n, 2)`` of (x, y) in pixels of the frame to (row, column); the exact way back."""
        x, y = np.asarray(points, np.float64).T
        depths, beams = self.fan.locate(x, y)
        return np.column_stack([depths / self.step, (beams - self.fan.left) / self.beam_step])

    def beam_spacing(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance between two neighbouring beams at ``rows``: pixels along x.

        Of a trapezoid, where it also depends on the beam, that of the beam straight down.
        """
        rows = np.asarray(rows, np.float64)
        if self.fan.kind is FanKind.LINEAR:
            return np.full(rows.shape, self.beam_step)
        return (self.fan.near_radius + rows * self.step) * self.beam_step

    @cached_property
    def _maps(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Places in the frame, x and y, of every sample: ``(samples, beams) float32`` each."""
        depths = np.linspace(0.0, self.fan.depth, self.samples)[:, None]
        beams = np.linspace(self.fan.left, self.fan.right, self.beams)[None, :]
        x, y = self.fan.place(depths, beams)
        return x.astype(np.float32), y.astype(np.float32)


def grid_for(fan: Fan, *, samples: int = SAMPLES, beams: int = BEAMS) -> BeamGrid:
    """The beam grid of a fan, fine enough for a focus of 2 mm."""
    return BeamGrid(fan, samples, beams)
