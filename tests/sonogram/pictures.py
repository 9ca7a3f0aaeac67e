"""Synthetic pictures of fans: speckle inside, black outside."""

from __future__ import annotations

import numpy as np

from hepaspot.intake.frames import Box
from hepaspot.sonogram.fan import Cut, Fan, FanKind

WIDTH, HEIGHT = 800, 600

SECTOR = Fan(FanKind.SECTOR, 400.0, -30.0, 110.0, 440.0, -0.6, 0.6)
STEERED = Fan(FanKind.SECTOR, 330.0, -30.0, 110.0, 440.0, -0.4, 0.65)
PHASED = Fan(FanKind.SECTOR, 400.0, 20.0, 14.0, 520.0, -0.7, 0.7)
SQUEEZED = Fan(FanKind.SECTOR, 400.0, -30.0, 110.0, 440.0, -0.6, 0.6, y_per_x=1.25)
CUT = Fan(FanKind.SECTOR, 400.0, -30.0, 110.0, 480.0, -0.7, 0.7, cut=Cut(130.0, 0.0, 670.0, 520.0))
LINEAR = Fan(FanKind.LINEAR, 400.0, 40.0, 0.0, 480.0, 180.0, 620.0)
TRAPEZOID = Fan(FanKind.TRAPEZOID, 400.0, -420.0, 460.0, 480.0, -0.35, 0.35)


def whole(grey) -> Box:
    return Box(0, 0, grey.shape[1], grey.shape[0])


def depths_and_beams(fan: Fan, width: int = WIDTH, height: int = HEIGHT):
    x, y = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
    return fan.locate(x, y)


def inside(fan: Fan, width: int = WIDTH, height: int = HEIGHT):
    depths, beams = depths_and_beams(fan, width, height)
    mask = (depths >= 0) & (depths <= fan.depth) & (beams >= fan.left) & (beams <= fan.right)
    if fan.cut is not None:
        y, x = np.mgrid[:height, :width]
        mask &= (x >= fan.cut.left) & (x <= fan.cut.right)
        mask &= (y >= fan.cut.top) & (y <= fan.cut.bottom)
    return mask


def painted(fan: Fan, *, gain: float = 1.0, seed: int = 0):
    """Grey speckle in the fan."""
    speckle = np.random.default_rng(seed).rayleigh(40.0, (HEIGHT, WIDTH))
    grey = np.clip(gain * (20 + speckle), 0, 255)
    return np.where(inside(fan), grey, 0).astype(np.uint8)


def overlap(first, second) -> float:
    return float((first & second).sum() / (first | second).sum())
