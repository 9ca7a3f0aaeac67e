"""Where everything lies in a phantom: the wall, the liver's borders, tubes, gallbladder, foci."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from hepaspot.phantom.bodies import Array, Body, Circle, FocusBody, Tube, clear, focus_body
from hepaspot.phantom.branches import branches_beside, pair_through
from hepaspot.phantom.geometry import Geometry
from hepaspot.phantom.recipe import Recipe, Target

WALL_MM: Final = (14.0, 22.0)
"""Thickness of the abdominal wall, thinnest and thickest: mm (slim to normal adults)."""

SHADOW_KEPT_CLEAR_MM: Final = 46.0
"""Behind a focus nothing else is laid for this far, so that its shadow is known: mm."""

SHADOW_MARGIN_MM: Final = 5.0
"""Nothing is laid nearer to the edge of a focus or of its shadow: mm."""

BORDER_ROOM_MM: Final = 5.0
"""Tubes stay this far from the lower edge, which is wavy: mm."""

TRIES: Final = 80
"""Places tried for one vessel before the liver is taken to be full (convention)."""

RIB_MM: Final = (7.0, 3.5)
"""Half axes of a rib cut across, beside and along the beam: mm (adult ribs)."""

GALLBLADDER_MM: Final = ((8.0, 13.0), (20.0, 30.0))
"""Half axes of a filled gallbladder, across and along: mm (normal adults)."""


@dataclass(frozen=True)
class Border:
    """A line from (x, z) on the wall downwards, by ``lean`` to the left for each mm down."""

    x: float
    z: float
    lean: float

    def beyond(self, x: Array, z: Array) -> Array:
        """Distance to the right of the line in mm, negative in the liver."""
        away = x - self.x + self.lean * (z - self.z)
        return np.asarray(away / math.hypot(1, self.lean), np.float32)


@dataclass(frozen=True)
class Anatomy:
    """All bodies, in mm from the apex.

    ``diaphragm`` is an ellipse (the liver is inside it), ``border`` the liver's lower edge on
    the right of the picture.
    """

    wall_mm: float
    diaphragm: Body
    border: Border
    foci: tuple[FocusBody, ...]
    tubes: tuple[Tube, ...]
    gallbladder: Body | None
    ribs: tuple[Body, ...]


def anatomy_of(recipe: Recipe, geometry: Geometry) -> Anatomy:
    """The anatomy that a recipe's seed lays around its foci."""
    random = np.random.default_rng([recipe.seed, 1])
    wall = float(random.uniform(*WALL_MM))
    foci = tuple(focus_body(plan, geometry, random) for plan in recipe.foci)
    taken = [circle for body in foci for circle in _kept_clear(body, geometry)]
    tubes = _tubes_of_foci(recipe, foci, random)
    taken += [circle for tube in tubes for circle in tube.circles()]
    diaphragm = _diaphragm(geometry, random)
    gallbladder = _gallbladder(geometry, taken, random) if recipe.gallbladder else None
    if gallbladder is not None:
        taken += gallbladder.circles()
    border = Border(
        *geometry.at(wall, 0.62 * geometry.half_angle), float(random.uniform(0.15, 0.3)) * 0.6
    )
    inside = replace(diaphragm, across=diaphragm.across - 6, along=diaphragm.along - 6)
    liver = _Liver(geometry, wall, inside, border if recipe.gallbladder else None)
    tubes += _laid(list(branches_beside(recipe, foci, random)), liver, taken, random)
    return Anatomy(
        wall,
        diaphragm,
        border,
        foci,
        tuple(tubes),
        gallbladder,
        _ribs(geometry, random) if recipe.ribs else (),
    )


def _kept_clear(body: FocusBody, geometry: Geometry) -> list[Circle]:
    """The focus and its shadow, as circles along its beam."""
    room = max(body.across, body.along) + SHADOW_MARGIN_MM
    depth, angle = geometry.depth_and_angle(body.x, body.z)
    places = (geometry.at(depth + d, angle) for d in np.arange(0, SHADOW_KEPT_CLEAR_MM, 4.0))
    return [(x, z, room) for x, z in places]


def _tubes_of_foci(
    recipe: Recipe, foci: tuple[FocusBody, ...], random: np.random.Generator
) -> list[Tube]:
    tubes: list[Tube] = []
    for body in foci:
        in_duct = body.plan.target in {Target.STONE_IN_DILATED_DUCT, Target.GAS}
        if in_duct and not tubes:
            tubes += pair_through(body, recipe, random)
    return tubes


def _diaphragm(geometry: Geometry, random: np.random.Generator) -> Body:
    x, z = geometry.at(0.40 * geometry.depth_mm, float(random.uniform(-0.32, 0.02)))
    along = float(random.uniform(0.44, 0.50)) * geometry.depth_mm
    return Body(x, z, along * float(random.uniform(1.15, 1.4)), along, 0.0)


def _gallbladder(
    geometry: Geometry, taken: list[Circle], random: np.random.Generator
) -> Body | None:
    across, along = (float(random.uniform(*axis)) for axis in GALLBLADDER_MM)
    for _ in range(TRIES):
        angle = float(random.uniform(0.42, 0.72)) * geometry.half_angle
        depth = float(random.uniform(0.36, 0.55)) * geometry.depth_mm
        tilt = float(random.uniform(-0.2, 0.5))
        body = Body(*geometry.at(depth, angle), across, along, tilt)
        if clear(body.circles(), taken):
            return body
    return None


def _ribs(geometry: Geometry, random: np.random.Generator) -> tuple[Body, ...]:
    sides = [(-1.0,), (1.0,), (-1.0, 1.0)][int(random.integers(3))]
    bodies = []
    for side in sides:
        angle = side * float(random.uniform(0.86, 0.97)) * geometry.half_angle
        x, z = geometry.at(float(random.uniform(11, 15)), angle)
        bodies.append(Body(x, z, *RIB_MM, -angle))
    return tuple(bodies)


@dataclass(frozen=True)
class _Liver:
    """Where tubes may be laid."""

    geometry: Geometry
    wall_mm: float
    inside: Body
    border: Border | None


def _laid(
    wanted: list[tuple[Tube, ...]],
    liver: _Liver,
    taken: list[Circle],
    random: np.random.Generator,
) -> list[Tube]:
    """Groups of tubes (drawn about the origin) at free places of the liver; what has none is left."""
    geometry, laid = liver.geometry, list[Tube]()
    for group in wanted:
        for _ in range(TRIES):
            depth = float(random.uniform(liver.wall_mm + 10, 0.78 * geometry.depth_mm))
            angle = float(random.uniform(-0.85, 0.6)) * geometry.half_angle
            moved = [tube.moved(*geometry.at(depth, angle)) for tube in group]
            circles = [circle for tube in moved for circle in tube.circles()]
            if _in_liver(circles, liver) and clear(circles, taken):
                laid += moved
                taken += circles
                break
    return laid


def _in_liver(circles: list[Circle], liver: _Liver) -> bool:
    geometry = liver.geometry
    for x, z, room in circles:
        depth, angle = geometry.depth_and_angle(x, z)
        shallow = depth < liver.wall_mm + room + 4
        beside = not -1.0 < angle / geometry.half_angle < 1.0
        place = np.asarray(x, np.float32), np.asarray(z, np.float32)
        if liver.border is not None:
            beside |= float(liver.border.beyond(*place)) > -room - BORDER_ROOM_MM
        if shallow or beside or float(liver.inside.signed(*place)) > 0:
            return False
    return True
