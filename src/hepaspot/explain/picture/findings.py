"""What of an assessment can be drawn in one frame: outlines, sizes, scale. Nothing is drawn here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hepaspot.exam import Focus, Measurement, Observation, Picture, Region, Size, SourceKind
from hepaspot.looks import Look, looks_of
from hepaspot.weigh.assessment import Assessment, FocusAssessment

Points = NDArray[np.float64]
"""``(n, 2)``: x and y in pixels of the frame."""

NO_SHADOW: Final = "absent"
"""State of the sign ``shadow`` in which there is nothing to draw."""

SHADOWS: Final = ("present", "faint", "dirty")
"""States in which the column behind a focus is a shadow; in the others it holds echoes."""

LEAST_CORNERS: Final = 3
"""An outline of fewer corners encloses nothing."""


@dataclass(frozen=True)
class SeenFocus:
    """One focus that the picture shows; of a group that words tell of, one of its foci.

    Attributes
    ----------
    number : int
        Its number in the summary, from 1.
    frame : int
        The frame its outline belongs to.
    focus : Focus
    answer : FocusAssessment or None
        None where nothing was weighed (out of scope).
    outline : (n, 2) float64
    size : Size or None
        As measured in this picture.
    shadow : Observation or None
    behind : (n, 2) float64 or None
        Outline of the shadow, or of the echoes behind the focus.
    tube : (n, 2) float64 or None
    calibre : Measurement or None
    is_drawn : bool
        Whether a person drew its outline.
    """

    number: int
    frame: int
    focus: Focus
    answer: FocusAssessment | None
    outline: Points
    size: Size | None
    shadow: Observation | None
    behind: Points | None
    tube: Points | None
    calibre: Measurement | None
    is_drawn: bool = False

    @property
    def is_shadow(self) -> bool:
        """Whether what lies behind is a shadow, not echoes such as a comet tail."""
        return self.shadow is not None and self.shadow.state in SHADOWS


@dataclass(frozen=True)
class Findings:
    """What one frame of a picture shows; ``elsewhere`` are foci outlined in other frames."""

    picture: Picture
    frame: int
    fan: Points | None
    liver: Points | None
    foci: tuple[SeenFocus, ...]
    elsewhere: tuple[SeenFocus, ...]


def picture_of(assessment: Assessment, source_id: str) -> Picture:
    """The picture called ``source_id``.

    Raises
    ------
    ValueError
        If the exam has no such picture.
    """
    known = [s for s in assessment.exam.sources if s.kind is SourceKind.PICTURE and s.picture]
    for source in known:
        if source.id == source_id and source.picture is not None:
            return source.picture
    ids = ", ".join(repr(source.id) for source in known) or "none"
    raise ValueError(f"source_id must be a picture of the exam ({ids}), got {source_id!r}")


def findings(assessment: Assessment, source_id: str, frame: int | None = None) -> Findings:
    """All that frame ``frame`` of the picture shows; by default the one the exam calls best.

    The outlines of fan and liver belong to the best frame; the fan stands still, the liver
    moves and is left out of any other.
    """
    picture = picture_of(assessment, source_id)
    shown = picture.frame if frame is None else frame
    seen = tuple(_seen(assessment, source_id))
    return Findings(
        picture=picture,
        frame=shown,
        fan=_closed(picture.fan),
        liver=_closed(picture.liver) if shown == picture.frame else None,
        foci=tuple(each for each in seen if each.frame == shown),
        elsewhere=tuple(each for each in seen if each.frame != shown),
    )


def _seen(assessment: Assessment, source: str) -> Iterator[SeenFocus]:
    order = {answer.focus: place for place, answer in enumerate(assessment.foci, start=1)}
    answers = {answer.focus: answer for answer in assessment.foci}
    last = len(order)
    for focus in assessment.exam.foci:
        number = order.get(focus.id)
        if number is None:
            number = last = last + 1
        for look in looks_of(focus, source):
            if len(look.outline.outline) >= LEAST_CORNERS:
                yield _seen_in(look, number, focus, answers.get(focus.id))


def _seen_in(look: Look, number: int, focus: Focus, answer: FocusAssessment | None) -> SeenFocus:
    shadow, tube = look.observation("shadow"), look.observation("duct_local")
    walls = None if tube is None or tube.measurement is None else _other(tube, look.outline)
    return SeenFocus(
        number=number,
        frame=look.outline.frame,
        focus=focus,
        answer=answer,
        outline=np.asarray(look.outline.outline, dtype=np.float64),
        size=look.size,
        shadow=shadow,
        behind=None
        if shadow is None or shadow.state == NO_SHADOW
        else _other(shadow, look.outline),
        tube=walls,
        calibre=None if tube is None or walls is None else tube.measurement,
        is_drawn=look.outline.drawn,
    )


def _other(seen: Observation, focus: Region) -> Points | None:
    """The outline a sign was seen in, None where that is the focus itself or another frame."""
    where = seen.provenance
    if not isinstance(where, Region) or where.frame != focus.frame:
        return None
    return None if where.outline == focus.outline else _closed(where.outline)


def _closed(outline: tuple[tuple[float, float], ...]) -> Points | None:
    return np.asarray(outline, dtype=np.float64) if len(outline) >= LEAST_CORNERS else None
