"""Grey levels per dB come from the speckle itself."""

from __future__ import annotations

import numpy as np
import pytest
from sonogram.speckled import picture, scene

from hepaspot.sonogram.speckle import SPECKLE_SD_DB, TYPICAL_GREY_PER_DB, calibrate


def calibration_of(grey):
    beams = scene().grid.resample(grey).astype(np.float32)
    return calibrate(beams, np.ones(beams.shape, bool))


@pytest.mark.parametrize("display", [50.0, 60.0, 70.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_display_range_is_recovered_within_fifteen_percent(display, seed):
    found = calibration_of(picture(display_db=display, mean_db=0.55 * display, seed=seed))
    assert found.grey_per_db == pytest.approx(255 / display, rel=0.15)


def test_gain_does_not_move_it():
    plain, loud = (calibration_of(picture(gain_db=gain)) for gain in (0.0, 8.0))
    assert loud.grey_per_db == pytest.approx(plain.grey_per_db, rel=0.03)


def test_a_black_picture_tells_nothing_and_says_so():
    found = calibration_of(np.zeros((560, 480), np.uint8))
    assert found.grey_per_db == TYPICAL_GREY_PER_DB
    assert found.sd >= 0.3


def test_a_smoothed_picture_is_doubted_more():
    import cv2

    smooth = calibration_of(cv2.GaussianBlur(picture(), (0, 0), 6.0))
    assert smooth.sd > calibration_of(picture()).sd


def test_the_constant_is_that_of_a_rayleigh_amplitude():
    amplitude = np.random.default_rng(1).rayleigh(size=400_000)
    assert np.std(20 * np.log10(amplitude)) == pytest.approx(SPECKLE_SD_DB, abs=0.03)
