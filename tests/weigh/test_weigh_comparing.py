from __future__ import annotations

from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from weigh.build import a_focus, at, blurred, law, seen, words

from hepaspot.exam import ByHand, Count, Exam, Lobe, Region, Size, SizeBound, plain
from hepaspot.knowledge import RuleId, load
from hepaspot.weigh.comparing import OR_ANOTHER, Change, SignChange, compare
from hepaspot.weigh.comparing_best import best_pairs

STABLE_MM = load().rule(RuleId.SIZE_STABLE_MM)
RATIO = load().rule(RuleId.SAME_SPOT_RATIO)
RIGHT_SEGMENTS, LEFT_SEGMENTS = (5, 6, 7, 8), (2, 3, 4)
TURNED = (
    (Change.LARGER, Change.SMALLER),
    (Change.LARGER_OR_ANOTHER, Change.SMALLER_OR_ANOTHER),
)
MIRRORED = dict((*TURNED, *((smaller, larger) for larger, smaller in TURNED)))


def spot(id, size_mm=None, lobe=None, *segments, count=None, signs=(), sizes=None):
    places = () if lobe is None and not segments else (at(lobe, *segments),)
    focus = a_focus(signs, places=places, size_mm=size_mm, id=id)
    sizes = focus.sizes if sizes is None else sizes
    return msgspec.structs.replace(focus, count=count, sizes=sizes)


def exam(*foci, signs=()):
    return Exam(foci=foci, observations=tuple(signs))


def ids(comparison):
    return {(pair.earlier, pair.later) for pair in comparison.pairs}


def the_pair(earlier, later):
    (pair,) = compare(exam(earlier), exam(later)).pairs
    return pair


def outline(source="picture"):
    return Region(source, 0, ((0.0, 0.0), (4.0, 0.0), (0.0, 4.0)))


PLACES = st.one_of(
    st.just((None,)),
    st.sampled_from([(lobe,) for lobe in Lobe]),
    st.sampled_from([(Lobe.RIGHT, segment) for segment in RIGHT_SEGMENTS]),
    st.sampled_from([(Lobe.LEFT, segment) for segment in LEFT_SEGMENTS]),
)
SIZES = st.none() | st.integers(2, 40).map(float) | st.floats(1.0, 60.0)
COUNTS = st.sampled_from([None, Count.SINGLE, Count.SINGLE, Count.MULTIPLE])
SHADOWS = st.sampled_from([(), ("present",), ("absent",), ("dirty",)])


@st.composite
def exams(draw, most=5, places=PLACES):
    foci = [
        spot(
            f"F{n}",
            draw(SIZES),
            *draw(places),
            count=draw(COUNTS),
            signs=[seen("shadow", state) for state in draw(SHADOWS)],
        )
        for n in range(draw(st.integers(0, most)))
    ]
    ducts = [seen("duct_intrahepatic", s) for s in draw(st.sampled_from([(), ("dilated",)]))]
    return exam(*foci, signs=ducts)


# ------------------------------------------------------------------------------------- laws


@law
@given(exams())
def test_an_exam_beside_itself_has_nothing_new_nothing_lost_and_nothing_changed(given_exam):
    same = compare(given_exam, given_exam)
    assert ids(same) == {(focus.id, focus.id) for focus in given_exam.foci}
    assert same.new == same.not_seen_again == same.signs == ()
    assert {pair.change for pair in same.pairs} <= {Change.STABLE, Change.NOT_COMPARABLE}
    assert all(not pair.signs for pair in same.pairs)


@law
@given(st.lists(st.sampled_from(RIGHT_SEGMENTS + LEFT_SEGMENTS), unique=True), st.data())
def test_foci_in_segments_of_their_own_are_surely_themselves(segments, data):
    foci = [spot(f"F{n}", data.draw(st.floats(1, 60)), None, n) for n in segments]
    pairs = compare(exam(*foci), exam(*foci)).pairs
    assert len(pairs) == len(segments)
    assert all(pair.sure and pair.change is Change.STABLE for pair in pairs)


