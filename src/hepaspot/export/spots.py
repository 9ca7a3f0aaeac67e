"""What a structured report tells of each bright spot, as plain values.

The report is written from these and read back into these, so that what it says can be held
against the assessment that it carries.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from hepaspot.exam import Focus, Lobe, Measurement, Observation, Region, Size, Value
from hepaspot.export.carried import Carried, CarriedPicture
from hepaspot.export.uids import tracking_uid
from hepaspot.looks import Look, looks_of
from hepaspot.weigh.assessment import Conclusion, FocusAssessment, Probability

LEAST_CORNERS: Final = 3
"""An outline of fewer corners encloses nothing."""

PIXEL_MIDDLE: Final = 0.5
"""Pixels are counted by their middles here, and by their top left corners in DICOM
(PS3.3, C.18.6.1): what is added to each coordinate."""

SINGLE_FRAME: Final = frozenset(f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("6", "6.1", "7"))
"""Classes of one frame, in which none may be named, however many a file holds (PS3.3, 10.3)."""

DECIMALS: Final = 4
"""Decimals of a probability in a report that people read (convention)."""


class Outline(Value, frozen=True):
    """A closed outline in one frame of a DICOM image, frames counted from 1.

    ``points`` are x and y in turn as DICOM counts pixels, in single precision; the last point
    is the first one.
    """

    sop_class_uid: str
    sop_instance_uid: str
    frame: int | None
    points: tuple[float, ...]


class Spot(Value, frozen=True):
    """One bright spot: where it is, what was measured and seen, what it most probably is.

    ``long_axis`` and ``short_axis`` are in the unit of ``size_unit``, ``mm`` or ``{pixels}``.
    """

    tracking_id: str
    tracking_uid: str
    outline: Outline | None = None
    segments: tuple[int, ...] = ()
    lobe: Lobe | None = None
    long_axis: float | None = None
    short_axis: float | None = None
    size_unit: str = "mm"
    echo: str | None = None
    echo_db: float | None = None
    shadow: str | None = None
    shadow_db: float | None = None
    calibre_mm: float | None = None
    conclusion: Conclusion | None = None
    probabilities: tuple[Probability, ...] = ()


def spots(carried: Carried) -> tuple[Spot, ...]:
    """Every spot of the exam, outline by outline; a focus known from words alone has none."""
    answers = {answer.focus: answer for answer in carried.assessment.foci}
    return tuple(
        spot
        for focus in carried.assessment.exam.foci
        for spot in _of_focus(carried, focus, answers.get(focus.id))
    )


def _of_focus(carried: Carried, focus: Focus, answer: FocusAssessment | None) -> Iterator[Spot]:
    seen = [(p, look) for p in carried.pictures for look in looks_of(focus, p.source)]
    if not seen:
        size = next((size for size in focus.sizes if size.plausible and _axes(size)[0]), None)
        yield _spot(
            focus,
            answer,
            None,
            size,
            tracking_uid(carried.study_instance_uid, focus.id, 0),
            focus.id,
        )
    for number, (picture, look) in enumerate(seen):
        uid = tracking_uid(picture.sop_instance_uid, focus.id, number)
        name = focus.id if len(seen) == 1 else f"{focus.id}/{number + 1}"
        yield _spot(focus, answer, (picture, look), look.size, uid, name)


def _spot(
    focus: Focus,
    answer: FocusAssessment | None,
    seen: tuple[CarriedPicture, Look] | None,
    size: Size | None,
    uid: str,
    name: str,
) -> Spot:
    of = focus.observation if seen is None else seen[1].observation
    echo, shadow, tube = of("echo"), of("shadow"), of("duct_local")
    axes, unit = ((), "mm") if size is None else _axes(size)
    return Spot(
        tracking_id=name,
        tracking_uid=uid,
        outline=None if seen is None else _outline(*seen),
        segments=focus.segments,
        lobe=focus.lobe,
        long_axis=axes[0] if axes else None,
        short_axis=axes[1] if len(axes) > 1 else None,
        size_unit=unit if axes else "mm",
        echo=None if echo is None else echo.state,
        echo_db=_measured(echo, "dB"),
        shadow=None if shadow is None else shadow.state,
        shadow_db=_measured(shadow, "dB"),
        calibre_mm=_measured(tube, "mm"),
        conclusion=None if answer is None else answer.conclusion,
        probabilities=() if answer is None else tuple(map(_rounded, answer.probabilities)),
    )


def _rounded(told: Probability) -> Probability:
    low, mean, high = (round(each, DECIMALS) for each in (told.low, told.mean, told.high))
    return Probability(told.entity, mean, low, high)


def _axes(size: Size) -> tuple[tuple[float, ...], str]:
    """Longest first, and their unit."""
    axes, unit = (size.axes_mm, "mm") if size.axes_mm else (size.axes_pixels, "{pixels}")
    return tuple(sorted((float(axis) for axis in axes), reverse=True)), unit


def _measured(seen: Observation | None, unit: str) -> float | None:
    told: Measurement | None = None if seen is None else seen.measurement
    return float(told.value) if told is not None and told.unit == unit else None


def _is_still(picture: CarriedPicture) -> bool:
    return picture.frames == 1 or picture.sop_class_uid in SINGLE_FRAME


def _outline(picture: CarriedPicture, look: Look) -> Outline | None:
    region: Region = look.outline
    if len(region.outline) < LEAST_CORNERS:
        return None
    points = np.array([*region.outline, region.outline[0]], np.float32) + np.float32(PIXEL_MIDDLE)
    return Outline(
        sop_class_uid=picture.sop_class_uid,
        sop_instance_uid=picture.sop_instance_uid,
        frame=None if _is_still(picture) else region.frame + 1,
        points=tuple(float(each) for each in points.ravel()),
    )
