"""A sign that does not count says why, and never that it tells nothing apart."""

from __future__ import annotations

import msgspec
import pytest
from explain.cases import SYMPTOMS, assessed, calcification

from hepaspot.exam import plain
from hepaspot.explain import compose
from hepaspot.explain.words import LANGUAGES, Words
from hepaspot.knowledge import load
from hepaspot.weigh import assess, gates
from hepaspot.weigh.assessment import Assessment

BY_GATE = (
    gates.UNKNOWN_SIGN,
    gates.LOCAL_DUCT_DECIDES,
    gates.TOO_SMALL_FOR_SHADOW,
    gates.OTHER_SETTING,
    gates.NO_FIGURE,
    gates.UNDECIDED,
)
REASONS = sorted({*BY_GATE, *(row.reason for row in load().signs if row.reason)})
NO_DIFFERENCE = "patient.leaning.none"


def silent(reason: str | None, sign: str = "size", state: str = "ge_5mm") -> Assessment:
    """A report of which one sign alone is told, and not weighed for ``reason``."""
    assessment = assessed("calcification")
    (answer,) = assessment.foci
    (size,) = [line for line in answer.ledger if line.sign == "size"]
    line = msgspec.structs.replace(size, sign=sign, state=state, reason=reason)
    answer = msgspec.structs.replace(answer, ledger=(line,))
    return msgspec.structs.replace(assessment, foci=(answer,))


def said(assessment: Assessment, language: str = "en") -> list[str]:
    trace = compose(assessment, audience="patient", language=language).trace
    told = ("patient.reason.", NO_DIFFERENCE)
    return [line.rule for line in trace if line.rule.startswith(told)]


def observed(*signs: tuple[str, str]) -> Assessment:
    exam = calcification()
    span = exam.foci[0].provenance
    more = tuple(plain(sign, state, span) for sign, state in signs)
    return assess(msgspec.structs.replace(exam, observations=(*exam.observations, *more)))


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reason_has_a_plain_sentence_of_its_own(reason: str, language: str):
    assert Words(language).knows(f"patient.reason.{reason}")
    assert said(silent(reason), language) == [f"patient.reason.{reason}"]


@pytest.mark.parametrize("reason", [None, "brand_new"])
def test_a_reason_without_words_is_still_not_called_telling_nothing(reason: str | None):
    assert said(silent(reason)) == ["patient.reason.none"]


def test_a_duct_sign_gives_way_to_the_duct_beside_the_focus():
    exam = calcification()
    (focus,) = exam.foci
    local = plain("duct_local", "not_dilated", focus.provenance)
    focus = msgspec.structs.replace(focus, observations=(*focus.observations, local))
    document = compose(assess(msgspec.structs.replace(exam, foci=(focus,))), audience="patient")
    assert "The duct next to the spot counts here." in [line.text for line in document.trace]


def test_a_warning_sign_points_up_only_where_it_was_raised():
    assert "patient.reason.red_flag" in said(observed(("mass", "present")))
    absent = said(observed(("mass", "absent")))
    assert "patient.reason.red_flag" not in absent
    assert "patient.reason.red_flag_only" in absent


def test_a_warning_sign_that_weighs_elsewhere_is_still_called_one():
    told = said(observed(("fever", "present")))
    assert {"patient.reason.other_setting", "patient.reason.red_flag"} <= set(told)


def test_a_sign_that_was_weighed_and_points_nowhere_says_so():
    exam = calcification()
    (focus,) = exam.foci
    echo = plain("echo", "strong", focus.provenance)
    focus = msgspec.structs.replace(focus, observations=(echo,))
    alone = msgspec.structs.replace(exam, foci=(focus,), observations=(), setting=SYMPTOMS)
    assert NO_DIFFERENCE in said(assess(alone))
