"""Text, badges and legend samples set in lines no wider than the picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from hepaspot.explain.picture.canvas import Image, draw_line, fill_box
from hepaspot.explain.picture.ink import SOFT, STROKES, TISSUE, WHITE, Colour, Kind
from hepaspot.explain.picture.lettering import (
    badge,
    badge_width,
    line_height,
    width_of,
    write,
)

ATOM: Final = re.compile(r"[（“]*[一-鿿][，。；：、！？）”]*|[^\s一-鿿（“]+\s*|\s+|[（“]")
"""What a line is not broken in: a word, or a Chinese character with the marks that cling to it."""

SAMPLE: Final = 3.2
"""Length of the line shown in the legend, times the size of its letters (convention)."""


@dataclass(frozen=True)
class Text:
    """Words that may be broken over lines."""

    words: str
    size: int
    colour: Colour = WHITE


@dataclass(frozen=True)
class Badge:
    """The number of a focus."""

    number: int
    size: int


@dataclass(frozen=True)
class Sample:
    """A line of the legend with its name."""

    kind: Kind
    words: str
    size: int
    unit: float


Piece = Text | Badge | Sample


@dataclass(frozen=True)
class Paragraph:
    """Pieces one after the other.

    The first line starts at ``start``, the others at ``indent``; ``gap`` is put behind every
    piece, ``above`` before the paragraph: px.
    """

    pieces: tuple[Piece, ...]
    start: int = 0
    indent: int = 0
    above: int = 0
    gap: int = 0


@dataclass(frozen=True)
class Set:
    """A piece and where it stands, from the top left of the text: px."""

    x: int
    y: int
    piece: Piece


def set_lines(paragraphs: Iterable[Paragraph], width: int) -> tuple[tuple[Set, ...], int]:
    """Every piece in its place in lines at most ``width`` wide, and the height of it all."""
    found: list[Set] = []
    y = 0
    for paragraph in paragraphs:
        y += paragraph.above
        for line in _lines(paragraph, width):
            height = max(_height(piece) for _, piece in line)
            found.extend(
                Set(x, y + (height - _height(piece)) // 2, piece) for x, piece in _joined(line)
            )
            y += height
    return tuple(found), y


def draw_set(image: Image, pieces: Sequence[Set], left: int, top: int) -> None:
    """Draw what `set_lines` has placed."""
    for each in pieces:
        x, y, piece = left + each.x, top + each.y, each.piece
        if isinstance(piece, Text):
            write(image, x, y, piece.words.rstrip(), piece.size, piece.colour)
        elif isinstance(piece, Badge):
            badge(image, x, y, piece.number, piece.size)
        else:
            _draw_sample(image, x, y, piece)


def width_of_piece(piece: Piece) -> int:
    """Width of a piece in one line: px."""
    if isinstance(piece, Text):
        return width_of(piece.words, piece.size)
    if isinstance(piece, Badge):
        return badge_width(piece.number, piece.size)
    return round(SAMPLE * piece.size) + piece.size // 2 + width_of(piece.words, piece.size)


def _lines(paragraph: Paragraph, width: int) -> Iterator[list[tuple[int, Piece]]]:
    line: list[tuple[int, Piece]] = []
    x = paragraph.start
    for atom, gap in _atoms(paragraph):
        wide = width_of_piece(atom)
        bare = wide if not isinstance(atom, Text) else width_of(atom.words.rstrip(), atom.size)
        if line and x + bare > width:
            yield line
            line, x = [], paragraph.indent
        line.append((x, atom))
        x += wide + gap
    if line:
        yield line


def _atoms(paragraph: Paragraph) -> Iterator[tuple[Piece, int]]:
    """What a line can be broken between, each with the space behind it."""
    for piece in paragraph.pieces:
        if not isinstance(piece, Text):
            yield piece, paragraph.gap
            continue
        words = ATOM.findall(piece.words)
        for place, word in enumerate(words, start=1):
            yield replace(piece, words=word), paragraph.gap if place == len(words) else 0


def _joined(line: list[tuple[int, Piece]]) -> Iterator[tuple[int, Piece]]:
    """Atoms of one text as one text again, so that its letters keep their distances."""
    held: tuple[int, Text] | None = None
    end = 0
    for x, piece in line:
        follows = held is not None and isinstance(piece, Text) and x - end <= 1
        if follows and held is not None and isinstance(piece, Text) and _alike(held[1], piece):
            held = held[0], replace(held[1], words=held[1].words + piece.words)
        else:
            if held is not None:
                yield held
            held = (x, piece) if isinstance(piece, Text) else None
            if held is None:
                yield x, piece
        end = x + width_of_piece(piece)
    if held is not None:
        yield held


def _alike(first: Text, second: Text) -> bool:
    return (first.size, first.colour) == (second.size, second.colour)


def _height(piece: Piece) -> int:
    return line_height(piece.size)


def _draw_sample(image: Image, x: int, y: int, piece: Sample) -> None:
    """A short line on a ground as grey as tissue, and its name."""
    length, height = round(SAMPLE * piece.size), line_height(piece.size)
    inset = round(0.14 * height)
    fill_box(image, (x, y + inset, x + length, y + height - inset), TISSUE)
    middle = y + height / 2
    ends = np.array([[x + piece.size * 0.3, middle], [x + length - piece.size * 0.3, middle]])
    draw_line(image, ends, STROKES[piece.kind], piece.unit)
    write(image, x + length + piece.size // 2, y, piece.words, piece.size, SOFT)
