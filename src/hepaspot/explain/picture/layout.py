"""Where labels go: beside what they name, never on a focus or on each other.

Among the free places around a thing the best is near, dark and outside of what else is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

DIRECTIONS: Final = 16
"""Directions in which a place is tried."""

DISTANCES: Final = (0.6, 1.0, 1.6, 2.5, 4.0, 6.0, 9.0)
"""Distances at which it is tried, in heights of the label (convention)."""

WEIGHT_OF_DISTANCE: Final = 0.2
"""One height further away weighs as much as a burden of 0.2 (convention)."""

Burden = NDArray[np.float32]
"""``(h, w)``: how little a label is wanted on each pixel, 0 to about 3."""


class Box(NamedTuple):
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share any area."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def within(self, other: Box) -> bool:
        """Whether it lies wholly inside ``other``."""
        across = self.left >= other.left and self.right <= other.right
        return across and self.top >= other.top and self.bottom <= other.bottom

    def grown(self, by: float) -> Box:
        """The rectangle with every side ``by`` further out."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def distance(self, other: Box) -> float:
        """Between the nearest points of the two; 0 where they overlap."""
        dx = max(self.left - other.right, other.left - self.right, 0.0)
        dy = max(self.top - other.bottom, other.top - self.bottom, 0.0)
        return float(np.hypot(dx, dy))


@dataclass(frozen=True)
class Wanted:
    """A label that is to be placed.

    Attributes
    ----------
    sizes : tuple of (float, float)
        Width and height, of the whole label first, then of what may stand for it.
    anchors : tuple of Box
        Where the thing is that it names; any of them may have the label beside it.
    """

    sizes: tuple[tuple[float, float], ...]
    anchors: tuple[Box, ...]


@dataclass(frozen=True)
class Placed:
    """A place: which of the sizes fits, where, and beside which anchor."""

    choice: int
    box: Box
    anchor: Box


def place(
    wanted: Sequence[Wanted], burden: Burden, forbidden: Iterable[Box]
) -> tuple[Placed | None, ...]:
    """A place for each label in turn, None for one that fits nowhere.

    Parameters
    ----------
    wanted : sequence of Wanted
        The most important first.
    burden : (h, w) float32
        Of the picture that the labels must stay inside.
    forbidden : iterable of Box
        What no label may touch.
    """
    taken = list(forbidden)
    sums = np.pad(np.cumsum(np.cumsum(burden, axis=0, dtype=np.float64), axis=1), ((1, 0), (1, 0)))
    found: list[Placed | None] = []
    for label in wanted:
        spot = _spot(label, sums, taken)
        found.append(spot)
        if spot is not None:
            taken.append(spot.box)
    return tuple(found)


def _spot(label: Wanted, sums: NDArray[np.float64], taken: list[Box]) -> Placed | None:
    frame = Box(0, 0, sums.shape[1] - 1, sums.shape[0] - 1)
    for choice, (width, height) in enumerate(label.sizes):
        best: tuple[float, Placed] | None = None
        for box, anchor in _around(label.anchors, width, height):
            if not box.within(frame) or any(box.overlaps(other) for other in taken):
                continue
            away = WEIGHT_OF_DISTANCE * box.distance(anchor) / height
            cost = _mean(sums, box) + away
            if best is None or cost < best[0]:
                best = cost, Placed(choice, box, anchor)
        if best is not None:
            return best[1]
    return None


def _around(anchors: tuple[Box, ...], width: float, height: float) -> Iterator[tuple[Box, Box]]:
    """Places around each anchor, nearer ones first."""
    turns = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    for distance in DISTANCES:
        for anchor in anchors:
            x, y = (anchor.left + anchor.right) / 2, (anchor.top + anchor.bottom) / 2
            out_x = (anchor.right - anchor.left + width) / 2 + distance * height
            out_y = (anchor.bottom - anchor.top + height) / 2 + distance * height
            for turn in turns:
                middle_x = x + out_x * np.clip(1.3 * np.cos(turn), -1, 1)
                middle_y = y + out_y * np.clip(1.3 * np.sin(turn), -1, 1)
                left, top = float(round(middle_x - width / 2)), float(round(middle_y - height / 2))
                yield Box(left, top, left + width, top + height), anchor


def _mean(sums: NDArray[np.float64], box: Box) -> float:
    left, top, right, bottom = (int(value) for value in box)
    total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return float(total) / max((right - left) * (bottom - top), 1)
