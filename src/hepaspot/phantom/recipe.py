"""The recipe of a phantom: what lies in the liver, how it is scanned, what the screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hepaspot.errors import InputError


class Target(StrEnum):
    """What a focus of a phantom is."""

    CALCIFICATION = "calcification"
    STONE_IN_DILATED_DUCT = "stone_in_dilated_duct"
    GAS = "gas"
    HAEMANGIOMA = "haemangioma"
    NONE = "none"


def known_target(target: Target | str) -> Target:
    """The kind of a name, or an `InputError` that tells those there are."""
    try:
        return Target(target)
    except ValueError:
        raise InputError(
            f"phantoms: there is no target {str(target)!r}; give one of {', '.join(Target)}"
        ) from None


class Beyond(StrEnum):
    """What a picture shows beyond the diaphragm."""

    MIRROR = "mirror"
    DARK = "dark"


class Ink(StrEnum):
    """Colour that calipers are drawn in."""

    YELLOW = "yellow"
    GREEN = "green"
    WHITE = "white"


@dataclass(frozen=True)
class FocusPlan:
    """One focus as ordered.

    Attributes
    ----------
    target : Target
    depth_cm : float
        Of its centre, from the probe's face.
    lateral : float
        Its beam: -1 on the leftmost, 1 on the rightmost.
    size_mm : float
        Across the beam; what it is along the beam follows from its kind.
    contrast_db : float
        Backscatter above that of the liver around it.
    attenuation_db_per_cm : float
        One way, at the frequency of the scan, in excess of the liver's own.
    band_mm : float
        Distance between the reverberation bands behind gas.
    """

    target: Target
    depth_cm: float
    lateral: float
    size_mm: float
    contrast_db: float
    attenuation_db_per_cm: float = 0.0
    band_mm: float = 3.0


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a phantom; the same recipe gives the same bytes.

    Attributes
    ----------
    seed : int
    foci : tuple of FocusPlan
        None, one or several.
    width, height : int
        Of the picture in pixels.
    depth_cm : float
        From the probe's face to the end of the beams.
    near_radius_mm, half_angle_deg : float
        Of the curved probe.
    squeeze : float
        Millimetres a pixel along x over millimetres a pixel along y.
    frequency_mhz, background_db_per_cm_mhz : float
        Of the scan; attenuation of plain tissue, one way.
    tgc_error : float
        Share by which the time gain compensation overdoes (or underdoes) the attenuation.
    gain_db, dynamic_range_db : float
        Of the screen.
    noise_db : float
        Electronic noise against the echo of liver at the probe's face.
    haze_db : float or None
        Reverberation clutter just behind the wall, against the liver.
    compounding : int
        Steered pictures averaged: 1, 3 or 5.
    smoothing_mm : float
        Standard deviation of the scanner's own speckle smoothing.
    duct_calibre_mm : float
        Of the duct upstream of a stone; of a duct that is not dilated where there is none.
    portal, gallbladder, ribs : bool
    vessels : int
        Further vessels, cut across or along.
    diaphragm : Beyond or None
    lobe : str
        ``right`` or ``left``: what the report and the labels say.
    calipers : Ink or None
        Crosses and a dotted line over the first focus.
    arrow, labels, text, body_mark : bool
        Other things burned in.
    frames, frame_rate, breathing_mm : int, float, float
        Of a clip: how far the liver moves to either side.
    gas_flickers : bool
        Whether gas changes its brightness from frame to frame.
    """

    seed: int
    foci: tuple[FocusPlan, ...] = ()
    width: int = 800
    height: int = 600
    depth_cm: float = 15.0
    near_radius_mm: float = 55.0
    half_angle_deg: float = 32.0
    squeeze: float = 1.0
    frequency_mhz: float = 3.5
    background_db_per_cm_mhz: float = 0.5
    tgc_error: float = 0.0
    gain_db: float = 0.0
    dynamic_range_db: float = 62.0
    noise_db: float = -66.0
    haze_db: float | None = None
    compounding: int = 1
    smoothing_mm: float = 0.2
    duct_calibre_mm: float = 2.0
    portal: bool = True
    gallbladder: bool = True
    ribs: bool = False
    vessels: int = 3
    diaphragm: Beyond | None = Beyond.DARK
    lobe: str = "right"
    calipers: Ink | None = None
    arrow: bool = False
    labels: bool = False
    text: bool = True
    body_mark: bool = False
    frames: int = 1
    frame_rate: float = 20.0
    breathing_mm: float = 6.0
    gas_flickers: bool = False

    def __post_init__(self) -> None:
        for name, (least, most) in BOUNDS.items():
            _within(name, getattr(self, name), least, most)
        for plan in self.foci:
            if plan.target is Target.NONE:
                raise InputError("recipe: a focus of target none; leave it out of foci")
            _within("size_mm of a focus", plan.size_mm, *SIZE_MM)
            _within("lateral of a focus", plan.lateral, -0.95, 0.95)
            _within("depth_cm of a focus", plan.depth_cm, 2.0, self.depth_cm - 1.0)

    @property
    def target(self) -> Target:
        """The kind of the first focus."""
        return self.foci[0].target if self.foci else Target.NONE

    @property
    def background_db_per_cm(self) -> float:
        """Attenuation of plain tissue, one way, at the frequency of the scan."""
        return self.background_db_per_cm_mhz * self.frequency_mhz


SIZE_MM: Final = (1.0, 30.0)
"""Sizes that a focus may be ordered in: mm. Beyond these it is no echogenic focus."""

BOUNDS: Final = {
    "width": (200, 2048),
    "height": (200, 2048),
    "depth_cm": (6.0, 26.0),
    "near_radius_mm": (20.0, 90.0),
    "half_angle_deg": (15.0, 45.0),
    "squeeze": (0.5, 2.0),
    "frequency_mhz": (1.5, 7.0),
    "background_db_per_cm_mhz": (0.1, 1.5),
    "tgc_error": (-0.5, 0.5),
    "gain_db": (-30.0, 30.0),
    "dynamic_range_db": (30.0, 100.0),
    "noise_db": (-120.0, -20.0),
    "compounding": (1, 5),
    "smoothing_mm": (0.0, 2.0),
    "duct_calibre_mm": (1.0, 15.0),
    "vessels": (0, 12),
    "frames": (1, 2000),
    "frame_rate": (1.0, 100.0),
    "breathing_mm": (0.0, 30.0),
}
"""Least and most of what a recipe may ask for; wide of all that abdominal scanners do."""


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise InputError(f"recipe: {name} is {value:g}; give one from {least:g} to {most:g}")
