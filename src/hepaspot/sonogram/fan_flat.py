"""Fans of a flat probe: a rectangle, or a trapezoid whose near line is straight."""

from __future__ import annotations

from typing import Final

import numpy as np

from hepaspot.sonogram.fan import Fan, FanKind, Numbers
from hepaspot.sonogram.fan_edges import Edges
from hepaspot.sonogram.fan_lines import Side

UPRIGHT: Final = 0.035
"""A side leaning less than this is upright: pixels across a pixel down (2 degrees)."""

FLAT: Final = 0.95
"""Share of the probe's face that lies on one straight line where it is flat (chosen on real stills)."""


def rectangle(edges: Edges, left: Side, right: Side, shape: float) -> Fan | None:
    """The fan of upright sides; None where a side leans."""
    if max(abs(left.slope), abs(right.slope)) > UPRIGHT:
        return None
    within = (edges.columns > edges.left.min()) & (edges.columns < edges.right.max())
    top, bottom = _level(edges.top[within], -1), _level(edges.bottom[within], 1)
    middle = (top + bottom) / 2
    near, far = left.at(middle), right.at(middle)
    sure = edges.pixel / 2
    return Fan(
        FanKind.LINEAR,
        apex_x=(near + far) / 2,
        apex_y=top * shape,
        near_radius=0.0,
        depth=(bottom - top) * shape,
        left=near,
        right=far,
        y_per_x=shape,
        sd_angle=float(max(left.sd_slope, right.sd_slope)),
        sd_pixels=sure,
    )


def trapezoid(edges: Edges, left: Side, right: Side, shape: float) -> Fan | None:
    """The fan of sides that lean apart below a straight near line; None where it is curved."""
    apart = right.slope - left.slope
    if apart < 2 * UPRIGHT:
        return None
    apex = (left.start - right.start) / apart
    apex_x = left.at(apex)
    top = float(edges.top.min())
    face = (edges.columns > left.at(top)) & (edges.columns < right.at(top))
    if face.sum() < 12 or (edges.top[face] <= top + 2 * edges.pixel).mean() < FLAT:
        return None
    angles = np.arctan2([left.slope, right.slope], shape)
    near = (top - apex) * shape
    return Fan(
        FanKind.TRAPEZOID,
        apex_x=apex_x,
        apex_y=apex * shape,
        near_radius=near,
        depth=_depth(edges, apex_x, apex, near, shape),
        left=float(angles[0]),
        right=float(angles[1]),
        y_per_x=shape,
        sd_angle=float(max(left.sd_slope, right.sd_slope)),
        sd_pixels=edges.pixel + float(np.hypot(left.sd_middle, right.sd_middle)) / apart,
    )


def _depth(edges: Edges, apex_x: float, apex: float, near: float, shape: float) -> float:
    """How far along the beams their ends lie: of those at the side where the end is flat."""
    across, down = edges.columns - apex_x, (edges.bottom - apex) * shape
    lowest = edges.bottom.max()
    flat = (edges.bottom >= lowest - edges.pixel).mean() > FLAT / 2
    along: Numbers = np.hypot(across, down) - near * np.hypot(across, down) / np.maximum(down, 1.0)
    return float(np.quantile(along, 0.98 if flat else 0.6))


def _level(values: Numbers, outward: int) -> float:
    """The outer level of an edge that may be dark in part."""
    return float(outward * np.quantile(outward * values, 0.75))
