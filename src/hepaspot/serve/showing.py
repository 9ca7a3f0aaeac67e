"""One picture as the viewer shows it: its frames, its scale, and what is drawn over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import cv2
import msgspec
import numpy as np

from hepaspot.exam import Entity, Value
from hepaspot.explain.document import Tone
from hepaspot.explain.picture import wording
from hepaspot.explain.picture.findings import Points, SeenFocus, findings
from hepaspot.explain.words import Words
from hepaspot.intake.frames import Grey
from hepaspot.intake.pictures import open_page
from hepaspot.serve.desk import OpenExam
from hepaspot.serve.holding import HeldFile
from hepaspot.weigh.assessment import Conclusion, FocusAssessment

Outline = tuple[tuple[float, float], ...]

AROUND: Final = 2.0
"""A close-up shows so many times the size of a focus (convention)."""

LEAST_PX: Final = 96
"""And at least so many pixels of the frame (convention)."""

CLOSE_UP_PX: Final = 320
"""Side of a close-up: pixels."""


LOOK_MARK: Final = "~"
"""Stands between the id of a focus and the number of the look, from the second look on."""


class ShownFocus(Value, frozen=True):
    """One bright spot as it is drawn; outlines are (x, y) in pixels of its frame.

    ``id`` is that of its focus; of a group that words tell of, the second spot has ``~1``
    behind it, the third ``~2``.
    """

    id: str
    number: int
    frame: int
    outline: Outline
    behind: Outline | None
    is_shadow: bool
    tube: Outline | None
    label: str
    tone: Tone
    by_hand: bool


class ShownPicture(msgspec.Struct, frozen=True):
    """One picture as it is shown; ``frame_url`` has ``{frame}`` where the number goes."""

    source: str
    name: str
    width: int
    height: int
    frames: int
    frame: int
    frame_rate: float | None
    mm_per_pixel_x: float | None
    mm_per_pixel_y: float | None
    fan: Outline
    liver: Outline
    frame_url: str
    foci: tuple[ShownFocus, ...]


def shown_picture(open_exam: OpenExam, source: str, words: Words, frame_url: str) -> ShownPicture:
    """The picture ``source`` with what was found in it.

    Raises
    ------
    InputError
        If the exam has no such picture.
    """
    files = open_exam.picture(source)
    found = findings(open_exam.assessment, source)
    picture = found.picture
    name = next(s.name for s in open_exam.exam.sources if s.id == source)
    seen = sorted((*found.foci, *found.elsewhere), key=lambda each: each.number)
    return ShownPicture(
        source=source,
        name=name or source,
        width=picture.width,
        height=picture.height,
        frames=files.count,
        frame=picture.frame,
        frame_rate=files.frames.frame_rate,
        mm_per_pixel_x=picture.mm_per_pixel_x,
        mm_per_pixel_y=picture.mm_per_pixel_y,
        fan=picture.fan,
        liver=picture.liver,
        frame_url=frame_url,
        foci=tuple(_numbered(seen, words)),
    )


def tone_of(answer: FocusAssessment | None) -> Tone:
    """The colour that a focus is shown in: of what was concluded, else of none."""
    if answer is None or answer.conclusion is Conclusion.CANNOT_TELL:
        return Tone.PLAIN
    return Tone(Entity(answer.conclusion.value).value)


def close_up(open_exam: OpenExam, source: str, focus: str) -> bytes | None:
    """PNG of the surroundings of a focus, its outline drawn in; None where it is not seen."""
    found = findings(open_exam.assessment, source)
    every = (*found.foci, *found.elsewhere)
    seen = next((each for each in every if each.focus.id == focus), None)
    if seen is None:
        return None
    grey = open_exam.picture(source).frame(seen.frame).grey
    return _close_up(grey, seen.outline)


def page_jpeg(file: HeldFile) -> bytes:
    """JPEG of the photo of a page, upright, to be read on a screen.

    Raises
    ------
    InputError
        If it cannot be opened.
    """
    grey = next(iter(open_page(file.path, name=file.name))).grey
    return cv2.imencode(".jpg", grey)[1].tobytes()


def _close_up(grey: Grey, outline: Points) -> bytes:
    low, high = outline.min(axis=0), outline.max(axis=0)
    half = max(LEAST_PX, AROUND * float((high - low).max())) / 2
    left, top = (low + high) / 2 - half
    scale = CLOSE_UP_PX / (2 * half)
    moved = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    side = (CLOSE_UP_PX, CLOSE_UP_PX)
    cut = cv2.warpAffine(grey, moved, side, flags=cv2.INTER_CUBIC)
    image = cv2.cvtColor(cut, cv2.COLOR_GRAY2BGR)
    line = np.rint(((outline - (left, top)) * scale) * 16).astype(np.int32).reshape(-1, 1, 2)
    for colour, width in (((0, 0, 0), 4), ((66, 228, 240), 2)):
        cv2.polylines(
            image,
            [line],
            isClosed=True,
            color=colour,
            thickness=width,
            lineType=cv2.LINE_AA,
            shift=4,
        )
    return cv2.imencode(".png", image)[1].tobytes()


def _numbered(seen: Sequence[SeenFocus], words: Words) -> Iterator[ShownFocus]:
    """Each spot with an id of its own."""
    looks: Counter[str] = Counter()
    for each in seen:
        look = looks[each.focus.id]
        looks[each.focus.id] += 1
        yield _shown(
            each, each.focus.id if look == 0 else f"{each.focus.id}{LOOK_MARK}{look}", words
        )


def spot_of(spot_id: str) -> tuple[str, int]:
    """The id of a spot's focus, and which look at it the spot is."""
    focus, mark, look = spot_id.rpartition(LOOK_MARK)
    return (focus, int(look)) if mark and look.isascii() and look.isdigit() else (spot_id, 0)


def _shown(seen: SeenFocus, spot_id: str, words: Words) -> ShownFocus:
    return ShownFocus(
        id=spot_id,
        number=seen.number,
        frame=seen.frame,
        outline=_outline(seen.outline),
        behind=None if seen.behind is None else _outline(seen.behind),
        is_shadow=seen.is_shadow,
        tube=None if seen.tube is None else _outline(seen.tube),
        label=wording.size(seen, words) or "",
        tone=tone_of(seen.answer),
        by_hand=seen.is_drawn,
    )


def _outline(points: Points) -> Outline:
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in points)
