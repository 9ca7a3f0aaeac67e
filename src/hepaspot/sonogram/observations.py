"""From what was measured about a focus to the vocabulary of an exam."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from hepaspot.exam import (
    Count,
    Detail,
    Focus,
    Measurement,
    Observation,
    Provenance,
    Region,
    Size,
)
from hepaspot.sonogram import alignment, likelihoods
from hepaspot.sonogram.alignment import Row
from hepaspot.sonogram.neighbours import NEAR_MM, Lie, Tube
from hepaspot.sonogram.scene import Scene
from hepaspot.sonogram.still import FoundFocus, Still, blob_outline, wedge

ALIGNMENT: Final = "alignment"
"""The sign of foci in a row."""

DUCT_LOCAL: Final = "duct_local"
"""The sign of the tube at a focus."""

SIZE_SD_MM: Final = 1.0
"""Doubt of a size: mm; a beam is 1 to 3 mm wide and blurs every edge (convention)."""


def exam_foci(still: Still, source: str) -> tuple[Focus, ...]:
    """The foci of one frame, in the vocabulary of an exam."""
    foci = tuple(
        exam_focus(found, still.scene, source, still.frame, number)
        for number, found in enumerate(still.foci, start=1)
    )
    return with_alignment(foci, still.foci, still.scene)


def exam_focus(
    found: FoundFocus,
    scene: Scene,
    source: str,
    frame: int,
    number: int,
    extra: Sequence[Observation] = (),
) -> Focus:
    """One focus with its outline, size and signs."""
    here = region(source, frame, blob_outline(found.blob, scene.grid))
    return told_focus(found, scene, here, f"{source}-f{number}", extra)


def told_focus(
    found: FoundFocus, scene: Scene, here: Region, focus_id: str, extra: Sequence[Observation] = ()
) -> Focus:
    """One focus whose outline is ``here``, with its size and signs."""
    return Focus(
        id=focus_id,
        provenance=here,
        count=Count.SINGLE,
        number=1,
        sizes=(_size(found, scene, here),),
        pointed_at=found.pointed_at,
        observations=(*_signs(found, scene, here), *extra),
    )


def region(source: str, frame: int, points: NDArray[np.float64]) -> Region:
    """A closed outline, to a tenth of a pixel."""
    rounded = tuple((round(float(x), 1), round(float(y), 1)) for x, y in points)
    return Region(source, frame, rounded)


def _size(found: FoundFocus, scene: Scene, here: Region) -> Size:
    axes = sorted((found.blob.axial_mm, found.blob.lateral_mm), reverse=True)
    pixels = tuple(round(axis / scene.unit_mm, 1) for axis in axes)
    if not scene.has_scale:
        return Size(here, axes_pixels=pixels)
    millimetres = tuple(round(axis, 1) for axis in axes)
    return Size(here, axes_mm=millimetres, axes_pixels=pixels, sd_mm=SIZE_SD_MM)


def _signs(found: FoundFocus, scene: Scene, here: Region) -> Iterator[Observation]:
    contrast = found.blob.contrast_db
    yield Observation(
        "echo", likelihoods.of_echo(contrast), here, Measurement(round(contrast, 1), "dB", 2.0)
    )
    behind = found.shadow
    if behind is not None:
        yield Observation(
            "shadow",
            likelihoods.of_shadow(behind),
            region(here.source, here.frame, wedge(found.blob, behind.to_row, scene.grid)),
            Measurement(round(behind.drop_db, 1), "dB", round(behind.drop_sd_db, 1)),
            tuple(_shadow_details(found, scene)),
        )
    yield from _duct(found, scene, here)


def _shadow_details(found: FoundFocus, scene: Scene) -> Iterator[Detail]:
    behind = found.shadow
    if behind is None:
        return
    yield Detail("near", Measurement(round(behind.near_db, 1), "dB", round(behind.near_sd_db, 1)))
    lengths = {"reach": behind.reach_mm, "bright": behind.bright_mm, "edge": behind.edge_mm}
    for name, length in lengths.items():
        if np.isfinite(length):
            yield Detail(name, _length(length, scene))
    yield Detail("bands", Measurement(round(behind.bands, 2), "1"))
    yield Detail("fill", Measurement(round(behind.fill, 2), "1"))


def _length(length_mm: float, scene: Scene, sd_mm: float | None = None) -> Measurement:
    """A length in mm, or in pixels where the scale is not known."""
    unit_mm, unit = (1.0, "mm") if scene.has_scale else (scene.unit_mm, "{pixels}")
    # An exam is written as JSON, which knows no number of NumPy's.
    sd = None if sd_mm is None else round(float(sd_mm) / unit_mm, 1)
    return Measurement(round(float(length_mm) / unit_mm, 1), unit, sd)


def touching(tubes: Sequence[Tube]) -> Tube | None:
    """The tube at a focus: one that ends there before one that passes by."""
    near = [tube for tube in tubes if tube.lie is not Lie.APART and tube.distance_mm <= NEAR_MM]
    near.sort(key=lambda tube: (-likelihoods.duct_share(tube), tube.distance_mm))
    return next(iter(near), None)


def _duct(found: FoundFocus, scene: Scene, here: Region) -> Iterator[Observation]:
    """The tube at the focus; where millimetres are unknown, "dilated" cannot be told.

    Where no tube is seen nothing is told: the duct may run outside of the plane.
    """
    tube = touching(found.tubes)
    if tube is None or not scene.has_scale:
        return
    where = region(here.source, here.frame, tube.outline)
    width = _length(tube.calibre_mm, scene, tube.sd_mm)
    yield Observation(
        DUCT_LOCAL, likelihoods.of_tube(tube), where, width, tuple(_tube_details(tube, scene))
    )


def _tube_details(tube: Tube, scene: Scene) -> Iterator[Detail]:
    yield Detail("lies_" + tube.lie.value, _length(tube.distance_mm, scene))
    yield Detail("duct_share", Measurement(round(likelihoods.duct_share(tube), 2), "1"))
    yield Detail("length", _length(tube.length_mm, scene))
    for name, width in zip(("calibre_before", "calibre_after"), tube.sides_mm, strict=True):
        if np.isfinite(width):
            yield Detail(name, _length(width, scene))
    if tube.partner_mm is not None:
        yield Detail("partner", _length(tube.partner_mm, scene))


def with_alignment(
    foci: tuple[Focus, ...], found: Sequence[FoundFocus], scene: Scene
) -> tuple[Focus, ...]:
    """``foci``, each with how they lie to each other where there are enough of them."""
    shape = np.array([1.0, scene.grid.fan.y_per_x]) * scene.unit_mm
    centres = np.array([[each.blob.row, each.blob.column] for each in found]).reshape(-1, 2)
    row = alignment.row_of(
        scene.grid.to_pixels(centres) * shape,
        [(t.points[-1] - t.points[0]) * shape for each in found for t in each.tubes],
    )
    if row is None:
        return foci
    return tuple(
        msgspec.structs.replace(
            focus, observations=(*focus.observations, in_row(row, focus.provenance, scene))
        )
        for focus in foci
    )


def in_row(row: Row, here: Provenance, scene: Scene) -> Observation:
    """How the focus that lies ``here`` lies to the others."""
    details = (
        Detail("span", _length(row.span_mm, scene)),
        Detail("off_line", _length(row.off_mm, scene)),
    )
    return Observation(ALIGNMENT, alignment.likelihood(row), here, None, details)
