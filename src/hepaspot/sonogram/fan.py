"""The fan: where the beams of a probe lie in a picture.

A curved or phased probe draws a sector: beams leave from one apex, depth is the distance
from the probe's face. A flat probe draws a rectangle, or a trapezoid where it steers. All
three are one shape here: beams that start on a near curve and end on a far curve.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
"""An array of any shape."""


class FanKind(StrEnum):
    """Shape of the scanned area."""

    SECTOR = "sector"
    LINEAR = "linear"
    TRAPEZOID = "trapezoid"


@dataclass(frozen=True)
class Cut:
    """Straight edges of what the picture shows: x and y in pixels, inclusive.

    A scanner's window or an export often cuts the corners off a sector.
    """

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Fan:
    """Geometry of the scanned area, in pixels of the frame.

    x grows to the right and y downwards. Non-square pixels: all lengths and angles are
    measured after y has been multiplied by ``y_per_x`` (millimetres a pixel along y over
    millimetres a pixel along x), so that circles are circles; lengths are in units of
    pixels along x.

    A point at depth d (0 on the near curve) on the beam of angle a lies at
    ``x = apex_x + (near_radius + d) * sin(a)`` and
    ``y = (apex_y + (near_radius + d) * cos(a)) / y_per_x`` for a sector or trapezoid; the
    near curve of a trapezoid is a straight line, d being measured along the beam from it.
    For a linear fan the beam at place x runs straight down: ``left`` and ``right`` are then
    x in pixels, apex_y is the y of the near line (in scaled units), near_radius is 0.

    Attributes
    ----------
    kind : FanKind
    apex_x, apex_y : float
        Where the beams meet (pixels along x; y scaled by ``y_per_x``).
    near_radius : float
        From the apex to the probe's face.
    depth : float
        From the probe's face to the end of the beams.
    left, right : float
        Angle of the outermost beams in radians, negative to the left; x in pixels if linear.
    y_per_x : float
        Shape of a pixel; 1 where it is square or unknown.
    sd_angle, sd_pixels : float
        One standard deviation of doubt of the angles (radians) and of radii and apex (pixels).
    cut : Cut or None
        Where the picture shows no more of the fan, though its beams go on; None if unknown.
    """

    kind: FanKind
    apex_x: float
    apex_y: float
    near_radius: float
    depth: float
    left: float
    right: float
    y_per_x: float = 1.0
    sd_angle: float = 0.0
    sd_pixels: float = 0.0
    cut: Cut | None = None

    @property
    def near_y(self) -> float:
        """Where the near line of a linear fan or trapezoid lies, or the near arc's lowest point.

        In scaled y.
        """
        return self.apex_y + self.near_radius

    def place(self, depths: Numbers, beams: Numbers) -> tuple[Numbers, Numbers]:
        """Places in pixels of the frame, x and y, at ``depths`` on ``beams``.

        Parameters
        ----------
        depths : array
            Pixels along x, from the near curve; may lie outside the fan.
        beams : array
            Angles in radians; x in pixels if linear. Broadcasts against ``depths``.
        """
        depths, beams = np.broadcast_arrays(depths, beams)
        if self.kind is FanKind.LINEAR:
            return beams.astype(np.float64), (self.apex_y + depths) / self.y_per_x
        sine, cosine = np.sin(beams), np.cos(beams)
        radius = self._start(cosine) + depths
        return self.apex_x + radius * sine, (self.apex_y + radius * cosine) / self.y_per_x

    def locate(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """Depth and beam of places in pixels of the frame: the exact way back of `place`."""
        x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
        down = y * self.y_per_x - self.apex_y
        if self.kind is FanKind.LINEAR:
            return down, x
        across = x - self.apex_x
        radius, beams = np.hypot(across, down), np.arctan2(across, down)
        return radius - self._start(np.cos(beams)), beams

    def _start(self, cosine: Numbers) -> Numbers:
        """From the apex to the near curve along a beam."""
        if self.kind is FanKind.TRAPEZOID:
            return self.near_radius / cosine
        return np.full_like(cosine, self.near_radius)
