"""Finds the fan in a picture: straight sides first, then the curves about their apex."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from hepaspot.intake.frames import Box, Grey, Mask
from hepaspot.sonogram.fan import Cut, Fan, FanKind, Numbers
from hepaspot.sonogram.fan_edges import Edges, find_edges
from hepaspot.sonogram.fan_flat import rectangle, trapezoid
from hepaspot.sonogram.fan_lines import Side, outer_side
from hepaspot.sonogram.fan_polish import (
    AX,
    AY,
    FAR,
    LEFT,
    NEAR,
    RIGHT,
    SHAPE,
    Points,
    Polished,
    polish,
)
from hepaspot.sonogram.fan_seeds import both_sides, one_side

SQUEEZED: Final = 0.04
"""A pixel this far from square is called squeezed (convention)."""

LEAST_FREE: Final = 0.3
"""Least share of the rows that end on a side which leans (convention)."""

LEAST_CUT: Final = 0.06
"""Least share of the rows or columns that end on the line of a cut (chosen on real stills)."""

LEAST_LONE_CUT: Final = 0.15
"""The same for a cut that only one side has (chosen on real stills)."""

LEAST_FACE: Final = 0.4
"""Least share of a probe's face that is lit, as it is where it touches skin (convention)."""

DARK_FACE: Final = 0.6
"""How much less a fan is believed whose face is darker than that (convention)."""

LEAST_COLUMNS: Final = 5
"""Columns of a face below which its share tells nothing (convention)."""

LEAST_SHAPE: Final = 0.55
"""Narrowest shape of a pixel, y over x, that exports make (convention)."""

MOST_SHAPE: Final = 1.7
"""Tallest shape of a pixel, y over x, that exports make (convention)."""

NOWHERE: Final = 1e9
"""A cut that far out cuts nothing: pixels."""

KEPT: Final = 80
"""Points of each edge that the fit goes by (speed)."""

EVEN_BONUS: Final = 1.12
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
    left, right = _side(edges, edges.left, -1), _side(edges, edges.right, 1)
    if left is None or right is None:
        return FanFit(None, "no_straight_sides")
    known = y_per_x or 1.0
    flat = rectangle(edges, left, right, known) or trapezoid(edges, left, right, known)
    if flat is not None:
        return FanFit(_with_cut(flat, edges))
    best = _best(_points(edges), left, right, y_per_x)
    if best is None:
        return FanFit(None, "no_curves")
    fan = _with_cut(_sector(best), edges)
    return FanFit(fan, squeezed=abs(fan.y_per_x - 1) > SQUEEZED)


def _side(edges: Edges, x: Numbers, outward: int) -> Side | None:
    """The side through the rows that do not end on an upright cut, unless most do."""
    free = outward * x < (outward * x).max() - edges.pixel
    if free.mean() < LEAST_FREE:
        free = np.ones_like(free)
    return outer_side(edges.rows[free], x[free], outward, 1.5 * edges.pixel)


def _best(points: Points, left: Side, right: Side, y_per_x: float | None) -> Polished | None:
    """The sector that the edges lie on best, a simpler one where it is nearly as good."""
    known = y_per_x or 1.0
    found = _tried(points, both_sides(points, left, right, known), SQUARE_BONUS)
    for side in (left, right):
        mirrored = one_side(points, side, known)
        found += _tried(points, mirrored, SQUARE_BONUS * EVEN_BONUS, even=True)
    if y_per_x is None:
        if found:
            found += _tried(points, max(found, key=_score).values, 1.0, free_shape=True)
        found += _tried(points, both_sides(points, left, right, None), 1.0, free_shape=True)
    return max(found, key=_score, default=None)


def _score(polished: Polished) -> float:
    return polished.score


def _tried(
    points: Points,
    seed: Numbers | None,
    bonus: float,
    *,
    free_shape: bool = False,
    even: bool = False,
) -> list[Polished]:
    """The seed improved, or nothing where no fan comes of it."""
    if seed is None:
        return []
    found = polish(points, seed, free_shape=free_shape, even=even)
    v = found.values
    if not np.isfinite(v).all():
        return []
    long_enough = v[FAR] > max(v[NEAR], 0.0) + 10 * points.pixel
    opens = v[LEFT] < v[RIGHT] and max(-v[LEFT], v[RIGHT]) < np.pi / 2
    if not (long_enough and opens and LEAST_SHAPE < v[SHAPE] < MOST_SHAPE):
        return []
    if _face(points, v) < LEAST_FACE:
        bonus *= DARK_FACE
    return [replace(found, score=found.score * bonus)]


