"""How each thing is drawn: a colour and a line style of its own, bright with a dark halo.

Colours are those of Okabe and Ito, chosen for people who do not tell all colours apart; no
two things share a line style either, so that a grey print can be read as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Colour = tuple[int, int, int]
"""Red, green, blue: 0 to 255."""

YELLOW: Final = (240, 228, 66)
SKY: Final = (86, 180, 233)
ORANGE: Final = (230, 159, 0)
GREEN: Final = (0, 158, 115)
WHITE: Final = (255, 255, 255)
HALO: Final = (0, 0, 0)
"""Under every line and letter, so that it is seen on bright tissue too."""

PANEL: Final = (17, 21, 25)
"""Ground of what is written below the picture."""

SOFT: Final = (178, 188, 196)
"""Letters of lesser weight."""

TISSUE: Final = (96, 96, 96)
"""Ground of a sample in the legend: a middle grey, as liver is."""


class Kind(StrEnum):
    """What is drawn into a picture, in the order of the legend."""

    FOCUS = "focus"
    SHADOW = "shadow"
    ECHOES = "echoes"
    TUBE = "tube"
    LIVER = "liver"
    FAN = "fan"


@dataclass(frozen=True)
class Stroke:
    """A line.

    ``width`` is in units of a line (see `unit_of`); ``dashes`` are lengths of strokes and
    gaps in turn, in the same unit, none for a line without gaps; a stroke of length 0 is a dot.
    """

    colour: Colour
    width: float
    dashes: tuple[float, ...] = ()


STROKES: Final = {
    Kind.FOCUS: Stroke(YELLOW, 2.0),
    Kind.SHADOW: Stroke(SKY, 1.5, (9.0, 4.0, 0.0, 4.0)),
    Kind.ECHOES: Stroke(SKY, 2.0, (0.0, 4.5)),
    Kind.TUBE: Stroke(ORANGE, 1.5, (4.0, 3.5)),
    Kind.LIVER: Stroke(GREEN, 1.5, (11.0, 8.0)),
    Kind.FAN: Stroke(WHITE, 1.0),
}
"""One style for each kind; the fan is thin and plain, since nobody looks for it."""

NARROW: Final = 800
"""Width of a picture in pixels in which a line unit is one pixel (convention)."""


def unit_of(width: int) -> float:
    """Pixels of one line unit in a picture ``width`` pixels wide: 1 to 2."""
    return min(max(width / NARROW, 1.0), 2.0)
