"""Everything that is found in one frame, in the order in which it is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.frames import Frame, Grey
from hepaspot.sonogram.beams import BeamGrid
from hepaspot.sonogram.candidates import candidates
from hepaspot.sonogram.evidence import Figures, figures_of, speaks_for_focus
from hepaspot.sonogram.field import BeamMask, Field
from hepaspot.sonogram.marks import Marks, Pointer, filled, find_marks
from hepaspot.sonogram.neighbours import Tube, tubes_near
from hepaspot.sonogram.outline import Blob, outline
from hepaspot.sonogram.patch import patch_about
from hepaspot.sonogram.ranks import quantile
from hepaspot.sonogram.scene import Scene
from hepaspot.sonogram.shadow import Drop, Shadow, drop_behind, shadow
from hepaspot.sonogram.speckle import Calibration, calibrate
from hepaspot.sonogram.triage import apart, is_likely

EDGE_MM: Final = 2.0
"""At the edges of the fan the picture is not to be trusted: mm."""

MOST_FOCI: Final = 8
"""Foci of one frame that are measured to the end, the most conspicuous first."""

MOST_MEASURED: Final = 24
"""Blobs of one frame whose shadow is measured, the most conspicuous first."""


LEAST_REACH_MM: Final = 3.0
"""A mark is set no more exactly than this: mm (convention)."""

SHADOWS_DB: Final = 2.0
"""A shadow is so much darker than its flanks over both halves of its length: dB (convention)."""


@dataclass(frozen=True)
class FoundFocus:
    """One bright focus of one frame with all that was measured about it."""

    blob: Blob
    shadow: Shadow | None
    tubes: tuple[Tube, ...]
    conspicuity: float
    has_shadow: bool
    pointed_at: bool


@dataclass(frozen=True)
class Measured:
    """A bright blob that can be a focus, and what speaks for one."""

    blob: Blob
    conspicuity: float
    drop: Drop | None
    figures: Figures
    pointed_at: bool

    @property
    def is_focus(self) -> bool:
        """Whether it is a focus: with its shadow, by itself, or since somebody points at it."""
        return self.pointed_at or speaks_for_focus(self.figures)

    @property
    def has_shadow(self) -> bool:
        """Whether what lies behind it stays darker."""
        return self.figures.lasting_db >= SHADOWS_DB


@dataclass(frozen=True)
class Still:
    """One frame, read."""

    frame: int
    scene: Scene
    field: Field
    calibration: Calibration
    marks: Marks
    foci: tuple[FoundFocus, ...]


def read_still(frame: Frame, scene: Scene, *, with_tubes: bool = True) -> Still:
    """Find and measure the bright foci of one frame.

    Parameters
    ----------
    frame : Frame
    scene : Scene
        Fan, liver and scale of the picture.
    with_tubes : bool
        Whether to look for tubes beside each focus.
    """
    marks = find_marks(frame.grey, frame.coloured, scene.fan_mask)
    clean = filled(frame.grey, marks)
    field, calibration = field_of(clean, marks, scene)
    foci = [found_focus(field, each) for each in measured(field, marks, scene) if each.is_focus]
    kept = sorted(foci, key=lambda focus: (not focus.pointed_at, -focus.conspicuity))[:MOST_FOCI]
    if with_tubes:
        kept = [with_its_tubes(focus, clean, calibration, scene) for focus in kept]
    return Still(frame.index, scene, field, calibration, marks, tuple(kept))


def field_of(clean: Grey, marks: Marks, scene: Scene) -> tuple[Field, Calibration]:
    """The frame in beam space, in decibels."""
    grid = scene.grid
    beams = grid.resample(clean)
    marked = grid.resample(marks.mask) > 127 if marks.pointers or marks.share else None
    inside = scene.beam_inside if marked is None else scene.beam_inside & ~marked
    grey = beams.astype(np.float32)
    calibration = calibrate(grey, inside & scene.beam_liver)
    seen = grey[scene.beam_inside][::4]  # a quarter of them tells as well
    dark = quantile(seen, 0.02) if seen.size else 0.0
    return (
        Field(
            grid=grid,
            level_db=grey / np.float32(calibration.grey_per_db),
            inside=scene.beam_inside,
            liver=scene.beam_liver,
            unit_mm=scene.unit_mm,
            has_scale=scene.has_scale,
            db_sd=calibration.sd,
            floor_db=dark / calibration.grey_per_db,
        ),
        calibration,
    )


def measured(field: Field, marks: Marks, scene: Scene) -> list[Measured]:
    """Every bright blob that can be a focus, with what speaks for one."""
    pairs = [(outline(field, candidate), candidate.conspicuity) for candidate in candidates(field)]
    likely = [(b, rank) for b, rank in pairs if b is not None and is_likely(field, b)]
    kept = apart(field, likely)[:MOST_MEASURED]
    pointed_at = pointed(marks.pointers, [blob for blob, _ in kept], scene)
    return [
        measured_blob(field, scene, blob, rank, pointed_at=number in pointed_at)
        for number, (blob, rank) in enumerate(kept)
    ]


def measured_blob(
    field: Field, scene: Scene, blob: Blob, rank: float, *, pointed_at: bool
) -> Measured:
    """What speaks for a focus at ``blob``, which stands out by ``rank``."""
    drop = drop_behind(field, blob)
    return Measured(blob, rank, drop, figures_of(field, blob, drop, scene), pointed_at)


def found_focus(field: Field, found: Measured) -> FoundFocus:
    """A focus with its shadow; its tubes are not looked for yet."""
    return FoundFocus(
        blob=found.blob,
        shadow=None if found.drop is None else shadow(field, found.blob, found.drop),
        tubes=(),
        conspicuity=found.conspicuity,
        has_shadow=found.has_shadow,
        pointed_at=found.pointed_at,
    )


def pointed(pointers: Sequence[Pointer], blobs: Sequence[Blob], scene: Scene) -> set[int]:
    """Numbers of the blobs that calipers or arrows mark: for each of these the nearest one."""
    marked = set()
    for pointer in pointers:
        away = [_beyond_reach_mm(pointer, blob, scene) for blob in blobs]
        nearest = int(np.argmin(away)) if away else -1
        if away and away[nearest] <= 0:
            marked.add(nearest)
    return marked


def _beyond_reach_mm(pointer: Pointer, blob: Blob, scene: Scene) -> float:
    """How far the middle of a focus lies beyond what a mark can mean; negative within it."""
    x, y = scene.grid.to_pixels(np.array([[blob.row, blob.column]]))[0]
    reach = pointer.reach + 0.6 * max(blob.axial_mm, blob.lateral_mm) / scene.unit_mm
    shape = scene.grid.fan.y_per_x
    distance = float(np.hypot(x - pointer.x, (y - pointer.y) * shape))
    return (distance - max(reach, LEAST_REACH_MM / scene.unit_mm)) * scene.unit_mm


def with_its_tubes(
    focus: FoundFocus, clean: Grey, calibration: Calibration, scene: Scene
) -> FoundFocus:
    """``focus`` with the tubes beside it."""
    centre = scene.grid.to_pixels(np.array([[focus.blob.row, focus.blob.column]]))[0]
    patch = patch_about(
        clean,
        scene.fan_mask,
        (float(centre[0]), float(centre[1])),
        unit_mm=scene.unit_mm,
        y_per_x=scene.grid.fan.y_per_x,
        grey_per_db=calibration.grey_per_db,
    )
    side = patch.level_db.shape[0]
    own = _in_patch(patch.from_pixels(blob_outline(focus.blob, scene.grid)), side)
    # A shadow stays dark below the rows that were measured.
    behind = wedge(focus.blob, scene.grid.samples, scene.grid)
    column = _in_patch(patch.from_pixels(behind), side)
    own = cv2.dilate(own.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    tubes = tubes_near(patch, own, column, in_shadow=focus.has_shadow)
    return replace(focus, tubes=tuple(tubes))


def _in_patch(points: NDArray[np.float64], side: int) -> BeamMask:
    canvas = np.zeros((side, side), np.uint8)
    polygon = np.round(points[:, ::-1]).astype(np.int32)
    cv2.fillPoly(canvas, [polygon.reshape(-1, 1, 2)], 1)
    return np.asarray(canvas > 0)


def blob_outline(blob: Blob, grid: BeamGrid) -> NDArray[np.float64]:
    """Outline of a focus: ``(n, 2)`` of (x, y) in pixels of the frame."""
    padded = np.pad(blob.mask.astype(np.uint8), 1)
    big = cv2.resize(padded, None, fx=4, fy=4, interpolation=cv2.INTER_LINEAR)
    big = (cv2.GaussianBlur(big.astype(np.float32), (0, 0), 2.0) > 0.5).astype(np.uint8)
    contours, _ = cv2.findContours(big, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        (top, bottom), (left, right) = blob.rows, blob.columns
        corners = [(top, left), (top, right), (bottom, right), (bottom, left)]
        return grid.to_pixels(np.array(corners, float) - 0.5)
    points = cv2.approxPolyDP(max(contours, key=cv2.contourArea), 1.0, True)[:, 0].astype(float)
    rows, columns = (
        (points[:, 1] - 1.5) / 4 - 1 + blob.top,
        (points[:, 0] - 1.5) / 4 - 1 + blob.left,
    )
    return grid.to_pixels(np.stack([rows, columns], axis=1))


def wedge(blob: Blob, to_row: int, grid: BeamGrid) -> NDArray[np.float64]:
    """Outline of the column behind a focus: ``(n, 2)`` of (x, y) in pixels of the frame."""
    left, right = blob.columns
    top, bottom = blob.rows[1], max(to_row, blob.rows[1] + 2)
    down = np.linspace(top, bottom - 1, 6)
    across = np.linspace(left - 0.5, right - 0.5, 6)
    edge = [(top, c) for c in across] + [(r, right - 0.5) for r in down]
    edge += [(bottom - 1, c) for c in across[::-1]] + [(r, left - 0.5) for r in down[::-1]]
    return grid.to_pixels(np.array(edge, dtype=float))
