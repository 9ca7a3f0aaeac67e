"""What was burned into the picture: letters, calipers, arrows. Masked, and kept as pointers.

A mark is drawn by a computer: it is white or coloured, and its edge is one pixel wide, which
no echo's is. A cross of a caliper is as wide as high, with two thin arms through its middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.frames import Grey, Mask

WHITE: Final = 200
"""Grey level from which a thin line may be drawn in (convention)."""

STEP: Final = 70
"""Rise of grey levels within two pixels at the edge of a drawn line (convention)."""

EDGE: Final = 84
"""Fall of grey levels from a cross to what lies about it: it may lie on a bright echo."""

HARD_EDGE: Final = 140
"""The same of any other mark: a small sharp echo must not be taken for a letter (convention)."""

LETTER_STEP: Final = 80
"""Rise of grey levels at both sides of a letter's upright stroke (convention)."""

LETTER_GROUND: Final = 45
"""Rise of grey levels that belongs to the same letter (convention)."""

UPRIGHT_PIXELS: Final = (4, 5)
"""Widest upright stroke and its least height: pixels in a picture 600 pixels high. Across the
beams no echo is so narrow and so high."""

LONGEST_LETTER: Final = 130
"""Highest letter, arrow or body mark: pixels in a picture 600 pixels high (convention)."""

STROKE_PIXELS: Final = 5
"""Widest stroke of a letter or caliper: pixels in a picture 600 pixels high."""

ARM_PIXELS: Final = (3, 16)
"""Arm of a caliper's cross from its middle: pixels in a picture 600 pixels high."""

LONGEST_PAIR: Final = 0.45
"""Two crosses further apart than this share of the picture measure no focus."""

_REFERENCE_HEIGHT: Final = 600


class PointerKind(StrEnum):
    """What points."""

    CALIPERS = "calipers"
    CROSS = "cross"
    ARROW = "arrow"


@dataclass(frozen=True)
class Pointer:
    """A mark that points at something: its middle (x, y), and half of its length, in pixels."""

    kind: PointerKind
    x: float
    y: float
    reach: float


@dataclass(frozen=True)
class Marks:
    """``mask (H, W) uint8`` is 255 on everything drawn in; ``pointers`` what points."""

    mask: NDArray[np.uint8]
    pointers: tuple[Pointer, ...]
    share: float


def find_marks(grey: Grey, coloured: Mask | None, fan: NDArray[np.uint8]) -> Marks:
    """Everything drawn into the fan of ``grey``.

    Parameters
    ----------
    grey : (H, W) uint8
    coloured : (H, W) bool or None
        Where the picture shows colour.
    fan : (H, W) uint8
        Not 0 in the scanned area.
    """
    scale = max(1.0, float(grey.shape[0]) / _REFERENCE_HEIGHT)
    drawn, crosses = _white(grey, fan, scale)
    drawn |= _letters(grey, fan, scale)
    if coloured is not None:
        colour = coloured.astype(np.uint8) & (fan > 0)
        drawn |= colour
        crosses += _crosses(colour, scale)
    if not drawn.any():
        return Marks(np.zeros(grey.shape, np.uint8), (), 0.0)
    pointers = tuple(_pointers(crosses, grey.shape[0]))
    mask = _with_dots(drawn, crosses, grey, scale)
    grown = np.asarray(
        cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=1 + round(scale > 1.5)), np.uint8
    )
    share = int(np.count_nonzero(grown)) / max(1, int(np.count_nonzero(fan)))
    return Marks(grown * 255, pointers, share)


def filled(grey: Grey, marks: Marks) -> Grey:
    """``grey`` with every mark replaced by what lies about it."""
    if not marks.mask.any():
        return grey
    out = grey.copy()
    count, _, stats, _ = _components(marks.mask)
    for left, top, width, height, _ in stats[1:count]:
        rows = slice(max(0, top - 6), top + height + 6)
        columns = slice(max(0, left - 6), left + width + 6)
        out[rows, columns] = cv2.inpaint(
            out[rows, columns], marks.mask[rows, columns], 3, cv2.INPAINT_TELEA
        )
    return out


