"""Millimetres per pixel of a DICOM picture, by rule, and why where they are unknown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from hepaspot.exam import ScaleOrigin
from hepaspot.intake.frames import Scale

CENTIMETRES: Final = 3
"""(0018,6024) *Physical Units X Direction* of a length: 3 is cm (PS3.3 C.8.5.5.1.15)."""

NO_UNITS: Final = 0
"""(0018,6024) *Physical Units X Direction* where there are none (PS3.3 C.8.5.5.1.15)."""

SPACINGS_AGREE_WITHIN: Final = 0.02
"""Two spacings within this share are the same; convention: calipers are no finer."""

VIEW_MM: Final = (10.0, 500.0)
"""Depth and width that an ultrasound view can have: mm. Physics: echoes of an abdominal
probe return from at most 40 cm, and no probe shows less than 1 cm."""


@dataclass(frozen=True)
class Spacing:
    """Millimetres per pixel along x and y, as one attribute tells them."""

    x_mm: float
    y_mm: float

    def agrees_with(self, other: Spacing) -> bool:
        """Whether both axes are within `SPACINGS_AGREE_WITHIN`."""
        return math.isclose(self.x_mm, other.x_mm, rel_tol=SPACINGS_AGREE_WITHIN) and math.isclose(
            self.y_mm, other.y_mm, rel_tol=SPACINGS_AGREE_WITHIN
        )

    def is_plausible(self, width: int, height: int) -> bool:
        """Whether a view of ``width`` by ``height`` pixels would be as large as views are."""
        least, most = VIEW_MM
        sides = (self.x_mm * width, self.y_mm * height)
        return all(math.isfinite(side) and least <= side <= most for side in sides)


def region_spacing(
    units: tuple[int | None, int | None], deltas: tuple[float | None, float | None]
) -> Spacing | str | None:
    """What a region tells: a spacing, the id of the reason why not, or None for nothing.

    Parameters
    ----------
    units : (x, y) of (0018,6024), (0018,6026)
    deltas : (x, y) of (0018,602C), (0018,602E), per pixel in these units
    """
    if units == (None, None) or deltas == (None, None):
        return None
    x, y = deltas
    if NO_UNITS in units or None in units or not x or not y:
        return "zero_units"
    if units != (CENTIMETRES, CENTIMETRES):
        return "units_not_length"
    return Spacing(abs(x) * 10, abs(y) * 10)


def chosen_scale(
    region: Spacing | str | None, pixel_spacing: Spacing | None, width: int, height: int
) -> Scale:
    """The scale of a view of ``width`` by ``height`` pixels.

    The region and (0028,0030) *Pixel Spacing* count alike. Where both are there they must
    agree; where they do not, one that no ultrasound view can have gives way to the other,
    with a warning, and else the scale is unknown.
    """
    reason = region if isinstance(region, str) else None
    told = {
        ScaleOrigin.REGION: None if isinstance(region, str) else region,
        ScaleOrigin.PIXEL_SPACING: pixel_spacing,
    }
    there = [(origin, spacing) for origin, spacing in told.items() if spacing is not None]
    likely = [pair for pair in there if pair[1].is_plausible(width, height)]
    if not there:
        return Scale(reason=reason or "no_scale")
    if not likely:
        return Scale(reason="implausible_scale")
    if len(there) == 2 and not there[0][1].agrees_with(there[1][1]):
        if len(likely) == 2:
            return Scale(reason="spacings_disagree")
        reason = "spacings_disagree"
    origin, spacing = likely[0]
    return Scale(spacing.x_mm, spacing.y_mm, origin, reason)
