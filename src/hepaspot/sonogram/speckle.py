"""Decibels without knowing the scanner: what the speckle of plain tissue tells.

In a log-compressed picture fully developed speckle has a standard deviation of 5.57 dB,
whatever its brightness (Rayleigh amplitude). Its spread in grey levels therefore gives the
grey levels per dB. Compounding and speckle filters narrow it, so that the true figure may
be larger, never smaller; the answer carries that doubt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from hepaspot.sonogram.field import BeamMask, Levels
from hepaspot.sonogram.ranks import quantile

SPECKLE_SD_DB: Final = 5.57
"""Standard deviation of log-compressed fully developed speckle: dB (Rayleigh statistics)."""

GREY_PER_DB_RANGE: Final = (255 / 85, 255 / 45)
"""Grey levels a dB of display ranges of 85 and 45 dB, between which scanners are set (convention)."""

TYPICAL_GREY_PER_DB: Final = 255 / 62
"""Grey levels a dB where the picture does not tell: a display range of 62 dB (convention)."""

USABLE_GREY: Final = (12, 225)
"""Mean grey levels between which speckle is neither cut off at black nor at white."""

WINDOW: Final = 17
"""Side of the window in which the spread is taken: samples of the beam grid."""

MIN_WINDOWS: Final = 60
"""Fewer usable samples than this tell nothing."""

PLAIN_QUANTILE: Final = 0.5
"""Of all spreads, the quantile that plain tissue has; the upper ones hold edges and vessels."""


@dataclass(frozen=True)
class Calibration:
    """Grey levels per dB, and one standard deviation of doubt as a share of it."""

    grey_per_db: float
    sd: float


def calibrate(beams: Levels, tissue: BeamMask) -> Calibration:
    """Grey levels per dB from the speckle in ``tissue``.

    Parameters
    ----------
    beams : (samples, beams) float32
        Grey levels in beam space.
    tissue : (samples, beams) bool
        Where plain tissue may be looked for.
    """
    spread, mean = _spread(beams)
    low, high = USABLE_GREY
    usable = tissue & (mean > low) & (mean < high) & (spread > 0.5)
    if int(usable.sum()) < MIN_WINDOWS:
        return Calibration(TYPICAL_GREY_PER_DB, 0.3)
    plain = quantile(spread[usable][::3], PLAIN_QUANTILE)  # neighbours say the same
    measured = plain / SPECKLE_SD_DB
    least, most = GREY_PER_DB_RANGE
    bounded = min(max(measured, least), most)
    # A filtered picture shows less spread than its dynamic range implies: then the lower
    # bound speaks, and with more doubt.
    return Calibration(bounded, 0.12 if bounded == measured else 0.25)


def _spread(beams: Levels) -> tuple[Levels, Levels]:
    """Local standard deviation about a local plane, and the local mean."""
    window = (WINDOW, WINDOW)
    mean = cv2.blur(beams, window)
    squares = cv2.blur(beams * beams, window)
    # A slope across the window (gain, attenuation) is no speckle.
    slope_y = cv2.blur(cv2.Sobel(mean, cv2.CV_32F, 0, 1, ksize=3), window) / 8
    slope_x = cv2.blur(cv2.Sobel(mean, cv2.CV_32F, 1, 0, ksize=3), window) / 8
    tilt = (WINDOW**2 - 1) / 12 * (slope_x**2 + slope_y**2)
    variance = np.maximum(squares - mean * mean - tilt, 0)
    return np.sqrt(variance), np.asarray(mean, np.float32)
