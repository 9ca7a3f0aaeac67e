"""A focus that a person marks, outlines anew or removes in a picture on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from hepaspot.editing import focus_called, free_focus_id, with_marked, without_marked
from hepaspot.errors import InputError
from hepaspot.exam import Exam, Focus, Region
from hepaspot.looks import looks_of
from hepaspot.serve.desk import OpenExam
from hepaspot.serve.showing import spot_of
from hepaspot.sonogram.by_hand import Prepared, focus_at, focus_within, realigned

LEAST_CONTRAST_DB: Final = 3.0
"""What stands out less is no bright spot: dB (convention; speckle alone averages to 0)."""

Points = Sequence[tuple[float, float]]
"""(x, y) in pixels of the frame."""


def mark(open_exam: OpenExam, source: str, frame: int, x: float, y: float) -> str:
    """Mark the bright spot at a place; gives the id of its focus.

    Raises
    ------
    InputError
        If there is no such picture or frame, or the place is not in the scanned area.
    """
    prepared = _prepared(open_exam, source, frame)
    focus_id = free_focus_id(open_exam.exam)
    focus = focus_at(prepared, x, y, source=source, focus_id=focus_id)
    _refuse_dark(focus)
    _refuse_known(open_exam.exam, focus, source)
    before = {each.id for each in open_exam.exam.foci}
    open_exam.change(lambda exam: realigned(with_marked(exam, focus), source, prepared))
    return next((f.id for f in open_exam.exam.foci if f.id not in before), focus_id)


def _refuse_dark(focus: Focus) -> None:
    """Refuse a place where nothing is brighter than what surrounds it."""
    echo = focus.observation("echo")
    measured = None if echo is None else echo.measurement
    if measured is not None and measured.value < LEAST_CONTRAST_DB:
        raise InputError(
            "mark: nothing bright stands out there; zoom in and click on the spot itself"
        )


def _refuse_known(exam: Exam, focus: Focus, source: str) -> None:
    """Refuse a spot that is outlined already."""
    here = focus.provenance
    assert isinstance(here, Region)  # noqa: S101 (marked in a picture)
    middle = np.mean(here.outline, axis=0).tolist()
    for known in exam.foci:
        for look in looks_of(known, source):
            corners = np.array(look.outline.outline, np.float32)
            inside = cv2.pointPolygonTest(corners, middle, measureDist=False) >= 0
            if look.outline.frame == here.frame and inside:
                raise InputError("mark: this spot is outlined already; drag its edge to correct it")


def outline_anew(
    open_exam: OpenExam, source: str, frame: int, spot_id: str, outline: Points
) -> None:
    """Measure a spot within another outline.

    Raises
    ------
    InputError
        As `mark`, or if there is no such focus or the outline encloses nothing.
    """
    focus_id, look = spot_of(spot_id)
    focus_called(open_exam.exam, focus_id)
    prepared = _prepared(open_exam, source, frame)
    focus = focus_within(prepared, outline, source=source, focus_id=focus_id)
    open_exam.change(lambda exam: realigned(with_marked(exam, focus, look=look), source, prepared))


def remove(open_exam: OpenExam, source: str, spot_id: str) -> None:
    """Take a spot of a picture out of the exam.

    Raises
    ------
    InputError
        If there is no such picture or focus.
    """
    frames, (focus_id, look) = open_exam.picture(source), spot_of(spot_id)
    shown = next((s.picture for s in open_exam.exam.sources if s.id == source), None)
    prepared = None if shown is None else frames.prepared(shown.frame)

    def without(exam: Exam) -> Exam:
        left = without_marked(exam, focus_id, source, look=look)
        return left if prepared is None else realigned(left, source, prepared)

    open_exam.change(without)


def _prepared(open_exam: OpenExam, source: str, frame: int) -> Prepared:
    prepared = open_exam.picture(source).prepared(frame)
    if prepared is None:
        raise InputError("frame: shows no scanned area that could be made out; choose another one")
    return prepared
