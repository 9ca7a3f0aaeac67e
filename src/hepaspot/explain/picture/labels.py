"""The number and size beside each focus, the calibre beside each tube."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from hepaspot.explain.picture import wording
from hepaspot.explain.picture.canvas import Grey, Image, draw_line, enlarged, inner_cover, reach_of
from hepaspot.explain.picture.curves import box_of, nearest
from hepaspot.explain.picture.drawing import outlines_of
from hepaspot.explain.picture.findings import Findings, Points
from hepaspot.explain.picture.ink import ORANGE, STROKES, WHITE, Colour, Kind, Stroke, unit_of
from hepaspot.explain.picture.layout import Box, Burden, Placed, Wanted, place
from hepaspot.explain.picture.lettering import badge, badge_width, line_height, width_of, write
from hepaspot.explain.picture.panel import letters_of
from hepaspot.explain.words import Words

BURDENS: Final = {
    Kind.FAN: 0.25,
    Kind.SHADOW: 1.2,
    Kind.ECHOES: 1.2,
    Kind.TUBE: 2.0,
}
"""How little a label is wanted on each thing (convention)."""

ON_DETAIL: Final = 2.5
"""As little as that where neighbouring pixels go from black to white: walls, letters, calipers."""

LEADER: Final = 1.2
"""A label further from its focus than this has a line to it, in heights of a letter."""


@dataclass(frozen=True)
class Label:
    """What is written beside a thing.

    Attributes
    ----------
    number : int or None
        Of a focus, shown as a badge.
    words : str
        Left out where ``placed`` is the shorter choice.
    colour : Colour
    outline : (n, 2) float64
        Of the thing, in pixels of the enlarged picture.
    placed : Placed
    size : int
        Of the letters: px.
    """

    number: int | None
    words: str
    colour: Colour
    outline: Points
    placed: Placed
    size: int


def labels_for(found: Findings, picture: Image, times: int, words: Words) -> tuple[Label, ...]:
    """The labels of ``found`` and where they go in ``picture``, enlarged ``times``.

    One for which there is no place is left out: the panel says it all.
    """
    size = letters_of(picture.shape[1])
    margin = reach_of(STROKES[Kind.FOCUS], unit_of(picture.shape[1])) * 2
    asked = list(_asked(found, times, words))
    wanted = [_wanted(number, said, outline, size) for number, said, _, outline in asked]
    foci = [Box(*box_of(enlarged(s.outline, times))).grown(margin) for s in found.foci]
    spots = place(wanted, _burden(found, picture, times), foci)
    return tuple(
        Label(number, said, colour, outline, spot, size)
        for (number, said, colour, outline), spot in zip(asked, spots, strict=True)
        if spot is not None
    )


def draw_labels(image: Image, labels: tuple[Label, ...]) -> None:
    """Draw ``labels``, their leading lines first."""
    unit = unit_of(image.shape[1])
    for label in labels:
        _draw_leader(image, label, unit)
    for label in labels:
        _draw_words(image, label, unit)


def _asked(
    found: Findings, times: int, words: Words
) -> Iterator[tuple[int | None, str, Colour, Points]]:
    for seen in found.foci:
        extent = wording.size(seen, words) or ""
        yield seen.number, extent, WHITE, enlarged(seen.outline, times)
    for seen in found.foci:
        if seen.tube is not None and seen.calibre is not None:
            calibre = wording.value(seen.calibre, words)
            yield None, calibre, ORANGE, enlarged(seen.tube, times)


def _wanted(number: int | None, said: str, outline: Points, size: int) -> Wanted:
    height = float(line_height(size))
    wide = width_of(said, size) + 2.0 * _PAD
    if number is None:
        ends = outline[np.linspace(0, len(outline) - 1, 9).astype(int)]
        anchors = tuple(Box(x, y, x, y) for x, y in ends)
        return Wanted(((wide, height),), anchors)
    alone = badge_width(number, size) + 2.0 * _PAD
    whole = alone + (0.3 * size + wide if said else 0.0)
    return Wanted(((whole, height), (alone, height)), (Box(*box_of(outline)),))


_PAD: Final = 3
"""Room for the dark rim of letters: px."""


def _burden(found: Findings, picture: Image, times: int) -> Burden:
    """Where labels are not wanted."""
    shape = (picture.shape[0], picture.shape[1])
    burden = ON_DETAIL * _detail(picture[:, :, 0], letters_of(shape[1]))
    for kind, points in outlines_of(found):
        if kind in BURDENS:
            inside = inner_cover([enlarged(points, times)], shape) > 127
            burden[inside] += np.float32(BURDENS[kind])
    return burden


def _detail(grey: Grey, size: int) -> Burden:
    """How much the picture varies within a letter's size, speckle smoothed away: 0 to 1."""
    half = max(size // 2, 3)
    smooth = cv2.blur(grey, (half // 2 + 1, half // 2 + 1)).astype(np.float32) / np.float32(255)
    mean = cv2.blur(smooth, (half, half))
    square = cv2.blur(smooth * smooth, (half, half))
    return np.asarray(np.sqrt(np.maximum(square - mean * mean, 0)), dtype=np.float32)


def _draw_leader(image: Image, label: Label, unit: float) -> None:
    """A thin line from a label to what it names, where it is not plain from its place."""
    box = label.placed.box
    middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    x, y = nearest(label.outline, *middle)
    start = (min(max(x, box.left), box.right), min(max(y, box.top + 3), box.bottom - 3))
    x, y = nearest(label.outline, *start)
    if np.hypot(x - start[0], y - start[1]) > LEADER * label.size:
        colour = STROKES[Kind.TUBE if label.number is None else Kind.FOCUS].colour
        draw_line(image, np.array([start, (x, y)]), Stroke(colour, 1.0), unit)


def _draw_words(image: Image, label: Label, unit: float) -> None:
    x, y = label.placed.box.left + _PAD, label.placed.box.top
    halo = max(round(2 * unit), 2)
    if label.number is not None:
        badge(image, x, y, label.number, label.size)
        x += badge_width(label.number, label.size) + 0.3 * label.size + _PAD
    if label.placed.choice == 0:
        write(image, x, y, label.words, label.size, label.colour, halo)
