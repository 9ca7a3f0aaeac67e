"""The fan is found in the picture, wherever it lies and however it was exported."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from sonogram.pictures import (
    CUT,
    HEIGHT,
    LINEAR,
    PHASED,
    SECTOR,
    SQUEEZED,
    STEERED,
    TRAPEZOID,
    WIDTH,
    inside,
    overlap,
    painted,
    whole,
)

from hepaspot.intake.frames import Box
from hepaspot.sonogram.fan import FanKind
from hepaspot.sonogram.fan_fit import find_fan
from hepaspot.sonogram.fan_outline import fan_mask


def fitted(grey, **known):
    fit = find_fan(grey, whole(grey), **known)
    assert fit.reason is None
    return fit.fan


@pytest.mark.parametrize(
    "fan",
    [SECTOR, STEERED, PHASED, SQUEEZED, CUT, LINEAR, TRAPEZOID],
    ids=["sector", "steered", "phased", "squeezed", "cut", "linear", "trapezoid"],
)
def test_a_fan_is_found_where_it_was_painted(fan):
    found = fitted(painted(fan))
    assert found.kind is fan.kind
    assert overlap(fan_mask(found, (HEIGHT, WIDTH)), inside(fan)) > 0.975


@pytest.mark.parametrize("fan", [SECTOR, STEERED, CUT])
def test_apex_radii_and_angles_are_those_painted(fan):
    found = fitted(painted(fan))
    assert found.apex_x == pytest.approx(fan.apex_x, abs=4)
    assert found.near_radius == pytest.approx(fan.near_radius, abs=8)
    assert found.depth == pytest.approx(fan.depth, abs=5)
    assert (found.left, found.right) == pytest.approx((fan.left, fan.right), abs=0.02)
    assert 0 < found.sd_angle < 0.05
    assert 0 < found.sd_pixels < 30


def test_a_squeezed_export_is_recognised_by_its_curves():
    fit = find_fan(painted(SQUEEZED), Box(0, 0, WIDTH, HEIGHT))
    assert fit.squeezed
    assert fit.fan.y_per_x == pytest.approx(1.25, abs=0.06)


def test_a_known_shape_of_a_pixel_is_kept():
    assert fitted(painted(SQUEEZED), y_per_x=1.25).y_per_x == pytest.approx(1.25, abs=1e-6)


def test_square_pixels_are_not_called_squeezed():
    assert not find_fan(painted(SECTOR), Box(0, 0, WIDTH, HEIGHT)).squeezed


def test_a_dark_side_is_completed_by_its_mirror():
    grey = painted(SECTOR)
    grey[120:, :330] = 0
    found = fitted(grey)
    assert (found.left, found.right) == pytest.approx((-0.6, 0.6), abs=0.03)


@pytest.mark.parametrize(("across", "down"), [(40, 25), (-30, 10)])
def test_a_shift_of_the_picture_shifts_the_fan(across, down):
    before = fitted(painted(SECTOR))
    move = np.float32([[1, 0, across], [0, 1, down]])
    after = fitted(cv2.warpAffine(painted(SECTOR), move, (WIDTH, HEIGHT)))
    assert after.apex_x - before.apex_x == pytest.approx(across, abs=4)
    assert after.apex_y - before.apex_y == pytest.approx(down, abs=6)


def test_a_mirrored_picture_has_the_mirrored_fan():
    before = fitted(painted(STEERED))
    after = fitted(np.ascontiguousarray(painted(STEERED)[:, ::-1]))
    assert (after.left, after.right) == pytest.approx((-before.right, -before.left), abs=0.01)


@pytest.mark.parametrize("gain", [0.5, 1.5, 2.0])
def test_gain_does_not_move_the_fan(gain):
    found = fitted(painted(SECTOR, gain=gain))
    assert overlap(fan_mask(found, (HEIGHT, WIDTH)), inside(SECTOR)) > 0.975


def test_half_the_size_has_half_the_radii():
    small = cv2.resize(painted(SECTOR), (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    found = fitted(small)
    assert found.near_radius == pytest.approx(SECTOR.near_radius / 2, abs=5)
    assert found.depth == pytest.approx(SECTOR.depth / 2, abs=4)


def test_marks_beside_the_fan_do_not_move_it():
    grey = painted(SECTOR)
    grey[20:40, 250:270] = 255
    grey[500:540, 40:60] = 255
    assert overlap(fan_mask(fitted(grey), (HEIGHT, WIDTH)), inside(SECTOR)) > 0.975


def test_what_lies_outside_the_view_is_left_alone():
    grey = painted(SECTOR)
    both = np.concatenate([np.full((HEIGHT, 200), 180, np.uint8), grey], axis=1)
    fit = find_fan(both, Box(200, 0, 200 + WIDTH, HEIGHT))
    assert fit.fan.apex_x == pytest.approx(600, abs=4)


@pytest.mark.parametrize("level", [0, 1])
def test_a_black_picture_is_refused_by_name(level):
    fit = find_fan(np.full((HEIGHT, WIDTH), level, np.uint8), Box(0, 0, WIDTH, HEIGHT))
    assert (fit.fan, fit.reason) == (None, "no_scanned_area")


def test_an_empty_view_is_refused_by_name():
    fit = find_fan(painted(SECTOR), Box(10, 10, 10, 10))
    assert fit.reason == "no_scanned_area"


def test_a_trapezoid_has_a_straight_near_line():
    assert fitted(painted(TRAPEZOID)).kind is FanKind.TRAPEZOID
