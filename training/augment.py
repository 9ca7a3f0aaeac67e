"""Variations of a still that a liver does not change under: how it was scanned and stored.

Geometry first (tilt, stretch, mirror, less depth, a narrower fan), on a canvas with some
room; then the fan's box is cut out as at run time, and the grey levels are varied on the
network's own grid (gain by depth and by side, dynamic range, haze, blur, speckle, JPEG,
marks). The numbers here shape what is learnt and steer no decision at run time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from stills import Still, bounds

from hepaspot.intake.frames import Grey, Mask
from hepaspot.sonogram.liver import COLUMNS, ROWS, free_of_gain, on_grid

CANVAS: Final = (256, 320)
"""Rows and columns that a still's fan is kept at while training; twice the network's grid."""

MARGIN: Final = 0.06
"""Room around the fan on the canvas, as a share of its box."""

Numbers = NDArray[np.float32]
Rng = np.random.Generator


@dataclass(frozen=True)
class Sample:
    """A still on the canvas: grey levels, fan and liver, each ``CANVAS``."""

    grey: Grey
    fan: Mask
    liver: Mask

    def within(self, rows: slice, columns: slice) -> Sample:
        """A part of it."""
        return Sample(self.grey[rows, columns], self.fan[rows, columns], self.liver[rows, columns])


def on_canvas(still: Still) -> Sample:
    """Cut out the fan with some room around it and squeeze it onto the canvas."""
    box = bounds(still.fan_mask)
    aside = int(MARGIN * (box.right - box.left))
    above = int(MARGIN * (box.bottom - box.top))
    rows = slice(max(0, box.top - above), box.bottom + above)
    columns = slice(max(0, box.left - aside), box.right + aside)
    size = (CANVAS[1], CANVAS[0])
    return Sample(
        _grey(cv2.resize(still.grey[rows, columns], size, interpolation=cv2.INTER_AREA)),
        _resized(still.fan_mask[rows, columns], size),
        _resized(still.liver_mask[rows, columns], size),
    )


def plain(sample: Sample) -> tuple[Numbers, Numbers, Numbers]:
    """Picture ``(2, ROWS, COLUMNS)``, liver and fan ``(ROWS, COLUMNS)``, as at run time."""
    small, fan, liver = _boxed(sample)
    return free_of_gain(small, fan), liver.astype(np.float32), fan.astype(np.float32)


def varied(sample: Sample, rng: Rng) -> tuple[Numbers, Numbers, Numbers]:
    """As `plain`, of a variation of the sample."""
    sample = _moved(sample, rng)
    sample = _narrowed(sample, rng)
    small, fan, liver = _boxed(_fan_jittered(sample, rng), rng)
    picture = free_of_gain(_relit(small, fan, rng), fan)
    return picture, liver.astype(np.float32), fan.astype(np.float32)


def _moved(sample: Sample, rng: Rng) -> Sample:
    """Mirror, tilt, shear and stretch; the box is cut out anew, so size itself cancels."""
    height, width = CANVAS
    if rng.random() < 0.5:
        sample = Sample(sample.grey[:, ::-1], sample.fan[:, ::-1], sample.liver[:, ::-1])
    tilt, shear = np.deg2rad(rng.normal(0, 7)), rng.normal(0, 0.06)
    stretch = np.exp(rng.normal(0, 0.1))
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    linear = 0.85 * turn @ np.array([[stretch, shear], [0.0, 1 / stretch]])
    centre = np.array([width / 2, height / 2])
    affine = np.hstack([linear, (centre - linear @ centre)[:, None]])
    return Sample(
        _grey(cv2.warpAffine(np.ascontiguousarray(sample.grey), affine, (width, height))),
        _warped(sample.fan, affine),
        _warped(sample.liver, affine),
    )


def _narrowed(sample: Sample, rng: Rng) -> Sample:
    """Less depth, fewer beams: cut the fan's far end by an arc, its sides by lines."""
    box = bounds(sample.fan)
    wide, high = box.right - box.left, box.bottom - box.top
    y, x = np.mgrid[: CANVAS[0], : CANVAS[1]].astype(np.float32)
    apex_x = (box.left + box.right) / 2 + rng.normal(0, 0.03) * wide
    apex_y = box.top - rng.uniform(0.05, 0.5) * high
    fan = sample.fan.copy()
    if rng.random() < 0.4:
        reach = (box.bottom - apex_y) * rng.uniform(0.68, 0.98)
        fan &= np.hypot(x - apex_x, y - apex_y) < reach
    if rng.random() < 0.3:
        angle = np.arctan2(x - apex_x, y - apex_y)
        widest = float(np.abs(angle[sample.fan]).max())
        least, most = -widest * rng.uniform(0.6, 1), widest * rng.uniform(0.6, 1)
        fan &= (angle > least) & (angle < most)
    if (fan & sample.liver).sum() < 0.02 * fan.size:
        return sample
    return Sample(sample.grey, fan, sample.liver & fan)


def _fan_jittered(sample: Sample, rng: Rng) -> Sample:
    """A fan that was fitted a few pixels too tight or too wide."""
    by = int(rng.integers(-4, 5))
    if not by:
        return sample
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(by) + 1, 2 * abs(by) + 1))
    change = cv2.dilate if by > 0 else cv2.erode
    fan = change(sample.fan.view(np.uint8), kernel).astype(bool)
    return Sample(sample.grey, fan, sample.liver & fan)


