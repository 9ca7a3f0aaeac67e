"""The bright spot at a place that a person points at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.sonogram.candidates import SIZES_MM, Candidate
from hepaspot.sonogram.evidence import (
    ALONE,
    ALONE_FROM,
    SHADOWING,
    SHADOWING_FROM,
    Figures,
    total,
)
from hepaspot.sonogram.field import Field
from hepaspot.sonogram.isolation import Isolation, isolation
from hepaspot.sonogram.outline import Blob, blob_of, on_border, outline
from hepaspot.sonogram.scene import Scene
from hepaspot.sonogram.still import Measured, measured_blob
from hepaspot.sonogram.triage import LEAST_CONTRAST_DB, LONGEST_MM

REACH_MM: Final = 3.0
"""A click means a spot whose outline is at most so far away: mm (convention; a finger's width on
a screen)."""

LEAST_AIM_MM: Final = 1.5
"""Within this distance, or half the size looked for, the brightest place is meant: mm (convention)."""

LEAST_EVIDENCE: Final = -3.0
"""What speaks for a focus, against what the reader asks for: log odds. Pointed at, a spot may be
less sure than one that the reader finds (phantoms: 98 of 100 foci, 19 of 100 other places)."""

WALL_MM: Final = 1.5
"""What is thinner than this is the wall of a duct that a stone touches: mm (convention)."""

COMPACT: Final = 0.6
"""What fills less of its ellipse has a wall or another spot hanging on to it (convention)."""

ROUND: Final = 0.2
"""What is narrower for its length is a piece of a wall (convention)."""

SHARED: Final = 0.5
"""Two outlines that share more than this of the smaller one are of one focus (convention)."""

NO_RANK: Final = 0.0
"""A spot that a person points at is ranked against no other."""


Numbers = NDArray[np.signedinteger[Any]]


class Place(NamedTuple):
    """A sample, fractions allowed."""

    row: float
    column: float


def spot_at(field: Field, scene: Scene, place: Place) -> Measured | None:
    """The spot at or nearest to ``place``; None where nothing there stands out.

    Outlined as the reader would, from boxes of each size; one that has thin arms, without them
    too. Of these the one that looks most like a focus.
    """
    spots = [
        measured_blob(field, scene, blob, NO_RANK, pointed_at=True)
        for blob in _outlines(field, place)
        if _stands_out(field, blob, place)
    ]
    likely = [spot for spot in spots if _evidence(spot) >= LEAST_EVIDENCE]
    return max(likely, key=_likeness, default=None)


def are_one(first: Blob, second: Blob) -> bool:
    """Whether two outlines share most of the smaller one."""
    smaller, larger = sorted((first, second), key=lambda blob: int(blob.mask.sum()))
    rows, columns = np.nonzero(smaller.mask)
    rows, columns = rows + smaller.top - larger.top, columns + smaller.left - larger.left
    height, width = larger.mask.shape
    there = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    shared = int(larger.mask[rows[there], columns[there]].sum())
    return shared > SHARED * rows.size


def _outlines(field: Field, place: Place) -> Iterator[Blob]:
    for size_mm in SIZES_MM:
        seed = _brightest(field, place, size_mm)
        whole = None if seed is None else outline(field, seed)
        if whole is None:
            continue
        yield whole
        if _has_arms(whole, isolation(field, whole)):
            core = _without_arms(field, whole, place)
            if core is not None:
                yield core


def _brightest(field: Field, place: Place, size_mm: float) -> Candidate | None:
    """The brightest box near ``place``; None where there is no picture."""
    row = min(max(round(place.row), 0), field.grid.samples - 1)
    column = min(max(round(place.column), 0), field.grid.beams - 1)
    aim_mm = max(LEAST_AIM_MM, size_mm / 2)
    high, wide = field.rows(size_mm) // 2, field.columns(size_mm, row) // 2
    up, aside = field.rows(aim_mm) + high, field.columns(aim_mm, row) + wide
    top, left = max(0, row - up), max(0, column - aside)
    window = (slice(top, row + up + 1), slice(left, column + aside + 1))
    mean = cv2.blur(field.level_db[window], (2 * wide + 1, 2 * high + 1))
    rows = np.arange(top, top + mean.shape[0])[:, None]
    columns = np.arange(left, left + mean.shape[1])
    away_mm = _away_mm(field, place, rows, columns)
    meant = np.where(field.inside[window] & (away_mm <= aim_mm), mean, -np.inf)
    found = np.unravel_index(int(np.argmax(meant)), meant.shape)
    if not np.isfinite(meant[found]):
        return None
    return Candidate(top + float(found[0]), left + float(found[1]), size_mm, 0.0, NO_RANK)


def _without_arms(field: Field, blob: Blob, place: Place) -> Blob | None:
    """What is left of a spot, nearest to ``place``, once all that is thin is cut off."""
    middle = min(round(blob.row), field.grid.samples - 1)
    brush = cv2.getStructuringElement(
        cv2.MORPH_ELLIPSE, (field.columns(WALL_MM, middle), field.rows(WALL_MM))
    )
    whole = np.pad(blob.mask.astype(np.uint8), max(brush.shape))
    thick = cv2.morphologyEx(whole, cv2.MORPH_OPEN, brush)
    inner = slice(max(brush.shape), -max(brush.shape))
    labels = np.asarray(cv2.connectedComponents(thick[inner, inner])[1], np.int32)
    rows, columns = np.nonzero(labels)
    if not rows.size:
        return None
    nearest = int(np.argmin(_away_mm(field, place, rows + blob.top, columns + blob.left)))
    mask = labels == labels[rows[nearest], columns[nearest]]
    level = field.smooth_db[blob.top :, blob.left :][: mask.shape[0], : mask.shape[1]]
    ground = float(level[blob.mask].mean()) - blob.contrast_db
    contrast = float(level[mask].mean()) - ground
    return blob_of(field, mask, blob.top, blob.left, contrast, touches_edge=on_border(mask))


def _away_mm(field: Field, place: Place, rows: Numbers, columns: Numbers) -> NDArray[np.float64]:
    """Distance of samples from ``place``: mm."""
    across_mm = float(field.lateral_mm[min(max(round(place.row), 0), field.grid.samples - 1)])
    down_mm, across = (rows - place.row) * field.axial_mm, (columns - place.column) * across_mm
    return np.asarray(np.hypot(down_mm, across), np.float64)


def _stands_out(field: Field, blob: Blob, place: Place) -> bool:
    """Whether it is bright and of a size that a focus can have, and within reach."""
    if blob.contrast_db < LEAST_CONTRAST_DB or blob.length_mm > LONGEST_MM:
        return False
    rows, columns = np.nonzero(blob.mask)
    away_mm = _away_mm(field, place, rows + blob.top, columns + blob.left)
    return float(away_mm.min()) <= REACH_MM


def _has_arms(blob: Blob, shape: Isolation | Figures) -> bool:
    return blob.touches_edge or shape.fullness < COMPACT or shape.roundness < ROUND


def _likeness(spot: Measured) -> tuple[bool, float]:
    """How much a spot looks like a focus: one without arms more than one with them."""
    return not _has_arms(spot.blob, spot.figures), _evidence(spot)


def _evidence(spot: Measured) -> float:
    """How much more speaks for a focus than the reader asks for: log odds."""
    figures = spot.figures
    with_shadow = total(SHADOWING, figures) - SHADOWING_FROM
    return max(with_shadow, total(ALONE, figures) - ALONE_FROM)