@law
@given(exams(), exams())
def test_exchanging_the_exams_exchanges_larger_with_smaller_and_new_with_not_seen_again(one, two):
    there, back = compare(one, two), compare(two, one)
    assert (there.new, there.not_seen_again) == (back.not_seen_again, back.new)
    assert {_mirrored(pair) for pair in back.pairs} == set(there.pairs)
    assert [SignChange(s.sign, s.later, s.earlier) for s in back.signs] == list(there.signs)


def _mirrored(pair):
    gap = pair.difference_mm
    return msgspec.structs.replace(
        pair,
        earlier=pair.later,
        later=pair.earlier,
        change=MIRRORED.get(pair.change, pair.change),
        earlier_mm=pair.later_mm,
        later_mm=pair.earlier_mm,
        difference_mm=None if gap is None else -gap + 0.0,
        signs=tuple(SignChange(s.sign, s.later, s.earlier) for s in pair.signs),
    )


@law
@given(exams(), exams(), st.randoms())
def test_the_order_of_the_foci_changes_nothing(one, two, chance):
    shuffled = [chance.sample(each.foci, len(each.foci)) for each in (one, two)]
    assert compare(exam(*shuffled[0]), exam(*shuffled[1])) == compare(
        exam(*one.foci), exam(*two.foci)
    )


RIGHT = st.sampled_from([(Lobe.RIGHT,), *((Lobe.RIGHT, n) for n in RIGHT_SEGMENTS)])


@law
@given(exams(places=RIGHT), exams(places=RIGHT), st.sampled_from(["A", "F2x", "Z99"]), SIZES)
def test_a_focus_in_the_other_lobe_changes_no_other_pair(one, two, id, size_mm):
    before = compare(one, two)
    more = exam(*two.foci, spot(id, size_mm, Lobe.LEFT, 2), signs=two.observations)
    after = compare(one, more)
    assert after.pairs == before.pairs
    assert after.not_seen_again == before.not_seen_again
    assert set(after.new) == {*before.new, id}


@law
@given(exams(), exams())
def test_every_focus_has_a_partner_or_is_told_to_have_none(one, two):
    told = compare(one, two)
    assert {p.earlier for p in told.pairs} | set(told.not_seen_again) == {f.id for f in one.foci}
    assert {p.later for p in told.pairs} | set(told.new) == {f.id for f in two.foci}
    assert not {p.earlier for p in told.pairs} & set(told.not_seen_again)
    assert not {p.later for p in told.pairs} & set(told.new)


@law
@given(st.floats(1, 60), st.floats(1, 60))
def test_a_difference_is_told_where_it_is_beyond_what_one_size_wobbles(before, after):
    pair = the_pair(spot("a", before), spot("b", after))
    gap = pair.difference_mm
    assert gap == pytest.approx(after - before, abs=1e-3)
    assert (pair.change is Change.STABLE) == (abs(gap) <= STABLE_MM)
    larger = {Change.LARGER, Change.LARGER_OR_ANOTHER}
    assert (pair.change in larger) == (gap > STABLE_MM)
    if pair.change is not Change.STABLE:
        beyond = max(before, after) > RATIO * min(before, after)
        assert (pair.change in OR_ANOTHER.values(), pair.sure) == (beyond, not beyond)


# ------------------------------------------------------------------------------------- size


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (4.3, 6.3, Change.STABLE),
        (6.3, 4.3, Change.STABLE),
        (4.3, 6.4, Change.LARGER),
        (6.4, 4.3, Change.SMALLER),
    ],
)
def test_two_millimetres_are_stable_and_more_is_not(before, after, change):
    assert the_pair(spot("a", before), spot("b", after)).change is change


def test_the_longest_axis_is_compared():
    earlier = spot("a", sizes=(Size(words(), (4.0, 9.0)),))
    later = spot("b", sizes=(Size(words(), (12.0, 3.0)),))
    pair = the_pair(earlier, later)
    assert (pair.earlier_mm, pair.later_mm, pair.difference_mm) == (9.0, 12.0, 3.0)


