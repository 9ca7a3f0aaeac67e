"""Which bright blobs can be foci at all, by size, contrast and place."""

from __future__ import annotations

from typing import Final

import numpy as np

from hepaspot.sonogram.field import Field
from hepaspot.sonogram.outline import Blob

LONGEST_MM: Final = 45.0
"""Longest focus: mm; reported ones go to 40 (source C2)."""

LEAST_MM: Final = 1.0
"""Smallest focus: mm; a single speckle is smaller (convention)."""

LEAST_CONTRAST_DB: Final = 6.0
"""Least contrast of an outlined focus: dB (convention; haemangiomas have 6 to 10)."""

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
    return _above_its_depth(field, blob)


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


def _above_its_depth(field: Field, blob: Blob) -> bool:
    """Brighter than the liver at its depth, not only than a dark neighbour."""
    liver_db, _ = field.liver_at(blob.rows)
    height, width = blob.mask.shape
    own = field.level_db[blob.top : blob.top + height, blob.left : blob.left + width][blob.mask]
    return float(own.mean()) - liver_db >= ABOVE_LIVER_DB


def _in_liver(field: Field, blob: Blob) -> float:
    height, width = blob.mask.shape
    window = field.liver[blob.top : blob.top + height, blob.left : blob.left + width]
    return float(window[blob.mask].mean())
