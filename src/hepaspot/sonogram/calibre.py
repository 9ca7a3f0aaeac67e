"""Calibre of a tube: between the places where the echo has half the power of the tissue.

At the wall half of the beam lies in the lumen and half in the tissue, so that the mean
power there is half of that of the tissue, whatever the beam's width; where the wall itself
is brighter than the tissue, half of that of the wall. Powers are averaged
along the tube; single speckles would move the edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.sonogram.patch import SAMPLE_MM, Patch, Points
from hepaspot.sonogram.tubes import POINT_MM, CentreLine, normals

OFFSET_MM: Final = 0.1
"""Distance between two samples of a profile across the tube: mm."""

ACROSS_MM: Final = 9.0
"""Half the length of a profile: mm."""

TISSUE_MM: Final = (0.8, 3.8)
"""Where the tissue beside the lumen is taken: mm from its wall."""

RIM_MM: Final = (-0.6, 1.6)
"""Where the bright wall of a duct or portal branch is looked for: mm from the lumen's edge."""

PEAK_SHARE: Final = 0.75
"""What is left of the highest of several speckles as the level of a wall (speckle statistics)."""

STRETCH_MM: Final = 5.0
"""Length of tube over which one calibre is taken: mm."""

CALIBRE_RANGE_MM: Final = (0.8, 16.0)
"""What is outside of it is no calibre of a tube in a liver: mm (convention)."""

LEAST_DEPTH_DB: Final = 5.0
"""A lumen is at least so much darker than the tissue: dB (convention)."""


@dataclass(frozen=True)
class Calibre:
    """``along_mm (n,)`` from the first end, ``calibre_mm (n,)`` there; NaN where not told.

    ``mean_mm`` and ``sd_mm`` are those of the whole tube, ``depth_db`` how dark its lumen is.
    """

    along_mm: NDArray[np.float64]
    calibre_mm: NDArray[np.float64]
    mean_mm: float
    sd_mm: float
    depth_db: float


def calibre(patch: Patch, line: CentreLine, blocked: NDArray[np.bool_]) -> Calibre | None:
    """Calibre along ``line``, None where no wall can be made out.

    ``blocked`` is ``(h, w)``, true where something else lies (the focus itself).
    """
    power, usable = _profiles(patch, line.points, blocked)
    stretch = max(1, round(STRETCH_MM / POINT_MM))
    starts = range(0, max(1, len(line.points) - stretch + 1), max(1, stretch // 2))
    stretches = [_one(power[s : s + stretch], usable[s : s + stretch], line) for s in starts]
    along = np.array([(s + stretch / 2) * POINT_MM for s in starts])
    widths = np.array([width for width, _ in stretches])
    told = widths[np.isfinite(widths)]
    whole, depth_db = _one(power, usable, line)
    if not np.isfinite(whole) or depth_db < LEAST_DEPTH_DB:
        return None
    spread = float(told.std() / np.sqrt(told.size)) if told.size > 1 else 0.8
    return Calibre(along, widths, whole, float(np.hypot(0.25, spread)), depth_db)


def _profiles(
    patch: Patch, points: Points, blocked: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Power across the tube at every point of its line, ``(n, offsets)``."""
    normal = normals(points)
    offsets = np.arange(-ACROSS_MM, ACROSS_MM + OFFSET_MM / 2, OFFSET_MM) / SAMPLE_MM
    at = points[:, None, :] + offsets[None, :, None] * normal[:, None, :]
    map_x, map_y = at[..., 1].astype(np.float32), at[..., 0].astype(np.float32)
    power = np.float32(10) ** (patch.level_db / 10)
    sampled = cv2.remap(power.astype(np.float32), map_x, map_y, cv2.INTER_LINEAR)
    free = (patch.valid & ~blocked).astype(np.uint8)
    usable = cv2.remap(free, map_x, map_y, cv2.INTER_NEAREST) > 0
    return sampled.astype(np.float64), usable


def _one(
    power: NDArray[np.float64], usable: NDArray[np.bool_], line: CentreLine
) -> tuple[float, float]:
    """Calibre (mm) and depth of the lumen (dB) over some length; NaN where there is none."""
    count = usable.sum(axis=0)
    if count.max() < 0.4 * power.shape[0]:
        return float("nan"), 0.0
    profile = np.where(count > 0, (power * usable).sum(axis=0) / np.maximum(count, 1), np.nan)
    middle = profile.size // 2
    search = max(2, round(0.5 * line.width_mm / 2 / OFFSET_MM))
    near = np.nan_to_num(profile[middle - search : middle + search + 1], nan=np.inf)
    smooth = np.convolve(near, np.ones(3) / 3, mode="same")[1:-1]
    if not smooth.size or not np.isfinite(smooth.min()):
        return float("nan"), 0.0
    bottom = middle - search + 1 + int(np.argmin(smooth))
    wall = line.width_mm / 2
    width = depth = float("nan")
    for _ in range(3):
        tissue = [_tissue(profile, bottom, side, wall) for side in (-1, 1)]
        walls = [
            _wall(profile, bottom, side, max(level, _rim(profile, bottom, side, wall)))
            for side, level in zip((-1, 1), tissue, strict=True)
        ]
        width = sum(walls)
        if not np.isfinite(width):
            return float("nan"), 0.0
        depth = 10 * float(np.log10(max(min(tissue), 1e-9) / max(float(profile[bottom]), 1e-9)))
        wall = width / 2
    low, high = CALIBRE_RANGE_MM
    return (width, depth) if low <= width <= high else (float("nan"), depth)


def _tissue(profile: NDArray[np.float64], bottom: int, side: int, wall_mm: float) -> float:
    near, far = (round((wall_mm + away) / OFFSET_MM) for away in TISSUE_MM)
    index = bottom + side * np.arange(near, far)
    index = index[(index >= 0) & (index < profile.size)]
    told = profile[index]
    told = told[np.isfinite(told)]
    return float(np.median(told)) if told.size else float("nan")


def _rim(profile: NDArray[np.float64], bottom: int, side: int, wall_mm: float) -> float:
    """Power of a wall brighter than the tissue: the lumen ends at its inner edge."""
    near, far = (round(max(0.0, wall_mm + away) / OFFSET_MM) for away in RIM_MM)
    index = bottom + side * np.arange(near, far)
    told = profile[index[(index >= 0) & (index < profile.size)]]
    told = told[np.isfinite(told)]
    return PEAK_SHARE * float(told.max()) if told.size else 0.0


def _wall(profile: NDArray[np.float64], bottom: int, side: int, tissue: float) -> float:
    """From the middle to where the power first reaches half of the tissue's: mm."""
    values = profile[bottom::-1] if side < 0 else profile[bottom:]
    half = (tissue + float(profile[bottom])) / 2
    above = np.flatnonzero(values >= half)
    if not above.size or not np.isfinite(tissue) or above[0] == 0:
        return float("nan")
    at = int(above[0])
    step = values[at] - values[at - 1]
    part = (half - values[at - 1]) / step if step > 0 else 1.0
    return (at - 1 + part) * OFFSET_MM
