"""Foci of known size, contrast and shadow put into real livers, and how many are found.

    python validation/inserted.py [--count 500] [--every 1]

A focus is put in along the beams of the real picture: its scatterers are speckle of its own
under a point-spread function that widens with depth, added in power to what is there; what
lies behind it is weakened by the attenuation that its column takes out of the beam, with a
penumbra as wide as the aperture makes it and the first millimetres partly filled. The rest
of the picture, its noise floor included, stays as it was. The pictures carry no scale: 150 mm
of depth are assumed, and sizes are in these millimetres.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import cv2
import numpy as np
from pictures import frames_of, real_stills

from hepaspot.intake.frames import Frame
from hepaspot.sonogram.reading import view_of
from hepaspot.sonogram.still import Still, read_still

DISPLAY_DB = (50.0, 70.0)
"""Display range that the pictures are taken to have: dB, drawn for each insertion."""

DROPS_DB = (6.0, 14.0)
"""Shadows of calcifications: dB (full-wave simulation)."""

INSET_MM = 8.0
"""Middle of a focus to the rim of the liver, at least: mm; outlines are sure to 3 or 4."""


@dataclass(frozen=True)
class Inserted:
    """What was put in: where (row, column of the beam grid; x, y in pixels) and how."""

    row: float
    column: float
    x: float
    y: float
    axial_mm: float
    lateral_mm: float
    contrast_db: float
    drop_db: float


@dataclass(frozen=True)
class InsertedFigures:
    """Share found, share found with a shadow, error of the drop, and false alarms."""

    count: int
    frames: int
    sensitivity: float
    with_shadow: float
    drop_error_db: float
    drop_bias_db: float
    foci_a_frame: float
    shadowing_a_frame: float


def insert(
    still: Still,
    grey: np.ndarray,
    rng: np.random.Generator,
    drops_db: tuple[float, float] = DROPS_DB,
) -> tuple[np.ndarray, Inserted]:
    """``grey`` with one focus put into the liver of ``still``."""
    field, grid = still.field, still.scene.grid
    row, column = _place(still, rng)
    axial, lateral = rng.uniform(3.0, 9.0), rng.uniform(3.0, 9.0)
    contrast, drop = rng.uniform(12.0, 22.0), rng.uniform(*drops_db)
    grey_per_db = 255.0 / rng.uniform(*DISPLAY_DB)
    power = 10 ** (grid.resample(grey).astype(np.float64) / grey_per_db / 10)
    rows, columns = np.indices(power.shape, dtype=np.float64)
    along = (rows - row) * field.axial_mm
    across = (columns - column) * field.lateral_mm[:, None]
    inside = (along / (axial / 2)) ** 2 + (across / (lateral / 2)) ** 2 <= 1
    echo = _speckle(inside, field.axial_mm, float(field.lateral_mm[int(row)]), rng)
    near = (np.abs(along) < 3 * axial) & (np.abs(across) < 3 * lateral)
    ground = float(np.median(power[near & ~inside]))
    echo *= ground * 10 ** (contrast / 10) / max(float(echo[inside].mean()), 1e-9)
    floor = float(np.quantile(power[field.inside], 0.02))
    loss = _loss(along, across, axial, lateral, drop)
    after = (power - floor).clip(min=0) * 10 ** (-loss / 10) + np.minimum(power, floor) + echo
    delta = (10 * np.log10(after / power) * grey_per_db).astype(np.float32)
    x, y = grid.to_pixels(np.array([[row, column]]))[0]
    planted = Inserted(row, column, float(x), float(y), axial, lateral, contrast, drop)
    return _with_delta(grey, delta, grid), planted


def _place(still: Still, rng: np.random.Generator) -> tuple[float, float]:
    """In the liver, off its rim, with signal, and room for a shadow below."""
    field = still.field
    up, aside = field.rows(INSET_MM), field.columns(INSET_MM, field.grid.samples // 2)
    kernel = np.ones((2 * up + 1, 2 * aside + 1), np.uint8)
    room = cv2.erode(field.liver.astype(np.uint8), kernel, borderValue=0)
    below = np.zeros_like(room)
    far = field.rows(30.0)
    below[:-far] = field.inside[far:]
    bright = cv2.blur(field.level_db, (15, 15)) > field.floor_db + 12
    spots = np.argwhere((room > 0) & (below > 0) & bright)
    if not len(spots):
        raise LookupError("no room for a focus")
    row, column = spots[rng.integers(len(spots))]
    return float(row), float(column)


def _speckle(
    inside: np.ndarray, axial_mm: float, lateral_mm: float, rng: np.random.Generator
) -> np.ndarray:
    """Power of scatterers in ``inside`` under a beam 1 mm long and 2 mm wide."""
    real, imaginary = (rng.standard_normal(inside.shape) * inside for _ in range(2))
    spread = (max(0.3, 0.85 / lateral_mm), max(0.3, 0.45 / axial_mm))
    blurred = [
        cv2.GaussianBlur(part, (0, 0), sigmaX=spread[0], sigmaY=spread[1])
        for part in (real, imaginary)
    ]
    return blurred[0] ** 2 + blurred[1] ** 2


def _loss(
    along: np.ndarray, across: np.ndarray, axial: float, lateral: float, drop: float
) -> np.ndarray:
    """Decibels taken out of what lies behind: a column with a penumbra, filled near by."""
    behind = along - axial / 2
    penumbra = 0.8 + 0.02 * np.maximum(behind, 0)
    edge = (lateral / 2 - np.abs(across)) / penumbra
    column = 1 / (1 + np.exp(-2.4 * edge))
    through = np.clip((along + axial / 2) / axial, 0, 1)
    filled = 1 - 0.6 * np.exp(-np.maximum(behind, 0) / 5.0)
    return drop * column * np.where(behind > 0, filled, 0.4 * through)


def _with_delta(grey: np.ndarray, delta: np.ndarray, grid: object) -> np.ndarray:
    """The change, carried back from the beams to the pixels that they cross."""
    height, width = grey.shape
    y, x = np.mgrid[0:height, 0:width]
    places = grid.from_pixels(np.column_stack([x.ravel(), y.ravel()]).astype(float))
    rows, columns = places[:, 0].reshape(grey.shape), places[:, 1].reshape(grey.shape)
    change = cv2.remap(delta, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR)
    return np.clip(grey + change, 0, 255).astype(np.uint8)


def evaluate(count: int = 500, every: int = 1, seed: int = 1) -> InsertedFigures:
    """Put ``count`` foci into real pictures, one at a time, and read each."""
    rng = np.random.default_rng(seed)
    stills = list(real_stills(every=every))
    clean = [_read(still.grey) for still in stills]
    known = [(s, c) for s, c in zip(stills, clean, strict=True) if c is not None]
    foci = [len(c.foci) for _, c in known]
    shadowing = [sum(f.has_shadow for f in c.foci) for _, c in known]
    found: list[tuple[bool, bool, float]] = []
    tries = 0
    while len(found) < count and tries < 4 * count:
        still, before = known[tries % len(known)]
        tries += 1
        try:
            grey, planted = insert(before, still.grey, rng)
        except LookupError:
            continue
        found.append(_found(_read(grey), planted))
    errors = np.array([error for _, _, error in found if np.isfinite(error)])
    return InsertedFigures(
        count=len(found),
        frames=len(known),
        sensitivity=float(np.mean([hit for hit, _, _ in found])),
        with_shadow=float(np.mean([hit for _, hit, _ in found])),
        drop_error_db=float(np.median(np.abs(errors))),
        drop_bias_db=float(np.median(errors)),
        foci_a_frame=float(np.mean(foci)),
        shadowing_a_frame=float(np.mean(shadowing)),
    )


def _read(grey: np.ndarray) -> Still | None:
    frame = Frame(0, grey)
    view = view_of(frame, frames_of(grey))
    return None if view is None else read_still(frame, view.scene, with_tubes=False)


def _found(still: Still | None, planted: Inserted) -> tuple[bool, bool, float]:
    """Whether it is found, with a shadow, and by how much the drop is off."""
    if still is None:
        return False, False, float("nan")
    unit = still.scene.unit_mm
    limit = max(4.0, 0.6 * max(planted.axial_mm, planted.lateral_mm))
    for focus in still.foci:
        x, y = still.scene.grid.to_pixels(np.array([[focus.blob.row, focus.blob.column]]))[0]
        if np.hypot(x - planted.x, y - planted.y) * unit <= limit:
            drop = focus.shadow.drop_db if focus.shadow is not None else float("nan")
            return True, focus.has_shadow, drop - planted.drop_db
    return False, False, float("nan")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--every", type=int, default=1)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    for name, value in vars(evaluate(asked.count, asked.every)).items():
        print(f"{name:24}{value:10.3f}" if isinstance(value, float) else f"{name:24}{value:10d}")


if __name__ == "__main__":
    main()
