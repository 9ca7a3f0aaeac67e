"""Reading order of the pieces of a page: rows from top to bottom, each from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, sin
from statistics import median
from typing import Final

from hepaspot.intake.photo_engine import Corners, Piece, Point

SAME_ROW: Final = 0.5
"""Two pieces whose middles are less than this part of a letter's height apart share a row."""

LONG_PIECE: Final = 4.0
"""A piece this many times as long as high tells which way the page is tilted."""


@dataclass(frozen=True)
class Placed:
    """A piece with the place of its middle line on the page put straight: pixels.

    ``slope`` is the fall of its line there, pixels down for each one to the right.
    """

    piece: Piece
    left: float
    right: float
    middle: float
    height: float
    slope: float

    def middle_at(self, x: float) -> float:
        """Where its line runs on at ``x``."""
        return self.middle + self.slope * (x - (self.left + self.right) / 2)


Row = list[Placed]


def rows_of(pieces: Sequence[Piece]) -> list[Row]:
    """The rows of a page whose pieces lie in any order, at any small tilt."""
    tilt = _tilt(pieces)
    rows: list[Row] = []
    for placed in sorted((_placed(piece, tilt) for piece in pieces), key=lambda p: p.left):
        row = min(rows, key=lambda row: _apart(row, placed), default=None)
        if row is not None and _apart(row, placed) < SAME_ROW:
            row.append(placed)
        else:
            rows.append([placed])
    return sorted(rows, key=lambda row: row[0].middle_at(row[0].left))


def _apart(row: Row, placed: Placed) -> float:
    """How far a piece is from the line of a row that ends before it: letters' heights."""
    last = row[-1]
    if _overlaps(last, placed):
        return float("inf")
    between = (last.right + placed.left) / 2
    away = abs(last.middle_at(between) - placed.middle_at(between))
    return away / min(last.height, placed.height)


def _overlaps(last: Placed, placed: Placed) -> bool:
    return placed.left < last.right - min(last.height, placed.height)


def _tilt(pieces: Sequence[Piece]) -> float:
    """The angle at which the lines of the page run: radians, downwards to the right."""
    longest = max((_length(piece.box) for piece in pieces), default=0.0)
    angles = [
        _angle(piece.box)
        for piece in pieces
        if _length(piece.box) >= min(LONG_PIECE * _height(piece.box), longest)
    ]
    return median(angles) if angles else 0.0


def _placed(piece: Piece, tilt: float) -> Placed:
    upper_left, upper_right, lower_right, lower_left = (_turned(p, tilt) for p in piece.box)
    left, right = _between(upper_left, lower_left), _between(upper_right, lower_right)
    length = max(1.0, right[0] - left[0])
    height = _height(piece.box)
    # The corners of a short piece say little of where its line goes.
    slope = (right[1] - left[1]) / length if length >= LONG_PIECE * height else 0.0
    return Placed(piece, left[0], right[0], (left[1] + right[1]) / 2, height, slope)


def _turned(point: Point, tilt: float) -> Point:
    x, y = point
    return x * cos(tilt) + y * sin(tilt), y * cos(tilt) - x * sin(tilt)


def _between(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _angle(box: Corners) -> float:
    left, right = _between(box[0], box[3]), _between(box[1], box[2])
    return atan2(right[1] - left[1], right[0] - left[0])


def _length(box: Corners) -> float:
    return hypot(box[1][0] - box[0][0], box[1][1] - box[0][1])


def _height(box: Corners) -> float:
    left = hypot(box[3][0] - box[0][0], box[3][1] - box[0][1])
    right = hypot(box[2][0] - box[1][0], box[2][1] - box[1][1])
    return max(1.0, (left + right) / 2)
