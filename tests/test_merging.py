"""Report and picture of one exam, put together: nothing is lost, nothing counts twice."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import assume, given, settings
from test_exam import exams

from hepaspot import assess
from hepaspot.exam import (
    Count,
    Exam,
    Focus,
    Lobe,
    Observation,
    Place,
    Region,
    Size,
    Source,
    SourceKind,
    Words,
)

SQUARE = ((10.0, 10.0), (20.0, 10.0), (20.0, 20.0), (10.0, 20.0))


def told(number=1, mm=9.0, lobe=None, count=Count.SINGLE, shadow="present"):
    here = Words("report", 10 * number, 10 * number + 5)
    return Focus(
        f"F{number}",
        here,
        count=count,
        places=() if lobe is None else (Place(here, lobe),),
        sizes=() if mm is None else (Size(here, (mm,)),),
        observations=(Observation("shadow", {shadow: 1.0}, here),),
    )


def seen(number=1, mm=8.0, share=0.95):
    here = Region("picture", 0, SQUARE)
    sizes = () if mm is None else (Size(here, (mm, mm / 2)),)
    likelihood = {"present": share, "absent": 1 - share}
    return Focus(
        f"picture-f{number}",
        here,
        count=Count.SINGLE,
        sizes=sizes,
        observations=(Observation("shadow", likelihood, here),),
    )


def report(*foci):
    return Exam(sources=(Source("report", SourceKind.REPORT, "x" * 100),), foci=foci)


def picture(*foci):
    return Exam(sources=(Source("picture", SourceKind.PICTURE),), foci=foci)


def joined(first, second):
    return [len(focus.observations) for focus in first.merge(second).foci]


def test_the_only_focus_of_each_is_one_focus_with_what_both_say():
    (one,) = report(told()).merge(picture(seen())).foci
    assert one.id == "F1"
    assert [type(o.provenance) for o in one.observations] == [Words, Region]
    assert [size.axes_mm for size in one.sizes] == [(9.0,), (8.0, 4.0)]


def test_the_only_two_are_one_even_where_sizes_differ_and_that_is_told():
    exam = report(told(mm=20.0)).merge(picture(seen(mm=6.0)))
    assert len(exam.foci) == 1
    assert "size_mismatch" in {clash.id for clash in assess(exam).contradictions}


def test_sizes_that_hardly_differ_are_no_contradiction():
    exam = report(told(mm=9.0)).merge(picture(seen(mm=6.0)))
    assert assess(exam).contradictions == ()


def test_a_shadow_told_and_not_seen_is_a_contradiction():
    exam = report(told()).merge(picture(seen(share=0.05)))
    assert [clash.id for clash in assess(exam).contradictions] == ["picture_disagrees"]


def test_of_several_those_of_like_size_are_one():
    first = report(told(1, 20.0), told(2, 6.0))
    assert joined(first, picture(seen(1, 5.0), seen(2, 19.0))) == [2, 2]
    assert joined(first, picture(seen(1, 12.0))) == [1, 1, 1]


def test_a_group_takes_every_focus_of_the_picture_that_is_left():
    group = report(told(1, None, count=Count.MULTIPLE))
    both = group.merge(picture(seen(1), seen(2)))
    assert [focus.count for focus in both.foci] == [Count.MULTIPLE]
    assert joined(group, picture(seen(1), seen(2))) == [3]


def test_lobes_that_differ_part_two_foci():
    left = report(told(lobe=Lobe.LEFT))
    right = report(told(lobe=Lobe.RIGHT))
    assert len(left.merge(right).foci) == 2


def test_two_stills_show_one_focus_only_where_its_size_agrees():
    assert len(picture(seen(mm=8.0)).merge(picture(seen(mm=9.0))).foci) == 1
    assert len(picture(seen(mm=4.0)).merge(picture(seen(mm=19.0))).foci) == 2


def test_sources_of_one_name_keep_apart_and_their_passages_follow():
    both = picture(seen(mm=4.0)).merge(picture(seen(mm=19.0)))
    assert [source.id for source in both.sources] == ["picture", "picture-2"]
    assert [focus.provenance.source for focus in both.foci] == ["picture", "picture-2"]
    assert [focus.sizes[0].provenance.source for focus in both.foci] == ["picture", "picture-2"]
    assert len({focus.id for focus in both.foci}) == 2


def test_the_same_sign_said_twice_moves_no_more_than_said_once():
    def ratio(exam):
        (answer,) = assess(exam).foci
        return next(line.ratio for line in answer.ledger if line.sign == "lobe")

    once = report(told(lobe=Lobe.RIGHT))
    assert ratio(once.merge(report(told(lobe=Lobe.RIGHT)))) == pytest.approx(ratio(once))


@settings(max_examples=40)
@given(exams)
def test_merging_with_nothing_changes_nothing(exam):
    for merged in (exam.merge(), exam.merge(Exam()), Exam().merge(exam)):
        assert msgspec.structs.replace(merged, schema_version="") == msgspec.structs.replace(
            exam, schema_version=""
        )


@settings(max_examples=40)
@given(exams, exams)
def test_nothing_is_lost(first, second):
    both = first.merge(second)
    for part in ("sources", "observations", "statements", "caveats"):
        assert len(getattr(both, part)) == len(getattr(first, part)) + len(getattr(second, part))
    for part in ("observations", "statements", "sizes", "places"):
        counted = [
            sum(len(getattr(focus, part)) for focus in exam.foci) for exam in (first, second, both)
        ]
        assert counted[2] >= counted[0] + counted[1]
    assert len({source.id for source in both.sources}) <= len(both.sources)
    assert Exam.from_json(both.to_json()) == both


def test_two_groups_told_in_words_leave_a_picture_by_itself():
    several = report(told(mm=None, count=Count.MULTIPLE))
    with_picture = Exam(foci=(told(2, mm=None, count=Count.MULTIPLE), seen()))
    assert len(several.merge(with_picture).foci) == 3
    assert len(with_picture.merge(several).foci) == 3


@settings(max_examples=400, deadline=None)
@given(exams, exams)
def test_the_order_of_two_makes_no_difference_to_what_is_one(first, second):
    assume(min(len(first.foci), len(second.foci)) <= 1)
    assert len(first.merge(second).foci) == len(second.merge(first).foci)
