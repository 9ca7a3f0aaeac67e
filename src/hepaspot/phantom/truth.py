"""What is known of a phantom, as written beside it in JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from hepaspot.exam import Value, decoded
from hepaspot.phantom.recipe import Target

Pixel = tuple[float, float]
"""(x, y) in pixels of the frame; the middle of the first pixel is (0, 0)."""


class ShadowKind(StrEnum):
    """What lies behind a focus, in the states of the sign ``shadow``."""

    PRESENT = "present"
    FAINT = "faint"
    DIRTY = "dirty"
    ABSENT = "absent"


class TubeKind(StrEnum):
    """What a dark tube is."""

    DUCT = "duct"
    PORTAL = "portal"
    VESSEL = "vessel"


class FanTruth(Value, frozen=True):
    """The sector: apex in pixels, radii in mm, angles in radians from straight down."""

    apex: Pixel
    near_radius_mm: float
    far_radius_mm: float
    left: float
    right: float


class ShadowTruth(Value, frozen=True):
    """The shadow of a focus.

    ``drop_db`` is what the medium takes away (two ways, mean over the beams of the focus's
    middle half, from ``from_mm`` to ``to_mm`` behind it); ``visible_drop_db`` is what is left
    of it after multiples, clutter and noise have filled it in and the screen has cut off what is black. Both are expected values,
    free of speckle, and None where the picture ends too soon. ``wedge`` is an outline in
    pixels of the first frame.
    """

    kind: ShadowKind
    drop_db: float | None
    visible_drop_db: float | None
    from_mm: float
    to_mm: float
    wedge: tuple[Pixel, ...]


class FocusTruth(Value, frozen=True):
    """One focus; ``centres`` are its places in every frame, the first being ``centre``.

    ``outline`` is in pixels of the first frame; ``lateral_mm`` and ``axial_mm`` are its sizes
    across and along the beam.
    """

    target: Target
    centre: Pixel
    centres: tuple[Pixel, ...]
    outline: tuple[Pixel, ...]
    depth_mm: float
    beam: float
    lateral_mm: float
    axial_mm: float
    contrast_db: float
    attenuation_db_per_cm: float
    shadow: ShadowTruth


class TubeTruth(Value, frozen=True):
    """One dark tube: its centre line in pixels of the first frame and its calibre along it.

    ``distance_mm`` is from its centre line to the centre of the nearest focus, ``upstream``
    the side of a stone ("left", "right") on which a duct is dilated.
    """

    kind: TubeKind
    line: tuple[Pixel, ...]
    calibres_mm: tuple[float, ...]
    calibre_mm: float
    dilated: bool = False
    distance_mm: float | None = None
    upstream: str | None = None


class Truth(Value, frozen=True):
    """Everything that is known of a phantom."""

    seed: int
    target: Target
    width: int
    height: int
    frames: int
    mm_per_pixel_x: float
    mm_per_pixel_y: float
    depth_cm: float
    lobe: str
    fan: FanTruth
    foci: tuple[FocusTruth, ...]
    tubes: tuple[TubeTruth, ...]
    liver: tuple[Pixel, ...]
    gallbladder: tuple[Pixel, ...] = ()
    gain_db: float = 0.0
    dynamic_range_db: float = 0.0
    frequency_mhz: float = 0.0
    background_db_per_cm_mhz: float = 0.0
    calipers: bool = False

    def to_json(self) -> bytes:
        """The truth as UTF-8 JSON."""
        import msgspec

        return msgspec.json.format(msgspec.json.encode(self), indent=1)

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        SchemaError
            If ``data`` is not the truth of a phantom.
        """
        return decoded(data, cls, "phantom truth")
