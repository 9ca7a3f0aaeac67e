"""Each of the answers is said plainly, with numbers of 100 and their range."""

from __future__ import annotations

import re

import msgspec
import pytest
from explain.cases import NAMES, assessed, concluding, plain_calcification

from hepaspot.exam import Entity
from hepaspot.explain import compose, explain
from hepaspot.explain.document import Bars
from hepaspot.explain.figures import of_100, ratio
from hepaspot.weigh.assessment import Assessment, Category, Conclusion, Probability

PAIRS = [("clinician", "en"), ("clinician", "zh"), ("patient", "en"), ("patient", "zh")]


def rules(assessment: Assessment, audience: str, language: str = "en") -> list[str]:
    document = compose(assessment, audience=audience, language=language)
    return [line.rule for line in document.trace]


@pytest.mark.parametrize("conclusion", list(Conclusion))
@pytest.mark.parametrize(("audience", "language"), PAIRS)
def test_every_conclusion_is_said(conclusion: Conclusion, audience: str, language: str):
    said = rules(concluding(assessed("calcification"), conclusion), audience, language)
    asked = "clinician.conclusion" if audience == "clinician" else "patient.likely"
    assert f"{asked}.{conclusion.value}" in said
    others = {f"{asked}.{other.value}" for other in Conclusion if other is not conclusion}
    assert not others & set(said)


def test_real_reports_reach_a_calcification_a_stone_and_no_decision():
    reached = {answer.conclusion for name in NAMES for answer in assessed(name).foci}
    assert {Conclusion.CALCIFICATION, Conclusion.DUCT_STONE, Conclusion.CANNOT_TELL} <= reached


def drawn(assessment: Assessment) -> list[list[int | None]]:
    document = compose(assessment, audience="patient")
    blocks = [block for section in document.sections for block in section.blocks]
    return [[bar.of_100 for bar in block.bars] for block in blocks if isinstance(block, Bars)]


def test_the_people_that_are_drawn_add_up_to_100():
    assert drawn(plain_calcification()) == [[86, 12, 0, 2]]


def test_no_people_are_drawn_where_nothing_can_be_told():
    unsure = concluding(assessed("calcification"), Conclusion.CANNOT_TELL)
    assert drawn(unsure) == [[None] * 4]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_bars_are_drawn_where_the_author_names_something_else(language: str):
    document = compose(assessed("named"), audience="patient", language=language)
    said = [line.rule for line in document.trace]
    assert "patient.likely.named" in said
    assert not [rule for rule in said if rule.startswith("patient.likely.entity")]
    assert "patient.likely.range" not in said


def test_one_named_focus_leaves_the_bars_of_the_other():
    two = assessed("two_foci")
    first, second = two.foci
    named = msgspec.structs.replace(first, named="surgical_clip")
    assert len(drawn(msgspec.structs.replace(two, foci=(named, second)))) == 1


def categories(own: Category, whole: Category) -> int:
    assessment = assessed("calcification")
    focus = msgspec.structs.replace(assessment.foci[0], category=own)
    replaced = msgspec.structs.replace(assessment, foci=(focus,), category=whole)
    return rules(replaced, "clinician").count("clinician.screening.line")


def test_the_category_of_a_single_focus_is_told_once():
    wide = Category("3", "D2", "shadow_with_dilatation")
    alone = Category("3", "D2", "dilatation_alone")
    assert categories(wide, wide) == categories(wide, alone) == 1


def test_a_graver_category_of_the_exam_is_still_told():
    calm = Category("2", "B", "shadow_without_dilatation")
    assert categories(calm, Category("3", "D2", "dilatation_alone")) == 2


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_worded_as_1_in_x(name: str):
    said = explain(assessed(name), audience="patient", language="en")
    assert not re.search(r"\b(1|one) in (\d|ten|a hundred)", said)
    assert "分之" not in explain(assessed(name), audience="patient", language="zh")


def test_a_mean_is_never_shown_outside_of_its_own_range():
    thirds = [Probability(Entity.OTHER, 1 / 3, 0.335, 0.336) for _ in range(3)]
    shown = of_100(thirds)
    assert sum(number.mean for number in shown) == 100
    assert all(number.low <= number.mean <= number.high for number in shown)


def test_the_numbers_are_of_100_with_a_range_and_nothing_is_certain():
    said = explain(plain_calcification(), audience="patient", language="en")
    assert "86 of 100 (range 60 to over 99)" in said
    assert "12 of 100 (range 2 to 31)" in said
    assert "under 1 of 100 (range under 1 to 5)" in said
    assert "2 of 100 (range under 1 to 10)" in said
    chinese = explain(plain_calcification(), audience="patient", language="zh")
    assert "100人中86人（范围60至超过99）" in chinese


@pytest.mark.parametrize(("value", "said"), [(4.234, "4.2"), (0.141, "0.14"), (10, "10"), (1, "1")])
def test_ratios_have_two_digits(value: float, said: str):
    assert ratio(value) == said


def test_the_name_an_author_gives_is_told_as_the_authors():
    said = explain(assessed("named"), audience="patient", language="en")
    assert "gives the spot a name: haemangioma" in said
    assert "Most likely" not in explain(assessed("named"))


def test_what_the_author_thinks_is_quoted_as_the_authors():
    document = compose(assessed("duct_gas"), audience="patient")
    line = next(line for line in document.trace if line.rule == "patient.statement.hedged")
    assert line.text == ("The doctor who wrote your report thinks it may be this: “pneumobilia”")


def test_two_kinds_of_spot_are_told_by_the_one_that_needs_most_care():
    said = rules(assessed("two_foci"), "patient")
    assert "patient.mean.mixed" in said
    assert "patient.mean.cannot_tell" in said


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("audience", "lawyer", "audience must be 'clinician' or 'patient', got 'lawyer'"),
        ("language", "fr", "language must be 'en' or 'zh', got 'fr'"),
        ("format", "pdf", "format must be 'text' or 'html', got 'pdf'"),
    ],
)
def test_an_option_that_is_none_is_named(option: str, value: str, words: str):
    with pytest.raises(ValueError, match=re.escape(words)):
        explain(assessed("calcification"), **{option: value})


def test_a_setting_that_was_not_given_is_named_as_a_reason_for_wide_ranges():
    assert "patient.likely.setting" in rules(assessed("cannot_tell"), "patient")
    assert "clinician.limits.setting" in rules(assessed("cannot_tell"), "clinician")
    assert "patient.likely.setting" not in rules(assessed("calcification"), "patient")
