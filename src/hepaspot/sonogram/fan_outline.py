"""The scanned area as an outline and as a mask, cut to what the picture shows."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from hepaspot.intake.frames import Mask
from hepaspot.sonogram.fan import Fan, FanKind, Numbers

STEPS: Final = 48
"""Straight pieces that an arc is drawn with: under 0.2 px off at 800 px (convention)."""

_SUBPIXEL_BITS: Final = 4


def fan_outline(fan: Fan, width: int, height: int) -> Numbers:
    """Closed outline of the fan in a frame of ``width`` and ``height`` pixels.

    Returns
    -------
    (n, 2) float64
        (x, y) in pixels: the near curve left to right, then the far curve back, cut to the
        frame and to `Fan.cut`. Empty where the frame shows nothing of the fan.
    """
    beams = np.linspace(fan.left, fan.right, 2 if fan.kind is FanKind.LINEAR else STEPS)
    near = np.column_stack(fan.place(np.zeros_like(beams), beams))
    far = np.column_stack(fan.place(np.full_like(beams, fan.depth), beams))[::-1]
    left, top, right, bottom = 0.0, 0.0, width - 1.0, height - 1.0
    if fan.cut is not None:
        left, top = max(left, fan.cut.left), max(top, fan.cut.top)
        right, bottom = min(right, fan.cut.right), min(bottom, fan.cut.bottom)
    outline = np.concatenate([near, far])
    for axis, limit, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        outline = _cut(outline, axis, limit, sign)
    return outline


def fan_mask(fan: Fan, shape: tuple[int, int]) -> Mask:
    """``(H, W) bool``: the pixels of a frame of ``shape`` (rows, columns) inside the fan."""
    mask = np.zeros(shape, np.uint8)
    outline = fan_outline(fan, shape[1], shape[0])
    if len(outline):
        corners = np.round(outline * 2**_SUBPIXEL_BITS).astype(np.int32)
        cv2.fillPoly(mask, [corners], 1, shift=_SUBPIXEL_BITS)
    return mask.astype(bool)


def _cut(outline: Numbers, axis: int, limit: float, sign: int) -> Numbers:
    """The outline on the side of a line of the frame that ``sign`` points to."""
    if not len(outline):
        return outline
    inward = sign * (outline[:, axis] - limit)
    following = np.roll(outline, -1, axis=0)
    after = np.roll(inward, -1)
    kept: list[Numbers] = []
    for point, other, here, there in zip(outline, following, inward, after, strict=True):
        if here >= 0:
            kept.append(point)
        if (here < 0) != (there < 0):
            kept.append(point + (other - point) * here / (here - there))
    return np.array(kept).reshape(-1, 2)
