"""Millimetres per pixel: from region and spacing by rule, else unknown with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake.dicoms import dicom, jpeg, region, saved, speckle

from hepaspot.errors import UnsupportedInput
from hepaspot.exam import ScaleOrigin
from hepaspot.intake import open_picture
from hepaspot.intake.frames import Box, Scale
from hepaspot.intake.region import Region, chosen_view
from hepaspot.intake.scale import Spacing, chosen_scale, region_spacing

WIDTH, HEIGHT = 160, 120


@pytest.fixture
def opened(tmp_path):
    def write_and_open(*regions, **elements):
        if regions:
            elements["SequenceOfUltrasoundRegions"] = list(regions)
        return open_picture(saved(tmp_path, dicom(speckle(HEIGHT, WIDTH), **elements)))

    return write_and_open


def test_a_tissue_region_gives_view_and_millimetres(opened):
    picture = opened(region((10, 20, 149, 99), delta_cm=(0.05, 0.05)))
    assert picture.view == Box(10, 20, 150, 100)
    assert picture.scale == Scale(0.5, 0.5, ScaleOrigin.REGION)
    assert picture.notes == ("cropped_to_region",)


def test_pixels_that_are_not_square_are_kept_so(opened):
    scale = opened(region(delta_cm=(0.05, 0.1))).scale
    assert (scale.mm_per_pixel_x, scale.mm_per_pixel_y) == (0.5, 1.0)


def test_a_scale_that_runs_upwards_is_as_long(opened):
    assert opened(region(delta_cm=(0.05, -0.05))).scale.mm_per_pixel_y == 0.5


def test_pixel_spacing_gives_rows_first(opened):
    scale = opened(PixelSpacing=[0.4, 0.8]).scale
    assert scale == Scale(0.8, 0.4, ScaleOrigin.PIXEL_SPACING)


def test_without_any_scale_the_reason_is_said(opened):
    picture = opened()
    assert picture.scale == Scale(reason="no_scale")
    assert picture.view == Box(0, 0, WIDTH, HEIGHT)
    assert picture.notes == ()


@pytest.mark.parametrize("spacing", [[0, 0], [-1, 1], [0.5, 0.5, 0.5]])
def test_a_spacing_that_is_no_length_is_none(opened, spacing):
    assert opened(PixelSpacing=spacing).scale == Scale(reason="no_scale")


def test_two_spacings_that_agree_are_one(opened):
    scale = opened(region(delta_cm=(0.05, 0.05)), PixelSpacing=[0.505, 0.495]).scale
    assert scale == Scale(0.5, 0.5, ScaleOrigin.REGION)


def test_two_spacings_that_disagree_leave_millimetres_unknown(opened):
    scale = opened(region(delta_cm=(0.05, 0.05)), PixelSpacing=[0.6, 0.6]).scale
    assert scale == Scale(reason="spacings_disagree")


def test_of_two_that_disagree_one_that_no_view_can_have_gives_way_with_a_warning(opened):
    scale = opened(region(delta_cm=(0.05, 0.05)), PixelSpacing=[50, 50]).scale
    assert scale == Scale(0.5, 0.5, ScaleOrigin.REGION, "spacings_disagree")


def test_a_region_without_units_is_said_to_have_none(opened):
    assert opened(region(units=0)).scale == Scale(reason="zero_units")
    assert opened(region(delta_cm=(0, 0))).scale == Scale(reason="zero_units")


def test_pixel_spacing_helps_where_a_region_has_no_units_and_the_reason_stays(opened):
    scale = opened(region(units=0), PixelSpacing=[0.5, 0.5]).scale
    assert scale == Scale(0.5, 0.5, ScaleOrigin.PIXEL_SPACING, "zero_units")


def test_a_region_measured_in_seconds_gives_no_millimetres(opened):
    assert opened(region(units=4)).scale == Scale(reason="units_not_length")


def test_a_picture_of_the_size_of_a_house_has_no_scale(opened):
    assert opened(region(delta_cm=(1, 1))).scale == Scale(reason="implausible_scale")


def test_a_region_outside_the_image_was_made_for_another_and_is_dropped(opened):
    picture = opened(region((10, 20, 600, 99)))
    assert picture.view == Box(0, 0, WIDTH, HEIGHT)
    assert picture.scale == Scale(reason="region_outside_image")


def test_a_region_that_counts_its_end_as_outside_is_clipped(opened):
    picture = opened(region((0, 0, WIDTH, HEIGHT)))
    assert picture.view == Box(0, 0, WIDTH, HEIGHT)
    assert picture.scale.origin is ScaleOrigin.REGION
    assert picture.notes == ()


def test_of_two_pictures_side_by_side_the_first_is_read(opened):
    picture = opened(region((0, 0, 79, 99)), region((80, 0, 159, 99)))
    assert picture.view == Box(0, 0, 80, 100)
    assert picture.notes == ("dual_screen", "cropped_to_region")


def test_a_small_inset_does_not_take_the_place_of_the_picture(opened):
    picture = opened(region((0, 0, 19, 19)), region((30, 0, 159, 119)))
    assert picture.view == Box(30, 0, 160, 120)


def test_the_same_region_told_twice_is_no_dual_screen(opened):
    assert "dual_screen" not in opened(region(), region()).notes


def test_a_doppler_region_beside_the_tissue_is_noted(opened):
    flow = region((20, 30, 60, 60), data_type=2)
    assert opened(region(), flow).notes == ("doppler_region", "cropped_to_region")


def test_a_strip_below_the_tissue_is_cropped_away(opened):
    strip = region((0, 100, 159, 119), spatial_format=2)
    assert opened(region((0, 0, 159, 89)), strip).view == Box(0, 0, 160, 90)


@pytest.mark.parametrize(("spatial_format", "name"), [(2, "M-mode"), (3, "spectral Doppler")])
def test_a_picture_without_b_mode_is_refused_by_name(opened, spatial_format, name):
    with pytest.raises(UnsupportedInput, match=f"shows {name} only; give a B-mode picture"):
        opened(region(spatial_format=spatial_format))


def test_a_region_of_graphics_alone_leaves_the_whole_picture(opened):
    assert opened(region(spatial_format=5, data_type=13)).view == Box(0, 0, WIDTH, HEIGHT)


def test_the_depth_of_the_user_is_kept_for_the_fan(tmp_path):
    path = saved(tmp_path, jpeg(speckle()), "a.jpg")
    picture = open_picture(path, depth_cm=14)
    assert picture.depth_cm == 14
    assert picture.scale == Scale(reason="no_scale")


@pytest.mark.parametrize("depth_cm", [0, -3, 0.5, 140, float("nan"), float("inf")])
def test_a_depth_that_no_picture_has_is_refused(tmp_path, depth_cm):
    path = saved(tmp_path, jpeg(speckle()), "a.jpg")
    with pytest.raises(
        UnsupportedInput, match=r"cm deep; give the depth shown on the screen, 1 to"
    ):
        open_picture(path, depth_cm=depth_cm)


sides = st.integers(-50, 700)
spacings = st.floats(1e-6, 1e6)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20), sides, sides, sides, sides)))
def test_whatever_the_regions_are_the_view_lies_in_the_frame(drawn):
    regions = [Region(form, kind, Box(*corners)) for form, kind, *corners in drawn]
    try:
        box = chosen_view(regions, 640, 480).box
    except UnsupportedInput:
        assert not any(region.is_tissue for region in regions)
        return
    assert 0 <= box.left < box.right <= 640
    assert 0 <= box.top < box.bottom <= 480


@given(spacings, spacings, spacings, spacings)
def test_millimetres_are_told_for_both_axes_or_neither_and_then_with_a_reason(a, b, c, d):
    scale = chosen_scale(Spacing(a, b), Spacing(c, d), 640, 480)
    assert (scale.mm_per_pixel_x is None) == (scale.mm_per_pixel_y is None)
    assert (scale.origin is None) == (scale.mm_per_pixel_x is None)
    assert scale.origin is not None or scale.reason is not None


@given(st.floats(0.001, 0.05), st.floats(0.001, 0.05))
def test_a_centimetre_is_ten_millimetres(x_cm, y_cm):
    assert region_spacing((3, 3), (x_cm, -y_cm)) == Spacing(x_cm * 10, y_cm * 10)
