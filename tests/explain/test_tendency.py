"""Where an undecided answer leans: said with its numbers, and never to calm."""

from __future__ import annotations

import msgspec
import pytest
from explain.cases import PROBABILITIES, assessed, calcification, concluding

from hepaspot.exam import Caveat, Certainty, Entity, Statement
from hepaspot.explain import compose, explain
from hepaspot.explain.calm import is_calming
from hepaspot.explain.document import Line, lines
from hepaspot.knowledge import RuleId, load
from hepaspot.weigh.assessment import Assessment, Conclusion, Contradiction

SHARE = load().rule(RuleId.LEANING_SHARE)
LANGUAGES = ["en", "zh"]


def leaning(
    entity: Entity | None = Entity.CALCIFICATION,
    share: float = 0.914,
    conclusion: Conclusion = Conclusion.CANNOT_TELL,
) -> Assessment:
    """A plain report whose focus leans to ``entity`` in ``share`` of the draws."""
    assessment = concluding(assessed("calcification"), conclusion)
    (answer,) = assessment.foci
    answer = msgspec.structs.replace(answer, leaning=entity, leaning_share=share)
    return msgspec.structs.replace(assessment, foci=(answer,))


def told(assessment: Assessment, audience: str, language: str = "en") -> list[Line]:
    document = compose(assessment, audience=audience, language=language)
    return [
        line for line in document.trace if ".leaning" in line.rule and ".limits" not in line.rule
    ]


def own(assessment: Assessment, audience: str, language: str = "en") -> list[str]:
    asked = ("clinician.conclusion.leaning", "patient.likely.leaning.")
    return [x.text for x in told(assessment, audience, language) if x.rule.startswith(asked)]


def test_a_physician_reads_where_it_leans_how_far_and_how_surely():
    assert own(leaning(), "clinician") == [
        "Leans to: calcification, 86 of 100 (range 60 to over 99); "
        "the most probable in 91 % of draws."
    ]
    assert own(leaning(), "clinician", "zh") == [
        "倾向：钙化，100 例中 86 例（范围60至超过99），在 91 % 的抽样中最可能。"
    ]


def test_a_patient_reads_that_one_cannot_be_sure_and_where_it_leans():
    said = explain(leaning(), audience="patient")
    assert "From this report one cannot be sure." in said
    assert own(leaning(), "patient") == [
        "It looks more like a calcium spot.",
        "Of 100 people with such a report, 86 would have this. The range is 60 to over 99.",
    ]
    assert own(leaning(), "patient", "zh") == [
        "看起来更像钙化点。",
        "有这种报告的100人中，86人是这样，范围60至超过99。",
    ]


@pytest.mark.parametrize("entity", list(Entity))
@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_the_numbers_of_a_leaning_are_those_of_its_bar(entity: Entity, audience: str):
    assessment = leaning(entity)
    said = " ".join(own(assessment, audience))
    document = compose(assessment, audience=audience)
    figures = [
        line.text for line in document.trace if line.rule.endswith(("bars.figure", "likely.figure"))
    ]
    place = [p.entity for p in PROBABILITIES].index(entity)
    for number in ("under 1", "over 99", "86", "60", "12", "31", "10", "5"):
        if number in figures[place].replace("of 100", ""):
            assert number in said


@pytest.mark.parametrize("audience", ["clinician", "patient"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_leaning_is_told_from_the_share_in_the_tables_on(audience: str, language: str):
    assert own(leaning(share=SHARE), audience, language)
    assert not own(leaning(share=SHARE - 0.001), audience, language)
    assert not own(leaning(entity=None, share=0.0), audience, language)


@pytest.mark.parametrize("audience", ["clinician", "patient"])
@pytest.mark.parametrize("conclusion", [c for c in Conclusion if c is not Conclusion.CANNOT_TELL])
def test_a_conclusion_is_not_watered_down_to_a_leaning(audience: str, conclusion: Conclusion):
    assert not own(leaning(conclusion=conclusion), audience)


def test_a_physician_is_told_that_a_leaning_is_no_conclusion():
    rules = [line.rule for line in compose(leaning()).trace]
    assert "clinician.limits.leaning" in rules
    decided = compose(leaning(conclusion=Conclusion.CALCIFICATION)).trace
    assert "clinician.limits.leaning" not in [line.rule for line in decided]


def flagged() -> Assessment:
    flags = assessed("duct_stone").red_flags
    return msgspec.structs.replace(leaning(), red_flags=flags[:1])


def clashing() -> Assessment:
    here = calcification().foci[0].provenance
    clash = Contradiction("stone_denied_elsewhere", here, here, "f1")
    return msgspec.structs.replace(leaning(), contradictions=(clash,))


def hidden() -> Assessment:
    assessment = leaning()
    caveat = Caveat("liver_obscured", assessment.exam.foci[0].provenance)
    exam = msgspec.structs.replace(assessment.exam, caveats=(caveat,))
    return msgspec.structs.replace(assessment, exam=exam)


@pytest.mark.parametrize("warned", [flagged, clashing, hidden])
@pytest.mark.parametrize("language", LANGUAGES)
def test_where_anything_warns_a_patient_reads_of_no_leaning_to_calcification(warned, language: str):
    assert not own(warned(), "patient", language)
    assert own(warned(), "clinician", language)


@pytest.mark.parametrize("share", [0.5, SHARE, 1.0])
@pytest.mark.parametrize("make", [leaning, flagged, clashing, hidden])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_calming_sentence_hangs_on_a_leaning(share: float, make, language: str):
    assessment = make()
    (answer,) = assessment.foci
    answer = msgspec.structs.replace(answer, leaning_share=share)
    document = compose(
        msgspec.structs.replace(assessment, foci=(answer,)), audience="patient", language=language
    )
    said = [*document.trace, *(line for page in document.related for line in lines(page))]
    assert not [line.rule for line in said if is_calming(line)]


def test_a_leaning_to_a_stone_is_told_under_a_red_flag_too():
    stone = msgspec.structs.replace(flagged(), foci=leaning(Entity.DUCT_STONE).foci)
    assert own(stone, "patient")[0] == "It looks more like a stone in a liver duct."


@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_a_leaning_never_talks_over_the_name_that_the_author_gives(audience: str):
    assessment = leaning()
    (answer,) = assessment.foci
    named = msgspec.structs.replace(answer, named="haemangioma")
    assert not own(msgspec.structs.replace(assessment, foci=(named,)), audience)
    (focus,) = assessment.exam.foci
    gas = Statement(Entity.DUCT_GAS, Certainty.ASSERTED, focus.provenance)
    exam = msgspec.structs.replace(
        assessment.exam, foci=(msgspec.structs.replace(focus, statements=(gas,)),)
    )
    assert not own(msgspec.structs.replace(assessment, exam=exam), audience)
