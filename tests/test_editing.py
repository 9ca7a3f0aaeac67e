"""What a person changes in an exam: answers, settings, foci; what was read is never lost."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_exam import exams

from hepaspot import assess, read
from hepaspot.editing import (
    MOST_MARKED,
    focus_called,
    free_focus_id,
    is_seen,
    with_answer,
    with_marked,
    with_setting,
    without_marked,
)
from hepaspot.errors import InputError
from hepaspot.exam import (
    ByHand,
    Count,
    Entity,
    Exam,
    Focus,
    Region,
    Setting,
    SettingKind,
    Size,
    plain,
)
from hepaspot.knowledge import Level, load
from hepaspot.looks import looks_of

HERE = Region("picture", 0, ((1.0, 1.0), (9.0, 1.0), (5.0, 8.0)))
WORDS = read("Liver: a 6 mm echogenic focus with shadowing in segment 7. Ducts not dilated.")
SIGNS = [(sign.id, state) for sign in load().signs for state in sign.states]


def seen(focus_id, mm=6.0, region=HERE):
    return Focus(
        focus_id,
        region,
        sizes=(Size(region, axes_mm=(mm,)),),
        observations=(plain("echo", "strong", region), plain("shadow", "present", region)),
        pointed_at=True,
    )


def share(exam, entity=Entity.DUCT_STONE):
    return assess(exam).foci[0].probability(entity).mean


# ---------------------------------------------------------------------------------- answers


@given(exam=exams, answer=st.sampled_from(SIGNS))
def test_an_answer_stands_beside_what_was_read_and_is_taken_back_whole(exam, answer):
    sign, state = answer
    focus = None
    if load().sign(sign).level is Level.FOCUS:
        if not exam.foci:
            return
        focus = exam.foci[0].id
        if sum(each.id == focus for each in exam.foci) > 1:
            return
    answered = with_answer(exam, sign, state, focus=focus)
    own = answered if focus is None else focus_called(answered, focus)
    by_hand = [o for o in own.observations if o.sign == sign and isinstance(o.provenance, ByHand)]
    assert [o.state for o in by_hand] == [state]
    assert with_answer(answered, sign, state, focus=focus) == answered
    back = with_answer(answered, sign, None, focus=focus)
    assert back == with_answer(exam, sign, None, focus=focus)


def test_an_answer_outweighs_what_was_read_of_the_same_sign():
    wide = with_answer(WORDS, "duct_intrahepatic", "dilated")
    only = msgspec.structs.replace(
        WORDS, observations=(plain("duct_intrahepatic", "dilated", ByHand()),)
    )
    assert share(wide) == pytest.approx(share(only))
    assert share(wide) > share(WORDS)


def test_an_answer_that_is_a_red_flag_raises_it():
    answered = with_answer(WORDS, "fever", "present")
    assert "fever" in {flag.id for flag in assess(answered).red_flags}


@pytest.mark.parametrize(
    ("sign", "state", "focus", "words"),
    [
        ("moon", "full", None, "answer: there is no such sign"),
        ("in_duct", "perhaps", "F1", "answer: in_duct is one of inside, outside, or null"),
        ("in_duct", "inside", None, "answer: in_duct is a sign of one focus"),
        ("fever", "present", "F1", "answer: fever is a sign of the whole exam"),
        ("in_duct", "inside", "F9", "focus: the exam has none of this id"),
    ],
)
def test_an_impossible_answer_is_refused(sign, state, focus, words):
    with pytest.raises(InputError, match=words):
        with_answer(WORDS, sign, state, focus=focus)


# ---------------------------------------------------------------------------------- setting


def test_a_setting_is_weighed_and_an_unknown_one_refused():
    setting = Setting(SettingKind.SYMPTOMATIC, "east_asia")
    assert assess(with_setting(WORDS, setting)).foci == assess(WORDS, setting=setting).foci
    with pytest.raises(InputError, match="setting: the region is one of east_asia"):
        with_setting(WORDS, Setting(region="moon"))


# --------------------------------------------------------------------------- foci in pictures


def test_a_marked_focus_is_what_the_words_tell_of_where_nothing_speaks_against_it():
    marked = with_marked(WORDS, seen("marked-1"))
    (focus,) = marked.foci
    assert focus.id == WORDS.foci[0].id
    assert is_seen(focus, "picture")
    assert without_marked(marked, focus.id, "picture") == msgspec.structs.replace(
        WORDS, foci=(msgspec.structs.replace(WORDS.foci[0], pointed_at=True),)
    )


def test_a_second_mark_is_another_focus():
    once = with_marked(WORDS, seen("marked-1"))
    twice = with_marked(once, seen(free_focus_id(once)))
    assert [focus.id for focus in twice.foci] == [WORDS.foci[0].id, "marked-1"]


def test_a_group_that_words_tell_of_takes_every_mark():
    words = msgspec.structs.replace(
        WORDS, foci=(msgspec.structs.replace(WORDS.foci[0], count=Count.MULTIPLE),)
    )
    other = Region("picture", 0, ((20.0, 1.0), (29.0, 1.0), (25.0, 8.0)))
    marked = with_marked(with_marked(words, seen("a")), seen("b", region=other))
    assert len(marked.foci) == 1


def group():
    """A group that words tell of, with three spots of one picture."""
    words = msgspec.structs.replace(
        WORDS, foci=(msgspec.structs.replace(WORDS.foci[0], count=Count.MULTIPLE),)
    )
    for n in range(3):
        outline = ((20.0 * n, 1.0), (20.0 * n + 9, 1.0), (20.0 * n + 5, 8.0))
        words = with_marked(words, seen(f"m{n}", 5.0 + n, Region("picture", 0, outline)))
    return words


def sizes_seen(exam):
    return [look.size.axes_mm[0] for look in looks_of(exam.foci[0], "picture")]


def test_each_spot_of_a_group_is_outlined_anew_by_itself():
    exam = group()
    assert sizes_seen(exam) == [5.0, 6.0, 7.0]
    anew = with_marked(exam, seen(exam.foci[0].id, 9.0), look=1)
    assert sizes_seen(anew) == [5.0, 9.0, 7.0]


def test_each_spot_of_a_group_is_removed_by_itself():
    exam = group()
    left = without_marked(exam, exam.foci[0].id, "picture", look=1)
    assert sizes_seen(left) == [5.0, 7.0]
    left = without_marked(left, exam.foci[0].id, "picture")
    assert sizes_seen(left) == [7.0]
    left = without_marked(left, exam.foci[0].id, "picture")
    assert sizes_seen(left) == []
    assert left.foci[0].count is Count.MULTIPLE
    with pytest.raises(InputError, match="focus: the picture has no such look at it"):
        without_marked(exam, exam.foci[0].id, "picture", look=7)


@given(mm=st.floats(1, 40))
def test_an_outline_drawn_anew_takes_the_place_of_the_old_one(mm):
    marked = with_marked(Exam(), seen("a"))
    anew = with_marked(marked, seen("a", mm))
    assert anew.foci == (seen("a", mm),)


def test_answers_for_a_focus_stay_when_it_is_outlined_anew():
    marked = with_answer(with_marked(Exam(), seen("a")), "in_duct", "inside", focus="a")
    anew = with_marked(marked, seen("a", 9.0))
    assert anew.foci[0].observation("in_duct").state == "inside"
    assert anew.foci[0].sizes[0].axes_mm == (9.0,)


def test_a_focus_that_nothing_else_tells_of_is_gone_with_its_mark():
    assert without_marked(with_marked(Exam(), seen("a")), "a", "picture") == Exam()


def test_what_another_picture_shows_of_it_stays():
    other = Region("picture-2", 3, HERE.outline)
    both = msgspec.structs.replace(
        seen("a"), observations=(plain("echo", "strong", other),), sizes=(Size(HERE, (6.0,)),)
    )
    left = without_marked(Exam(foci=(both,)), "a", "picture")
    assert left.foci[0].provenance == other
    assert left.foci[0].sizes == ()


def test_what_is_not_in_a_picture_cannot_be_removed_from_it():
    with pytest.raises(InputError, match="focus: was not found in this picture"):
        without_marked(WORDS, WORDS.foci[0].id, "picture")
    with pytest.raises(InputError, match="focus: the exam has none of this id"):
        without_marked(WORDS, "F9", "picture")


def test_there_is_an_end_to_marking():
    full = Exam(foci=tuple(seen(f"f{n}") for n in range(MOST_MARKED)))
    with pytest.raises(InputError, match=f"mark: the exam has {MOST_MARKED} foci already"):
        with_marked(full, seen("one-more"))
