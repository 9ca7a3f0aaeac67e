"""Which part of a DICOM frame is the B-mode picture: (0018,6011) by rule.

A screen may hold two B-mode pictures side by side, a colour Doppler box, an M-mode strip,
a spectrum, an ECG. One B-mode region is read; the rest is cropped away or refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hepaspot.errors import UnsupportedInput
from hepaspot.intake.frames import Box
from hepaspot.intake.scale import Spacing

TWO_DIMENSIONAL: Final = 1
"""(0018,6012) *Region Spatial Format*: a 2D picture (PS3.3 C.8.5.5.1.1)."""

M_MODE: Final = 2
"""(0018,6012) *Region Spatial Format*: depth against time (PS3.3 C.8.5.5.1.1)."""

SPECTRAL: Final = 3
"""(0018,6012) *Region Spatial Format*: velocity against time (PS3.3 C.8.5.5.1.1)."""

TISSUE: Final = 1
"""(0018,6014) *Region Data Type*: grey echoes (PS3.3 C.8.5.5.1.2)."""

FLOW: Final = frozenset({2, 3, 4})
"""(0018,6014) *Region Data Type*: colour flow, PW and CW Doppler (PS3.3 C.8.5.5.1.2)."""

OVERHANG_PIXELS: Final = 2
"""A region may end this far outside the frame: pixels; some count its end as outside."""

LEAST_SIDE_PIXELS: Final = 16
"""A region narrower or lower than this is no view: pixels. Convention."""

SAME_REGION_OVERLAP: Final = 0.5
"""Share of the smaller of two regions that lies in both, above which they are one screen."""

LARGER_BY: Final = 1.1
"""A second B-mode region is preferred to the first if its area is larger by this ratio."""


@dataclass(frozen=True)
class Region:
    """One item of (0018,6011) *Sequence of Ultrasound Regions*.

    ``box`` ends just outside the region; ``spacing`` is as `scale.region_spacing` gives it.
    """

    spatial_format: int
    data_type: int
    box: Box
    spacing: Spacing | str | None = None

    @property
    def is_tissue(self) -> bool:
        """Whether it is a B-mode picture."""
        return self.spatial_format == TWO_DIMENSIONAL and self.data_type == TISSUE

    @property
    def is_flow(self) -> bool:
        """Whether it holds Doppler."""
        return self.spatial_format == SPECTRAL or self.data_type in FLOW


@dataclass(frozen=True)
class View:
    """The part of a frame that is read, what its region says of the scale, and the notes."""

    box: Box
    spacing: Spacing | str | None
    notes: tuple[str, ...]


def chosen_view(regions: Sequence[Region], width: int, height: int) -> View:
    """The B-mode view of a frame of ``width`` by ``height`` pixels.

    Raises
    ------
    UnsupportedInput
        If the regions hold a spectrum or an M-mode strip and no B-mode picture.
    """
    whole = Box(0, 0, width, height)
    tissue = [region for region in regions if region.is_tissue] or _colour_pictures(regions)
    if not tissue:
        _refuse_strips(regions)
        return View(whole, None, ())
    inside = [
        (region, box) for region in tissue if (box := _clipped(region.box, whole)) is not None
    ]
    notes = ["doppler_region"] if any(region.is_flow for region in regions) else []
    if not inside:
        return View(whole, "region_outside_image", tuple(notes))
    region, box = _first_of_the_large(inside)
    if any(_overlap(box, other) < SAME_REGION_OVERLAP for _, other in inside):
        notes.append("dual_screen")
    if box != whole:
        notes.append("cropped_to_region")
    return View(box, region.spacing, tuple(notes))


def _colour_pictures(regions: Sequence[Region]) -> list[Region]:
    """2D pictures with flow in them: their grey part is B-mode too."""
    return [r for r in regions if r.spatial_format == TWO_DIMENSIONAL and r.data_type == 2]


def _refuse_strips(regions: Sequence[Region]) -> None:
    formats = {region.spatial_format for region in regions}
    for spatial_format, name in ((SPECTRAL, "spectral Doppler"), (M_MODE, "M-mode")):
        if spatial_format in formats:
            raise UnsupportedInput(f"shows {name} only; give a B-mode picture of the liver")


def _clipped(box: Box, whole: Box) -> Box | None:
    """The part of ``box`` in the frame; None if it was made for another frame."""
    overhang = (
        whole.left - box.left,
        whole.top - box.top,
        box.right - whole.right,
        box.bottom - whole.bottom,
    )
    clipped = _common(box, whole)
    least = min(clipped.right - clipped.left, clipped.bottom - clipped.top)
    if max(overhang) > OVERHANG_PIXELS or least < LEAST_SIDE_PIXELS:
        return None
    return clipped


def _first_of_the_large(inside: list[tuple[Region, Box]]) -> tuple[Region, Box]:
    largest = max(_area(box) for _, box in inside)
    return next(pair for pair in inside if _area(pair[1]) * LARGER_BY >= largest)


def _overlap(one: Box, other: Box) -> float:
    return _area(_common(one, other)) / min(_area(one), _area(other))


def _common(one: Box, other: Box) -> Box:
    return Box(
        max(one.left, other.left),
        max(one.top, other.top),
        min(one.right, other.right),
        min(one.bottom, other.bottom),
    )


def _area(box: Box) -> int:
    return max(0, box.right - box.left) * max(0, box.bottom - box.top)
