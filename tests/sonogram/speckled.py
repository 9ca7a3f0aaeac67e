"""Small pictures of speckle with one thing in them, made without the phantom's physics."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from hepaspot.intake.frames import Frame
from hepaspot.sonogram.beams import grid_for
from hepaspot.sonogram.fan import Fan, FanKind
from hepaspot.sonogram.scene import Scene
from hepaspot.sonogram.still import Still, read_still

MM = 0.25
"""Millimetres a pixel."""

SIZE = (560, 480)
"""Height and width of a picture: 140 by 120 mm."""


@dataclass(frozen=True)
class Spot:
    """A bright ellipse and what it takes out of the beam."""

    x_mm: float = 60.0
    depth_mm: float = 50.0
    lateral_mm: float = 7.0
    axial_mm: float = 6.0
    contrast_db: float = 18.0
    drop_db: float = 10.0
    tail_db: float = 0.0


@dataclass(frozen=True)
class Tube:
    """A dark straight tube from one point to another."""

    start_mm: tuple[float, float]
    end_mm: tuple[float, float]
    calibre_mm: float
    depth_db: float = 25.0


def speckle(rng: np.random.Generator, shape: tuple[int, int] = SIZE) -> np.ndarray:
    """Power of fully developed speckle of mean 1."""
    real, imaginary = (
        cv2.GaussianBlur(rng.standard_normal(shape), (0, 0), sigmaX=3.2, sigmaY=1.6)
        for _ in range(2)
    )
    power = real**2 + imaginary**2
    return power / power.mean()


def picture(
    *things: Spot | Tube,
    seed: int = 1,
    gain_db: float = 0.0,
    display_db: float = 60.0,
    mean_db: float = 34.0,
) -> np.ndarray:
    """``(H, W) uint8``: things in speckle, logarithmically compressed."""
    rng = np.random.default_rng(seed)
    y, x = np.indices(SIZE) * MM
    reflectivity = np.zeros(SIZE)
    loss = np.zeros(SIZE)
    for thing in things:
        if isinstance(thing, Spot):
            across, along = x - thing.x_mm, y - thing.depth_mm
            inside = (across / thing.lateral_mm * 2) ** 2 + (along / thing.axial_mm * 2) ** 2 <= 1
            reflectivity[inside] = thing.contrast_db
            behind = along - thing.axial_mm / 2
            column = 1 / (1 + np.exp(-3 * (thing.lateral_mm / 2 - np.abs(across))))
            filled = 1 - 0.6 * np.exp(-np.maximum(behind, 0) / 4)
            loss += np.where(behind > 0, thing.drop_db * column * filled, 0)
            loss -= np.where(behind > 0, thing.tail_db * column * (behind < 30), 0)
        else:
            reflectivity[_distance(x, y, thing) <= thing.calibre_mm / 2] = -thing.depth_db
    amplitude = 10 ** (reflectivity / 20)
    real, imaginary = (
        cv2.GaussianBlur(rng.standard_normal(SIZE) * amplitude, (0, 0), sigmaX=3.2, sigmaY=1.6)
        for _ in range(2)
    )
    power = (real**2 + imaginary**2) * 4 * np.pi * 3.2 * 1.6 / 2
    level = 10 * np.log10(power * 10 ** (-loss / 10) + 1e-3) + mean_db + gain_db
    return np.clip(level * 255 / display_db, 0, 255).astype(np.uint8)


def _distance(x: np.ndarray, y: np.ndarray, tube: Tube) -> np.ndarray:
    start, end = np.array(tube.start_mm), np.array(tube.end_mm)
    way = end - start
    part = ((x - start[0]) * way[0] + (y - start[1]) * way[1]) / (way @ way)
    part = np.clip(part, 0, 1)
    return np.hypot(x - start[0] - part * way[0], y - start[1] - part * way[1])


def scene(*, mm_per_pixel: float | None = MM) -> Scene:
    """A flat probe that sees the whole picture."""
    height, width = SIZE
    fan = Fan(FanKind.LINEAR, width / 2, 0.0, 0.0, height - 1.0, 0.0, width - 1.0)
    return Scene(grid_for(fan), np.full(SIZE, 255, np.uint8), None, mm_per_pixel)


def read(grey: np.ndarray, *, mm_per_pixel: float | None = MM, with_tubes: bool = True) -> Still:
    """One picture, read."""
    return read_still(Frame(0, grey), scene(mm_per_pixel=mm_per_pixel), with_tubes=with_tubes)
