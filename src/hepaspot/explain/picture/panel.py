"""What stands below the picture: scale, conclusions, what was measured, legend, notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from hepaspot.explain.focus import SHOWN_FOCI
from hepaspot.explain.picture import wording
from hepaspot.explain.picture.canvas import Image, fill_box
from hepaspot.explain.picture.findings import Findings, SeenFocus
from hepaspot.explain.picture.flow import (
    Badge,
    Paragraph,
    Piece,
    Sample,
    Text,
    draw_set,
    set_lines,
    width_of_piece,
)
from hepaspot.explain.picture.ink import ORANGE, PANEL, SOFT, TISSUE, Kind, unit_of
from hepaspot.explain.picture.lettering import line_height, write
from hepaspot.explain.picture.ruler import Bar, bars, draw_bar
from hepaspot.explain.words import Words
from hepaspot.weigh.assessment import Assessment

SMALLER: Final = 0.86
"""Size of lesser letters, times that of the conclusions (convention)."""

BAR_SHARE: Final = 0.3
"""Longest scale bar, times the width of the picture (convention)."""

BAR_DOWN: Final = 2.6
"""Longest scale bar that goes down, in lines of text (convention)."""


def letters_of(width: int) -> int:
    """Size of letters in a picture ``width`` pixels wide: px, 15 to 28."""
    return min(max(round(width / 50), 15), 28)


def legend(kinds: Iterable[Kind], words: Words) -> tuple[tuple[Kind, str], ...]:
    """The name of each kind that was drawn, in the order of `Kind`."""
    drawn = set(kinds)
    return tuple(
        (kind, words.say(f"picture.legend.{kind.value}")) for kind in Kind if kind in drawn
    )


def panel(
    assessment: Assessment,
    found: Findings,
    kinds: Iterable[Kind],
    words: Words,
    *,
    width: int,
    times: int,
    extra: Iterable[str] = (),
) -> Image:
    """The panel ``(h, width, 3)`` for a picture that was enlarged ``times``.

    ``extra`` are sentences put before the legend.
    """
    size = letters_of(width)
    margin = size
    body = (
        *_foci(assessment, found, words, size),
        *_sentences((*wording.remarks(found, words), *extra), size),
        *_legend(kinds, words, size, unit_of(width)),
        *_notice(words, size),
    )
    pieces, height = set_lines(body, width - 2 * margin)
    scale = _scale_strip(found, words, width, times)
    image = np.empty((height + round(1.3 * margin), width, 3), np.uint8)
    image[:] = PANEL
    draw_set(image, pieces, margin, margin // 2)
    fill_box(image, (0, 0, width, 1), TISSUE if scale is None else PANEL)
    return image if scale is None else np.concatenate([scale, image])


def _foci(assessment: Assessment, found: Findings, words: Words, size: int) -> Iterator[Paragraph]:
    small = round(SMALLER * size)
    for sentence in wording.flags(assessment, words):
        yield Paragraph((Text(sentence, size, ORANGE),), above=size // 4)
    told = sorted((*found.foci, *found.elsewhere), key=lambda seen: seen.number)
    for seen in told[:SHOWN_FOCI]:
        here = seen in found.foci
        yield from _focus(seen, here, words, size, small)
    if len(told) > SHOWN_FOCI:
        more = words.count("clinician.focus.more", len(told) - SHOWN_FOCI)
        yield Paragraph((Text(more, small, SOFT),), above=size // 4)


def _focus(seen: SeenFocus, here: bool, words: Words, size: int, small: int) -> Iterator[Paragraph]:
    number = Badge(seen.number, size)
    gap = round(0.5 * size)
    indent = width_of_piece(number) + gap
    head: tuple[Piece, ...] = (number, Text(wording.answer(seen, words), size))
    yield Paragraph(head, indent=indent, above=size // 3, gap=gap)
    measured = wording.facts(seen, words)
    if not here:
        frame = words.say("picture.focus.elsewhere", frame=str(seen.frame + 1))
        measured = f"{frame} {measured}".rstrip()
    if measured:
        yield Paragraph((Text(measured, small, SOFT),), start=indent, indent=indent)


def _sentences(sentences: Iterable[str], size: int) -> Iterator[Paragraph]:
    for place, sentence in enumerate(sentences):
        text = Text(sentence, round(SMALLER * size), SOFT)
        yield Paragraph((text,), above=size // 3 if not place else 0)


def _legend(kinds: Iterable[Kind], words: Words, size: int, unit: float) -> Iterator[Paragraph]:
    small = round(SMALLER * size)
    entries = tuple(Sample(kind, name, small, unit) for kind, name in legend(kinds, words))
    if entries:
        yield Paragraph(entries, above=size // 2, gap=size)


def _notice(words: Words, size: int) -> Iterator[Paragraph]:
    small = round(SMALLER * size)
    for place, sentence in enumerate(wording.notices(words)):
        yield Paragraph((Text(sentence, small),), above=size // 2 if not place else 0)


def _scale_strip(found: Findings, words: Words, width: int, times: int) -> Image | None:
    """Scale bar, frame number and enlargement; None where there is nothing to tell."""
    size, unit = round(SMALLER * letters_of(width)), unit_of(width)
    line = line_height(size)
    drawn = bars(found.picture, times, (BAR_SHARE * width, BAR_DOWN * line), words)
    said = words.say("picture.list").join(_beside(found, times, words))
    if not drawn and not said:
        return None
    height = round(max([1.6 * line, *(b.length_px + 0.8 * line for b in drawn if b.is_down)]))
    image = np.empty((height, width, 3), np.uint8)
    image[:] = PANEL
    x = float(letters_of(width))
    for bar in drawn:
        x = _drawn_bar(image, bar, x, unit, size) + 1.5 * size
    write(image, x, (height - line) / 2, said, size, SOFT)
    fill_box(image, (0, 0, width, 1), TISSUE)
    return image


def _drawn_bar(image: Image, bar: Bar, x: float, unit: float, size: int) -> float:
    """Draw one bar with its length beside it; gives where it ends."""
    middle = image.shape[0] / 2
    if bar.is_down:
        draw_bar(image, bar, x + 4 * unit, middle - bar.length_px / 2, unit)
        after = x + 8 * unit
    else:
        draw_bar(image, bar, x, middle, unit)
        after = x + bar.length_px
    after += 0.6 * size
    write(image, after, middle - line_height(size) / 2, bar.words, size, SOFT)
    return after + width_of_piece(Text(bar.words, size))


def _beside(found: Findings, times: int, words: Words) -> Iterator[str]:
    if found.picture.frames > 1:
        numbers = {"n": str(found.frame + 1), "count": str(found.picture.frames)}
        yield words.say("picture.frame", **numbers)
    if times > 1:
        yield words.say("picture.scale.enlarged", times=str(times))
