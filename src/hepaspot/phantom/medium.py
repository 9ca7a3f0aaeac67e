"""What sound meets: backscatter, specular surfaces and excess attenuation on the polar grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.phantom.anatomy import Anatomy
from hepaspot.phantom.bodies import Body, FocusBody, Tube
from hepaspot.phantom.echoes import HARD_DB_PER_CM
from hepaspot.phantom.geometry import BEAM_ROWS, Geometry, Map, Points
from hepaspot.phantom.recipe import Beyond, Recipe, Target
from hepaspot.phantom.truth import TubeKind

EDGE_MM: Final = 0.3
"""Width over which one tissue turns into the next: mm, above the axial step (convention)."""

DIAPHRAGM_MM: Final = 1.6
"""Thickness of the bright line of the diaphragm: mm."""

CAPSULE_MM: Final = 0.9
"""Thickness of the bright line of the peritoneum and capsule: mm."""

LUMEN_DB: Final = {TubeKind.DUCT: -38.0, TubeKind.PORTAL: -30.0, TubeKind.VESSEL: -30.0}
"""Backscatter of bile and of blood against liver: dB (bile echo-free, blood 25-35 below)."""

RIM_DB: Final = {TubeKind.DUCT: 7.0, TubeKind.PORTAL: 11.0, TubeKind.VESSEL: 0.0}
"""Echo of the wall met at a right angle: dB above liver; portal sheaths are bright."""

RIM_MM: Final = 0.8
"""Thickness of the wall of a duct or portal branch: mm."""

SURFACE_DB: Final = 7.0
"""Echo of the near surface of a hard focus over that of its inside: dB."""

SURFACE_MM: Final = 0.8
"""Thickness of the layer that this echo comes from: mm (about the pulse)."""

BILE_DB: Final = -45.0
"""Backscatter of the gallbladder's content against liver: dB."""

FLUID_DB_PER_CM_MHZ: Final = 0.05
"""Attenuation of bile, one way (physics: next to none)."""

BLOOD_DB_PER_CM_MHZ: Final = 0.18
"""Attenuation of blood, one way (physics)."""

RIB_DB: Final = 14.0
"""Echo of a rib's surface against liver: dB."""

RIB_DB_PER_CM: Final = 40.0
"""Attenuation of a rib, one way: dB/cm (bone at 3 MHz)."""

TEXTURE_DB: Final = 0.8
"""Standard deviation of slow changes of the liver's echo: dB (a healthy, even liver)."""

TRACT_DB: Final = 2.2
"""Echo of portal tracts too small for a lumen: dB for each deviation they stand out."""

BANDS_DB: Final = (-16.0, 3.0)
"""Echo of the layers of the wall against liver, darkest and brightest: dB (fat, muscle)."""

BANDS: Final = 6
"""Layers of the wall: skin, fat, fascia, muscles."""


@dataclass
class Medium:
    """Maps of shape (rows, beams), written by the painters below.

    ``power`` is the backscatter (1 is liver), ``coherent`` the share of it that adds in phase
    (smooth surfaces), ``excess`` the attenuation over plain tissue, one way in dB/cm, and
    ``liver`` the share of liver.
    """

    power: Map
    coherent: Map
    excess: Map
    liver: Map


def medium_of(
    recipe: Recipe, anatomy: Anatomy, geometry: Geometry, shift: tuple[float, float] = (0.0, 0.0)
) -> Medium:
    """The medium with the liver shifted by (x, z) in mm; the wall and the ribs stay."""
    x, z = geometry.x_mm - np.float32(shift[0]), geometry.z_mm - np.float32(shift[1])
    medium = _background(recipe, anatomy, geometry, x, z)
    for tube in anatomy.tubes:
        _paint_tube(medium, tube, recipe, geometry, shift)
    if anatomy.gallbladder is not None:
        _paint_gallbladder(medium, anatomy.gallbladder, recipe, x, z)
    for body in anatomy.foci:
        paint_focus(medium, body, x, z)
    _paint_wall(medium, anatomy, recipe, geometry)
    for rib in anatomy.ribs:
        inside = _inside(rib.signed(geometry.x_mm, geometry.z_mm))
        _mix(medium.power, inside, RIB_DB)
        medium.excess += inside * np.float32(RIB_DB_PER_CM)
    return medium


