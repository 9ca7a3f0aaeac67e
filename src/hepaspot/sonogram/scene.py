"""What stays the same over the frames of one picture: fan, liver, scale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.sonogram.beams import BeamGrid
from hepaspot.sonogram.field import TYPICAL_DEPTH_MM, BeamMask
from hepaspot.sonogram.insets import Insets, insets_of

NEAR_FIELD_MM: Final = 12.0
"""Skin, fat and muscle lie above the liver: mm; used where the liver was not outlined."""

EDGE_BEAMS: Final = 0.015
"""Share of the beams at either side that is not to be trusted."""

EDGE_SAMPLES: Final = 0.01
"""Share of the depth at the far end that is not to be trusted."""


@dataclass(frozen=True)
class Scene:
    """Fan, liver and scale of one picture.

    Attributes
    ----------
    grid : BeamGrid
    fan_mask : (H, W) uint8
        255 in the scanned area.
    liver_mask : (H, W) uint8 or None
        255 in the liver; None where it was not outlined.
    mm_per_pixel_x : float or None
        Known millimetres, None where there are none.
    """

    grid: BeamGrid
    fan_mask: NDArray[np.uint8]
    liver_mask: NDArray[np.uint8] | None
    mm_per_pixel_x: float | None

    @property
    def has_scale(self) -> bool:
        """Whether millimetres are known."""
        return self.mm_per_pixel_x is not None

    @property
    def unit_mm(self) -> float:
        """Millimetres of a pixel along x; assumed from a usual depth where not known."""
        return self.mm_per_pixel_x or TYPICAL_DEPTH_MM / self.grid.fan.depth

    @cached_property
    def beam_inside(self) -> BeamMask:
        """``(samples, beams)``: in the picture, away from the edges of the fan."""
        inside = self.grid.resample(self.fan_mask) > 200
        aside = max(1, round(EDGE_BEAMS * self.grid.beams))
        inside[:, :aside] = inside[:, -aside:] = False
        inside[-max(1, round(EDGE_SAMPLES * self.grid.samples)) :] = False
        return np.asarray(cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)

    @cached_property
    def fan_insets(self) -> Insets:
        """How far inside the scanned area a place lies."""
        return insets_of(self.fan_mask, self.unit_mm, self.unit_mm * self.grid.fan.y_per_x)

    @cached_property
    def liver_insets(self) -> Insets:
        """How far inside the liver a place lies; inside the picture where it has no outline."""
        if self.liver_mask is None:
            return self.fan_insets
        return insets_of(self.liver_mask, self.unit_mm, self.unit_mm * self.grid.fan.y_per_x)

    @cached_property
    def beam_liver(self) -> BeamMask:
        """``(samples, beams)``: the liver, or all below the near field."""
        if self.liver_mask is not None:
            return (self.grid.resample(self.liver_mask) > 127) & self.beam_inside
        liver = self.beam_inside.copy()
        liver[: max(1, round(NEAR_FIELD_MM / self.unit_mm / self.grid.step))] = False
        return liver
