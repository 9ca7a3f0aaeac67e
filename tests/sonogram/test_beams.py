"""Beam space: samples along beams, and the exact way back to the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sonogram.pictures import LINEAR, SECTOR, SQUEEZED, STEERED, TRAPEZOID, depths_and_beams

from hepaspot.sonogram.beams import grid_for
from hepaspot.sonogram.fan import Fan, FanKind

FANS = [SECTOR, STEERED, SQUEEZED, LINEAR, TRAPEZOID]


@pytest.mark.parametrize("fan", FANS, ids=["sector", "steered", "squeezed", "linear", "trapezoid"])
@given(row=st.floats(0, 383), column=st.floats(0, 255))
def test_the_way_to_the_picture_and_back_is_exact(fan, row, column):
    grid = grid_for(fan)
    point = np.array([[row, column]])
    assert np.allclose(grid.from_pixels(grid.to_pixels(point)), point, atol=1e-6)


@given(shape=st.floats(0.6, 1.6), angle=st.floats(0.1, 1.2), kind=st.sampled_from(FanKind))
def test_every_shape_of_pixel_has_an_exact_way_back(shape, angle, kind):
    edges = (100.0, 700.0) if kind is FanKind.LINEAR else (-angle, angle / 2)
    grid = grid_for(Fan(kind, 400.0, 10.0, 80.0, 400.0, *edges, y_per_x=shape))
    points = np.array([[0.0, 0.0], [383.0, 255.0], [100.5, 17.25]])
    assert np.allclose(grid.from_pixels(grid.to_pixels(points)), points, atol=1e-6)


@pytest.mark.parametrize("fan", FANS)
def test_a_picture_painted_by_depth_has_constant_rows(fan):
    depths, _ = depths_and_beams(fan)
    grey = np.clip(depths * 0.4 + 20, 0, 255).astype(np.uint8)
    beams = grid_for(fan, samples=200, beams=100).resample(grey).astype(float)
    rows = beams[5:-5]
    spread = np.ptp(rows, axis=1)
    assert rows[-1].mean() > rows[0].mean() + 100
    assert spread.max() <= 3


@pytest.mark.parametrize("fan", [SECTOR, STEERED, SQUEEZED])
def test_a_picture_painted_by_beam_has_constant_columns(fan):
    _, beams = depths_and_beams(fan)
    grey = np.clip((beams + 0.8) * 120, 0, 255).astype(np.uint8)
    columns = grid_for(fan, samples=200, beams=100).resample(grey).astype(float)[5:-5]
    assert columns[:, -1].mean() > columns[:, 0].mean() + 80
    assert np.ptp(columns, axis=0).max() <= 3


@pytest.mark.parametrize("fan", [SECTOR, SQUEEZED, LINEAR])
def test_beam_spacing_is_the_distance_between_neighbours(fan):
    grid = grid_for(fan)
    rows = np.array([0.0, 100.0, 383.0])
    middle = [grid.to_pixels(np.column_stack([rows, np.full(3, c)])) for c in (127.0, 128.0)]
    step = (middle[1] - middle[0]) * [1.0, fan.y_per_x]
    assert np.allclose(np.hypot(*step.T), grid.beam_spacing(rows), rtol=1e-3)


def test_rows_and_columns_end_on_the_edges_of_the_fan():
    grid = grid_for(SECTOR, samples=100, beams=50)
    x, y = grid.to_pixels(np.array([[99.0, 49.0]]))[0]
    depth, beam = SECTOR.locate(np.array(x), np.array(y))
    assert depth == pytest.approx(SECTOR.depth)
    assert beam == pytest.approx(SECTOR.right)


def test_outside_the_frame_is_black():
    small = np.full((100, 100), 200, np.uint8)
    assert grid_for(SECTOR).resample(small).max() == 0