def _white(
    grey: Grey, fan: NDArray[np.uint8], scale: float
) -> tuple[NDArray[np.uint8], list[tuple[float, float]]]:
    """White lines with an edge as sharp as a drawing's, and the crosses among them."""
    mask = np.zeros(grey.shape, np.uint8)
    bright = (grey > WHITE).view(np.uint8) & (fan > 0)
    left, top, width, height = cv2.boundingRect(bright)
    if not width:
        return mask, []
    window = (slice(top, top + height), slice(left, left + width))
    thin = _thin(grey[window], bright[window], scale)
    count, labels, stats, centres = _components(thin)
    keep = np.zeros(count, np.uint8)
    crosses = []
    for i in range(1, count):
        fall = _fall(grey[window], labels, stats[i], i) if stats[i, cv2.CC_STAT_AREA] >= 6 else 0
        if fall > EDGE and _is_cross(labels, stats[i], i, scale):
            crosses.append((left + float(centres[i][0]), top + float(centres[i][1])))
            keep[i] = 1
        keep[i] |= fall > HARD_EDGE
    mask[window] = keep[labels]
    return mask, crosses


def _letters(grey: Grey, fan: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """What holds an upright stroke as thin as no echo is, grey letters included."""
    wide, high = (round(pixels * scale) for pixels in UPRIGHT_PIXELS)
    across = cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((1, wide + 1), np.uint8))
    upright = (cv2.subtract(grey, across) > LETTER_STEP).view(np.uint8) & (fan > 0)
    seeds = cv2.erode(upright, np.ones((high, 1), np.uint8))
    mask = np.zeros(grey.shape, np.uint8)
    if not seeds.any():
        return mask
    longest = round(LONGEST_LETTER * scale)
    left, top, width, height = cv2.boundingRect(seeds)
    window = (
        slice(max(0, top - longest), top + height + longest),
        slice(max(0, left - longest), left + width + longest),
    )
    ground = cv2.morphologyEx(grey[window], cv2.MORPH_OPEN, np.ones((wide + 1, wide + 1), np.uint8))
    stands_out = (cv2.subtract(grey[window], ground) > LETTER_GROUND) & (fan[window] > 0)
    count, labels, stats, _ = _components(stands_out.view(np.uint8))
    seeded = np.zeros(count, np.uint8)
    seeded[labels[seeds[window] > 0]] = 1
    seeded[0] = 0
    seeded[stats[:, cv2.CC_STAT_HEIGHT] > longest] = 0
    seeded[stats[:, cv2.CC_STAT_WIDTH] > 2 * longest] = 0
    _spread_along_words(seeded, stats)
    mask[window] = seeded[labels]
    return mask


def _spread_along_words(seeded: NDArray[np.uint8], stats: NDArray[np.int32]) -> None:
    """Take in the letters beside a letter: as high as it, on its line, less than it away."""
    lefts, tops, widths, heights = (stats[:, column] for column in range(4))
    waiting = list(np.flatnonzero(seeded))
    while waiting:
        one = waiting.pop()
        tall = heights[one]
        on_line = np.abs(tops + heights - tops[one] - tall) <= 0.3 * tall
        alike = (heights >= 0.6 * tall) & (heights <= 1.5 * tall)
        gap = np.maximum(lefts - lefts[one] - widths[one], lefts[one] - lefts - widths)
        new = np.flatnonzero(on_line & alike & (gap <= tall) & (seeded == 0))
        new = new[new != 0]
        seeded[new] = 1
        waiting += list(new)


def _thin(grey: Grey, bright: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Bright pixels of lines no wider than a stroke that rise within two pixels."""
    side = 2 * round(STROKE_PIXELS * scale / 2) + 3
    opened = cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    thin = (cv2.subtract(grey, opened) > STEP).view(np.uint8) & bright
    rise = cv2.subtract(grey, cv2.erode(grey, np.ones((5, 5), np.uint8))) > STEP
    return thin & rise.view(np.uint8)


def _crosses(drawn: NDArray[np.uint8], scale: float) -> list[tuple[float, float]]:
    """Middles of the crosses in a mask."""
    count, labels, stats, centres = _components(drawn)
    found = [i for i in range(1, count) if _is_cross(labels, stats[i], i, scale)]
    return [(float(centres[i][0]), float(centres[i][1])) for i in found]


def _components(
    mask: NDArray[np.uint8],
) -> tuple[int, NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Number, labels, statistics and middles of the connected parts of a mask."""
    left, top, width, height = cv2.boundingRect(mask)  # marks are few: most of it is empty
    if not width:
        return 1, np.zeros(mask.shape, np.int32), np.zeros((1, 5), np.int32), np.zeros((1, 2))
    window = (slice(top, top + height), slice(left, left + width))
    count, part, stats, centres = cv2.connectedComponentsWithStats(mask[window], connectivity=8)
    labels = np.zeros(mask.shape, np.int32)
    labels[window] = part
    stats[1:, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP]] += (left, top)
    return (
        count,
        labels,
        np.asarray(stats, np.int32),
        np.asarray(centres, np.float64) + np.array([left, top]),
    )