def _boxed(sample: Sample, rng: Rng | None = None) -> tuple[Grey, Mask, Mask]:
    """The fan's box on the network's grid, a few pixels off where ``rng`` is given."""
    box = bounds(sample.fan)
    top, bottom, left, right = (0, 0, 0, 0) if rng is None else rng.integers(-4, 5, 4)
    rows = slice(max(0, box.top + top), box.bottom + bottom)
    columns = slice(max(0, box.left + left), box.right + right)
    cut = sample.within(rows, columns)
    small, fan = on_grid(cut.grey, np.ascontiguousarray(cut.fan))
    return small, fan, _resized(cut.liver, (COLUMNS, ROWS)) & fan


def _relit(grey: Grey, fan: Mask, rng: Rng) -> Grey:
    """Vary the grey levels within the fan."""
    level = grey.astype(np.float32)
    if rng.random() < 0.3:
        sigma = rng.uniform(0.4, 1.6)
        level = _blurred(level, sigma, sigma)
    if rng.random() < 0.5:
        level = 255 * (np.clip(level, 0, 255) / 255) ** np.exp(rng.normal(0, 0.3))
    level = level * np.exp(rng.normal(0, 0.25))
    level += rng.uniform(-min(45.0, 0.6 * float(level[fan].mean())), 45) + _gain_by_place(rng)
    if rng.random() < 0.4:
        level += _speckle(rng)
    if rng.random() < 0.25:
        level += _haze(rng)
    if rng.random() < 0.15:
        level = _padded(level, rng)
    if rng.random() < 0.4:
        level = _marked(level, rng)
    seen = np.clip(level, 0, 255).astype(np.uint8) * fan
    if rng.random() < 0.3:
        seen = _stored(seen, int(rng.integers(30, 90)))
    return seen


def _gain_by_place(rng: Rng) -> Numbers:
    """Slides of the time-gain control set awry, and shade from poor contact of the probe."""
    by_depth = np.interp(np.linspace(0, 7, ROWS), range(8), rng.normal(0, 14, 8))
    by_side = np.zeros(COLUMNS)
    if rng.random() < 0.4:
        by_side = np.interp(np.linspace(0, 5, COLUMNS), range(6), rng.normal(0, 16, 6))
    return (by_depth[:, None] + by_side[None, :]).astype(np.float32)


def _speckle(rng: Rng) -> Numbers:
    """More speckle, wider across the beams than along them."""
    noise = rng.standard_normal((ROWS, COLUMNS), np.float32)
    noise = _blurred(noise, rng.uniform(0.5, 1.5), rng.uniform(0.4, 1.0))
    return np.asarray(noise * rng.uniform(4, 16) / max(float(noise.std()), 1e-3), np.float32)


def _haze(rng: Rng) -> Numbers:
    """Clutter: a veil that is brightest near the probe or in one patch."""
    y, x = np.mgrid[: 1 : ROWS * 1j, : 1 : COLUMNS * 1j].astype(np.float32)
    at_x, at_y, width = rng.uniform(0.2, 0.8), rng.uniform(0, 0.9), rng.uniform(0.1, 0.35)
    veil = np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * width**2))
    return np.asarray(rng.uniform(15, 70) * veil, np.float32)


def _padded(level: Numbers, rng: Rng) -> Numbers:
    """A flat dark patch, as left where text was blanked."""
    y, x = int(rng.integers(0, ROWS - 8)), int(rng.integers(0, COLUMNS - 8))
    high, wide = rng.integers(6, 26, 2)
    level[y : y + high, x : x + wide] = rng.uniform(0, 45)
    return level


def _marked(level: Numbers, rng: Rng) -> Numbers:
    """Calipers joined by dots, arrows and letters over the picture."""
    bright = float(rng.uniform(170, 255))
    marks = np.zeros(level.shape, np.uint8)
    start = (int(rng.integers(15, COLUMNS - 15)), int(rng.integers(15, ROWS - 15)))
    end = tuple(int(at + rng.integers(-35, 36)) for at in start)
    for x, y in (start, end):
        cv2.drawMarker(marks, (x, y), bright, cv2.MARKER_CROSS, int(rng.integers(3, 8)))
    if rng.random() < 0.4:
        for share in np.linspace(0, 1, 12)[1:-1]:
            x, y = (round(a + share * (b - a)) for a, b in zip(start, end, strict=True))
            cv2.circle(marks, (x, y), 0, bright, -1)
    if rng.random() < 0.3:
        cv2.arrowedLine(marks, end, start, bright, 1, tipLength=0.3)
    if rng.random() < 0.4:
        word = "".join(rng.choice(list("ABDEGKLMRSTV"), int(rng.integers(1, 5))))
        size = float(rng.uniform(0.25, 0.5))
        cv2.putText(marks, word, end, cv2.FONT_HERSHEY_SIMPLEX, size, bright, 1, cv2.LINE_AA)
    return np.maximum(level, marks)


def _blurred(level: Numbers, across: float, along: float) -> Numbers:
    return np.asarray(cv2.GaussianBlur(level, (0, 0), across, sigmaY=along), np.float32)


def _stored(grey: Grey, quality: int) -> Grey:
    _, stored = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return _grey(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE))


def _grey(picture: NDArray[Any] | None) -> Grey:
    """Tell the type checker what OpenCV does not."""
    return np.asarray(picture, np.uint8)


def _resized(mask: Mask, size: tuple[int, int]) -> Mask:
    return cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) >= 128


def _warped(mask: Mask, affine: NDArray[np.float64]) -> Mask:
    flat = np.ascontiguousarray(mask).view(np.uint8) * 255
    return cv2.warpAffine(flat, affine, CANVAS[::-1]) >= 128