def paint_focus(medium: Medium, body: FocusBody, x: Map, z: Map) -> None:
    """Lay one focus into the medium."""
    inside = _inside(body.signed(x, z))
    _mix(medium.power, inside, body.plan.contrast_db)
    if body.plan.attenuation_db_per_cm >= HARD_DB_PER_CM:
        _brighten_near_side(medium, body, inside, x, z)
    medium.excess *= 1 - inside
    medium.excess += inside * np.float32(body.plan.attenuation_db_per_cm)
    smooth = 0.5 if body.plan.target is Target.GAS else 0.0
    medium.coherent *= 1 - inside
    medium.coherent += inside * np.float32(smooth)


def _brighten_near_side(medium: Medium, body: FocusBody, inside: Map, x: Map, z: Map) -> None:
    """Lay the echo of a hard surface on the side that the sound meets first."""
    nearer = np.hypot(body.x, body.z) - np.hypot(x, z)
    facing = np.clip(nearer / body.along, 0, 1).astype(np.float32)
    shell = np.clip(1 + body.signed(x, z) / SURFACE_MM, 0, 1) * facing * inside
    medium.power *= 1 + np.float32(10 ** (SURFACE_DB / 10) - 1) * shell


def _inside(signed: NDArray[np.floating[Any]]) -> Map:
    """1 inside, 0 outside, by distance from an outline."""
    return np.asarray(np.clip(0.5 - signed / EDGE_MM, 0, 1), np.float32)


def _mix(power: Map, share: Map, level_db: float) -> None:
    power *= 1 - share
    power += share * np.float32(10 ** (level_db / 10))


def _background(recipe: Recipe, anatomy: Anatomy, geometry: Geometry, x: Map, z: Map) -> Medium:
    random = np.random.default_rng([recipe.seed, 2])
    zero = np.zeros((BEAM_ROWS, geometry.beams), np.float32)
    texture = _slow_field(random, geometry) * np.float32(TEXTURE_DB)
    texture += np.maximum(_slow_field(random, geometry, (70, 90)) - 1.2, 0) * np.float32(TRACT_DB)
    medium = Medium(np.asarray(10 ** (texture / 10), np.float32), zero.copy(), zero.copy(), zero)
    liver = np.ones_like(zero)
    if recipe.gallbladder:
        liver = _lower_border(medium, anatomy, geometry, x, z, random)
    if recipe.diaphragm is not None:
        liver = liver * _diaphragm(medium, anatomy.diaphragm, recipe.diaphragm, x, z, random)
    medium.liver = liver
    return medium


def _slow_field(
    random: np.random.Generator, geometry: Geometry, knots: tuple[int, int] = (20, 24)
) -> Map:
    """A smooth random map of standard deviation 1; by default some 10 mm across."""
    coarse = random.standard_normal(knots).astype(np.float32)
    field = cv2.resize(coarse, (geometry.beams, BEAM_ROWS), interpolation=cv2.INTER_CUBIC)
    return np.asarray(field / field.std(), np.float32)


def _lower_border(
    medium: Medium,
    anatomy: Anatomy,
    geometry: Geometry,
    x: Map,
    z: Map,
    random: np.random.Generator,
) -> Map:
    """Bowel and fat to the right of the liver's lower edge; gives the share of liver."""
    border = anatomy.border
    beyond = border.beyond(x, z) + 3 * np.sin((z - np.float32(border.z)) / 13)
    outside = _inside(-beyond)
    patches = _slow_field(random, geometry, (9, 12)) * 2.5 + 1
    patches += _slow_field(random, geometry, (40, 30)) * 2
    medium.power *= 1 - outside + outside * 10 ** (patches / 10)
    line = _inside(np.abs(beyond) - CAPSULE_MM / 2)
    line *= np.clip(0.5 + 0.5 * _slow_field(random, geometry, (10, 12)), 0, 1)
    _mix(medium.power, line * np.float32(0.7), 9.0)
    medium.coherent += line * np.float32(0.4)
    return np.asarray(1 - outside, np.float32)