def _face(points: Points, values: Numbers) -> float:
    """Share of the lit columns above the near curve whose first lit pixel is on it."""
    x, y = points.near
    across, down = x - values[AX], values[SHAPE] * y - values[AY]
    first, last = values[NEAR] * np.sin(values[[LEFT, RIGHT]])
    within = (across > first) & (across < last)
    if within.sum() < LEAST_COLUMNS:
        return 1.0
    off = np.abs(np.hypot(across, down) - values[NEAR])
    return float((off < 2.5 * points.pixel)[within].mean())


def _sector(best: Polished) -> Fan:
    v = best.values
    sd = np.sqrt(np.diag(best.covariance))
    near = max(0.0, float(v[NEAR]))
    return Fan(
        FanKind.SECTOR,
        apex_x=float(v[AX]),
        apex_y=float(v[AY]),
        near_radius=near,
        depth=float(v[FAR]) - near,
        left=float(v[LEFT]),
        right=float(v[RIGHT]),
        y_per_x=float(v[SHAPE]),
        sd_angle=float(sd[[LEFT, RIGHT]].max()),
        sd_pixels=float(sd[[AX, AY, NEAR, FAR]].max()),
    )


def _points(edges: Edges) -> Points:
    rows = np.unique(np.linspace(0, len(edges.rows) - 1, KEPT).astype(int))
    columns = np.unique(np.linspace(0, len(edges.columns) - 1, KEPT).astype(int))
    return Points(
        left=(edges.left[rows], edges.rows[rows]),
        right=(edges.right[rows], edges.rows[rows]),
        near=(edges.columns[columns], edges.top[columns]),
        far=(edges.columns[columns], edges.bottom[columns]),
        pixel=edges.pixel,
    )


def _with_cut(fan: Fan, edges: Edges) -> Fan:
    """The fan with the straight lines at which the picture stops short of its ends."""
    beams = np.linspace(fan.left, fan.right, 33)
    x, y = fan.place(np.full_like(beams, fan.depth), beams)
    least = float(np.quantile(edges.left, LEAST_CUT / 3))
    most = float(np.quantile(edges.right, 1 - LEAST_CUT / 3))
    slack = 3 * edges.pixel
    evenly = abs(least + most - 2 * fan.apex_x) < 2 * slack
    left = -_limit(
        edges, -edges.left, -float(x.min()), evenly=evenly or least + most < 2 * fan.apex_x
    )
    right = _limit(
        edges, edges.right, float(x.max()), evenly=evenly or least + most > 2 * fan.apex_x
    )
    bottom = _limit(edges, edges.bottom, float(y.max()), evenly=True)
    # Scanners cut both sides alike; where one is dark only the other shows it.
    if left == -NOWHERE and 2 * fan.apex_x - right <= least + slack:
        left = 2 * fan.apex_x - right
    elif right == NOWHERE and 2 * fan.apex_x - left >= most - slack:
        right = 2 * fan.apex_x - left
    if max(-left, right, bottom) >= NOWHERE and min(-left, right, bottom) >= NOWHERE:
        return fan
    return replace(fan, cut=Cut(left, -NOWHERE, right, bottom))


def _limit(edges: Edges, outward: Numbers, ideal: float, *, evenly: bool) -> float:
    """Where the edge is cut straight, or `NOWHERE`; all measured outwards.

    A cut that the other side does not have, so that it may only be the end of a dark side,
    must be sharper and longer than one that both have (``evenly``).
    """
    extreme = float(np.quantile(outward, 1 - LEAST_CUT / 3))
    sharpness, least = (1.1, LEAST_CUT) if evenly else (0.6, LEAST_LONE_CUT)
    touching = float((np.abs(outward - extreme) < sharpness * edges.pixel).mean())
    if ideal > extreme + 2 * edges.pixel and touching > least:
        return extreme
    return NOWHERE
