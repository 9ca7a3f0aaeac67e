"""The truth of a phantom, told from its anatomy and from expected echoes without speckle."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from hepaspot.phantom.anatomy import Anatomy
from hepaspot.phantom.bodies import FocusBody, Tube
from hepaspot.phantom.console import ScanConverter, shown_db
from hepaspot.phantom.geometry import Geometry, Map, Points
from hepaspot.phantom.recipe import Recipe, Target
from hepaspot.phantom.scanner import Scanned, scanned
from hepaspot.phantom.shading import shade_db
from hepaspot.phantom.speckle import seen_by_beam_db
from hepaspot.phantom.truth import (
    FanTruth,
    FocusTruth,
    Pixel,
    ShadowKind,
    ShadowTruth,
    Truth,
    TubeKind,
    TubeTruth,
)

WINDOW_MM: Final = (15.0, 40.0)
"""Behind the far side of a focus, where its shadow is told: mm (beyond ring-down)."""

LEAST_WINDOW_MM: Final = 8.0
"""With less of the window inside the picture no drop is told: mm."""

CORE_SHARE: Final = 0.5
"""Share of a focus's width, about its middle, whose beams tell the drop."""

PRESENT_DB: Final = 4.0
"""A visible drop from here on is a shadow: dB (about what an eye sees in speckle)."""

FAINT_DB: Final = 1.5
"""A visible drop from here on is a faint shadow; below there is none: dB."""


def truth_of(
    recipe: Recipe,
    geometry: Geometry,
    anatomy: Anatomy,
    shifts: list[tuple[float, float]],
    at_rest: Scanned,
) -> Truth:
    """The truth about all frames; ``shifts`` are the liver's places in them."""
    gallbladder = anatomy.gallbladder
    return Truth(
        seed=recipe.seed,
        target=recipe.target,
        width=recipe.width,
        height=recipe.height,
        frames=recipe.frames,
        mm_per_pixel_x=geometry.mm_x,
        mm_per_pixel_y=geometry.mm_y,
        depth_cm=recipe.depth_cm,
        lobe=recipe.lobe,
        fan=_fan(geometry),
        foci=tuple(
            _focus(body, recipe, geometry, anatomy, shifts, at_rest) for body in anatomy.foci
        ),
        tubes=tuple(_tube(tube, geometry, anatomy) for tube in anatomy.tubes),
        liver=_outline(at_rest.medium.liver, geometry),
        gallbladder=() if gallbladder is None else _pixels(geometry, gallbladder.outline()),
        gain_db=recipe.gain_db,
        dynamic_range_db=recipe.dynamic_range_db,
        frequency_mhz=recipe.frequency_mhz,
        background_db_per_cm_mhz=recipe.background_db_per_cm_mhz,
        calipers=recipe.calipers is not None,
    )


def _fan(geometry: Geometry) -> FanTruth:
    return FanTruth(
        (geometry.apex_x, geometry.apex_y),
        geometry.near_mm,
        geometry.near_mm + geometry.depth_mm,
        -geometry.half_angle,
        geometry.half_angle,
    )


def _focus(
    body: FocusBody,
    recipe: Recipe,
    geometry: Geometry,
    anatomy: Anatomy,
    shifts: list[tuple[float, float]],
    at_rest: Scanned,
) -> FocusTruth:
    centres = _pixels(geometry, np.array([body.x, body.z]) + np.array(shifts))
    depth, angle = geometry.depth_and_angle(body.x, body.z)
    lateral, axial = body.extent_mm
    return FocusTruth(
        target=body.plan.target,
        centre=centres[0],
        centres=centres,
        outline=_pixels(geometry, body.outline()),
        depth_mm=depth,
        beam=angle,
        lateral_mm=lateral,
        axial_mm=axial,
        contrast_db=body.plan.contrast_db,
        attenuation_db_per_cm=body.plan.attenuation_db_per_cm,
        shadow=_shadow(body, recipe, geometry, anatomy, at_rest),
    )