def _diaphragm(
    medium: Medium, body: Body, beyond: Beyond, x: Map, z: Map, random: np.random.Generator
) -> Map:
    """The bright line behind the liver, uneven as its muscle is; gives the share inside it."""
    turn = np.arctan2(x - body.x, z - body.z)
    signed = body.signed(x, z) + sum(
        np.float32(random.uniform(0.3, 1.2)) * np.sin(n * turn + np.float32(random.uniform(0, 6.3)))
        for n in (5, 8, 13)
    )
    outside = _inside(-signed)
    below = np.clip((z - body.z) / (0.5 * body.along), 0, 1).astype(np.float32)
    outside = outside * np.clip(below * 3, 0, 1)
    depth_db = -3.0 if beyond is Beyond.MIRROR else -16.0
    _mix(medium.power, outside, depth_db)
    thick = DIAPHRAGM_MM * (0.8 + 0.5 * np.sin(3 * turn + np.float32(random.uniform(0, 6.3))))
    line = _inside(np.abs(signed) - thick / 2) * below
    seen = np.cos(turn - np.float32(random.uniform(-0.9, 0.1))).clip(0.05, 1) ** 2
    patchy = 0.65 + 0.35 * np.sin(7 * turn + np.float32(random.uniform(0, 6.3)))
    line = np.asarray(line * seen * patchy, np.float32)
    _mix(medium.power, line, 17.0)
    medium.coherent = np.maximum(medium.coherent, line * np.float32(0.6))
    return np.asarray(1 - outside, np.float32)


def _paint_gallbladder(medium: Medium, body: Body, recipe: Recipe, x: Map, z: Map) -> None:
    signed = body.signed(x, z)
    _mix(medium.power, _inside(np.abs(signed - 0.9) - 0.9), 9.0)
    inside = _inside(signed)
    _mix(medium.power, inside, BILE_DB)
    medium.excess += inside * np.float32(
        (FLUID_DB_PER_CM_MHZ - recipe.background_db_per_cm_mhz) * recipe.frequency_mhz
    )
    medium.coherent *= 1 - inside
    medium.liver *= 1 - inside


def _paint_wall(medium: Medium, anatomy: Anatomy, recipe: Recipe, geometry: Geometry) -> None:
    """Skin, fat and muscle as wavy bands, then the bright line of the peritoneum."""
    random = np.random.default_rng([recipe.seed, 3])
    rows = int(anatomy.wall_mm / geometry.step_mm) + 40
    depth = geometry.depths_mm[:rows]
    turn = geometry.angles
    wave = sum(
        float(random.uniform(0.2, 0.7)) * np.sin(turn * n + float(random.uniform(0, 6.3)))
        for n in (4, 9, 17)
    )
    place = depth + wave
    heights = random.uniform(*BANDS_DB, BANDS)
    heights[0] = 8.0
    starts = np.sort(random.uniform(1.6, anatomy.wall_mm - 2, BANDS - 1))
    level = heights[np.searchsorted(starts, place)].astype(np.float32)
    level += _streaks(random, place.shape)
    level = cv2.GaussianBlur(level, (0, 0), sigmaX=1.5, sigmaY=0.25 / geometry.step_mm)
    inside = _inside(place - anatomy.wall_mm)
    power, coherent = medium.power[:rows], medium.coherent[:rows]
    power *= 1 - inside
    power += inside * 10 ** (level / 10)
    coherent *= 1 - inside
    coherent += inside * np.float32(0.25)
    line = _inside(np.abs(place - anatomy.wall_mm) - CAPSULE_MM / 2)
    line *= np.clip(0.6 + 0.4 * _slow_field(random, geometry, (4, 14))[:rows], 0.05, 1)
    _mix(power, line, 11.0)
    coherent[:] = np.maximum(coherent, line * np.float32(0.5))
    medium.liver[:rows] *= 1 - inside
    medium.excess[:rows] *= 1 - inside


