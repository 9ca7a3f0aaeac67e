"""From pieces of words to the rows of a page, also where it was photographed askew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.photo_lines import Corners, PhotoLine

LONG: Final = 3.0
"""A piece so many times longer than high tells the slope of its row (convention)."""

SAME_ROW: Final = 0.5
"""Middles of one row differ by less than this share of the height of its words (convention:
half a line; the next line is one and a half away)."""

OVERLAP: Final = 0.7
"""Boxes are drawn wider than their words; neighbours may overlap by this share of the height."""

NARROW: Final = 0.5
"""Chinese goes on without a blank over a gap below this share of the height (convention)."""

WIDE: Final = 1.5
"""A gap above this share of the height parts two cells of a table (convention)."""

CELL_GAP: Final = "   "
"""What stands between two cells of a row."""


@dataclass(frozen=True)
class Piece:
    """Words found in one box, ``corners`` being ``(4, 2)`` clockwise from the upper left."""

    text: str
    score: float
    corners: NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One row of the page, and where it would lie if the page hung straight: pixels."""

    line: PhotoLine
    left: float
    right: float
    middle: float
    height: float
    has_cells: bool


@dataclass(frozen=True)
class _Set:
    """A piece set straight: its ends, heights of its middle at both, its own height, slope."""

    piece: Piece
    left: float
    right: float
    at_left: float
    at_right: float
    height: float

    @property
    def slope(self) -> float:
        """Of its middle line, 0 where it is too short to tell."""
        length = self.right - self.left
        return (self.at_right - self.at_left) / length if length > LONG * self.height else 0.0


def rows_of(pieces: Sequence[Piece]) -> tuple[Row, ...]:
    """The rows of a page from top to bottom, each from left to right."""
    if not pieces:
        return ()
    turn = _turn(-_tilt(pieces))
    rows: list[list[_Set]] = []
    for each in sorted((_set(piece, turn) for piece in pieces), key=lambda each: each.left):
        fitting = min(rows, key=lambda row: _apart(row[-1], each), default=None)
        if fitting is not None and _apart(fitting[-1], each) < SAME_ROW:
            fitting.append(each)
        else:
            rows.append([each])
    return tuple(sorted(map(_row, rows), key=lambda row: row.middle))


def _tilt(pieces: Iterable[Piece]) -> float:
    """Slope of the rows: radians, the median of all pieces by their length."""
    along = [_middles(piece.corners) for piece in pieces]
    across = np.array([right - left for left, right in along])
    angles = np.arctan2(across[:, 1], across[:, 0])
    order = np.argsort(angles)
    weights = np.cumsum(np.hypot(*across.T)[order])
    return float(angles[order][np.searchsorted(weights, weights[-1] / 2)])


def _turn(angle: float) -> NDArray[np.float64]:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def _middles(corners: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The middles of the left and of the right side."""
    return (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2


def _set(piece: Piece, turn: NDArray[np.float64]) -> _Set:
    corners = piece.corners @ turn.T
    left, right = _middles(corners)
    height = np.linalg.norm((corners[3] + corners[2] - corners[0] - corners[1]) / 2)
    return _Set(piece, left[0], right[0], left[1], right[1], max(1.0, float(height)))


def _apart(before: _Set, after: _Set) -> float:
    """How far two pieces are from being of one row: share of the height; infinite if beside."""
    height = min(before.height, after.height)
    gap = after.left - before.right
    if gap < -OVERLAP * height:
        return float("inf")
    slope = before.slope or after.slope
    return abs(after.at_left - before.at_right - slope * gap) / height


def _row(pieces: list[_Set]) -> Row:
    gaps = [(b.left - a.right) / min(a.height, b.height) for a, b in _pairs(pieces)]
    text = pieces[0].piece.text
    for gap, (_, after) in zip(gaps, _pairs(pieces), strict=True):
        text += _between(text, after.piece.text, gap) + after.piece.text
    return Row(
        line=PhotoLine(text, min(each.piece.score for each in pieces), _box(pieces)),
        left=pieces[0].left,
        right=pieces[-1].right,
        middle=float(np.mean([(each.at_left + each.at_right) / 2 for each in pieces])),
        height=float(np.median([each.height for each in pieces])),
        has_cells=any(gap > WIDE for gap in gaps),
    )


def _pairs(pieces: list[_Set]) -> list[tuple[_Set, _Set]]:
    return list(zip(pieces, pieces[1:], strict=False))


def _between(before: str, after: str, gap: float) -> str:
    if gap > WIDE:
        return CELL_GAP
    return "" if gap < NARROW and is_chinese(before[-1]) and is_chinese(after[0]) else " "


def is_chinese(character: str) -> bool:
    """Whether it is a Chinese character or mark, which needs no blank beside it."""
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"


def _box(pieces: list[_Set]) -> Corners:
    first, last = pieces[0].piece.corners, pieces[-1].piece.corners
    corners = (first[0], last[1], last[2], first[3])
    upper_left, upper_right, lower_right, lower_left = (
        (round(float(x), 1), round(float(y), 1)) for x, y in corners
    )
    return upper_left, upper_right, lower_right, lower_left