def _fall(grey: Grey, labels: NDArray[np.int32], stats: NDArray[np.int32], label: int) -> float:
    """Fall of grey levels from a mark to the pixels two away from it; 0 if it is not white."""
    left, top, width, height, _ = (int(v) for v in stats)
    rows = slice(max(0, top - 3), top + height + 3)
    columns = slice(max(0, left - 3), left + width + 3)
    own = (labels[rows, columns] == label).astype(np.uint8)
    near = cv2.dilate(own, np.ones((3, 3), np.uint8))
    ring = cv2.dilate(own, np.ones((5, 5), np.uint8)) - near
    window = grey[rows, columns]
    inside = float(np.median(window[own > 0]))
    if inside <= 225 or not ring.any():
        return 0.0
    return inside - float(np.median(window[ring > 0]))


def _is_cross(
    labels: NDArray[np.int32], stats: NDArray[np.int32], label: int, scale: float
) -> bool:
    left, top, width, height, _ = (int(v) for v in stats)
    low, high = (round(2 * arm * scale) for arm in ARM_PIXELS)
    if not (low <= width <= high and low <= height <= high and 0.7 <= width / height <= 1.43):
        return False
    window = labels[top : top + height, left : left + width] == label
    return _arms(window) or _arms(_turned(window))


def _turned(window: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Turned by 45 degrees, so that an x is a +."""
    height, width = window.shape
    affine = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), 45, 0.72)
    turned = cv2.warpAffine(window.astype(np.float32), affine, (width, height))
    return np.asarray(turned > 0.4)


def _arms(window: NDArray[np.bool_]) -> bool:
    """Two full arms through the middle and nothing in the four corners."""
    height, width = window.shape
    half_y, half_x = height // 2, width // 2
    thick = max(1, round(min(height, width) * 0.14))
    row = window[max(0, half_y - thick) : half_y + thick + 1].any(axis=0)
    column = window[:, max(0, half_x - thick) : half_x + thick + 1].any(axis=1)
    corner_y, corner_x = max(1, round(height * 0.28)), max(1, round(width * 0.28))
    corners = [
        window[:corner_y, :corner_x],
        window[:corner_y, -corner_x:],
        window[-corner_y:, :corner_x],
        window[-corner_y:, -corner_x:],
    ]
    empty = all(float(corner.mean()) < 0.2 for corner in corners)
    return bool(row.mean() > 0.85 and column.mean() > 0.85 and empty)


def _pointers(crosses: list[tuple[float, float]], height: int) -> Iterator[Pointer]:
    """Pairs of crosses first, the closest pairs before others; then crosses alone."""
    pairs = sorted(combinations(range(len(crosses)), 2), key=lambda p: _apart(crosses, p))
    used: set[int] = set()
    for one, two in pairs:
        apart = _apart(crosses, (one, two))
        if used & {one, two} or apart > LONGEST_PAIR * height:
            continue
        used |= {one, two}
        (x1, y1), (x2, y2) = crosses[one], crosses[two]
        yield Pointer(PointerKind.CALIPERS, (x1 + x2) / 2, (y1 + y2) / 2, apart / 2)
    for index, (x, y) in enumerate(crosses):
        if index not in used:
            yield Pointer(PointerKind.CROSS, x, y, 0.0)


def _apart(crosses: list[tuple[float, float]], pair: tuple[int, int]) -> float:
    (x1, y1), (x2, y2) = crosses[pair[0]], crosses[pair[1]]
    return float(np.hypot(x2 - x1, y2 - y1))


def _with_dots(
    drawn: NDArray[np.uint8], crosses: list[tuple[float, float]], grey: Grey, scale: float
) -> NDArray[np.uint8]:
    """``drawn``, and the bright dots on the line between two crosses."""
    mask = drawn.copy()
    for (x1, y1), (x2, y2) in combinations(crosses, 2):
        if np.hypot(x2 - x1, y2 - y1) > LONGEST_PAIR * grey.shape[0]:
            continue
        line = np.zeros_like(mask)
        ends = (round(x1), round(y1)), (round(x2), round(y2))
        cv2.line(line, *ends, 1, round(3 * scale))
        top_hat = cv2.subtract(grey, cv2.medianBlur(grey, 5))
        mask |= line & ((top_hat > STEP) & (grey > WHITE)).astype(np.uint8)
    return mask
