"""What the user asks for beyond the profile."""

from __future__ import annotations

from dataclasses import dataclass

from hepaspot.intake.frames import Box


@dataclass(frozen=True)
class Wish:
    """What the user asks for beyond the profile.

    Attributes
    ----------
    keep_frame : Box or None
        The part of each frame to keep, in pixels, in place of the ultrasound region.
    keep_characteristics : bool
        Keep sex, age, height, weight and the like: the option Retain Patient
        Characteristics (PS3.15 E.3.7).
    """

    keep_frame: Box | None = None
    keep_characteristics: bool = False
