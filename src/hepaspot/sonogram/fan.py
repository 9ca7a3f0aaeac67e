"""The fan: where the beams of a probe lie in a picture.

A curved or phased probe draws a sector: beams leave from one apex, depth is the distance
from the probe's face. A flat probe draws a rectangle, or a trapezoid where it steers. All
three are one shape here: beams that start on a near curve and end on a far curve.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FanKind(StrEnum):
    """Shape of the scanned area."""

    SECTOR = "sector"
    LINEAR = "linear"
    TRAPEZOID = "trapezoid"


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
