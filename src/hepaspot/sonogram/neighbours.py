"""How tubes lie to a focus: which ends at it, which passes it, which widens beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.sonogram.calibre import Calibre, calibre
from hepaspot.sonogram.patch import SAMPLE_MM, Patch, Points
from hepaspot.sonogram.tubes import (
    POINT_MM,
    CentreLine,
    centre_lines,
    centred,
    is_slender,
    normals,
)

NEAR_MM: Final = 3.0
"""A tube belongs to a focus whose outline is at most so far from its wall: mm (convention)."""

AROUND_MM: Final = 12.0
"""Tubes no nearer than this are left alone: mm; a portal branch beside a duct is nearer."""

HUG_MM: Final = 5.0
"""A line is at a focus where its middle is nearer to it than this: mm (convention)."""

HUG_SHARE: Final = 0.75
"""A line is no tube of its own if more than this share of it lies at the focus (convention)."""

AHEAD_MM: Final = 6.0
"""A tube passes a focus if it goes on for at least so far on both sides: mm (convention)."""

PARTNER_ANGLE: Final = np.deg2rad(22)
"""Two tubes within this angle run side by side: radians (convention)."""

PARTNER_GAP_MM: Final = 3.5
"""Wall of one to wall of the other: mm at most (convention)."""


class Lie(StrEnum):
    """How a tube lies to a focus."""

    ENDS_AT = "ends_at"
    PASSES = "passes"
    APART = "apart"


@dataclass(frozen=True)
class Tube:
    """A dark tube near a focus: a duct or a vessel.

    Attributes
    ----------
    points : (n, 2) float64
        Its middle, (x, y) in pixels of the frame.
    outline : (m, 2) float64
        Its walls, (x, y) in pixels of the frame.
    calibre_mm, sd_mm : float
    length_mm, distance_mm : float
        Distance from its wall to the outline of the focus.
    lie : Lie
    sides_mm : tuple of float
        Calibre on either side of the focus, NaN where it does not go.
    partner_mm : float or None
        Calibre of a tube that runs beside it.
    depth_db : float
        How much darker than the tissue its lumen is.
    """

    points: Points
    outline: Points
    calibre_mm: float
    sd_mm: float
    length_mm: float
    distance_mm: float
    lie: Lie
    sides_mm: tuple[float, float]
    partner_mm: float | None
    depth_db: float


def tubes_near(
    patch: Patch,
    focus: NDArray[np.bool_],
    column: NDArray[np.bool_],
    *,
    in_shadow: bool,
) -> list[Tube]:
    """Tubes in ``patch``, the nearest to the focus first.

    Parameters
    ----------
    patch : Patch
    focus : (h, w) bool
        The focus in the patch.
    column : (h, w) bool
        What lies behind it: a shadow there is dark and long but no tube.
    in_shadow : bool
        Whether it shadows, so that nothing can be measured in the column.
    """
    blocked = focus | column if in_shadow else focus
    measured = [
        (line, width)
        for found in _reaching(patch, focus, focus | column)
        if (width := calibre(patch, line := centred(patch, found, blocked), blocked)) is not None
        and is_slender(found.length_mm, width.mean_mm)
    ]
    spots = np.argwhere(focus).astype(np.float64)
    if not spots.size:
        return []
    tubes = [_tube(patch, line, width, spots, measured) for line, width in measured]
    return sorted(tubes, key=lambda tube: (tube.distance_mm, -tube.length_mm))


def _reaching(
    patch: Patch, focus: NDArray[np.bool_], blocked: NDArray[np.bool_]
) -> list[CentreLine]:
    """The lines that come near the focus and lie mostly outside of its shadow."""
    spots = np.argwhere(focus).astype(np.float64)
    limit = AROUND_MM / SAMPLE_MM
    found = centre_lines(patch, _about(focus, limit))
    lines = [line for line in found if not _lies_in(line, blocked)]
    gaps = [
        np.linalg.norm(line.points[:, None] - spots[None, ::4], axis=2).min(axis=1)
        for line in lines
    ]
    return [
        line
        for line, gap in zip(lines, gaps, strict=True)
        if gap.min() <= limit and not _hugs(gap * SAMPLE_MM)
    ]


def _about(focus: NDArray[np.bool_], reach: float) -> NDArray[np.bool_]:
    """Everything within ``reach`` samples of the focus."""
    away = cv2.distanceTransform((~focus).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(away <= reach + 2)


def _hugs(gaps_mm: NDArray[np.float64]) -> bool:
    """Whether a line runs around the focus: the dark rim beside something bright."""
    return float(np.mean(gaps_mm < HUG_MM)) > HUG_SHARE


def _lies_in(line: CentreLine, blocked: NDArray[np.bool_]) -> bool:
    rows = np.clip(np.round(line.points[:, 0]).astype(int), 0, blocked.shape[0] - 1)
    columns = np.clip(np.round(line.points[:, 1]).astype(int), 0, blocked.shape[1] - 1)
    return float(blocked[rows, columns].mean()) > 0.4


def _tube(
    patch: Patch,
    line: CentreLine,
    width: Calibre,
    spots: Points,
    all_tubes: list[tuple[CentreLine, Calibre]],
) -> Tube:
    gaps = np.linalg.norm(line.points[:, None] - spots[None], axis=2).min(axis=1) * SAMPLE_MM
    nearest = int(np.argmin(gaps))
    distance = max(0.0, float(gaps[nearest]) - width.mean_mm / 2)
    before, after = nearest * POINT_MM, (len(line.points) - 1 - nearest) * POINT_MM
    return Tube(
        points=patch.to_pixels(line.points),
        outline=patch.to_pixels(_walls(line, width)),
        calibre_mm=width.mean_mm,
        sd_mm=width.sd_mm,
        length_mm=line.length_mm,
        distance_mm=distance,
        lie=_lie(distance, before, after),
        sides_mm=_sides(width, before),
        partner_mm=_partner(line, width, all_tubes),
        depth_db=width.depth_db,
    )


def _lie(distance: float, before: float, after: float) -> Lie:
    if distance > NEAR_MM:
        return Lie.APART
    return Lie.PASSES if min(before, after) >= AHEAD_MM else Lie.ENDS_AT


def _sides(width: Calibre, at_mm: float) -> tuple[float, float]:
    told = np.isfinite(width.calibre_mm)
    before, after = told & (width.along_mm < at_mm - 2), told & (width.along_mm > at_mm + 2)
    sides = [float(np.median(width.calibre_mm[s])) if s.any() else np.nan for s in (before, after)]
    return sides[0], sides[1]


def _partner(
    line: CentreLine, width: Calibre, all_tubes: list[tuple[CentreLine, Calibre]]
) -> float | None:
    for other, its in all_tubes:
        if other is line or _angle(line, other) > PARTNER_ANGLE:
            continue
        gaps = np.linalg.norm(line.points[:, None] - other.points[None], axis=2).min(axis=1)
        limit = (width.mean_mm + its.mean_mm) / 2 + PARTNER_GAP_MM
        if float((gaps * SAMPLE_MM < limit).mean()) > 0.5:
            return its.mean_mm
    return None


def _angle(line: CentreLine, other: CentreLine) -> float:
    first, second = (each.points[-1] - each.points[0] for each in (line, other))
    lengths = float(np.linalg.norm(first)) * float(np.linalg.norm(second))
    cosine = abs(float(first @ second)) / lengths
    return float(np.arccos(min(1.0, cosine)))


def _walls(line: CentreLine, width: Calibre) -> Points:
    normal = normals(line.points)
    half = width.mean_mm / 2 / SAMPLE_MM
    every = slice(None, None, max(1, len(line.points) // 24))
    one, two = line.points + half * normal, line.points - half * normal
    return np.concatenate([one[every], one[-1:], two[-1:], two[::-1][every]])
