"""Bright foci are found where they are, as large as they are, and nothing else is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from sonogram.speckled import MM, Spot, Tube, picture, read

from hepaspot.sonogram.still import blob_outline


def centres(still):
    points = np.array([[f.blob.row, f.blob.column] for f in still.foci]).reshape(-1, 2)
    return still.scene.grid.to_pixels(points) * MM


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("place", [(30.0, 40.0), (60.0, 70.0), (95.0, 95.0)])
def test_a_focus_is_found_where_it_lies(seed, place):
    x, depth = place
    still = read(picture(Spot(x_mm=x, depth_mm=depth), seed=seed), with_tubes=False)
    assert np.allclose(centres(still)[0], (x, depth), atol=1.5)


@pytest.mark.parametrize("size", [3.0, 5.0, 8.0, 12.0, 18.0])
def test_its_size_is_right_within_two_millimetres(size):
    still = read(picture(Spot(lateral_mm=size, axial_mm=size)), with_tubes=False)
    blob = still.foci[0].blob
    assert blob.lateral_mm == pytest.approx(size, abs=2.0)
    assert blob.axial_mm == pytest.approx(size, abs=2.0)


@pytest.mark.parametrize("seed", range(12))
def test_plain_speckle_holds_no_focus(seed):
    assert len(read(picture(seed=seed), with_tubes=False).foci) <= 1


def test_of_many_plain_pictures_few_hold_a_focus():
    found = [len(read(picture(seed=seed), with_tubes=False).foci) for seed in range(20, 50)]
    assert np.mean(found) <= 0.2


def test_a_bright_layer_is_no_focus():
    grey = picture()
    grey[300:312] = np.clip(grey[300:312].astype(int) + 90, 0, 255)
    assert not [f for f in read(grey, with_tubes=False).foci if abs(f.blob.row * 0.36 - 76) < 6]


def test_two_foci_are_two():
    still = read(picture(Spot(x_mm=35.0), Spot(x_mm=85.0, depth_mm=60.0)), with_tubes=False)
    found = sorted(round(float(x)) for x, _ in centres(still)[:2])
    assert found == [pytest.approx(35, abs=2), pytest.approx(85, abs=2)]


@pytest.mark.parametrize("quality", [70, 80, 95])
def test_jpeg_changes_no_finding(quality):
    grey = picture(Spot())
    packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    still = read(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), with_tubes=False)
    assert np.allclose(centres(still)[0], (60.0, 50.0), atol=1.5)
    assert still.foci[0].has_shadow


def test_the_outline_lies_about_the_focus():
    still = read(picture(Spot()), with_tubes=False)
    outline = blob_outline(still.foci[0].blob, still.scene.grid).astype(np.float32)
    assert cv2.pointPolygonTest(outline, (60.0 / MM, 50.0 / MM), measureDist=False) > 0
    area_mm2 = cv2.contourArea(outline) * MM**2
    assert area_mm2 == pytest.approx(np.pi / 4 * 7 * 6, rel=0.45)


@pytest.mark.parametrize("calibre", [3.0, 4.0, 5.0, 6.0])
@pytest.mark.parametrize("seed", [1, 3])
def test_a_duct_that_ends_at_the_focus_has_its_calibre(calibre, seed):
    tube = Tube((63.0, 52.0), (100.0, 80.0), calibre)
    focus = read(picture(Spot(), tube, seed=seed)).foci[0]
    near = [t for t in focus.tubes if t.lie == "ends_at"]
    assert near[0].calibre_mm == pytest.approx(calibre, abs=0.7)


def test_a_vessel_that_passes_is_told_from_a_duct_that_ends():
    passing = read(picture(Spot(), Tube((25.0, 75.0), (100.0, 40.0), 4.0))).foci[0]
    assert "ends_at" not in {t.lie for t in passing.tubes if t.length_mm > 30}


def test_a_shadow_is_no_tube():
    focus = read(picture(Spot(drop_db=14.0))).foci[0]
    assert [t for t in focus.tubes if t.lie != "apart"] == []
