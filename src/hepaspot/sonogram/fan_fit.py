"""Finds the fan in a picture: straight sides first, then the curves about their apex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from hepaspot.intake.frames import Box, Grey, Mask
from hepaspot.sonogram.fan import Cut, Fan, FanKind, Numbers
from hepaspot.sonogram.fan_edges import Edges, find_edges
from hepaspot.sonogram.fan_lines import outer_side
from hepaspot.sonogram.fan_polish import AX, AY, FAR, LEFT, NEAR, RIGHT, SHAPE, Points, Polished
from hepaspot.sonogram.fan_polish import polish
from hepaspot.sonogram.fan_seeds import both_sides, one_side

SQUEEZED: Final = 0.04
"""A pixel this far from square is called squeezed (twice the doubt of the fit, measured)."""

UPRIGHT: Final = 0.035
"""A side leaning less than this is upright: pixels across a pixel down (2 degrees)."""

EVEN_BONUS: Final = 1.05
"""How much better the edges must lie on a fan that is not its own mirror (convention)."""

SQUARE_BONUS: Final = 1.05
"""How much better the edges must lie on a fan of squeezed pixels (convention)."""


@dataclass(frozen=True)
class FanFit:
    """The fan of a picture, or the reason why none was made out.

    Attributes
    ----------
    fan : Fan or None
    reason : str or None
        Id of a sentence in the catalogues; None where there is a fan.
    squeezed : bool
        The curves are circles only if pixels are not square.
    """

    fan: Fan | None
    reason: str | None = None
    squeezed: bool = False


def find_fan(
    grey: Grey, view: Box, *, y_per_x: float | None = None, coloured: Mask | None = None
) -> FanFit:
    """Fit the geometry of the scanned area to a picture.

    Parameters
    ----------
    grey : (H, W) uint8
    view : Box
        Where to look.
    y_per_x : float or None
        Shape of a pixel where it is known; None has it fitted from the curves of a sector.
    coloured : (H, W) bool or None
        Pixels that are no echo.
    """
    edges = find_edges(grey, view, coloured)
    if edges is None:
        return FanFit(None, "no_scanned_area")
    tolerance = 1.5 * edges.pixel
    sides = []
    for x, outward in ((edges.left, -1), (edges.right, 1)):
        limit = (outward * x).max()
        free = outward * x < limit - edges.pixel
        if free.mean() < 0.3:
            free = np.ones_like(free)
        sides.append(outer_side(edges.rows[free], x[free], outward, tolerance))
    left, right = sides
    if left is None or right is None:
        return FanFit(None, "no_straight_sides")
    points = _points(edges)
    shape = y_per_x or 1.0
    found: list[tuple[float, Polished]] = []

    def consider(seed: Numbers | None, *, free: bool = False, even: bool = False) -> None:
        if seed is None:
            return
        p = polish(points, seed, free_shape=free, even=even)
        v = p.values
        ok = v[FAR] > v[NEAR] + 10 * edges.pixel and v[LEFT] < v[RIGHT] and 0.55 < v[SHAPE] < 1.7
        if not ok or not np.isfinite(v).all():
            return
        score = p.score * (1 if not even else EVEN_BONUS) * (1 if free else SQUARE_BONUS)
        found.append((score, p))

    seed = both_sides(points, left, right, shape)
    consider(seed)
    for side in (left, right):
        consider(one_side(points, side, shape), even=True)
    if not found:
        return FanFit(None, "no_curves")
    if y_per_x is None:
        best = max(found, key=lambda f: f[0])[1]
        consider(best.values, free=True)
        consider(both_sides(points, left, right, None), free=True)
    _, best = max(found, key=lambda f: f[0])
    v = best.values
    sd = np.sqrt(np.diag(best.covariance))
    fan = Fan(
        FanKind.SECTOR,
        apex_x=float(v[AX]),
        apex_y=float(v[AY]),
        near_radius=max(0.0, float(v[NEAR])),
        depth=float(v[FAR] - v[NEAR]),
        left=float(v[LEFT]),
        right=float(v[RIGHT]),
        y_per_x=float(v[SHAPE]),
        sd_angle=float(max(sd[LEFT], sd[RIGHT])),
        sd_pixels=float(max(sd[[AX, AY, NEAR, FAR]])),
    )
    fan = _with_cut(fan, edges)
    return FanFit(fan, squeezed=abs(fan.y_per_x - 1) > SQUEEZED)


def _points(edges: Edges) -> Points:
    return Points(
        left=(edges.left, edges.rows),
        right=(edges.right, edges.rows),
        near=(edges.columns, edges.top),
        far=(edges.columns, edges.bottom),
        pixel=edges.pixel,
    )


def _with_cut(fan: Fan, edges: Edges) -> Fan:
    from dataclasses import replace

    beams = np.linspace(fan.left, fan.right, 33)
    x, y = fan.place(np.full_like(beams, fan.depth), beams)
    limits = [x.min(), -1e9, x.max(), y.max()]
    out = [-1e9, -1e9, 1e9, 1e9]
    for i, values, outward in (
        (0, edges.left, -1),
        (2, edges.right, 1),
        (3, edges.bottom, 1),
    ):
        extreme = (outward * values).max()
        touching = (outward * values > extreme - 0.6 * edges.pixel).mean()
        if outward * limits[i] > extreme + 2 * edges.pixel and touching > 0.04:
            out[i] = outward * extreme
    return replace(fan, cut=Cut(*(float(o) for o in out)))