@pytest.mark.parametrize(
    "size",
    [
        None,
        Size(words(), masked=True),
        Size(words(), (8.0,), masked=True),
        Size(words(), (800.0,), plausible=False),
        Size(words(), (5.0,), SizeBound.LESS_THAN),
        Size(outline(), axes_pixels=(30.0, 20.0)),
    ],
    ids=["unknown", "masked", "masked in part", "implausible", "bound", "pixels"],
)
def test_a_size_that_is_not_known_in_millimetres_is_not_compared(size):
    open_size = spot("a", sizes=() if size is None else (size,))
    for pair in (the_pair(open_size, spot("b", 5.0)), the_pair(spot("b", 5.0), open_size)):
        assert pair.change is Change.NOT_COMPARABLE
        assert pair.earlier_mm is pair.later_mm is pair.difference_mm is None


def test_words_are_compared_with_words_and_a_picture_with_a_picture():
    earlier = spot("a", sizes=(Size(words(), (6.0,)), Size(outline(), (10.0,))))
    told = the_pair(earlier, spot("b", 6.5))
    measured = the_pair(earlier, spot("b", sizes=(Size(outline(), (10.5,)),)))
    assert (told.earlier_mm, told.change) == (6.0, Change.STABLE)
    assert (measured.earlier_mm, measured.change) == (10.0, Change.STABLE)


def test_a_difference_within_the_doubt_of_its_measuring_is_no_growth():
    def measured(mm, sd):
        return spot("a", sizes=(Size(outline(), (mm,), sd_mm=sd),))

    assert the_pair(measured(10.0, 2.0), measured(14.0, 2.0)).change is Change.STABLE
    assert the_pair(measured(10.0, 0.5), measured(14.0, 0.5)).change is Change.LARGER


# ------------------------------------------------------------------------------------- spots


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ((Lobe.LEFT,), (Lobe.RIGHT,)),
        ((Lobe.RIGHT, 5), (Lobe.RIGHT, 8)),
        ((Lobe.CAUDATE,), (Lobe.LEFT,)),
    ],
)
def test_a_spot_elsewhere_is_new_and_the_earlier_one_is_not_seen_again(one, two):
    told = compare(exam(spot("a", 8.0, *one)), exam(spot("b", 8.0, *two)))
    assert (told.pairs, told.new, told.not_seen_again) == ((), ("b",), ("a",))


def test_a_lobe_alone_fits_a_segment_of_it():
    assert the_pair(spot("a", 8.0, Lobe.RIGHT), spot("b", 8.0, Lobe.RIGHT, 6)).sure


def test_the_whole_is_matched_and_not_the_nearest_pair_first():
    earlier = exam(spot("a", 10.0, Lobe.RIGHT), spot("b", 13.0, Lobe.RIGHT))
    later = exam(spot("c", 12.0, Lobe.RIGHT), spot("d", 22.0, Lobe.RIGHT))
    assert ids(compare(earlier, later)) == {("a", "c"), ("b", "d")}


def test_sizes_tell_two_spots_in_one_segment_apart():
    earlier = exam(spot("a", 4.0, None, 6), spot("b", 15.0, None, 6))
    later = exam(spot("c", 15.5, None, 6), spot("d", 4.2, None, 6))
    told = compare(earlier, later)
    assert ids(told) == {("a", "d"), ("b", "c")}
    assert all(pair.sure for pair in told.pairs)


def test_two_spots_that_could_each_be_the_other_are_paired_unsurely():
    earlier = exam(spot("a", 5.0, None, 6), spot("b", 6.0, None, 6))
    told = compare(earlier, exam(spot("c", 5.0, None, 6), spot("d", 6.0, None, 6)))
    assert ids(told) == {("a", "c"), ("b", "d")}
    assert not any(pair.sure for pair in told.pairs)


def test_one_spot_that_could_be_either_of_two_is_paired_unsurely():
    told = compare(exam(spot("a", 5.0, None, 6), spot("b", 5.0, None, 6)), exam(spot("c", 5.0)))
    assert [pair.sure for pair in told.pairs] == [False]
    assert len(told.not_seen_again) == 1


def test_doubt_of_twins_in_one_segment_leaves_a_third_spot_sure():
    twins = (spot("a", 5.0, None, 6), spot("b", 5.0, None, 6), spot("c", 9.0, None, 2))
    told = compare(exam(*twins), exam(*twins))
    assert {pair.earlier: pair.sure for pair in told.pairs} == {"a": False, "b": False, "c": True}


