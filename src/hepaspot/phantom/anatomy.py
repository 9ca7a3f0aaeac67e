"""Where everything lies in a phantom: the wall, the liver's borders, tubes, gallbladder, foci."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from hepaspot.phantom.bodies import Body, Circle, FocusBody, Tube, clear, focus_body
from hepaspot.phantom.branches import branches_beside, pair_through
from hepaspot.phantom.geometry import Geometry
from hepaspot.phantom.recipe import Recipe, Target
from hepaspot.phantom.truth import TubeKind

WALL_MM: Final = (14.0, 22.0)
"""Thickness of the abdominal wall, thinnest and thickest: mm (slim to normal adults)."""

SHADOW_KEPT_CLEAR_MM: Final = 46.0
"""Behind a focus nothing else is laid for this far, so that its shadow is known: mm."""

SHADOW_MARGIN_MM: Final = 5.0
"""Nothing is laid nearer to the edge of a focus or of its shadow: mm."""

TRIES: Final = 80
"""Places tried for one vessel before the liver is taken to be full (convention)."""

RIB_MM: Final = (7.0, 3.5)
"""Half axes of a rib cut across, beside and along the beam: mm (adult ribs)."""

GALLBLADDER_MM: Final = ((8.0, 13.0), (20.0, 30.0))
"""Half axes of a filled gallbladder, across and along: mm (normal adults)."""


@dataclass(frozen=True)
class Anatomy:
    """All bodies, in mm from the apex.

    ``diaphragm`` is an ellipse (the liver is inside it), ``border`` the angle and slope of the
    liver's lower edge on the right of the picture.
    """

    wall_mm: float
    diaphragm: Body
    border: tuple[float, float]
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
    wanted = list(branches_beside(recipe, foci, random))
    inside = replace(diaphragm, across=diaphragm.across - 6, along=diaphragm.along - 6)
    tubes += _laid(wanted, geometry, wall, inside, taken, random)
    return Anatomy(
        wall,
        diaphragm,
        (0.62 * geometry.half_angle, float(random.uniform(0.15, 0.3))),
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
    x, z = geometry.at(0.40 * geometry.depth_mm, float(random.uniform(-0.1, 0.1)))
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


def _laid(
    wanted: list[tuple[Tube, ...]],
    geometry: Geometry,
    wall_mm: float,
    inside: Body,
    taken: list[Circle],
    random: np.random.Generator,
) -> list[Tube]:
    """Groups of tubes (drawn about the origin) at free places of the liver; what has none is left."""
    laid: list[Tube] = []
    for group in wanted:
        for _ in range(TRIES):
            depth = float(random.uniform(wall_mm + 10, 0.78 * geometry.depth_mm))
            angle = float(random.uniform(-0.85, 0.6)) * geometry.half_angle
            moved = [tube.moved(*geometry.at(depth, angle)) for tube in group]
            circles = [circle for tube in moved for circle in tube.circles()]
            if _in_liver(circles, geometry, wall_mm, inside) and clear(circles, taken):
                laid += moved
                taken += circles
                break
    return laid


def _in_liver(circles: list[Circle], geometry: Geometry, wall_mm: float, inside: Body) -> bool:
    for x, z, room in circles:
        depth, angle = geometry.depth_and_angle(x, z)
        shallow = depth < wall_mm + room + 4
        beside = not -1.0 < angle / geometry.half_angle < 0.66
        if shallow or beside or float(inside.signed(np.array(x), np.array(z))) > 0:
            return False
    return True


def heading_of(points: np.ndarray) -> float:  # type: ignore[type-arg]
    """Direction of a line of points from its first to its last: radians from straight right."""
    dx, dz = points[-1] - points[0]
    return math.atan2(dz, dx)


__all__ = ["Anatomy", "TubeKind", "anatomy_of"]
