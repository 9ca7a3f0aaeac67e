"""A square piece of a frame about a focus, its samples equally far apart along both axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.frames import Grey

SAMPLE_MM: Final = 0.4
"""Distance between two samples: mm; a duct of 2 mm spans five."""

HALF_MM: Final = 32.0
"""Half the side of the piece: mm."""

Points = NDArray[np.float64]
"""``(n, 2)``."""


@dataclass(frozen=True)
class Patch:
    """``level_db`` is ``(h, w) float32``; ``valid`` says where the picture has echoes."""

    level_db: NDArray[np.float32]
    valid: NDArray[np.bool_]
    centre_x: float
    centre_y: float
    pixels_x: float
    pixels_y: float

    def to_pixels(self, points: Points) -> Points:
        """``(n, 2)`` of (row, column) in the patch to (x, y) in pixels of the frame."""
        half = (self.level_db.shape[0] - 1) / 2
        x = self.centre_x + (points[:, 1] - half) * self.pixels_x
        y = self.centre_y + (points[:, 0] - half) * self.pixels_y
        return np.stack([x, y], axis=1)

    def from_pixels(self, points: Points) -> Points:
        """``(n, 2)`` of (x, y) in pixels of the frame to (row, column); the way back."""
        half = (self.level_db.shape[0] - 1) / 2
        row = (points[:, 1] - self.centre_y) / self.pixels_y + half
        column = (points[:, 0] - self.centre_x) / self.pixels_x + half
        return np.stack([row, column], axis=1)


def patch_about(
    grey: Grey,
    mask: NDArray[np.uint8],
    centre: tuple[float, float],
    *,
    unit_mm: float,
    y_per_x: float,
    grey_per_db: float,
) -> Patch:
    """The piece of ``grey`` about ``centre`` (x, y).

    Parameters
    ----------
    grey : (H, W) uint8
        The frame, marks filled in.
    mask : (H, W) uint8
        Not 0 where there is a picture.
    centre : tuple
        (x, y) in pixels.
    unit_mm, y_per_x, grey_per_db : float
        Millimetres of a pixel along x, shape of a pixel, grey levels of a dB.
    """
    side = 2 * round(HALF_MM / SAMPLE_MM) + 1
    step_x = SAMPLE_MM / unit_mm
    step_y = step_x / y_per_x
    half = (side - 1) / 2
    affine = np.array(
        [[step_x, 0.0, centre[0] - half * step_x], [0.0, step_y, centre[1] - half * step_y]]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    level = cv2.warpAffine(grey, affine, (side, side), flags=flags).astype(np.float32)
    nearest = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    valid = cv2.warpAffine(mask, affine, (side, side), flags=nearest) > 0
    return Patch(level / grey_per_db, valid, centre[0], centre[1], step_x, step_y)