def test_three_spots_that_could_all_change_places_are_unsure():
    """Each fits two of the three, so that no two alone can be exchanged."""
    earlier = exam(
        spot("a", 5.0, None, 5, 6), spot("b", 5.0, None, 6, 7), spot("c", 5.0, None, 7, 5)
    )
    later = exam(spot("d", 5.0, None, 5), spot("e", 5.0, None, 6), spot("f", 5.0, None, 7))
    assert [pair.sure for pair in compare(earlier, later).pairs] == [False] * 3


@pytest.mark.parametrize(
    ("after", "sure", "change"),
    [
        (8.0 * RATIO, True, Change.LARGER),
        (8.0 * RATIO + 0.5, False, Change.LARGER_OR_ANOTHER),
        (8.0 / RATIO, True, Change.SMALLER),
        (8.0 / RATIO - 0.5, False, Change.SMALLER_OR_ANOTHER),
    ],
)
def test_a_spot_much_larger_than_before_is_told_as_larger_or_another(after, sure, change):
    pair = the_pair(spot("a", 8.0, None, 6), spot("b", after, None, 6))
    assert (pair.sure, pair.change) == (sure, change)


@pytest.mark.parametrize("size_mm", [3.0, 10.0, None])
@pytest.mark.parametrize("count", [None, Count.MULTIPLE])
def test_a_further_spot_that_could_be_meant_makes_it_unsure_which_is_larger(size_mm, count):
    further = spot("c", size_mm, Lobe.RIGHT, count=count)
    earlier, later = spot("a", 4.0, Lobe.RIGHT), spot("b", 11.0, Lobe.RIGHT)
    for told in (
        compare(exam(earlier, further), exam(later)),
        compare(exam(earlier), exam(later, further)),
    ):
        assert not {pair.change for pair in told.pairs} & set(OR_ANOTHER.values())


@pytest.mark.parametrize("place", [(Lobe.LEFT,), (Lobe.RIGHT, 5)])
def test_a_further_spot_elsewhere_leaves_the_two_alone(place):
    earlier = exam(spot("a", 4.0, Lobe.RIGHT, 8), spot("c", 9.0, *place))
    later = exam(spot("b", 10.0, Lobe.RIGHT, 8))
    (pair,) = compare(earlier, later).pairs
    assert (pair.later, pair.change) == ("b", Change.LARGER_OR_ANOTHER)


def test_a_neighbour_that_is_surely_itself_leaves_the_two_alone():
    earlier = exam(spot("a", 4.0, Lobe.RIGHT), spot("c", 30.0, Lobe.RIGHT))
    later = exam(spot("b", 10.0, Lobe.RIGHT), spot("d", 30.0, Lobe.RIGHT))
    told = {pair.later: (pair.sure, pair.change) for pair in compare(earlier, later).pairs}
    assert told == {"b": (False, Change.LARGER_OR_ANOTHER), "d": (True, Change.STABLE)}


def test_a_small_spot_that_wobbles_is_the_same_spot_whatever_the_ratio():
    assert the_pair(spot("a", 1.0), spot("b", 2.5)).sure


# ------------------------------------------------------------------------------------- groups


def test_two_groups_are_compared_by_their_largest():
    earlier = spot("a", 8.0, Lobe.RIGHT, count=Count.MULTIPLE)
    pair = the_pair(earlier, spot("b", 15.0, Lobe.RIGHT, count=Count.MULTIPLE))
    assert (pair.sure, pair.change) == (True, Change.LARGER)


def test_spots_told_one_by_one_may_be_those_of_an_earlier_group():
    group = exam(spot("g", 8.0, Lobe.RIGHT, count=Count.MULTIPLE))
    singles = exam(spot("a", 6.0, None, 5), spot("b", 8.0, Lobe.RIGHT), spot("c", 4.0, Lobe.LEFT))
    told = compare(group, singles)
    assert ids(told) == {("g", "a"), ("g", "b")}
    assert told.new == ("c",)
    assert {(pair.sure, pair.change) for pair in told.pairs} == {(False, Change.NOT_COMPARABLE)}


