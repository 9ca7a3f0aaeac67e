"""Which bright blobs are foci, and which are the wall of a vessel, the diaphragm or the rim."""

from __future__ import annotations

from typing import Final

import numpy as np

from hepaspot.sonogram.field import Field
from hepaspot.sonogram.outline import Blob
from hepaspot.sonogram.shadow import Drop

LONGEST_MM: Final = 45.0
"""Longest focus: mm; reported ones go to 40 (source C2)."""

LEAST_MM: Final = 1.2
"""Smallest focus: mm; a single speckle is smaller (convention)."""

MOST_SLENDER: Final = 3.5
"""Longer than so many times its width, without a shadow, is a wall or a ligament (convention)."""

LEAST_CONTRAST_DB: Final = 8.0
"""Least contrast of an outlined focus: dB (convention; haemangiomas have 6 to 10)."""

SHADOW_SIGMAS: Final = 2.5
"""A drop of so many standard deviations is a shadow that speaks for a focus."""

SHADOW_DB: Final = 3.0
"""A drop of at least so many dB speaks for a focus (convention)."""

ALONE_SIGMAS: Final = 4.5
"""Without a shadow a focus stands out by so many standard deviations of the liver (convention)."""

FULLNESS: Final = 0.6
"""Share of the ellipse of equal moments that a focus fills; a scribble does not (convention)."""

ABOVE_LIVER_DB: Final = 4.0
"""A focus is so much brighter than the liver at its depth: dB (convention)."""

LIVER_SHARE: Final = 0.6
"""Share of a focus that lies in the liver (convention)."""


def is_likely(field: Field, blob: Blob) -> bool:
    """Whether a blob has the size, the contrast and the place of a focus in the liver."""
    if blob.length_mm > LONGEST_MM or min(blob.axial_mm, blob.lateral_mm) < LEAST_MM:
        return False
    if blob.contrast_db < LEAST_CONTRAST_DB or _in_liver(field, blob) < LIVER_SHARE:
        return False
    return _fills_its_ellipse(blob, field) and _above_its_depth(field, blob)


def is_focus(blob: Blob, conspicuity: float, drop: Drop | None) -> bool:
    """Whether a likely blob is a focus rather than part of a line: its shadow, or it alone."""
    if is_shadow(drop):
        return True
    slender = blob.length_mm > MOST_SLENDER * blob.width_mm
    return conspicuity >= ALONE_SIGMAS and not (slender or blob.touches_edge)


def is_shadow(drop: Drop | None) -> bool:
    """Whether a drop is clear."""
    return drop is not None and drop.db > max(SHADOW_DB, SHADOW_SIGMAS * drop.sd_db)


def apart(field: Field, blobs: list[tuple[Blob, float]]) -> list[tuple[Blob, float]]:
    """Outlines that overlap are one focus: the more conspicuous one stands."""
    taken = np.zeros(field.level_db.shape, bool)
    kept = []
    for blob, rank in sorted(blobs, key=lambda each: -each[1]):
        height, width = blob.mask.shape
        window = taken[blob.top : blob.top + height, blob.left : blob.left + width]
        if not (window & blob.mask).any():
            window |= blob.mask
            kept.append((blob, rank))
    return kept


def _fills_its_ellipse(blob: Blob, field: Field) -> bool:
    row = min(field.grid.samples - 1, round(blob.row))
    area = float(blob.mask.sum()) * field.axial_mm * float(field.lateral_mm[row])
    ellipse = np.pi / 4 * blob.length_mm * blob.width_mm
    return area >= FULLNESS * ellipse


def _above_its_depth(field: Field, blob: Blob) -> bool:
    """Brighter than the liver at its depth, not only than a dark neighbour."""
    rows = slice(*blob.rows)
    liver = field.level_db[rows][field.liver[rows]]
    height, width = blob.mask.shape
    own = field.level_db[blob.top : blob.top + height, blob.left : blob.left + width][blob.mask]
    return float(own.mean()) - float(np.median(liver)) >= ABOVE_LIVER_DB


def _in_liver(field: Field, blob: Blob) -> float:
    height, width = blob.mask.shape
    window = field.liver[blob.top : blob.top + height, blob.left : blob.left + width]
    return float(window[blob.mask].mean())
