"""From the frames of one picture to an `Exam`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from hepaspot.exam import (
    Caveat,
    Detail,
    Exam,
    Focus,
    Measurement,
    Observation,
    Picture,
    Region,
    ScaleOrigin,
    Source,
    SourceKind,
)
from hepaspot.intake.frames import Box, Frame, Frames, Mask
from hepaspot.sonogram import likelihoods
from hepaspot.sonogram.beams import grid_for
from hepaspot.sonogram.cine import Follower, Track, merged_shadow, motion_mm
from hepaspot.sonogram.fan_fit import find_fan
from hepaspot.sonogram.fan_outline import fan_mask, fan_outline
from hepaspot.sonogram.liver import LiverOutline, outline_liver
from hepaspot.sonogram.marks import filled
from hepaspot.sonogram.observations import exam_foci, exam_focus, region, with_alignment
from hepaspot.sonogram.scene import Scene
from hepaspot.sonogram.still import FoundFocus, Still, blob_outline, read_still, with_its_tubes

LIVER_EVERY: Final = 10
"""In a clip the liver is outlined in every tenth frame and holds until the next."""

COLOUR_SHARE: Final = 0.01
"""Share of the scanned area from which colour is a box, not calipers and letters (convention)."""

DEPTH_MM_RANGE: Final = (20.0, 400.0)
"""A fan of another depth has a wrong scale: mm; abdominal pictures show 50 to 300."""


@dataclass(frozen=True)
class _View:
    """One frame's scene with what the exam says of it."""

    scene: Scene
    picture: Picture


def read_frames(frames: Frames, *, source: str = "picture") -> Exam:
    """Find the bright foci in the liver of one picture and measure their signs.

    Parameters
    ----------
    frames : Frames
        A still or a clip, as `hepaspot.intake.open_picture` gives it.
    source : str
        Id of the picture in the exam.

    Returns
    -------
    Exam
        One source of kind picture; foci with outline, size and observations, those first at
        which calipers or arrows point. Without a fan there are no foci, and a note says so.

    Raises
    ------
    InputError
        If a frame cannot be decoded.
    """
    walk = iter(frames)
    first = next(walk)
    view = view_of(first, frames)
    if view is None:
        return _without_fan(frames, source)
    if frames.count <= 1:
        still = read_still(first, view.scene)
        return _exam(frames, source, view.picture, exam_foci(still, source))
    return _clip(frames, source, view, first, walk)


def view_of(frame: Frame, frames: Frames) -> _View | None:
    """Fan, scale and liver of ``frame``, None where no fan can be made out."""
    scale = frames.scale
    known = scale.mm_per_pixel_x is not None and scale.mm_per_pixel_y is not None
    y_per_x = None
    if scale.mm_per_pixel_x is not None and scale.mm_per_pixel_y is not None:
        y_per_x = scale.mm_per_pixel_y / scale.mm_per_pixel_x
    fit = find_fan(frame.grey, frames.view, y_per_x=y_per_x, coloured=frame.coloured)
    fan = fit.fan
    if fan is None:
        return None
    notes = list(frames.notes)
    mm_per_pixel, origin = scale.mm_per_pixel_x, scale.origin
    if not known and frames.depth_cm is not None:
        mm_per_pixel, origin = frames.depth_cm * 10 / fan.depth, ScaleOrigin.DEPTH
    low, high = DEPTH_MM_RANGE
    if mm_per_pixel is not None and not low <= mm_per_pixel * fan.depth <= high:
        mm_per_pixel, origin = None, None
        notes.append("scale_impossible")
    elif mm_per_pixel is None:
        notes.append(scale.reason or "no_scale")
    elif scale.reason is not None and origin is not ScaleOrigin.DEPTH:
        notes.append(scale.reason)
    shape = (frame.grey.shape[0], frame.grey.shape[1])
    mask = fan_mask(fan, shape)
    found = outline_liver(frame.grey, mask, _box_of(mask))
    if found is None:
        notes.append("liver_not_outlined")
    if "colour_box" in notes and not _colour_lies_in(frame, mask):
        notes.remove("colour_box")
    scene = Scene(
        grid_for(fan), mask.astype(np.uint8) * 255, _liver_mask(found, shape), mm_per_pixel
    )
    outline = fan_outline(fan, frames.width, frames.height)
    picture = Picture(
        width=frames.width,
        height=frames.height,
        frames=frames.count,
        frame=frame.index,
        mm_per_pixel_x=mm_per_pixel,
        mm_per_pixel_y=None if mm_per_pixel is None else mm_per_pixel * fan.y_per_x,
        scale_origin=origin,
        fan=_points(outline),
        liver=() if found is None else _points(found.outline),
        notes=tuple(dict.fromkeys(notes)),
    )
    return _View(scene, picture)


