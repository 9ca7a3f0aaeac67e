"""A focus that a person points at or draws is measured as one that the reader finds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import msgspec
import pytest

cv2 = pytest.importorskip("cv2", reason="needs the extra 'picture'")

import numpy as np  # noqa: E402
from hypothesis import assume, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from hepaspot.errors import InputError  # noqa: E402
from hepaspot.exam import (  # noqa: E402
    ByHand,
    Exam,
    Focus,
    Measurement,
    Observation,
    Region,
    Size,
    Words,
)
from hepaspot.intake.frames import Box, Frame, Frames, PictureKind, Scale  # noqa: E402
from hepaspot.phantom import FocusPlan, Recipe, Target, simulate  # noqa: E402
from hepaspot.sonogram import read_frames  # noqa: E402
from hepaspot.sonogram.by_hand import (  # noqa: E402
    Prepared,
    focus_at,
    focus_within,
    prepare,
    realigned,
)
from hepaspot.sonogram.by_hand_outline import ELLIPSE_MM, MOST_POINTS  # noqa: E402

PLAIN_LIVER = Recipe(seed=5, depth_cm=14.0, text=False, vessels=0, portal=False, gallbladder=False)
CALCIFICATION = Recipe(
    seed=71,
    foci=(FocusPlan(Target.CALCIFICATION, 7.0, -0.25, 8.0, 25.0, 12.0),),
    depth_cm=14.0,
    text=False,
    vessels=2,
    gallbladder=False,
)
ROW = Recipe(
    seed=12,
    foci=tuple(
        FocusPlan(Target.CALCIFICATION, depth, beam, 7.0, 25.0, 12.0)
        for depth, beam in ((5.0, -0.5), (6.0, 0.0), (7.0, 0.4))
    ),
    depth_cm=14.0,
    text=False,
    vessels=1,
    gallbladder=False,
)


def stone(seed, size_mm):
    plan = FocusPlan(
        Target.STONE_IN_DILATED_DUCT, (6.0, 8.0, 5.0, 7.0)[seed % 4], -0.2, size_mm, 22
    )
    return Recipe(
        seed=seed,
        foci=(replace(plan, attenuation_db_per_cm=10.0),),
        depth_cm=14.0,
        duct_calibre_mm=5.0,
        text=False,
    )


STONE = stone(8, 5.0)
MISSED = [stone(seed, 3.0) for seed in (3, 21, 33)] + [stone(seed, 5.0) for seed in (2, 11, 26)]


@cache
def picture(recipe):
    frames, truth = simulate(recipe)
    grey = next(iter(frames))
    return np.ascontiguousarray(grey if grey.ndim == 2 else grey[..., 0]), truth


def frames_of(grey, mm=None):
    height, width = grey.shape
    return Frames(
        name=None,
        kind=PictureKind.STILL,
        count=1,
        width=width,
        height=height,
        view=Box(0, 0, width, height),
        scale=Scale(*(mm or (None, None)), None, None),
        walk=lambda: iter([Frame(0, grey)]),
    )


def shown(recipe):
    grey, truth = picture(recipe)
    return frames_of(grey, (truth.mm_per_pixel_x, truth.mm_per_pixel_y))


@cache
def prepared_of(recipe) -> Prepared:
    frames = shown(recipe)
    return prepare(next(iter(frames)), frames)


@cache
def read(recipe) -> Exam:
    return read_frames(shown(recipe))


def clicked(prepared, x, y):
    return focus_at(prepared, x, y, source="picture", focus_id="f")


def drawn(prepared, outline):
    return focus_within(prepared, outline, source="picture", focus_id="f")


def centre(focus):
    return np.array(focus.provenance.outline).mean(axis=0)


def measured(focus, sign="shadow"):
    return focus.observation(sign).measurement.value


def without_row(focus):
    return [each for each in focus.observations if each.sign != "alignment"]


def without_reader(prepared):
    """As if the reader had found nothing."""
    return replace(prepared, foci=())


def circle(x, y, radius, points=30):
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return list(zip(x + radius * np.cos(turn), y + radius * np.sin(turn), strict=True))


def scaled(outline, times):
    points = np.array(outline)
    middle = points.mean(axis=0)
    return [tuple(point) for point in middle + times * (points - middle)]


READ = [(CALCIFICATION, 0), (STONE, 0), (ROW, 0), (ROW, 1), (ROW, 2)]
"""Foci that the reader finds: recipe, and place in its list."""

read_focus = pytest.mark.parametrize(("recipe", "place"), READ)


# ------------------------------------------------------------------- what the reader finds


@read_focus
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_click_anywhere_in_a_focus_of_the_reader_gives_what_the_reader_gave(recipe, place, data):
    focus = read(recipe).foci[place]
    inside = np.zeros(picture(recipe)[0].shape, np.uint8)
    cv2.fillPoly(inside, [np.rint(focus.provenance.outline).astype(np.int32)], 1)
    y, x = data.draw(st.sampled_from(np.argwhere(cv2.erode(inside, np.ones((3, 3)))).tolist()))
    other = clicked(prepared_of(recipe), x, y)
    assert other.provenance == focus.provenance
    assert other.sizes == focus.sizes
    assert list(other.observations) == without_row(focus)
    assert (other.id, other.count, other.pointed_at) == ("f", focus.count, True)
    assert not other.provenance.drawn


@read_focus
def test_a_click_close_beside_a_focus_of_the_reader_means_it(recipe, place):
    focus = read(recipe).foci[place]
    x, y = np.array(focus.provenance.outline).min(axis=0)[0] - 2, centre(focus)[1]
    assert clicked(prepared_of(recipe), x, y).provenance == focus.provenance


@read_focus
def test_the_outline_of_the_reader_drawn_anew_gives_the_same_size_and_shadow(recipe, place):
    focus = read(recipe).foci[place]
    again = drawn(prepared_of(recipe), focus.provenance.outline)
    # The outline may have cut off a tip: one sample, here up to 2 pixels wide.
    assert again.sizes[0].axes_pixels == pytest.approx(focus.sizes[0].axes_pixels, abs=2.0)
    assert measured(again) == pytest.approx(measured(focus), abs=1.0)
    assert measured(again, "echo") == pytest.approx(measured(focus, "echo"), abs=3.0)
    assert again.observation("shadow").state == focus.observation("shadow").state


def test_mostly_the_size_of_the_outline_drawn_anew_is_the_same_within_a_pixel():
    changes = []
    for recipe, place in READ:
        focus = read(recipe).foci[place]
        again = drawn(prepared_of(recipe), focus.provenance.outline)
        before, after = focus.sizes[0].axes_pixels, again.sizes[0].axes_pixels
        changes.append(np.abs(np.subtract(before, after)).max())
    assert sorted(changes)[-2] <= 1.0


# ------------------------------------------------------------------------ drawn outlines


def test_an_outline_comes_back_as_it_was_drawn():
    outline = [(300.04, 300.0), (340.26, 310.0), (320.0, 350.97)]
    focus = drawn(prepared_of(CALCIFICATION), outline)
    here = Region("picture", 0, ((300.0, 300.0), (340.3, 310.0), (320.0, 351.0)), drawn=True)
    assert focus.provenance == focus.sizes[0].provenance == here
    assert focus.observation("echo").provenance == here
    assert not focus.observation("shadow").provenance.drawn
    assert focus.pointed_at


@settings(max_examples=40, deadline=None)
@given(radius=st.floats(6, 40), times=st.floats(1.5, 3), across=st.floats(-90, 90))
def test_a_larger_outline_has_a_larger_size(radius, times, across):
    prepared = prepared_of(CALCIFICATION)
    small = circle(390 + across, 320, radius)
    first, second = drawn(prepared, small), drawn(prepared, scaled(small, times))
    pairs = zip(first.sizes[0].axes_pixels, second.sizes[0].axes_pixels, strict=True)
    assert all(larger > smaller for smaller, larger in pairs)


@settings(max_examples=40, deadline=None)
@given(radius=st.floats(6, 60), across=st.floats(-60, 60), down=st.floats(-60, 60))
def test_a_drawn_circle_has_its_diameter(radius, across, down):
    focus = drawn(prepared_of(CALCIFICATION), circle(390 + across, 320 + down, radius))
    # A sample of the beam image is up to 3 pixels wide.
    assert focus.sizes[0].axes_pixels == pytest.approx((2 * radius, 2 * radius), abs=4.5)
    mm = picture(CALCIFICATION)[1].mm_per_pixel_x
    pixels = np.array(focus.sizes[0].axes_pixels)
    assert focus.sizes[0].axes_mm == pytest.approx(pixels * mm, abs=0.1)


def test_the_order_and_the_first_of_its_points_do_not_matter():
    prepared, outline = prepared_of(CALCIFICATION), circle(340, 325, 12)
    plain = drawn(prepared, outline)
    for other in (outline[::-1], outline[7:] + outline[:7]):
        again = drawn(prepared, other)
        assert again.sizes[0].axes_mm == plain.sizes[0].axes_mm
        assert measured(again) == measured(plain)


def test_points_along_its_edges_change_nothing():
    prepared, corners = (
        prepared_of(STONE),
        np.array([(250, 250), (420, 250), (420, 380), (250, 380)]),
    )
    between = [
        (a + (b - a) * t)
        for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)
        for t in np.linspace(0, 1, 20, endpoint=False)
    ]
    few, many = drawn(prepared, corners.tolist()), drawn(prepared, [tuple(p) for p in between])
    assert few.sizes[0].axes_mm == many.sizes[0].axes_mm
    assert measured(few, "echo") == measured(many, "echo")


WRONG = {
    "few": ([(300, 300), (310, 300)], "has 2 points; draw one of 3 to 400"),
    "none": ([], "has 0 points; draw one of 3 to 400"),
    "many": (circle(340, 320, 20, MOST_POINTS + 1), "has 401 points; draw one of 3 to 400"),
    "nan": ([(300, 300), (310, float("nan")), (305, 310)], "a point of it is no number; draw it"),
    "inf": ([(300, 300), (float("inf"), 300), (305, 310)], "a point of it is no number; draw it"),
    "far": ([(300, 300), (1e9, 300), (305, 310)], "leaves the frame of 800 x 600 pixels; draw it"),
    "left": ([(-1, 300), (310, 300), (305, 310)], "leaves the frame of 800 x 600 pixels; draw it"),
    "corner": ([(2, 2), (9, 2), (5, 9)], "lies outside of the scanned area; draw it inside of the"),
}


@pytest.mark.parametrize(("outline", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_outline_is_refused_in_one_line(outline, words):
    with pytest.raises(InputError, match=f"^outline: {words}") as caught:
        drawn(prepared_of(CALCIFICATION), outline)
    assert "\n" not in str(caught.value)


NUMBERS = st.one_of(
    st.floats(0, 800),
    st.sampled_from([float("nan"), float("inf"), -float("inf"), 1e9, -1.0, 0.0, 799.0, 400.0]),
)


@settings(max_examples=150, deadline=None)
@given(outline=st.lists(st.tuples(NUMBERS, st.one_of(st.floats(0, 600), NUMBERS)), max_size=12))
def test_any_numbers_give_a_focus_or_one_line(outline):
    try:
        focus = drawn(prepared_of(STONE), outline)
    except InputError:
        return
    _is_sound(focus)


@settings(max_examples=60, deadline=None)
@given(
    outline=st.lists(st.tuples(st.floats(150, 650), st.floats(60, 590)), min_size=3, max_size=40)
)
def test_an_outline_that_crosses_itself_is_measured(outline):
    assume(any(150 < y < 450 and 300 < x < 500 for x, y in outline))
    _is_sound(drawn(prepared_of(STONE), outline))


FLAT = {
    "point": [(345.0, 325.0)] * 3,
    "pixel": [(345.0, 325.0), (346.0, 325.0), (346.0, 326.0), (345.0, 326.0)],
    "line": [(330.0, 320.0), (345.0, 325.0), (360.0, 330.0)],
    "bow": [(330.0, 310.0), (360.0, 340.0), (360.0, 310.0), (330.0, 340.0)],
    "frame": [(0.0, 0.0), (800.0, 0.0), (800.0, 600.0), (0.0, 600.0)],
    "top": [(300.0, 0.0), (500.0, 0.0), (400.0, 200.0)],
    "bottom": [(300.0, 560.0), (500.0, 560.0), (400.0, 600.0)],
}


@pytest.mark.parametrize("outline", FLAT.values(), ids=FLAT)
@pytest.mark.parametrize("recipe", [CALCIFICATION, STONE])
def test_an_outline_of_no_area_or_of_everything_is_measured(recipe, outline):
    _is_sound(drawn(prepared_of(recipe), outline))


def _is_sound(focus):
    size = focus.sizes[0]
    assert min(size.axes_mm) > 0
    told = [o.measurement for o in focus.observations]
    told += [d.measurement for o in focus.observations for d in o.details]
    assert all(np.isfinite([m.value, m.sd or 0.0]).all() for m in told)
    assert all(sum(o.likelihood.values()) == pytest.approx(1, abs=0.01) for o in focus.observations)
    exam = Exam(foci=(focus,))
    assert Exam.from_json(exam.to_json()) == exam


# --------------------------------------------------------------------------------- clicks


@pytest.mark.parametrize("recipe", MISSED, ids=lambda recipe: f"seed {recipe.seed}")
def test_a_stone_that_the_reader_missed_is_measured_where_it_lies(recipe):
    truth = picture(recipe)[1]
    at, mm = np.array(truth.foci[0].centre), truth.mm_per_pixel_x
    assert not [f for f in read(recipe).foci if np.hypot(*(centre(f) - at)) * mm < 4]
    focus = clicked(prepared_of(recipe), *at)
    assert not focus.provenance.drawn
    assert np.hypot(*(centre(focus) - at)) * mm < 2.0
    true_mm = max(truth.foci[0].lateral_mm, truth.foci[0].axial_mm)
    assert max(focus.sizes[0].axes_mm) == pytest.approx(true_mm, abs=1.0)
    assert measured(focus) == pytest.approx(truth.foci[0].shadow.visible_drop_db, abs=4.0)
    assert measured(focus, "echo") > 9


@pytest.mark.parametrize("recipe", [CALCIFICATION, STONE, ROW])
def test_without_the_reader_a_click_finds_its_foci_again(recipe):
    for focus in read(recipe).foci:
        other = clicked(without_reader(prepared_of(recipe)), *centre(focus))
        assert centre(other) == pytest.approx(centre(focus), abs=8)
    truth = picture(recipe)[1]
    for true in truth.foci:
        other = clicked(without_reader(prepared_of(recipe)), *true.centre)
        assert np.hypot(*(centre(other) - true.centre)) * truth.mm_per_pixel_x < 2.0
        assert max(other.sizes[0].axes_mm) == pytest.approx(true.lateral_mm, abs=2.0)


@settings(max_examples=25, deadline=None)
@given(x=st.integers(300, 500), y=st.integers(230, 420))
def test_a_click_on_plain_liver_gives_no_strong_echo(x, y):
    focus = clicked(prepared_of(PLAIN_LIVER), x, y)
    assert focus.observation("echo").state == "weak"
    assert max(focus.sizes[0].axes_mm) < 15
    assert np.hypot(*(centre(focus) - (x, y))) < 60


def test_mostly_a_click_on_plain_liver_gives_a_small_ellipse_about_it():
    prepared = prepared_of(PLAIN_LIVER)
    places = [(x, y) for x in range(280, 530, 40) for y in range(200, 420, 40)]
    foci = [(clicked(prepared, *place), place) for place in places]
    ellipses = [(focus, place) for focus, place in foci if focus.provenance.drawn]
    assert len(ellipses) > 0.6 * len(places)
    assert np.mean([measured(focus, "echo") for focus, _ in ellipses]) == pytest.approx(0, abs=1.5)
    for focus, place in ellipses:
        assert centre(focus) == pytest.approx(place, abs=0.1)
        assert focus.sizes[0].axes_mm == pytest.approx((ELLIPSE_MM, ELLIPSE_MM), abs=1.0)
        assert focus.observation("echo").state == "weak"


def test_clicks_in_the_lumen_of_a_duct_away_from_its_stone_give_a_negative_contrast():
    (duct,) = [tube for tube in picture(STONE)[1].tubes if tube.dilated]
    foci = [clicked(prepared_of(STONE), *place) for place in duct.line[::4]]
    ellipses = [focus for focus in foci if focus.provenance.drawn]
    assert ellipses
    assert max(measured(focus, "echo") for focus in ellipses) < -6


@settings(max_examples=8, deadline=None)
@given(right=st.integers(-40, 40), down=st.integers(-8, 8))
def test_a_shift_of_the_picture_changes_nothing(right, down):
    recipe = MISSED[0]
    grey, truth = picture(recipe)
    moved = cv2.warpAffine(grey, np.float32([[1, 0, right], [0, 1, down]]), grey.shape[::-1])
    frames = frames_of(moved, (truth.mm_per_pixel_x, truth.mm_per_pixel_y))
    other = prepare(Frame(0, moved), frames)
    at, step = np.array(truth.foci[0].centre), np.array([right, down])
    plain, shifted = clicked(prepared_of(recipe), *at), clicked(other, *(at + step))
    assert centre(shifted) - step == pytest.approx(centre(plain), abs=3)
    assert shifted.sizes[0].axes_mm == pytest.approx(plain.sizes[0].axes_mm, abs=1.0)
    assert measured(shifted) == pytest.approx(measured(plain), abs=1.5)
    outline = circle(*at, 9)
    first, second = (
        drawn(prepared_of(recipe), outline),
        drawn(other, [tuple(p + step) for p in outline]),
    )
    assert second.sizes[0].axes_mm == pytest.approx(first.sizes[0].axes_mm, abs=0.6)
    assert measured(second) == pytest.approx(measured(first), abs=1.5)


OUTSIDE = [(3, 3), (799, 599), (-1, 300), (1e9, 300), (float("nan"), 300), (400, float("inf"))]


@pytest.mark.parametrize("place", OUTSIDE)
def test_a_click_outside_of_the_scanned_area_is_refused_in_one_line(place):
    words = "^click: lies outside of the scanned area; click on a bright spot in it$"
    with pytest.raises(InputError, match=words):
        clicked(prepared_of(CALCIFICATION), *place)


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True), right=st.floats(0, 0.99), down=st.floats(0, 0.99))
def test_every_place_in_the_scanned_area_gives_a_focus(share, right, down):
    prepared = prepared_of(STONE)
    rows, columns = np.nonzero(prepared.scene.fan_mask)
    pixel = int(share * rows.size)
    _is_sound(clicked(prepared, columns[pixel] + right, rows[pixel] + down))


# ------------------------------------------------------------------------------ preparing


def test_a_frame_without_a_fan_cannot_be_prepared():
    grey = np.zeros((600, 800), np.uint8)
    assert prepare(Frame(0, grey), frames_of(grey)) is None


def test_what_is_drawn_in_a_frame_of_a_clip_lies_in_that_frame():
    grey, _ = picture(CALCIFICATION)
    prepared = prepare(Frame(7, grey), shown(CALCIFICATION))
    assert drawn(prepared, circle(340, 325, 12)).provenance.frame == 7


def test_without_a_scale_sizes_are_pixels():
    grey, truth = picture(CALCIFICATION)
    prepared = prepare(Frame(0, grey), frames_of(grey))
    for focus in (clicked(prepared, *truth.foci[0].centre), drawn(prepared, circle(340, 325, 12))):
        assert focus.sizes[0].axes_mm == ()
        assert min(focus.sizes[0].axes_pixels) > 5


def test_a_prepared_frame_is_as_small_as_it_says():
    prepared = prepare(Frame(0, picture(STONE)[0]), shown(STONE))
    clicked(prepared, *picture(STONE)[1].foci[0].centre)
    clicked(without_reader(prepared), 400, 300)
    scene, field = vars(prepared.scene), vars(prepared.field)
    parts = [prepared.clean, *scene.values(), *field.values(), scene["fan_insets"].map_mm]
    parts += vars(prepared.scene.grid).values()
    held = {id(part): part.nbytes for part in parts if isinstance(part, np.ndarray)}
    assert sum(held.values()) < 2_200_000


# -------------------------------------------------------------------------- foci in a row


def row_of(focus):
    return focus.observation("alignment")


def test_what_nobody_changed_lies_in_the_row_that_the_reader_saw():
    exam = read(ROW)
    again = realigned(exam, "picture", prepared_of(ROW))
    assert len(exam.foci) == 3
    for before, after in zip(exam.foci, again.foci, strict=True):
        assert without_row(after) == without_row(before)
        assert row_of(after).state == row_of(before).state
        for one, two in zip(row_of(after).details, row_of(before).details, strict=True):
            assert one.name == two.name
            assert one.measurement.value == pytest.approx(two.measurement.value, abs=0.5)
    assert msgspec.structs.replace(again, foci=()) == msgspec.structs.replace(exam, foci=())
    assert realigned(again, "picture", prepared_of(ROW)) == again


@pytest.mark.parametrize("gone", range(3))
def test_two_that_are_left_of_three_lie_in_no_row(gone):
    foci = tuple(focus for place, focus in enumerate(read(ROW).foci) if place != gone)
    left = realigned(msgspec.structs.replace(read(ROW), foci=foci), "picture", prepared_of(ROW))
    assert [row_of(focus) for focus in left.foci] == [None, None]
    assert [without_row(focus) for focus in left.foci] == [without_row(focus) for focus in foci]


def test_a_third_that_is_added_makes_a_row():
    exam, prepared = read(ROW), prepared_of(ROW)
    two = realigned(msgspec.structs.replace(exam, foci=exam.foci[:2]), "picture", prepared)
    third = clicked(prepared, *centre(exam.foci[2]))
    three = realigned(msgspec.structs.replace(two, foci=(*two.foci, third)), "picture", prepared)
    assert [row_of(f) for f in three.foci] == [
        row_of(f) for f in realigned(exam, "picture", prepared).foci
    ]


def test_foci_across_the_picture_from_their_row_are_scattered():
    exam, prepared = read(ROW), prepared_of(ROW)
    off = drawn(prepared, circle(280, 400, 10))
    four = realigned(msgspec.structs.replace(exam, foci=(*exam.foci, off)), "picture", prepared)
    assert {row_of(focus).state for focus in four.foci} == {"scattered"}


def lone(name, provenance):
    said = Observation("alignment", {"along_duct": 1.0}, provenance)
    return Focus(name, provenance, observations=(said,))


def test_what_words_persons_and_other_pictures_say_of_a_row_stays():
    square = ((1.0, 1.0), (9.0, 1.0), (5.0, 9.0))
    others = tuple(
        lone(f"o{n}", where)
        for n, where in enumerate((Words("report", 0, 5), ByHand(), Region("picture-2", 0, square)))
    )
    exam = msgspec.structs.replace(read(ROW), foci=(*read(ROW).foci[:2], *others))
    again = realigned(exam, "picture", prepared_of(ROW))
    assert again.foci[2:] == others
    assert [row_of(focus) for focus in again.foci[:2]] == [None, None]


def test_a_group_told_in_words_lies_in_a_row_by_what_the_picture_shows_of_it():
    exam = read(ROW)
    words = Words("report", 0, 9)
    said = Observation("alignment", {"along_duct": 1.0}, words)
    group = Focus(
        "F1",
        words,
        sizes=(Size(words, axes_mm=(7.0,)), *(size for f in exam.foci for size in f.sizes)),
        observations=(said, *(o for f in exam.foci for o in f.observations)),
    )
    again = realigned(
        msgspec.structs.replace(exam, foci=(group,)), "picture", prepared_of(ROW)
    ).foci[0]
    rows = [o for o in again.observations if o.sign == "alignment"]
    assert rows[0] == said
    assert [o.provenance for o in rows[1:]] == [focus.provenance for focus in exam.foci]


@pytest.mark.parametrize("outline", FLAT.values(), ids=FLAT)
def test_outlines_of_no_area_and_tubes_of_no_length_break_no_row(outline):
    here = Region("picture", 0, tuple(outline), drawn=True)
    tube = Observation("duct_local", {"dilated": 1.0}, here, Measurement(3.0, "mm"))
    foci = tuple(Focus(f"f{n}", here, observations=(tube,)) for n in range(3))
    again = realigned(Exam(foci=foci), "picture", prepared_of(ROW))
    assert {row_of(focus).state for focus in again.foci} == {"scattered"}
