"""A picture's looks at a focus: one, or several where words tell of a group."""

from __future__ import annotations

from hepaspot import read
from hepaspot.exam import Count, Exam, Focus, Region, Size, Words, plain
from hepaspot.looks import looks_of


def at(x, source="picture"):
    return Region(source, 0, ((x, 1.0), (x + 9, 1.0), (x + 5, 8.0)))


def spot(x, *signs):
    here = at(x)
    seen = [
        plain("echo", "strong", here),
        *(plain(sign, state, at(x + 1)) for sign, state in signs),
    ]
    return Focus(f"f{x}", here, sizes=(Size(here, axes_mm=(float(x),)),), observations=tuple(seen))


def test_a_focus_of_one_picture_is_one_look_with_all_that_was_seen():
    focus = spot(5, ("shadow", "present"))
    (look,) = looks_of(focus, "picture")
    assert look.outline == at(5)
    assert look.size.axes_mm == (5.0,)
    assert look.observations == focus.observations
    assert looks_of(focus, "another") == ()


def test_each_spot_of_a_group_is_a_look_with_its_own_size_and_shadow():
    words = Focus("F1", Words("report", 0, 4), count=Count.MULTIPLE)
    seen = (spot(5, ("shadow", "present")), spot(40), spot(80, ("shadow", "dirty")))
    merged = Exam(foci=(words,)).merge(Exam(foci=seen))
    (group,) = merged.foci
    looks = looks_of(group, "picture")
    assert [look.outline for look in looks] == [at(5), at(40), at(80)]
    assert [look.size.axes_mm[0] for look in looks] == [5.0, 40.0, 80.0]
    shadows = [look.observation("shadow") for look in looks]
    assert [shadow and shadow.state for shadow in shadows] == ["present", None, "dirty"]


def test_a_focus_whose_echo_was_not_told_is_a_look_all_the_same():
    focus = Focus("F1", at(5), observations=(plain("shadow", "present", at(6)),))
    (look,) = looks_of(focus, "picture")
    assert look.outline == at(5)
    assert look.size is None
    assert look.observation("shadow").state == "present"


def test_words_are_no_look():
    exam = read("Liver: a 6 mm echogenic focus with shadowing.")
    assert looks_of(exam.foci[0], "picture") == ()