def _colour_lies_in(frame: Frame, fan: Mask) -> bool:
    """Whether colour covers some of the scanned area, not only a banner beside it."""
    return frame.coloured is not None and float(frame.coloured[fan].mean()) > COLOUR_SHARE


def _box_of(mask: Mask) -> Box:
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    return Box(left, top, left + width, top + height)


def _points(outline: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in outline)


def _liver_mask(found: LiverOutline | None, shape: tuple[int, int]) -> NDArray[np.uint8] | None:
    if found is None or len(found.outline) < 3:
        return None
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(found.outline).astype(np.int32).reshape(-1, 1, 2)], 255)
    return mask


def _without_fan(frames: Frames, source: str) -> Exam:
    notes = (*frames.notes, "fan_not_found")
    picture = Picture(frames.width, frames.height, frames.count, notes=tuple(dict.fromkeys(notes)))
    return _exam(frames, source, picture, ())


def _exam(frames: Frames, source: str, picture: Picture, foci: tuple[Focus, ...]) -> Exam:
    whole = Region(source, picture.frame, picture.fan)
    caveats = tuple(Caveat(note, whole) for note in picture.notes)
    return Exam(
        sources=(Source(source, SourceKind.PICTURE, name=frames.name, picture=picture),),
        foci=foci,
        caveats=caveats,
    )


def _clip(frames: Frames, source: str, view: _View, first: Frame, rest: Iterator[Frame]) -> Exam:
    follower, scene = Follower(), view.scene
    for frame in _chained(first, rest):
        if frame.index and frame.index % LIVER_EVERY == 0:
            scene = _with_liver(scene, frame)
        follower.take(read_still(frame, scene, with_tubes=False), frame)
    tracks = follower.lasting()
    found = [_finished(track) for track in tracks]
    foci = tuple(
        exam_focus(focus, still.scene, source, still.frame, number, extra=tuple(extra))
        for number, (still, focus, extra) in enumerate(
            (
                (still, focus, _of_track(track, source, still, focus, follower.frames))
                for track, (still, focus) in zip(tracks, found, strict=True)
            ),
            start=1,
        )
    )
    picture = _showing(view.picture, found[0][0].frame if found else first.index)
    if found:
        foci = with_alignment(foci, [focus for _, focus in found], scene)
    ordered = sorted(foci, key=lambda focus: not focus.pointed_at)
    return _exam(frames, source, picture, tuple(ordered))


def _showing(picture: Picture, frame: int) -> Picture:
    """``picture`` with ``frame`` as the one that is shown."""
    return msgspec.structs.replace(picture, frame=frame)


def _chained(first: Frame, rest: Iterator[Frame]) -> Iterator[Frame]:
    yield first
    yield from rest


def _with_liver(scene: Scene, frame: Frame) -> Scene:
    mask = scene.fan_mask > 0
    found = outline_liver(frame.grey, mask, _box_of(mask))
    liver = _liver_mask(found, (frame.grey.shape[0], frame.grey.shape[1]))
    return scene if liver is None else replace(scene, liver_mask=liver)


def _finished(track: Track) -> tuple[Still, FoundFocus]:
    """The best look at a focus, its shadow that of all frames, its tubes looked for."""
    _, still, frame, focus = track.best_look
    focus = replace(
        focus,
        shadow=merged_shadow(track),
        pointed_at=any(each.pointed_at for _, each in track.seen),
    )
    clean = filled(frame.grey, still.marks)
    return still, with_its_tubes(focus, clean, still.calibration, still.scene)


def _of_track(
    track: Track, source: str, still: Still, focus: FoundFocus, frames: int
) -> Iterator[Observation]:
    motion = motion_mm(track)
    if motion is None or not still.scene.has_scale:
        return
    apart, sd = motion
    yield Observation(
        "mobility",
        likelihoods.of_motion(apart, sd),
        region(source, still.frame, blob_outline(focus.blob, still.scene.grid)),
        Measurement(round(apart, 1), "mm", round(sd, 1)),
        (
            Detail("frames_seen", Measurement(len(track.seen), "{frames}")),
            Detail("frames_all", Measurement(frames, "{frames}")),
        ),
    )
