"""Where beams and pixels of a phantom lie: millimetres from the apex of the curved probe."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hepaspot.phantom.recipe import Recipe

Map = NDArray[np.float32]
"""``(rows, beams) float32`` on the polar grid."""

Points = NDArray[np.float64]
"""``(n, 2)``: x to the right, z down."""

BEAM_ROWS: Final = 1280
"""Axial samples: 0.12 mm apart in 15 cm, a quarter of the pulse at 3.5 MHz (physics)."""

BEAMS: Final = 256
"""Scanlines across the fan: as abdominal probes have (convention)."""

SPARE_BEAMS: Final = 12
"""Scanlines simulated beyond either edge, so that no edge shows in the fan: beams."""

SIDE_SHARE: Final = 0.055
"""Share of the picture's width left free on either side for ticks and bars (convention)."""

TOP_SHARE: Final = 0.11
"""Share of the picture's height above the fan, for text (convention)."""

BOTTOM_SHARE: Final = 0.045
"""Share of the picture's height below the fan (convention)."""


@dataclass(frozen=True)
class Geometry:
    """A sector in a picture.

    Attributes
    ----------
    width, height : int
        Pixels.
    near_mm, depth_mm : float
        From the apex to the probe's face; from there to the end of the beams.
    half_angle : float
        Radians from the middle beam to the outermost.
    mm_x, mm_y : float
        Millimetres a pixel.
    apex_x, apex_y : float
        Pixels; usually above the picture.
    """

    width: int
    height: int
    near_mm: float
    depth_mm: float
    half_angle: float
    mm_x: float
    mm_y: float
    apex_x: float
    apex_y: float

    @property
    def step_mm(self) -> float:
        """Depth between two rows."""
        return self.depth_mm / (BEAM_ROWS - 1)

    @property
    def beam_step(self) -> float:
        """Radians between two beams."""
        return 2 * self.half_angle / (BEAMS - 1)

    @property
    def beams(self) -> int:
        """Columns of the grid, the spare ones included."""
        return BEAMS + 2 * SPARE_BEAMS

    @cached_property
    def depths_mm(self) -> Map:
        """``(rows, 1)``: depth of every row."""
        return np.linspace(0, self.depth_mm, BEAM_ROWS, dtype=np.float32)[:, None]

    @cached_property
    def angles(self) -> Map:
        """``(1, beams)``: radians, negative to the left."""
        middle = (self.beams - 1) / 2
        return ((np.arange(self.beams, dtype=np.float32) - middle) * self.beam_step)[None, :]

    @cached_property
    def x_mm(self) -> Map:
        """``(rows, beams)``: to the right of the apex."""
        return np.asarray((self.near_mm + self.depths_mm) * np.sin(self.angles), np.float32)

    @cached_property
    def z_mm(self) -> Map:
        """``(rows, beams)``: below the apex."""
        return np.asarray((self.near_mm + self.depths_mm) * np.cos(self.angles), np.float32)

    def beam_spacing_mm(self, depth_mm: float) -> float:
        """Distance between two beams at a depth."""
        return (self.near_mm + depth_mm) * self.beam_step

    def at(self, depth_mm: float, angle: float) -> tuple[float, float]:
        """Place (x, z) in mm at a depth on a beam."""
        radius = self.near_mm + depth_mm
        return radius * math.sin(angle), radius * math.cos(angle)

    def depth_and_angle(self, x: float, z: float) -> tuple[float, float]:
        """The way back of `at`."""
        return math.hypot(x, z) - self.near_mm, math.atan2(x, z)

    def row_and_column(self, x: float, z: float) -> tuple[float, float]:
        """Place in the polar grid of a place in mm."""
        depth, angle = self.depth_and_angle(x, z)
        return depth / self.step_mm, angle / self.beam_step + (self.beams - 1) / 2

    def to_pixels(self, points: Points) -> Points:
        """``(n, 2)`` in mm from the apex to ``(n, 2)`` in pixels."""
        points = np.asarray(points, np.float64).reshape(-1, 2)
        return points / (self.mm_x, self.mm_y) + (self.apex_x, self.apex_y)


def geometry_of(recipe: Recipe) -> Geometry:
    """The largest sector of a recipe that its picture has room for."""
    half_angle = math.radians(recipe.half_angle_deg)
    near, depth = recipe.near_radius_mm, recipe.depth_cm * 10
    across = 2 * (near + depth) * math.sin(half_angle)
    top = near * math.cos(half_angle)
    down = near + depth - top
    room_x = recipe.width * (1 - 2 * SIDE_SHARE)
    room_y = recipe.height * (1 - TOP_SHARE - BOTTOM_SHARE)
    mm_y = max(down / room_y, across / room_x / recipe.squeeze)
    spare = (room_y - down / mm_y) / 2
    return Geometry(
        recipe.width,
        recipe.height,
        near,
        depth,
        half_angle,
        mm_y * recipe.squeeze,
        mm_y,
        (recipe.width - 1) / 2,
        recipe.height * TOP_SHARE + spare - top / mm_y,
    )
