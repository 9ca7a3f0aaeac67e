"""The tubes of the liver: ducts, portal branches beside them, hepatic veins."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hepaspot.phantom.bodies import FocusBody, Tube
from hepaspot.phantom.recipe import Recipe, Target
from hepaspot.phantom.truth import TubeKind

Line = NDArray[np.float64]
"""``(n, 2)``: x and z in mm."""

POINT_MM: Final = 1.5
"""Distance between the points of a centre line: mm (convention)."""

UPSTREAM_MM: Final = (34.0, 46.0)
"""Length of a dilated duct in the plane of the picture: mm (convention)."""

DOWNSTREAM_MM: Final = (14.0, 22.0)
"""Length of the duct beyond the stone: mm (convention)."""

NARROW_MM: Final = 1.6
"""Calibre of an intrahepatic duct that is not dilated: mm (at most 2 mm in adults)."""

ROOM_AROUND_STONE_MM: Final = 0.5
"""A duct is wider than the stone in it by this: mm (the stone fills it, with a rim of bile)."""

PORTAL_MM: Final = (3.5, 6.0)
"""Calibre of a segmental portal branch: mm (normal adults)."""

VEIN_MM: Final = (3.0, 8.0)
"""Calibre of a hepatic vein: mm (normal adults)."""

GAP_MM: Final = 1.4
"""Between the lumens of a duct and its portal branch, walls included: mm."""

LEAVING_MM: Final = 5.0
"""Length over which a tube leaves the plane of the picture: mm (convention)."""

SHORT_MM: Final = 1.0
"""A tube whose ends would be shorter than this is cut across: mm."""

LARGEST_NARROW_MM: Final = 2.5
"""A duct ordered no wider than this beside no stone is drawn as ordered: mm."""


def pair_through(body: FocusBody, recipe: Recipe, random: np.random.Generator) -> list[Tube]:
    """The duct that a stone or gas lies in, and the portal branch beside it."""
    side = -1.0 if body.x > -15 else 1.0
    turn = side * body.beam + float(random.uniform(-0.25, 0.25))
    back, on = (float(random.uniform(*span)) for span in (UPSTREAM_MM, DOWNSTREAM_MM))
    along, line = _line(-back, on, turn, float(random.uniform(-0.004, 0.004)))
    line[:, 0] *= -side
    stone = body.plan.target is Target.STONE_IN_DILATED_DUCT
    calibres = _of_stone(along, body, recipe) if stone else NARROW_MM * _leaving(along)
    middle = np.array([body.x, body.z])
    duct = Tube(
        TubeKind.DUCT,
        line + middle,
        calibres,
        recipe.duct_calibre_mm if stone else NARROW_MM,
        stone,
        ("left" if side < 0 else "right") if stone else None,
    )
    if not recipe.portal:
        return [duct]
    portal = _beside(line, calibres, float(random.uniform(*PORTAL_MM)), random)
    return [duct, portal.moved(*middle)]


def branches_beside(
    recipe: Recipe, foci: tuple[FocusBody, ...], random: np.random.Generator
) -> Iterator[tuple[Tube, ...]]:
    """Groups of further tubes about the origin: a branch with its duct, then vessels."""
    through = any(body.plan.target in {Target.STONE_IN_DILATED_DUCT, Target.GAS} for body in foci)
    if recipe.portal and not through:
        yield _branch_with_duct(recipe, random)
    for number in range(recipe.vessels):
        yield (_vein(number == 0, random),)


def _branch_with_duct(recipe: Recipe, random: np.random.Generator) -> tuple[Tube, ...]:
    calibre = min(recipe.duct_calibre_mm, LARGEST_NARROW_MM)
    along, line = _line(-18, 18, float(random.uniform(-0.5, 0.5)), 0.003)
    duct = Tube(TubeKind.DUCT, line, calibre * _leaving(along), calibre)
    return duct, _beside(line, duct.calibres_mm, float(random.uniform(*PORTAL_MM)), random)


def _vein(long: bool, random: np.random.Generator) -> Tube:
    reach = float(random.uniform(14, 24) if long else random.uniform(0.5, 7))
    calibre = float(random.uniform(*VEIN_MM) if long else random.uniform(2.5, 6))
    turn = float(random.uniform(-1.1, 1.1))
    along, line = _line(-reach, reach, turn, float(random.uniform(-0.012, 0.012)))
    taper = np.interp(along, [-reach, reach], [0.85, 1.15]) * _leaving(along)
    return Tube(TubeKind.VESSEL, line, calibre * taper, calibre)


def _line(start: float, end: float, turn: float, bend: float) -> tuple[NDArray[np.float64], Line]:
    """Distance along, and places, of a gently bent line through the origin."""
    along = np.linspace(start, end, max(3, math.ceil((end - start) / POINT_MM)))
    aside = bend * along**2
    sine, cosine = math.sin(turn), math.cos(turn)
    return along, np.column_stack([along * cosine - aside * sine, along * sine + aside * cosine])


def _leaving(along: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of its calibre that a tube keeps where it leaves the plane at either end."""
    left = np.minimum(along - along[0], along[-1] - along)
    reach = min(LEAVING_MM, float(left.max()) / 2)
    if reach < SHORT_MM:
        return np.ones(len(along))
    return np.asarray(np.sqrt(np.clip(0.06 + left / reach, 0, 1)))


def _of_stone(along: NDArray[np.float64], body: FocusBody, recipe: Recipe) -> NDArray[np.float64]:
    """Calibre along a duct: dilated before the stone, wide around it, narrow beyond."""
    wide = recipe.duct_calibre_mm
    around = max(2 * body.along + ROOM_AROUND_STONE_MM, NARROW_MM)
    half = body.across
    places = [along[0], -half - 3, -half, half, half + 3, along[-1]]
    calibres = [0.9 * wide, wide, max(wide, around), around, NARROW_MM, NARROW_MM]
    return np.asarray(np.interp(along, places, calibres) * _leaving(along))


def _beside(
    line: Line, calibres: NDArray[np.float64], calibre: float, random: np.random.Generator
) -> Tube:
    """A portal branch along a duct, on its near or far side."""
    side = 1.0 if random.uniform() < 0.5 else -1.0
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    apart = max(calibres) / 2 + calibre / 2 + GAP_MM
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    taper = np.linspace(0.85, 1.1, len(line)) * _leaving(along)
    return Tube(TubeKind.PORTAL, line + side * apart * normal, calibre * taper, calibre)
