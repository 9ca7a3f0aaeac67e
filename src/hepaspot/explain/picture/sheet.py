"""The contact sheet of a clip: its best frame as a whole, and frames from all of it below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import cv2
import numpy as np

from hepaspot.explain.picture.annotated import check_size, drawn, stacked, words_of
from hepaspot.explain.picture.canvas import Grey, Image
from hepaspot.explain.picture.drawing import kinds_of
from hepaspot.explain.picture.findings import Findings, findings, picture_of
from hepaspot.explain.picture.ink import PANEL, WHITE
from hepaspot.explain.picture.lettering import badge, badge_width, line_height, write
from hepaspot.explain.picture.panel import panel
from hepaspot.explain.words import Words
from hepaspot.weigh.assessment import Assessment

SMALL: Final = 12
"""Small pictures on a sheet, at most (convention: three rows of four)."""

COLUMNS: Final = 4
"""Small pictures in a row."""

LETTERS: Final = 14
"""Size of the letters on a small picture: px."""

GAP: Final = 4
"""Between two small pictures: px."""


def chosen_frames(assessment: Assessment, source_id: str) -> tuple[int, ...]:
    """Frames that a sheet shows: those that show a focus best, the rest spread over the clip."""
    picture = picture_of(assessment, source_id)
    found = findings(assessment, source_id)
    best = sorted({picture.frame, *(seen.frame for seen in (*found.foci, *found.elsewhere))})
    spread = np.linspace(0, picture.frames - 1, SMALL).round().astype(int)
    others = [int(frame) for frame in spread if frame not in best]
    return tuple(sorted([*best, *others[: max(0, SMALL - len(best))]]))


def contact_sheet(
    assessment: Assessment,
    source_id: str,
    frames: Iterable[tuple[int, Grey]],
    *,
    language: str = "en",
) -> Image:
    """Draw the best frame of a clip, and small frames below it with the foci they show best.

    Parameters
    ----------
    assessment : Assessment
        The answer of `hepaspot.assess`.
    source_id : str
        Id of the clip in the exam.
    frames : iterable of (int, (H, W) uint8)
        Frames with their numbers, those of `chosen_frames` at least; others are passed over.
    language : str
        ``en`` or ``zh``.

    Returns
    -------
    (h, w, 3) uint8
        Red, green, blue.

    Raises
    ------
    ValueError
        As `annotate`, or if the best frame is not among ``frames``.
    """
    words = words_of(language)
    chosen = set(chosen_frames(assessment, source_id))
    best = picture_of(assessment, source_id).frame
    large: tuple[Findings, Image, int] | None = None
    small = []
    for number, grey in frames:
        if number not in chosen:
            continue
        found = findings(assessment, source_id, number)
        check_size(grey, found)
        image, times = drawn(found, grey, words)
        if number == best:
            large = (found, image, times)
        small.append((number, found, image))
    if large is None:
        raise ValueError(f"frames must hold frame {best}, the best one, and do not")
    return _sheet(assessment, large, small, words)


def _sheet(
    assessment: Assessment,
    large: tuple[Findings, Image, int],
    small: list[tuple[int, Findings, Image]],
    words: Words,
) -> Image:
    found, image, times = large
    width = image.shape[1]
    side = (width - (COLUMNS + 1) * GAP) // COLUMNS
    tiles = [_tile(*each, side) for each in small]
    rows = [tiles[at : at + COLUMNS] for at in range(0, len(tiles), COLUMNS)]
    told = panel(
        assessment,
        found,
        kinds_of(found),
        words,
        width=width,
        times=times,
        extra=(words.say("picture.sheet.best"),),
    )
    return stacked(image, *(_row(row, width) for row in rows), told)


def _tile(number: int, found: Findings, image: Image, side: int) -> Image:
    """A small picture with its number, counted from 1, and those of the foci outlined in it."""
    height = round(image.shape[0] * side / image.shape[1])
    tile = np.asarray(cv2.resize(image, (side, height), interpolation=cv2.INTER_AREA), np.uint8)
    tile = np.ascontiguousarray(tile)
    write(tile, 4, 2, str(number + 1), LETTERS, WHITE, halo=2)
    x = 4.0
    for seen in found.foci:
        badge(tile, x, 4 + line_height(LETTERS), seen.number, LETTERS)
        x += badge_width(seen.number, LETTERS) + 4
    return tile


def _row(tiles: list[Image], width: int) -> Image:
    height = max(tile.shape[0] for tile in tiles)
    row = np.empty((height + GAP, width, 3), np.uint8)
    row[:] = PANEL
    for place, tile in enumerate(tiles):
        left = GAP + place * (tile.shape[1] + GAP)
        row[GAP : GAP + tile.shape[0], left : left + tile.shape[1]] = tile
    return row
