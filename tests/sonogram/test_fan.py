"""The geometry of the scanned area, its outline and its mask."""

from __future__ import annotations

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
)

from hepaspot.sonogram.fan_outline import fan_mask, fan_outline

FANS = [SECTOR, STEERED, PHASED, SQUEEZED, CUT, LINEAR, TRAPEZOID]


@pytest.mark.parametrize("fan", FANS)
def test_the_mask_holds_the_places_between_the_outermost_beams(fan):
    assert overlap(fan_mask(fan, (HEIGHT, WIDTH)), inside(fan)) > 0.99


@pytest.mark.parametrize("fan", FANS)
def test_the_outline_stays_in_the_frame(fan):
    outline = fan_outline(fan, 500, 300)
    assert len(outline) >= 4
    assert (outline >= 0).all()
    assert (outline <= [499, 299]).all()


def test_an_outline_is_cut_where_the_picture_shows_no_more():
    outline = fan_outline(CUT, WIDTH, HEIGHT)
    assert outline[:, 0].min() == pytest.approx(CUT.cut.left)
    assert outline[:, 0].max() == pytest.approx(CUT.cut.right)


def test_a_fan_outside_the_frame_has_no_outline_and_an_empty_mask():
    assert fan_outline(SECTOR, 20, 20).shape == (0, 2)
    assert not fan_mask(SECTOR, (20, 20)).any()


def test_the_near_line_of_a_trapezoid_is_straight():
    beams = np.linspace(TRAPEZOID.left, TRAPEZOID.right, 9)
    _, y = TRAPEZOID.place(np.zeros(9), beams)
    assert np.allclose(y, TRAPEZOID.near_y)
