"""Dark tubes near a focus: their centre lines. Whether one is a duct or a vessel, none can say.

A ridge filter at several widths (the second derivative across the tube, Hessian of a
Gaussian) marks where it is dark in the middle and bright on both sides; thin lines of local
maxima are joined into centre lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.sonogram.patch import SAMPLE_MM, Patch, Points
from hepaspot.sonogram.ranks import median, quantile

SIGMAS_MM: Final = (0.8, 1.3, 2.1, 3.3)
"""Widths of the filter: mm; a lumen answers best to about 0.45 of its calibre."""

SIGMA_OF_CALIBRE: Final = 0.45
"""Width of the filter that answers best, times the calibre (flat-bottomed lumen)."""

POINT_MM: Final = 0.5
"""Distance between two points of a centre line: mm."""

LEAST_RIDGE_DB: Final = 1.6
"""Least answer of the filter: dB (convention; a lumen 12 dB deep answers with about 5)."""

RIDGE_SIGMAS: Final = 2.6
"""As many robust standard deviations of the answer of the whole patch (convention)."""

LEAST_LENGTH_MM: Final = 9.0
"""A shorter dark streak is no tube: mm (convention)."""

LEAST_SLENDERNESS: Final = 2.5
"""A tube is at least so many times longer than wide; what is plumper is a cavity: a cyst, the
gallbladder, fluid in a mass (convention)."""


Numbers = NDArray[np.float64]
"""``(n,)``."""


@dataclass(frozen=True)
class CentreLine:
    """A tube's middle.

    Attributes
    ----------
    points : (n, 2) float64
        (row, column) in the patch, about 0.5 mm apart, from one end to the other.
    width_mm : float
        First guess of the calibre.
    strength_db : float
        Mean answer of the filter.
    """

    points: Points
    width_mm: float
    strength_db: float

    @property
    def length_mm(self) -> float:
        """From end to end along the line: mm."""
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum()) * SAMPLE_MM


def centre_lines(patch: Patch, near: NDArray[np.bool_] | None = None) -> list[CentreLine]:
    """Centre lines of the dark tubes in ``patch``, the longest first.

    Only those that pass through ``near`` ``(h, w)``, where it is given.
    """
    ridge, sigma, along = _ridge(patch)
    level = ridge[patch.valid]
    if not level.size:
        return []
    spread = 1.4826 * median(np.abs(level - median(level)))
    threshold = max(LEAST_RIDGE_DB, RIDGE_SIGMAS * spread)
    thin = _thin(ridge, along) & (ridge > threshold) & patch.valid
    parts = [mask for mask in _components(thin) if near is None or (mask & near).any()]
    lines = [line for mask in parts for line in _lines(mask, ridge, sigma)]
    lines = [line for line in lines if is_slender(line.length_mm, line.width_mm)]
    return sorted(_without_doubles(lines), key=lambda line: -line.length_mm)


def is_slender(length_mm: float, width_mm: float) -> bool:
    """Whether something so long and so wide can be a tube."""
    return length_mm >= max(LEAST_LENGTH_MM, LEAST_SLENDERNESS * width_mm)


def _ridge(patch: Patch) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Answer, width of the filter that gave it, and the direction along the tube."""
    filled = np.where(patch.valid, patch.level_db, median(patch.level_db[patch.valid]))
    best = np.full(filled.shape, -np.inf, np.float32)
    sigma = np.zeros(filled.shape, np.float32)
    along = np.zeros(filled.shape, np.float32)
    for width_mm in SIGMAS_MM:
        width = width_mm / SAMPLE_MM
        smooth = cv2.GaussianBlur(filled.astype(np.float32), (0, 0), width)
        dxx = cv2.Sobel(smooth, cv2.CV_32F, 2, 0, ksize=3) / 4
        dyy = cv2.Sobel(smooth, cv2.CV_32F, 0, 2, ksize=3) / 4
        dxy = cv2.Sobel(smooth, cv2.CV_32F, 1, 1, ksize=3) / 4
        root = np.sqrt(((dxx - dyy) / 2) ** 2 + dxy**2)
        most, least = (dxx + dyy) / 2 + root, (dxx + dyy) / 2 - root
        answer = (most - np.abs(least)) * width**2
        better = answer > best
        best = np.where(better, answer, best)
        sigma = np.where(better, np.float32(width_mm), sigma)
        # The largest curvature runs across the tube; along is at a right angle to it.
        across = 0.5 * np.arctan2(2 * dxy, dxx - dyy)
        along = np.where(better, across + np.float32(np.pi / 2), along)
    return best, sigma, along


