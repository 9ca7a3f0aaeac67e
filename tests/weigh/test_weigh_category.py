from __future__ import annotations

import pytest
from weigh.build import HEALTH_CHECK, a_focus, an_exam, said, seen

from hepaspot.exam import Entity, Exam
from hepaspot.weigh import assess

SHADOW = seen("shadow", "present")
WIDE, SHUT = (seen("duct_intrahepatic", state) for state in ("dilated", "not_dilated"))


def of(*signs, **exam):
    return assess(an_exam(*signs, **exam)).foci[0]


@pytest.mark.parametrize("shadow", ["present", "faint"])
def test_a_shadowing_focus_without_dilated_ducts_is_category_2_b(shadow):
    category = of(seen("shadow", shadow), SHUT).category
    assert (category.category, category.judgement) == ("2", "B")
    assert category.sources == ("G1",)


def test_a_shadowing_focus_with_dilated_ducts_is_category_3_d2():
    category = of(SHADOW, WIDE).category
    assert (category.category, category.judgement) == ("3", "D2")


def test_dilated_ducts_alone_are_category_3_d2():
    category = of(WIDE).category
    assert (category.category, category.judgement, category.rule) == (
        "3",
        "D2",
        "dilatation_alone",
    )


def test_silence_about_the_ducts_gives_no_category_and_says_what_is_missing():
    focus = of(SHADOW)
    assert focus.category is None
    assert focus.category_needs == ("duct_local",)


def test_silence_about_the_shadow_gives_no_category_beside_narrow_ducts():
    focus = of(SHUT)
    assert focus.category is None
    assert focus.category_needs == ("shadow",)


def test_a_focus_that_does_not_shadow_is_no_calcification_of_the_manual():
    focus = of(seen("shadow", "absent"), SHUT)
    assert (focus.category, focus.category_needs) == (None, ())


def test_a_dilated_duct_anywhere_in_the_liver_makes_it_category_3():
    assert of(SHADOW, WIDE, seen("duct_local", "not_dilated")).category.category == "3"


def test_the_exam_takes_the_most_serious_category_of_its_foci():
    calm = a_focus([SHADOW, seen("duct_local", "not_dilated")])
    grave = a_focus([SHADOW, seen("duct_local", "dilated")], id="f2")
    for foci in ((calm, grave), (grave, calm)):
        assert assess(Exam(setting=HEALTH_CHECK, foci=foci)).category.category == "3"


def test_one_undecided_focus_keeps_the_exam_from_a_harmless_category():
    calm = a_focus([SHADOW, seen("duct_local", "not_dilated")])
    silent = a_focus([SHADOW], id="f2")
    assert assess(Exam(foci=(calm,))).category.category == "2"
    assert assess(Exam(foci=(calm, silent))).category is None


def test_a_focus_that_the_author_explains_has_no_category():
    clip = a_focus(statements=[said(Entity.OTHER, name="surgical_clip")])
    focus = of(SHADOW, SHUT, focus=clip)
    assert (focus.category, focus.category_needs) == (None, ())
