"""How far inside an area a place lies: the rims of liver and picture are bright by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

STEP_MM: Final = 1.0
"""Grain of the map: mm, finer than an outline is sure."""


@dataclass(frozen=True)
class Insets:
    """Distance to the rim of an area.

    Attributes
    ----------
    map_mm : (h, w) float32
        Distance of each square to the nearest one outside: mm, 0 outside.
    per_pixel_x, per_pixel_y : float
        Squares of the map per pixel of the picture.
    """

    map_mm: NDArray[np.float32]
    per_pixel_x: float
    per_pixel_y: float

    def at(self, x: float, y: float) -> float:
        """Distance at a place in the picture: mm."""
        row, column = int(y * self.per_pixel_y), int(x * self.per_pixel_x)
        if not (0 <= row < self.map_mm.shape[0] and 0 <= column < self.map_mm.shape[1]):
            return 0.0
        return float(self.map_mm[row, column])


def insets_of(mask: NDArray[np.uint8], mm_per_pixel_x: float, mm_per_pixel_y: float) -> Insets:
    """Distances inside the white part of ``mask``, ``(H, W) uint8``."""
    height, width = mask.shape
    rows = max(1, round(height * mm_per_pixel_y / STEP_MM))
    columns = max(1, round(width * mm_per_pixel_x / STEP_MM))
    small = cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_AREA)
    inner = np.pad((small > 127).astype(np.uint8), 1)
    distance = cv2.distanceTransform(inner, cv2.DIST_L2, 5)[1:-1, 1:-1] * np.float32(STEP_MM)
    return Insets(np.asarray(distance, np.float32), columns / width, rows / height)
