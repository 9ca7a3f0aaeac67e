"""Where the liver is: a small network's outline of it, within the fan.

The network sees the fan squeezed onto a small grid, its grey levels made free of gain, and
answers how likely each place is liver (masses and vessels within it included). Without
onnxruntime there is no outline, and the reader goes on without one. What the network was
trained on and how well it does stands in ``models/liver.md``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.frames import Box, Grey, Mask

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

ROWS: Final = 128
"""Height of the grid that the network sees (convention: three times a coarse outline's doubt)."""

COLUMNS: Final = 160
"""Width of that grid: the 441 fans learnt from are 1.33 times as wide as high (measured)."""

LEAST_SPREAD: Final = 4.0
"""Grey levels: a fan flatter than this is not spread further, or noise would look like echo."""

LARGEST_DEVIATION: Final = 3.0
"""Standard deviations: brighter than this is as bright as marks and gas, and no more."""

LIKELY: Final = 0.5
"""Probability from which a place counts as liver (convention)."""

LEAST_SHARE: Final = 0.01
"""Share of the fan's box below which a patch is no liver: 1 % is 2 cm across in 15 cm."""

OUTLINE_TOLERANCE: Final = 0.004
"""Share of the box's diagonal by which the outline may be simplified; under its own doubt."""

Probability = NDArray[np.float32]
"""``(h, w) float32``, 0 to 1."""

Points = NDArray[np.float64]
"""``(n, 2)``: x and y in pixels of the frame."""


@dataclass(frozen=True)
class LiverOutline:
    """The liver in one frame.

    Attributes
    ----------
    probability : (h, w) float32
        How likely each place is liver, on a coarse grid that covers ``box``; 0 outside the
        fan. Only the largest connected part is kept.
    box : Box
        What the grid covers, in pixels of the frame: the centre of cell (i, j) lies at
        ``x = left + (j + 0.5) * (right - left) / w - 0.5``, and so for y.
    """

    probability: Probability
    box: Box

    @cached_property
    def outline(self) -> Points:
        """``(n, 2)``: the liver's edge as a closed polygon, x and y in pixels of the frame.

        Holes are filled; empty where there is no liver.
        """
        width, height = self.box.right - self.box.left, self.box.bottom - self.box.top
        inside = self._within_box().astype(np.uint8)
        contours, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if not contours:
            return np.empty((0, 2))
        largest = max(contours, key=cv2.contourArea)
        fewer = cv2.approxPolyDP(largest, OUTLINE_TOLERANCE * float(np.hypot(width, height)), True)
        corner = np.array([self.box.left, self.box.top], np.float64)
        return fewer[:, 0].astype(np.float64) + corner

    def mask(self, shape: tuple[int, int]) -> Mask:
        """``(H, W) bool``: the liver in a frame of this shape."""
        whole = np.zeros(shape, np.bool_)
        whole[self.box.top : self.box.bottom, self.box.left : self.box.right] = self._within_box()
        return whole

    def _within_box(self) -> Mask:
        size = (self.box.right - self.box.left, self.box.bottom - self.box.top)
        return cv2.resize(self.probability, size, interpolation=cv2.INTER_LINEAR) >= LIKELY


def outline_liver(grey: Grey, fan_mask: Mask, box: Box) -> LiverOutline | None:
    """Outline the liver in one frame.

    Parameters
    ----------
    grey : (H, W) uint8
    fan_mask : (H, W) bool
        Where beams are.
    box : Box
        The bounding box of the fan, within the frame.

    Returns
    -------
    LiverOutline or None
        None where onnxruntime is not installed. Where no liver is seen, the probability is
        nowhere over `LIKELY` and the outline is empty.
    """
    session = _session()
    if session is None:
        return None
    rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
    small, fan = on_grid(grey[rows, columns], fan_mask[rows, columns])
    (answer,) = session.run(None, {"picture": free_of_gain(small, fan)[None]})
    return LiverOutline(_largest_part(np.asarray(answer, np.float32)[0, 0], fan), box)


def on_grid(grey: Grey, fan_mask: Mask) -> tuple[Grey, Mask]:
    """The fan's box squeezed onto the network's grid: ``(ROWS, COLUMNS)`` each."""
    size = (COLUMNS, ROWS)
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    share = cv2.resize(fan_mask.view(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False), share >= 128


def free_of_gain(grey: Grey, fan: Mask) -> NDArray[np.float32]:
    """``(2, h, w) float32``: grey levels as deviations from the fan's own mean, and the fan.

    Gain shifts and dynamic range stretches log-compressed grey levels: both cancel.
    """
    within = grey[fan].astype(np.float32)
    mean, spread = (float(within.mean()), float(within.std())) if within.size else (0.0, 0.0)
    deviation = (grey.astype(np.float32) - mean) / max(spread, LEAST_SPREAD)
    np.clip(deviation, -LARGEST_DEVIATION, LARGEST_DEVIATION, out=deviation)
    seen = fan.astype(np.float32)
    return np.stack([deviation * seen, seen])


def _largest_part(probability: Probability, fan: Mask) -> Probability:
    """Keep the largest connected part within the fan, with its soft edge."""
    within = cv2.resize(
        fan.astype(np.float32), probability.shape[::-1], interpolation=cv2.INTER_AREA
    )
    kept = (probability * within).astype(np.float32)
    likely = (kept >= LIKELY).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(likely, connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if count == 1 or areas.max() < LEAST_SHARE * likely.size:
        return np.minimum(kept, np.nextafter(np.float32(LIKELY), np.float32(0)))
    others = (labels > 0) & (labels != 1 + int(areas.argmax()))
    kept[others] = 0
    return kept


@cache
def _session() -> InferenceSession | None:
    """The network, loaded once; None where onnxruntime is missing."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would tell its maker of each use
    try:
        import onnxruntime
    except ImportError:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    model = files("hepaspot.sonogram").joinpath("models", "liver.onnx").read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