def _shadow(
    body: FocusBody, recipe: Recipe, geometry: Geometry, anatomy: Anatomy, at_rest: Scanned
) -> ShadowTruth:
    depth, angle = geometry.depth_and_angle(body.x, body.z)
    far = depth + body.along
    start, end = far + WINDOW_MM[0], min(far + WINDOW_MM[1], geometry.depth_mm)
    wedge = _wedge(geometry, angle, body.across, depth, (far, geometry.depth_mm))
    if end - start < LEAST_WINDOW_MM:
        return ShadowTruth(ShadowKind.ABSENT, None, None, WINDOW_MM[0], end - far, wedge)
    half = body.across * CORE_SHARE / ((geometry.near_mm + depth) * geometry.beam_step)
    middle = angle / geometry.beam_step + (geometry.beams - 1) / 2
    core = slice(math.floor(middle - half) + 1, math.ceil(middle + half))
    rows = slice(round(start / geometry.step_mm), round(end / geometry.step_mm))
    medium_db, visible_db = _drops(body, recipe, geometry, anatomy, at_rest)
    drop = float(medium_db[rows, core].mean())
    visible = float(visible_db[rows, core].mean())
    kind = _kind(body.plan.target, visible)
    return ShadowTruth(kind, drop, visible, WINDOW_MM[0], end - far, wedge)


def _kind(target: Target, visible_db: float) -> ShadowKind:
    if target is Target.GAS:
        return ShadowKind.DIRTY
    if visible_db >= PRESENT_DB:
        return ShadowKind.PRESENT
    return ShadowKind.FAINT if visible_db >= FAINT_DB else ShadowKind.ABSENT


def _drops(
    body: FocusBody, recipe: Recipe, geometry: Geometry, anatomy: Anatomy, at_rest: Scanned
) -> tuple[Map, Map]:
    """What a focus takes from every echo: by the medium alone, and as seen in the end: dB."""
    others = replace(anatomy, foci=tuple(other for other in anatomy.foci if other is not body))
    without = scanned(recipe, others, geometry)
    taken = shade_db(at_rest.medium.excess - without.medium.excess, geometry)
    before, after = (
        seen_by_beam_db(each.powers.expected_db(), geometry, recipe.frequency_mhz)
        for each in (without, at_rest)
    )
    return taken, shown_db(before, recipe) - shown_db(after, recipe)


def _wedge(
    geometry: Geometry, angle: float, across: float, depth: float, span: tuple[float, float]
) -> tuple[Pixel, ...]:
    half = across / (geometry.near_mm + depth)
    corners = ((span[0], -half), (span[0], half), (span[1], half), (span[1], -half))
    return _pixels(geometry, np.array([geometry.at(d, angle + turn) for d, turn in corners]))


def _tube(tube: Tube, geometry: Geometry, anatomy: Anatomy) -> TubeTruth:
    apart = [
        float(np.hypot(tube.points[:, 0] - body.x, tube.points[:, 1] - body.z).min())
        for body in anatomy.foci
    ]
    return TubeTruth(
        kind=TubeKind(tube.kind),
        line=_pixels(geometry, tube.points),
        calibres_mm=tuple(round(float(calibre), 3) for calibre in tube.calibres_mm),
        calibre_mm=tube.calibre_mm,
        dilated=tube.dilated,
        distance_mm=min(apart, default=None),
        upstream=tube.upstream,
    )


def _outline(liver: Map, geometry: Geometry) -> tuple[Pixel, ...]:
    """Outline of the largest part of the liver in the fan: pixels."""
    converter = ScanConverter(geometry)
    mask = ((converter.picture(liver * 255) > 127) & converter.inside).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return ()
    largest = cv2.approxPolyDP(max(contours, key=cv2.contourArea), 1.0, closed=True)
    return tuple((float(x), float(y)) for x, y in largest.reshape(-1, 2))


def _pixels(geometry: Geometry, points: Points) -> tuple[Pixel, ...]:
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in geometry.to_pixels(points))
