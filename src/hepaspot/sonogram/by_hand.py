"""A bright focus that a person marks or redraws in a frame, measured as the reader measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import cv2
import msgspec
import numpy as np

from hepaspot.errors import InputError
from hepaspot.exam import Exam, Focus, Region
from hepaspot.intake.frames import Frame, Frames, Grey
from hepaspot.sonogram.beams import grid_for
from hepaspot.sonogram.by_hand_outline import blob_within, checked_outline, ellipse_about
from hepaspot.sonogram.by_hand_row import in_their_row
from hepaspot.sonogram.by_hand_spot import NO_RANK, Place, are_one, spot_at
from hepaspot.sonogram.field import Field
from hepaspot.sonogram.marks import filled
from hepaspot.sonogram.observations import region, told_focus
from hepaspot.sonogram.reading import view_of
from hepaspot.sonogram.scene import Scene
from hepaspot.sonogram.speckle import Calibration
from hepaspot.sonogram.still import (
    FoundFocus,
    blob_outline,
    found_focus,
    measured_blob,
    read_still,
    with_its_tubes,
)


@dataclass(frozen=True)
class Prepared:
    """One frame, ready to be measured in.

    Of a frame of 800 x 600 pixels it holds 2.1 million bytes: grey levels and scanned area, 1 a
    pixel each; echo levels, as they are and smoothed, picture and liver, 10 a sample of the
    beam image; a map of 1 mm. A quarter of it is made when it is first asked for.

    Attributes
    ----------
    frame : int
        Its place in the picture.
    scene : Scene
        Fan and scale; the liver is in ``field``.
    clean : (H, W) uint8
        The frame, marks filled in.
    field : Field
    calibration : Calibration
    foci : tuple of FoundFocus
        What the reader finds in it, tubes not looked for.
    """

    frame: int
    scene: Scene
    clean: Grey
    field: Field
    calibration: Calibration
    foci: tuple[FoundFocus, ...]


def prepare(frame: Frame, frames: Frames) -> Prepared | None:
    """Read ``frame`` as far as every focus in it needs; None where it shows no fan.

    Parameters
    ----------
    frame : Frame
        The one that is shown.
    frames : Frames
        The picture it belongs to.
    """
    view = view_of(frame, frames)
    if view is None:
        return None
    still = read_still(frame, view.scene, with_tubes=False)
    grid = grid_for(view.scene.grid.fan)  # the maps of the one used so far are not needed
    return Prepared(
        frame=frame.index,
        scene=Scene(grid, view.scene.fan_mask, None, view.scene.mm_per_pixel_x),
        clean=filled(frame.grey, still.marks),
        field=replace(still.field, grid=grid),
        calibration=still.calibration,
        foci=still.foci,
    )


def focus_at(prepared: Prepared, x: float, y: float, *, source: str, focus_id: str) -> Focus:
    """The bright spot at or nearest to a place, outlined and measured.

    Within a focus that the reader finds, that focus. Elsewhere the spot within a few
    millimetres that looks most like one; where none stands out, a small ellipse about the
    place, with the contrast that it has, be it negative.

    Parameters
    ----------
    prepared : Prepared
    x, y : float
        The place, in pixels of the frame.
    source, focus_id : str
        Ids of the picture and of the focus in the exam.

    Raises
    ------
    InputError
        If the place lies outside of the scanned area.
    """
    scene = prepared.scene
    _check_place(scene, x, y)
    found = _found_at(prepared, x, y) or _spot_at(prepared, x, y)
    if found is None:
        return _drawn(prepared, ellipse_about(x, y, scene), source, focus_id)
    here = region(source, prepared.frame, blob_outline(found.blob, scene.grid))
    return _told(prepared, found, here, focus_id)


def focus_within(
    prepared: Prepared, outline: Sequence[tuple[float, float]], *, source: str, focus_id: str
) -> Focus:
    """What an outline encloses that a person drew, measured as a focus.

    Parameters
    ----------
    prepared : Prepared
    outline : sequence of (x, y)
        3 to 400 points in pixels of the frame; the last is joined to the first.
    source, focus_id : str
        Ids of the picture and of the focus in the exam.

    Raises
    ------
    InputError
        If it has too few or too many points, leaves the frame, or lies outside of the
        scanned area.
    """
    height, width = prepared.clean.shape
    return _drawn(prepared, checked_outline(outline, width, height), source, focus_id)


def realigned(exam: Exam, source: str, prepared: Prepared) -> Exam:
    """``exam``, in which the foci of one picture lie to each other as their outlines say.

    Parameters
    ----------
    exam : Exam
        Foci may have been added to it, changed or left out.
    source : str
        Id of the picture. What other pictures, words or persons say of the row stays.
    prepared : Prepared
        A frame of the picture, for its scale.
    """
    return msgspec.structs.replace(exam, foci=in_their_row(exam.foci, source, prepared.scene))


def _check_place(scene: Scene, x: float, y: float) -> None:
    height, width = scene.fan_mask.shape
    inside = isfinite(x) and isfinite(y) and 0 <= x < width and 0 <= y < height
    if not inside or not scene.fan_mask[int(y), int(x)]:
        raise InputError("click: lies outside of the scanned area; click on a bright spot in it")


def _found_at(prepared: Prepared, x: float, y: float) -> FoundFocus | None:
    """The reader's focus that a place lies in."""
    for focus in prepared.foci:
        corners = blob_outline(focus.blob, prepared.scene.grid).astype(np.float32)
        if cv2.pointPolygonTest(corners, (x, y), measureDist=False) >= 0:
            return focus
    return None


def _spot_at(prepared: Prepared, x: float, y: float) -> FoundFocus | None:
    """The spot nearest to a place: the reader's focus where it is one."""
    grid = prepared.scene.grid
    ((row, column),) = grid.from_pixels(np.array([[x, y]]))
    spot = spot_at(prepared.field, prepared.scene, Place(float(row), float(column)))
    if spot is None:
        return None
    same = (focus for focus in prepared.foci if are_one(focus.blob, spot.blob))
    return next(same, None) or found_focus(prepared.field, spot)


def _drawn(
    prepared: Prepared, outline: tuple[tuple[float, float], ...], source: str, focus_id: str
) -> Focus:
    field, scene = prepared.field, prepared.scene
    blob = blob_within(field, scene, outline)
    measured = measured_blob(field, scene, blob, NO_RANK, pointed_at=True)
    here = Region(source, prepared.frame, outline, drawn=True)
    return _told(prepared, found_focus(field, measured), here, focus_id)


def _told(prepared: Prepared, found: FoundFocus, here: Region, focus_id: str) -> Focus:
    """A focus with its tubes, in the vocabulary of an exam."""
    meant = replace(found, pointed_at=True)
    whole = with_its_tubes(meant, prepared.clean, prepared.calibration, prepared.scene)
    return told_focus(whole, prepared.scene, here, focus_id)