def test_a_single_spot_is_its_own_before_it_is_one_of_a_group():
    both = (spot("a", 6.0, None, 5), spot("g", 8.0, Lobe.RIGHT, count=Count.MULTIPLE))
    told = compare(exam(*both), exam(*both))
    assert ids(told) == {("a", "a"), ("g", "g")}


def test_a_further_spot_where_a_group_lies_is_not_called_new():
    group = spot("g", 8.0, Lobe.RIGHT, count=Count.MULTIPLE)
    told = compare(exam(group), exam(group, spot("h", 5.0, None, 5)))
    assert ids(told) == {("g", "g"), ("g", "h")}
    assert told.new == ()


# ------------------------------------------------------------------------------------- signs


def test_a_sign_told_in_both_exams_in_another_state_is_a_change():
    pair = the_pair(
        spot("a", signs=[seen("shadow", "absent"), seen("duct_local", "not_dilated")]),
        spot("b", signs=[seen("duct_local", "dilated"), seen("shadow", "absent")]),
    )
    assert pair.signs == (SignChange("duct_local", "not_dilated", "dilated"),)


def test_a_sign_of_a_focus_told_in_one_exam_alone_is_no_change():
    assert the_pair(spot("a"), spot("b", signs=[seen("shadow", "present")])).signs == ()


def test_a_sign_that_is_undecided_is_not_told():
    undecided = blurred("shadow", present=0.4, absent=0.3, faint=0.3)
    told = the_pair(spot("a", signs=[undecided]), spot("b", signs=[seen("shadow", "absent")]))
    assert told.signs == ()


def test_what_a_report_says_of_an_earlier_exam_is_no_sign_to_compare():
    told = the_pair(
        spot("a", signs=[seen("change", "new")]), spot("b", signs=[seen("change", "stable")])
    )
    assert told.signs == ()


def test_a_persons_word_stands_in_place_of_what_was_read():
    corrected = [seen("shadow", "absent"), plain("shadow", "present", ByHand())]
    told = the_pair(spot("a", signs=[seen("shadow", "absent")]), spot("b", signs=corrected))
    assert told.signs == (SignChange("shadow", "absent", "present"),)


def test_signs_of_the_whole_exam_are_told_where_they_differ_are_new_or_are_told_no_more():
    earlier = exam(signs=[seen("duct_intrahepatic", "not_dilated"), seen("pain", "present")])
    later = exam(signs=[seen("duct_intrahepatic", "dilated"), seen("jaundice", "present")])
    assert compare(earlier, later).signs == (
        SignChange("duct_intrahepatic", "not_dilated", "dilated"),
        SignChange("jaundice", None, "present"),
        SignChange("pain", "present", None),
    )


# ------------------------------------------------------------------------------------- the best


def _by_trying(costs, rows, columns):
    """The most pairs and their least cost, of every way to pair."""
    size = max(rows, columns)
    ways = (
        [(i, j) for i, j in enumerate(way[:rows]) if (i, j) in costs]
        for way in permutations(range(size))
    )
    return min((-len(way), sum(costs[pair] for pair in way)) for way in ways)


@law
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_the_pairing_is_the_best_of_all_and_its_margins_are_those_of_the_second_best(
    rows, columns, data
):
    every = [(i, j) for i in range(rows) for j in range(columns)]
    costs = data.draw(st.dictionaries(st.sampled_from(every), st.integers(0, 9)))
    matches = best_pairs(costs)
    pairs = {(i, match.column) for i, match in matches.items()}
    best = _by_trying(costs, rows, columns)
    assert (-len(pairs), sum(costs[pair] for pair in pairs)) == best
    for i, (j, margin) in matches.items():
        count, cost = _by_trying({p: c for p, c in costs.items() if p != (i, j)}, rows, columns)
        assert margin == cost - best[1] if count == best[0] else margin > sum(costs.values())


def test_two_hundred_foci_find_their_partners():
    foci = [spot(f"F{n}", 3.0 + n / 5, Lobe.RIGHT) for n in range(200)]
    told = compare(exam(*foci), exam(*reversed(foci)))
    assert ids(told) == {(focus.id, focus.id) for focus in foci}
