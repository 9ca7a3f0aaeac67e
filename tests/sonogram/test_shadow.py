"""The shadow is what the medium takes out of the beam, told in dB with its doubt."""

from __future__ import annotations

import numpy as np
import pytest
from sonogram.speckled import Spot, Tube, picture, read


def behind(*, seed: int = 1, **spot):
    (focus,) = [f for f in read(picture(Spot(**spot), seed=seed)).foci if f.blob.contrast_db > 12]
    return focus


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_more_attenuation_never_weakens_a_shadow(seed):
    drops = [behind(drop_db=drop, seed=seed).shadow.drop_db for drop in (0, 3, 6, 9, 12, 15)]
    assert drops == sorted(drops)


@pytest.mark.parametrize("drop", [0.0, 4.0, 8.0, 12.0])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_drop_is_right_within_two_decibels(drop, seed):
    assert behind(drop_db=drop, seed=seed).shadow.drop_db == pytest.approx(drop, abs=2.0)


def test_without_a_drop_there_is_no_shadow():
    assert not behind(drop_db=0.0).has_shadow


def test_a_clear_drop_is_a_shadow():
    assert behind(drop_db=9.0).has_shadow


@pytest.mark.parametrize("gain", [-10.0, -5.0, 5.0, 10.0])
def test_gain_does_not_change_the_drop(gain):
    plain = read(picture(Spot()), with_tubes=False).foci[0]
    turned = read(picture(Spot(), gain_db=gain), with_tubes=False).foci[0]
    assert turned.shadow.drop_db == pytest.approx(plain.shadow.drop_db, abs=1.0)
    assert turned.has_shadow


@pytest.mark.parametrize("display", [50.0, 60.0, 70.0])
def test_the_display_range_does_not_change_the_drop(display):
    grey = picture(Spot(), display_db=display, mean_db=0.55 * display)
    focus = read(grey, with_tubes=False).foci[0]
    assert focus.shadow.drop_db == pytest.approx(10.0, abs=2.0)


def test_a_bright_column_is_a_tail_and_no_shadow():
    focus = behind(drop_db=0.0, tail_db=8.0)
    assert not focus.has_shadow
    assert focus.shadow.near_db > 3
    assert focus.shadow.bright_mm > 15


def test_a_mirrored_picture_has_the_same_shadow():
    grey = picture(Spot(x_mm=50.0))
    one = read(grey, with_tubes=False).foci[0]
    two = read(np.ascontiguousarray(grey[:, ::-1]), with_tubes=False).foci[0]
    assert two.shadow.drop_db == pytest.approx(one.shadow.drop_db, abs=0.8)


def test_too_little_below_a_focus_tells_nothing():
    foci = read(picture(Spot(depth_mm=131.0)), with_tubes=False).foci
    assert [focus.shadow for focus in foci] == [None]


def test_tissue_between_dark_ducts_is_no_tail():
    ducts = [Tube((x, 56.0), (x, 72.0), 9.0) for x in (50.0, 70.0)]
    grey = picture(Spot(drop_db=0.0), *ducts)
    (focus,) = [f for f in read(grey, with_tubes=False).foci if f.blob.contrast_db > 12]
    assert focus.shadow.near_db < 2
    assert focus.shadow.bright_mm < 6
