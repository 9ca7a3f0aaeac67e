"""What a phantom shows follows from its medium, and its truth says what it shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("cv2", reason="phantoms are simulated with the extra 'picture'")

from phantom.recipes import QUIET, first, focus, polar, with_focus

from hepaspot.phantom import random_recipes, simulate
from hepaspot.phantom.simulation import Phantom
from hepaspot.phantom.truth import ShadowKind, Truth, TubeKind


def drop_in_picture(recipe):
    """Drop in dB behind the focus, against plain liver in its place, and the truth."""
    grey, truth = first(recipe)
    plain = replace(recipe.foci[0], attenuation_db_per_cm=0.0, contrast_db=0.0)
    without, _ = first(replace(recipe, foci=(plain,)))
    told = truth.foci[0]
    depth, angle = polar(truth)
    behind = depth - told.depth_mm - told.axial_mm / 2
    reach = (behind > told.shadow.from_mm) & (behind < told.shadow.to_mm)
    across = np.abs(angle - told.beam) * (truth.fan.near_radius_mm + told.depth_mm)
    core = reach & (across < told.lateral_mm / 4)
    db = recipe.dynamic_range_db / 255
    return float((without - grey)[core].mean()) * db, truth


@pytest.mark.parametrize(
    "plan",
    [
        focus("calcification", 9, 12),
        focus("calcification", 4, 40),
        focus("stone_in_dilated_duct", 8, 20),
        focus("gas", 8, 30),
    ],
    ids=["large_calcification", "small_calcification", "stone", "gas"],
)
def test_the_visible_drop_told_is_the_one_in_the_picture(plan):
    drop, truth = drop_in_picture(with_focus(plan))
    assert drop == pytest.approx(truth.foci[0].shadow.visible_drop_db, abs=1.5)


def test_a_wide_focus_takes_twice_its_attenuation_along_the_beam():
    plan = focus("calcification", 28.0, 4.0, depth_cm=5.0, lateral=0.0)
    _, truth = simulate(with_focus(plan))
    told = truth.foci[0]
    expected = 2 * 4.0 * told.axial_mm / 10
    # The middle half of an ellipse is a little thinner than its middle.
    assert told.shadow.drop_db == pytest.approx(0.96 * expected, rel=0.12)


def test_an_aperture_wider_than_the_focus_sees_around_it():
    narrow, wide = (
        simulate(with_focus(focus("calcification", size, 100 / size)))[1].foci[0].shadow.drop_db
        for size in (3.0, 12.0)
    )
    assert 0 < narrow < 0.6 * wide


def test_a_haemangioma_casts_no_shadow():
    drop, truth = drop_in_picture(with_focus(focus("haemangioma", 9, 0.0, 10.0)))
    assert truth.foci[0].shadow.kind is ShadowKind.ABSENT
    assert truth.foci[0].shadow.drop_db == pytest.approx(0.0, abs=0.1)
    assert drop == pytest.approx(0.0, abs=0.3)


@settings(max_examples=6, deadline=None)
@given(
    less=st.floats(0.0, 30.0),
    more=st.floats(0.5, 30.0),
    size=st.floats(2.0, 10.0),
    target=st.sampled_from(["calcification", "stone_in_dilated_duct"]),
)
def test_more_attenuation_never_weakens_a_shadow(less, more, size, target):
    weak, strong = (
        simulate(with_focus(focus(target, size, attenuation)))[1].foci[0].shadow
        for attenuation in (less, less + more)
    )
    assert strong.drop_db > weak.drop_db
    ringing = 0.5  # a focus begins to ring once it is hard, and its echoes fill its shadow a little
    assert strong.visible_drop_db > weak.visible_drop_db - ringing


def test_gas_fills_its_own_shadow():
    gas = simulate(with_focus(focus("gas", 9, 30.0, 26.0)))[1].foci[0].shadow
    assert gas.kind is ShadowKind.DIRTY
    assert gas.visible_drop_db < gas.drop_db - 3


def test_noise_hides_part_of_a_shadow():
    plan = focus("calcification", 9, 20.0)
    quiet, loud = (
        simulate(with_focus(plan, noise_db=noise))[1].foci[0].shadow for noise in (-119.0, -40.0)
    )
    assert loud.drop_db == quiet.drop_db
    assert loud.visible_drop_db < quiet.visible_drop_db - 3


def widths_across(grey, truth, tube, places):
    """Width in mm between the places where half the power of liver is left."""
    line = np.array(tube.line)
    scale = np.array([truth.mm_per_pixel_x, truth.mm_per_pixel_y])
    along = np.gradient(line * scale, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    normal = np.column_stack([-along[:, 1], along[:, 0]])
    steps = np.arange(-9, 9.01, 0.1)
    profiles = []
    for place in places:
        points = line[place] + steps[:, None] * normal[place] / scale
        x, y = np.rint(points).astype(int).T
        profiles.append(grey[y, x])
    level = np.mean(profiles, axis=0)
    half = grey[grey > 0].mean() - 3 * 255 / QUIET.dynamic_range_db
    middle = len(steps) // 2
    left = middle - np.argmax(level[middle::-1] > half)
    right = middle + np.argmax(level[middle:] > half)
    return steps[right] - steps[left]


@pytest.mark.parametrize("calibre", [4.0, 6.0, 8.0])
def test_the_calibre_of_a_duct_in_the_picture_is_the_one_told(calibre):
    plan = focus("stone_in_dilated_duct", 6.0, 20.0)
    grey, truth = first(with_focus(plan, duct_calibre_mm=calibre))
    duct = next(tube for tube in truth.tubes if tube.kind is TubeKind.DUCT)
    upstream = range(6, 16)
    told = np.mean([duct.calibres_mm[place] for place in upstream])
    assert duct.dilated
    assert duct.calibre_mm == calibre
    assert widths_across(grey, truth, duct, upstream) == pytest.approx(told, abs=0.5)


def test_a_duct_is_wide_before_its_stone_and_narrow_beyond():
    _, truth = simulate(with_focus(focus("stone_in_dilated_duct"), duct_calibre_mm=7.0))
    duct = next(tube for tube in truth.tubes if tube.kind is TubeKind.DUCT)
    assert duct.distance_mm < 1.0
    assert max(duct.calibres_mm[4:18]) == pytest.approx(7.0, abs=0.3)
    assert duct.calibres_mm[-5] < 2.0


def test_speckle_is_that_of_many_scatterers():
    phantom = Phantom(replace(QUIET, smoothing_mm=0.0))
    decibel = 20 * np.log10(next(iter(phantom.envelopes())))
    # Small patches, so that slow changes of the liver do not count.
    patches = decibel[600:1000, 60:220].reshape(20, 20, 16, 10)
    assert np.sqrt(patches.var(axis=(1, 3)).mean()) == pytest.approx(5.57, abs=0.7)


def test_speckle_widens_with_depth_and_is_wider_than_tall():
    phantom = Phantom(QUIET)
    power = np.log(next(iter(phantom.envelopes())))
    geometry = phantom.geometry

    def reach(rows, axis, step):
        patch = power[rows]
        patch = patch - patch.mean()
        lags = range(1, 24)
        same = [np.mean(np.roll(patch, lag, axis) * patch) / patch.var() for lag in lags]
        return step * next(lag for lag, value in zip(lags, same, strict=True) if value < 0.5)

    near, far = slice(350, 450), slice(1000, 1100)
    wide_near = reach(near, 1, geometry.beam_spacing_mm(400 * geometry.step_mm))
    wide_far = reach(far, 1, geometry.beam_spacing_mm(1050 * geometry.step_mm))
    tall = reach(near, 0, geometry.step_mm)
    assert tall < wide_near < wide_far


def test_a_rib_darkens_what_lies_behind_it():
    with_ribs, truth = first(replace(QUIET, ribs=True))
    without, _ = first(QUIET)
    depth, angle = polar(truth)
    edges = (np.abs(angle) > 0.9 * truth.fan.right) & (np.abs(angle) < truth.fan.right)
    behind = edges & (depth > 40) & (depth < 80)
    middle = (np.abs(angle) < 0.2) & (depth > 40) & (depth < 80)
    assert (without - with_ribs)[behind].mean() > 15
    assert np.abs((without - with_ribs)[middle]).mean() < 2


def test_the_same_recipe_gives_the_same_bytes_and_another_seed_others():
    recipe = with_focus(focus("calcification"), haze_db=-8.0)
    (one, truth), (two, again) = first(recipe), first(recipe)
    other, _ = first(replace(recipe, seed=6))
    assert np.array_equal(one, two)
    assert truth == again
    assert not np.array_equal(one, other)


def test_foci_move_with_the_liver_as_told_and_the_wall_stays():
    recipe = with_focus(focus("calcification", 6.0, 10.0, 30.0), frames=21, frame_rate=20.0)
    frames, truth = simulate(recipe)
    shown = [frame for number, frame in enumerate(frames) if number in {0, 20}]
    told = truth.foci[0].centres
    moved = np.subtract(told[20], told[0])
    assert np.hypot(*moved) * truth.mm_per_pixel_x > 4
    for frame, (x, y) in zip(shown, (told[0], told[20]), strict=True):
        window = frame[round(y) - 14 : round(y) + 15, round(x) - 14 : round(x) + 15].astype(float)
        rows, columns = np.nonzero(window > 0.8 * window.max())
        assert np.hypot(columns.mean() - 14, rows.mean() - 14) < 5
    depth, angle = polar(truth)
    wall = (depth > 1) & (depth < 9) & (np.abs(angle) < truth.fan.right)
    liver = (depth > 40) & (depth < 110) & (np.abs(angle) < 0.9 * truth.fan.right)
    change = np.abs(shown[0].astype(float) - shown[1])
    assert change[wall].mean() < 0.4 * change[liver].mean()


def test_foci_of_random_recipes_lie_in_the_liver_and_in_the_fan():
    import cv2

    for recipe in random_recipes(8, 3):
        _, truth = simulate(recipe)
        liver = np.array(truth.liver, np.float32)
        for told in truth.foci:
            assert cv2.pointPolygonTest(liver, told.centre, measureDist=True) > 5
            assert truth.fan.left < told.beam < truth.fan.right
            outline = np.array(told.outline, np.float32)
            assert cv2.pointPolygonTest(outline, told.centre, measureDist=False) > 0
            width = np.ptp(outline[:, 0]) * truth.mm_per_pixel_x
            assert width == pytest.approx(told.lateral_mm, rel=0.15)


def test_the_truth_comes_back_from_its_json():
    _, truth = simulate(with_focus(focus("gas")))
    assert Truth.from_json(truth.to_json()) == truth
