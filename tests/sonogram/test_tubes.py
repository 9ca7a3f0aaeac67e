"""What a tube beside a focus tells of the ducts, and what is no tube at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

cv2 = pytest.importorskip("cv2", reason="needs the extra 'picture'")

import numpy as np  # noqa: E402
from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from hepaspot.sonogram import likelihoods  # noqa: E402
from hepaspot.sonogram.neighbours import Lie, Tube, tubes_near  # noqa: E402
from hepaspot.sonogram.patch import SAMPLE_MM, Patch  # noqa: E402
from hepaspot.sonogram.tubes import centre_lines, is_slender  # noqa: E402

SIDE = 161
MIDDLE = SIDE // 2
TUBE = Tube(
    points=np.zeros((2, 2)),
    outline=np.zeros((4, 2)),
    calibre_mm=5.0,
    sd_mm=0.4,
    length_mm=20.0,
    distance_mm=0.5,
    lie=Lie.ENDS_AT,
    sides_mm=(5.0, float("nan")),
    partner_mm=None,
    depth_db=12.0,
)


def patch_with(dark) -> Patch:
    """Speckle of 40 dB, 14 dB darker where ``dark``."""
    noise = np.random.default_rng(4).normal(0, 2.0, (SIDE, SIDE)).astype(np.float32)
    level = 40.0 + cv2.GaussianBlur(noise, (0, 0), 1.5)
    level = np.where(dark, level - 14.0, level).astype(np.float32)
    return Patch(level, np.ones((SIDE, SIDE), bool), 0.0, 0.0, 1.0, 1.0)


def ellipse(length_mm: float, width_mm: float):
    rows, columns = np.mgrid[:SIDE, :SIDE] - MIDDLE
    return (2 * columns * SAMPLE_MM / length_mm) ** 2 + (2 * rows * SAMPLE_MM / width_mm) ** 2 <= 1


def touching_tubes(dark):
    """Tubes at a bright spot that sits at the left end of what is dark."""
    rows, columns = np.mgrid[:SIDE, :SIDE] - MIDDLE
    left = columns[dark].min() if dark.any() else 0
    spot = (columns - left + 6) ** 2 + rows**2 <= 36
    return tubes_near(patch_with(dark & ~spot), spot, np.zeros_like(spot), in_shadow=False)


def test_a_long_dark_streak_that_ends_at_a_focus_is_a_tube():
    rows, columns = np.mgrid[:SIDE, :SIDE] - MIDDLE
    streak = (abs(rows) * SAMPLE_MM <= 1.5) & (columns > -40)
    (tube, *_) = touching_tubes(streak)
    assert tube.calibre_mm == pytest.approx(3.0, abs=0.8)
    assert tube.lie is Lie.ENDS_AT


@pytest.mark.parametrize(("length_mm", "width_mm"), [(14.0, 10.0), (18.0, 12.0), (22.0, 20.0)])
def test_a_plump_dark_cavity_beside_a_focus_is_no_tube(length_mm, width_mm):
    assert [t for t in touching_tubes(ellipse(length_mm, width_mm)) if t.calibre_mm > 4] == []


def test_nothing_dark_is_no_tube():
    assert centre_lines(patch_with(np.zeros((SIDE, SIDE), bool))) == []


@given(st.floats(0.5, 30), st.floats(0.5, 30), st.floats(0, 30))
def test_what_is_longer_is_no_less_slender(length_mm, width_mm, more_mm):
    assert is_slender(length_mm + more_mm, width_mm) >= is_slender(length_mm, width_mm)


def test_a_wide_tube_that_ends_at_a_focus_with_a_vessel_beside_it_is_a_dilated_duct():
    told = likelihoods.of_tube(replace(TUBE, partner_mm=4.0))
    assert told["dilated"] > 0.8


def test_a_wide_tube_that_passes_by_is_most_likely_a_vessel_and_raises_no_flag():
    told = likelihoods.of_tube(replace(TUBE, lie=Lie.PASSES))
    assert told["dilated"] < 0.5


@given(st.floats(0.5, 15), st.floats(0.1, 3), st.sampled_from(Lie), st.none() | st.just(4.0))
def test_a_wider_tube_never_speaks_less_for_dilated_ducts(calibre_mm, more_mm, lie, partner_mm):
    narrow = replace(TUBE, calibre_mm=calibre_mm, lie=lie, partner_mm=partner_mm)
    wide = replace(narrow, calibre_mm=calibre_mm + more_mm)
    first, second = likelihoods.of_tube(narrow), likelihoods.of_tube(wide)
    assert second["dilated"] >= first["dilated"] - 1e-12
    assert sum(first.values()) == pytest.approx(1.0)
