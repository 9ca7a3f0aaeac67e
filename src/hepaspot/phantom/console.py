"""The console: compression to grey, the scanner's smoothing, and scan conversion to the fan."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.phantom.geometry import Geometry, Map
from hepaspot.phantom.recipe import Recipe

Grey = NDArray[np.uint8]
"""``(H, W) uint8``."""

LIVER_SHARE: Final = 0.34
"""Where the echo of liver lies on the grey scale at gain 0: share of white (convention)."""

ANTIALIAS: Final = 0.35
"""Smoothing against aliasing before scan conversion: standard deviation in pixels."""


def grey_of(envelope: Map, recipe: Recipe, geometry: Geometry) -> Map:
    """``(rows, beams) float32``: grey levels of the beam data, not yet cut to 0-255."""
    level = 20 * np.log10(np.maximum(envelope, 1e-7)) + np.float32(recipe.gain_db)
    grey = 255 * (LIVER_SHARE + level / recipe.dynamic_range_db)
    grey = np.clip(grey, -20, 275)
    along = np.hypot(recipe.smoothing_mm, ANTIALIAS * geometry.mm_y) / geometry.step_mm
    across = max(recipe.smoothing_mm / geometry.beam_spacing_mm(geometry.depth_mm / 2), 0.05)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), sigmaX=across, sigmaY=along), np.float32)


def shown_db(expected_db: Map, recipe: Recipe) -> Map:
    """Mean level that the screen shows where speckle of this mean power lies: dB.

    What lies under the darkest grey is shown as black, so that a very deep shadow looks
    less deep than it is.
    """
    black = -LIVER_SHARE * recipe.dynamic_range_db - recipe.gain_db
    above = np.linspace(-40.0, 40.0, 161)
    parts = (np.arange(400) + 0.5) / 400
    speckle = 10 * np.log10(-np.log(parts))  # power of fully developed speckle
    mean = np.maximum(above[:, None] + speckle, 0).mean(axis=1)
    over = expected_db - black
    inside = np.interp(np.clip(over, -40, 40), above, mean)
    return np.asarray(inside + np.maximum(over - 40, 0), np.float32)


class ScanConverter:
    """From the polar grid to the picture; its maps are made once for a clip."""

    def __init__(self, geometry: Geometry) -> None:
        x = (np.arange(geometry.width) - geometry.apex_x) * geometry.mm_x
        z = (np.arange(geometry.height) - geometry.apex_y) * geometry.mm_y
        right, down = np.meshgrid(x, z)
        depth = np.hypot(right, down) - geometry.near_mm
        angle = np.arctan2(right, down)
        self._rows = (depth / geometry.step_mm).astype(np.float32)
        middle = (geometry.beams - 1) / 2
        self._columns = (angle / geometry.beam_step + middle).astype(np.float32)
        self.inside = (
            (depth >= 0) & (depth <= geometry.depth_mm) & (np.abs(angle) <= geometry.half_angle)
        )

    def picture(self, beams: Map) -> Grey:
        """``(rows, beams)`` to ``(H, W) uint8``; black outside the fan."""
        picture = cv2.remap(
            beams, self._columns, self._rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        picture = np.clip(np.rint(picture), 0, 255)
        return np.where(self.inside, picture, 0).astype(np.uint8)