def _thin(ridge: NDArray[np.float32], along: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where the answer is the largest of its neighbours across the tube."""
    rows, columns = np.indices(ridge.shape, dtype=np.float32)
    across_row, across_column = np.sin(along + np.pi / 2), np.cos(along + np.pi / 2)
    keep = np.ones(ridge.shape, bool)
    for step in (1.0, 2.0):
        for sign in (-step, step):
            map_x = columns + sign * across_column
            map_y = rows + sign * across_row
            beside = cv2.remap(
                ridge,
                map_x.astype(np.float32),
                map_y.astype(np.float32),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            keep &= ridge >= beside
    return keep


def _components(thin: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    joined = cv2.morphologyEx(
        thin.astype(np.uint8), cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (5, 5))
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    least = LEAST_LENGTH_MM / SAMPLE_MM / 2
    big = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= least]
    return [(labels == i) & thin for i in big]


def _lines(
    mask: NDArray[np.bool_], ridge: NDArray[np.float32], sigma: NDArray[np.float32]
) -> list[CentreLine]:
    """One smooth line through a component, a parabola over its long axis."""
    rows, columns = np.nonzero(mask)
    # Streaks of speckle that hang on to a tube answer less than the tube itself.
    strong = ridge[rows, columns] >= 0.4 * quantile(ridge[rows, columns], 0.9)
    rows, columns = rows[strong], columns[strong]
    if rows.size < 8:
        return []
    points = np.stack([rows, columns], axis=1).astype(np.float64)
    weights = ridge[rows, columns].astype(np.float64) ** 2
    centre = points.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov((points - centre).T))
    long, short = (points - centre) @ axes[:, 1], (points - centre) @ axes[:, 0]
    fitted = _smooth_line(long, short, weights)
    if fitted is None:
        return []
    line_at, near = fitted
    count = max(2, int((long[near].max() - long[near].min()) * SAMPLE_MM / POINT_MM))
    at = np.linspace(long[near].min(), long[near].max(), count)
    line = centre + at[:, None] * axes[:, 1] + line_at(at)[:, None] * axes[:, 0]
    width = float(np.median(sigma[rows, columns])) / SIGMA_OF_CALIBRE
    return [CentreLine(line, width, float(np.median(ridge[rows, columns])))]


def _smooth_line(
    long: Numbers, short: Numbers, weights: Numbers
) -> tuple[Callable[[Numbers], Numbers], NDArray[np.bool_]] | None:
    """A parabola that most points lie near to, and which do; None where they do not."""
    scale = max(float(np.abs(long).max()), 1.0)
    near = np.ones(long.size, bool)
    for limit in (3.0, 2.0, 1.5):
        if near.sum() < 8:
            return None
        degree = 2 if near.sum() > 30 else 1
        fit = _polynomial(long[near] / scale, short[near], degree, weights[near])
        off = np.abs(short - fit(long / scale))
        near = off < limit / SAMPLE_MM
    if near.sum() < 0.4 * near.size:
        return None
    return lambda at: np.asarray(fit(at / scale)), near


def _polynomial(
    x: Numbers, y: Numbers, degree: int, weights: Numbers | None = None
) -> Callable[[Numbers], Numbers]:
    """The polynomial nearest to some points, for ``x`` within -1 and 1."""
    powers = np.arange(degree + 1)
    terms = x[:, None] ** powers
    w = np.ones(len(x)) if weights is None else weights
    factors = np.linalg.lstsq(terms * w[:, None], y * w, rcond=None)[0]
    return lambda at: np.asarray(at[:, None] ** powers @ factors, np.float64)


def centred(patch: Patch, line: CentreLine, blocked: NDArray[np.bool_]) -> CentreLine:
    """``line`` moved to where it is darkest, smoothly, its ends out of ``blocked`` cut off."""
    points = _free(line.points, blocked)
    if len(points) < 6:
        return line
    dark = cv2.GaussianBlur(patch.level_db, (0, 0), 0.35 * line.width_mm / SAMPLE_MM)
    reach = max(1.0, 0.45 * line.width_mm) / SAMPLE_MM
    offsets = np.linspace(-reach, reach, 15)
    for _ in range(2):
        normal = normals(points)
        at = points[:, None] + offsets[None, :, None] * normal[:, None]
        level = cv2.remap(
            dark, at[..., 1].astype(np.float32), at[..., 0].astype(np.float32), cv2.INTER_LINEAR
        )
        shift = offsets[np.argmin(level, axis=1)]
        place = np.linspace(-1, 1, len(points))
        degree = 2 if len(points) > 30 else 1
        smooth = _polynomial(place, shift, degree)
        points = points + np.clip(smooth(place), -reach, reach)[:, None] * normal
    return CentreLine(points, line.width_mm, line.strength_db)


def normals(points: Points) -> Points:
    """Unit vectors across a line at each of its points."""
    tangent = np.gradient(points, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    return np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)


def _free(points: Points, blocked: NDArray[np.bool_]) -> Points:
    rows = np.clip(np.round(points[:, 0]).astype(int), 0, blocked.shape[0] - 1)
    columns = np.clip(np.round(points[:, 1]).astype(int), 0, blocked.shape[1] - 1)
    free = np.flatnonzero(~blocked[rows, columns])
    return points[free[0] : free[-1] + 1] if free.size else points[:0]


def _without_doubles(lines: list[CentreLine]) -> list[CentreLine]:
    """Two lines within one lumen are one tube; the stronger stands."""
    kept: list[CentreLine] = []
    for line in sorted(lines, key=lambda each: -each.length_mm * each.strength_db):
        if not any(_lies_on(line, other) for other in kept):
            kept.append(line)
    return kept


def _lies_on(line: CentreLine, other: CentreLine) -> bool:
    gaps = np.linalg.norm(line.points[:, None] - other.points[None], axis=2).min(axis=1)
    close = max(1.2, 0.35 * other.width_mm) / SAMPLE_MM
    return float((gaps < close).mean()) > 0.6