def _streaks(random: np.random.Generator, shape: tuple[int, ...]) -> Map:
    """Short bright and dark streaks along the layers, as septa and muscle fibres give."""
    noise = random.standard_normal(shape).astype(np.float32)
    streaks = cv2.GaussianBlur(noise, (0, 0), sigmaX=14, sigmaY=3)
    return np.asarray(streaks / streaks.std() * 3.5, np.float32)


def _paint_tube(
    medium: Medium, tube: Tube, recipe: Recipe, geometry: Geometry, shift: tuple[float, float]
) -> None:
    window, signed, facing = _around_tube(tube, geometry, shift)
    power, coherent = medium.power[window], medium.coherent[window]
    rim = _inside(np.abs(signed - RIM_MM / 2) - RIM_MM / 2) * facing
    if RIM_DB[tube.kind] > 0:
        _mix(power, rim, RIM_DB[tube.kind])
        coherent += rim * np.float32(0.4) * (1 - coherent)
    lumen = _inside(signed)
    _mix(power, lumen, LUMEN_DB[tube.kind])
    coherent *= 1 - lumen
    fluid = FLUID_DB_PER_CM_MHZ if tube.kind is TubeKind.DUCT else BLOOD_DB_PER_CM_MHZ
    excess = (fluid - recipe.background_db_per_cm_mhz) * recipe.frequency_mhz
    medium.excess[window] += lumen * np.float32(excess)


def _around_tube(
    tube: Tube, geometry: Geometry, shift: tuple[float, float]
) -> tuple[tuple[slice, slice], Map, Map]:
    """The part of the grid about a tube, distance from its lumen, how squarely it is met.

    The last is 0 where the wall runs along the beam, 1 where it runs across.
    """
    points = tube.points + shift
    window = _window(points, float(tube.calibres_mm.max()) / 2 + 2.5, geometry)
    x, z = geometry.x_mm[window], geometry.z_mm[window]
    signed, facing = np.full(x.shape, 99, np.float32), np.zeros(x.shape, np.float32)
    beam_x, beam_z = np.sin(geometry.angles[:, window[1]]), np.cos(geometry.angles[:, window[1]])
    radii = tube.calibres_mm / 2
    for start, end, r0, r1 in zip(points, points[1:], radii, radii[1:], strict=False):
        near = _within(window, _window(np.array([start, end]), max(r0, r1) + 2.5, geometry))
        way = end - start
        right, down = x[near] - start[0], z[near] - start[1]
        share = np.clip((right * way[0] + down * way[1]) / (way @ way), 0, 1)
        right, down = right - share * way[0], down - share * way[1]
        apart = np.hypot(right, down)
        here = apart - (r0 + share * (r1 - r0))
        nearer = here < signed[near]
        square = np.abs(right * beam_x[:, near[1]] + down * beam_z[:, near[1]])
        square /= np.maximum(apart, 1e-3)
        signed[near] = np.where(nearer, here, signed[near])
        facing[near] = np.where(nearer, square, facing[near])
    return window, signed, facing**2


def _within(outer: tuple[slice, slice], inner: tuple[slice, slice]) -> tuple[slice, slice]:
    """``inner`` counted from where ``outer`` starts."""
    (rows, columns), (top, left) = inner, (outer[0].start, outer[1].start)
    return (
        slice(max(0, rows.start - top), max(1, rows.stop - top)),
        slice(max(0, columns.start - left), max(1, columns.stop - left)),
    )


def _window(
    points: Points,
    margin_mm: float,
    geometry: Geometry,
) -> tuple[slice, slice]:
    places = np.array([geometry.row_and_column(*point) for point in points])
    (top, left), (bottom, right) = places.min(axis=0), places.max(axis=0)
    rows = margin_mm / geometry.step_mm
    columns = margin_mm / geometry.beam_spacing_mm(max(0.0, top * geometry.step_mm))
    return (
        slice(max(0, int(top - rows)), max(1, int(bottom + rows) + 2)),
        slice(max(0, int(left - columns)), max(1, int(right + columns) + 2)),
    )
