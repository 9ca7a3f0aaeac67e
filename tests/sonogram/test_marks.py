"""What was drawn in is masked, and crosses point."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from sonogram.speckled import MM, Spot, picture, read

from hepaspot.sonogram.marks import PointerKind, filled, find_marks

FAN = np.full((560, 480), 255, np.uint8)


def with_crosses(grey, places, arm=5, value=255):
    out = grey.copy()
    for x, y in places:
        cv2.line(out, (x - arm, y), (x + arm, y), value, 1)
        cv2.line(out, (x, y - arm), (x, y + arm), value, 1)
    return out


def test_two_crosses_are_a_pair_of_calipers():
    grey = with_crosses(picture(mean_db=25.0), [(200, 150), (240, 160)])
    (pointer,) = find_marks(grey, None, FAN).pointers
    assert pointer.kind is PointerKind.CALIPERS
    assert (pointer.x, pointer.y) == (pytest.approx(220, abs=1), pytest.approx(155, abs=1))
    assert pointer.reach == pytest.approx(20.6, abs=1)


def test_a_lone_cross_points_too():
    grey = with_crosses(picture(mean_db=25.0), [(200, 150)])
    assert [p.kind for p in find_marks(grey, None, FAN).pointers] == [PointerKind.CROSS]


def test_coloured_crosses_are_seen_by_their_colour():
    coloured = with_crosses(np.zeros((560, 480), np.uint8), [(200, 150), (240, 160)]) > 0
    (pointer,) = find_marks(picture(), coloured, FAN).pointers
    assert pointer.kind is PointerKind.CALIPERS


@pytest.mark.parametrize("seed", range(5))
def test_speckle_holds_no_mark(seed):
    marks = find_marks(picture(Spot(), seed=seed), None, FAN)
    assert marks.pointers == ()
    assert marks.share < 0.002


def test_what_is_filled_in_looks_like_what_lies_about_it():
    grey = picture(mean_db=25.0)
    marked = with_crosses(grey, [(200, 150), (240, 160)])
    clean = filled(marked, find_marks(marked, None, FAN))
    around = grey[130:180, 180:260].astype(float)
    assert clean[150, 200] < 200
    assert abs(clean[130:180, 180:260].mean() - around.mean()) < 4


def test_a_focus_between_calipers_comes_first():
    spots = Spot(x_mm=35.0, contrast_db=22.0), Spot(x_mm=85.0, depth_mm=60.0, contrast_db=15.0)
    x, y = round(85 / MM), round(60 / MM)
    grey = with_crosses(picture(*spots, mean_db=25.0), [(x - 15, y), (x + 15, y)])
    first = read(grey, with_tubes=False).foci[0]
    assert first.pointed_at
    assert first.blob.column / 255 * 479 * MM == pytest.approx(85, abs=2)
