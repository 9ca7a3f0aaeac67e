"""A clip: foci followed over its frames and merged, each with its best frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.frames import Frame
from hepaspot.sonogram.shadow import Shadow
from hepaspot.sonogram.still import FoundFocus, Still

FOLLOW_MM: Final = 7.0
"""From one frame to the next a focus moves at most so far from where the liver takes it: mm."""

LOST_FRAMES: Final = 12
"""A focus not seen for so many frames is a new one when it comes back."""

LEAST_SHARE: Final = 0.1
"""Share of the frames in which a focus is seen, at least (convention)."""

INDEPENDENT_FRAMES: Final = 8
"""Frames of one sweep count as at most so many independent looks: speckle repeats (convention)."""

Vector = NDArray[np.float64]
"""``(2,)``: x and y in mm."""


@dataclass(eq=False)
class Track:
    """One focus over the frames: where it was seen, and against the liver."""

    seen: list[tuple[int, FoundFocus]] = field(default_factory=list)
    places_mm: list[Vector] = field(default_factory=list)
    against_liver_mm: list[float] = field(default_factory=list)
    best: tuple[float, Still, Frame, FoundFocus] | None = None

    @property
    def best_look(self) -> tuple[float, Still, Frame, FoundFocus]:
        """The frame that shows it best; a track is made with its first frame."""
        if self.best is None:
            raise ValueError("a track without a frame has no best look")
        return self.best

    @property
    def last_frame(self) -> int:
        """The frame in which it was seen last."""
        return self.seen[-1][0]


class Follower:
    """Takes one frame after the other and keeps the tracks; at most one frame a track."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self.frames = 0
        self._moved: list[Vector] = []
        self._before: NDArray[np.float32] | None = None

    def take(self, still: Still, frame: Frame) -> None:
        """The next frame."""
        motion = self._motion(still)
        self._moved.append(motion)
        self.frames += 1
        self._forget(still.frame)
        free = [t for t in self.tracks if still.frame - t.last_frame <= LOST_FRAMES]
        for focus in still.foci:
            place = _place_mm(still, focus)
            track = self._nearest(free, place, still.frame)
            if track is None:
                track = Track()
                self.tracks.append(track)
            else:
                free.remove(track)
                moved = self._since(track.last_frame, still.frame)
                track.against_liver_mm.append(
                    float(np.linalg.norm(place - track.places_mm[-1] - moved))
                )
            _note(track, still, frame, focus, place)

    def lasting(self) -> list[Track]:
        """Tracks seen often enough, the most often seen first."""
        least = max(1, round(LEAST_SHARE * self.frames))
        kept = [track for track in self.tracks if len(track.seen) >= least]
        return sorted(kept, key=lambda track: -len(track.seen))

    def _forget(self, now: int) -> None:
        """Let go of what was seen too seldom and is lost: its frames take memory."""
        least = LEAST_SHARE * self.frames
        self.tracks = [
            track
            for track in self.tracks
            if now - track.last_frame <= LOST_FRAMES or len(track.seen) >= least
        ]

    def _since(self, earlier: int, now: int) -> Vector:
        steps = now - earlier
        return np.sum(self._moved[-steps:], axis=0) if steps else np.zeros(2)

    def _nearest(self, free: Iterable[Track], place: Vector, now: int) -> Track | None:
        best, limit = None, FOLLOW_MM
        for track in free:
            expected = track.places_mm[-1] + self._since(track.last_frame, now)
            distance = float(np.linalg.norm(place - expected))
            if distance < limit:
                best, limit = track, distance
        return best

    def _motion(self, still: Still) -> Vector:
        """How the tissue moved since the last frame: mm, by phase correlation."""
        small = np.asarray(
            cv2.resize(still.field.level_db, (128, 128), interpolation=cv2.INTER_AREA), np.float32
        )
        before, self._before = self._before, small
        if before is None:
            return np.zeros(2)
        window = cv2.createHanningWindow((128, 128), cv2.CV_32F)
        (dx, dy), _ = cv2.phaseCorrelate(before, small, window)
        middle = still.field.grid.samples // 2
        across = dx * still.field.grid.beams / 128 * float(still.field.lateral_mm[middle])
        along = dy * still.field.grid.samples / 128 * still.field.axial_mm
        return np.array([across, along])


def _place_mm(still: Still, focus: FoundFocus) -> Vector:
    x, y = still.scene.grid.to_pixels(np.array([[focus.blob.row, focus.blob.column]]))[0]
    unit = still.scene.unit_mm
    return np.array([x * unit, y * unit * still.scene.grid.fan.y_per_x])


def _note(track: Track, still: Still, frame: Frame, focus: FoundFocus, place: Vector) -> None:
    track.seen.append((still.frame, focus))
    track.places_mm.append(place)
    score = _score(focus)
    if track.best is None or score > track.best[0]:
        track.best = (score, still, frame, focus)


def _score(focus: FoundFocus) -> float:
    """Which frame shows a focus best: it stands out, and its shadow can be measured surely."""
    surely = 0.0 if focus.shadow is None else 3.0 / (1.0 + focus.shadow.drop_sd_db)
    return focus.conspicuity + surely + (1.0 if focus.pointed_at else 0.0)


def merged_shadow(track: Track) -> Shadow | None:
    """The shadow over all frames: medians, and a doubt that shrinks as frames agree."""
    told = [focus.shadow for _, focus in track.seen if focus.shadow is not None]
    best = track.best[3].shadow if track.best is not None else None
    if best is None or len(told) < 2:
        return best or next(iter(told), None)
    drops = np.array([each.drop_db for each in told])
    looks = min(len(told), INDEPENDENT_FRAMES)
    own = float(np.median([each.drop_sd_db for each in told]))
    between = float(drops.std())
    return replace(
        best,
        drop_db=float(np.median(drops)),
        drop_sd_db=max(float(np.hypot(own, between) / np.sqrt(looks)), 0.6),
        near_db=float(np.median([each.near_db for each in told])),
        near_sd_db=max(float(best.near_sd_db / np.sqrt(looks)), 0.6),
        bands=float(np.median([each.bands for each in told])),
        bright_mm=float(np.median([each.bright_mm for each in told])),
        fill=float(np.median([each.fill for each in told])),
    )


def motion_mm(track: Track) -> tuple[float, float] | None:
    """How far the focus moves against the liver from frame to frame, added up; its doubt: mm."""
    if len(track.against_liver_mm) < 3:
        return None
    steps = np.array(track.against_liver_mm)
    return float(np.quantile(steps, 0.9)), float(max(0.7, steps.std()))
