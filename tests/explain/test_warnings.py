"""Warning signs come first and are never softened; what is missing is not called normal."""

from __future__ import annotations

import msgspec
import pytest
from explain.cases import NAMES, assessed, calcification, concluding, plain_calcification

from hepaspot import read
from hepaspot.exam import Caveat, Certainty, Entity, Setting, SettingKind, Statement, plain
from hepaspot.explain import compose, explain
from hepaspot.explain.calm import is_calming
from hepaspot.explain.document import Document, Line, lines
from hepaspot.knowledge import load
from hepaspot.weigh import assess
from hepaspot.weigh.assessment import Assessment, Conclusion

FLAGS = {flag.id: flag for flag in load().red_flags}


def flagged(flag: str) -> Assessment:
    """The report of a plain calcification in which one red flag is raised as well."""
    exam = calcification()
    span = exam.foci[0].provenance
    raised = plain(FLAGS[flag].sign, FLAGS[flag].state, span)
    whole = msgspec.structs.replace(exam, observations=(*exam.observations, raised))
    assessment = assess(whole)
    assert flag in {red.id for red in assessment.red_flags}
    return concluding(assessment, Conclusion.CALCIFICATION)


def every_line(document: Document) -> list[Line]:
    return [*document.trace, *(line for page in document.related for line in lines(page))]


def test_a_plain_calcification_is_told_that_it_seldom_does_harm():
    said = [line.rule for line in compose(plain_calcification(), audience="patient").trace]
    assert "patient.mean.calcification.calm" in said
    assert "patient.mean.calcification.calm.unless" in said


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_with_any_red_flag_no_sentence_reassures(flag: str, language: str):
    document = compose(flagged(flag), audience="patient", language=language)
    assert not [line.rule for line in every_line(document) if is_calming(line)]


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_red_flags_come_before_everything_else(flag: str, audience: str):
    first = compose(flagged(flag), audience=audience).sections[0]
    assert first.id == "flags"
    own = "term.flag." if audience == "clinician" else "patient.flag."
    assert f"{own}{flag}" in {line.rule for line in lines(first)}


OTHERS = [c for c in Conclusion if c is not Conclusion.CALCIFICATION]


@pytest.mark.parametrize("conclusion", OTHERS)
def test_no_other_conclusion_reassures(conclusion: Conclusion):
    document = compose(concluding(assessed("calcification"), conclusion), audience="patient")
    assert not [line.rule for line in every_line(document) if is_calming(line)]


@pytest.mark.parametrize("name", [n for n in NAMES if n != "calcification"])
def test_whatever_else_is_in_doubt_no_sentence_reassures(name: str):
    document = compose(assessed(name), audience="patient")
    assert not [line.rule for line in every_line(document) if is_calming(line)]


@pytest.mark.parametrize("entity", [Entity.DUCT_STONE, Entity.DUCT_GAS, Entity.OTHER])
@pytest.mark.parametrize("certainty", [Certainty.HEDGED, Certainty.EITHER_OR])
def test_an_author_who_thinks_of_something_else_forbids_calm(entity: Entity, certainty: Certainty):
    assessment = plain_calcification()
    other = Statement(entity, certainty, assessment.exam.foci[0].provenance)
    exam = msgspec.structs.replace(assessment.exam, statements=(other,))
    document = compose(msgspec.structs.replace(assessment, exam=exam), audience="patient")
    assert not [line.rule for line in every_line(document) if is_calming(line)]


def test_an_exam_made_because_of_symptoms_forbids_calm():
    assessment = assess(calcification(), setting=Setting(SettingKind.SYMPTOMATIC, "east_asia"))
    document = compose(concluding(assessment, Conclusion.CALCIFICATION), audience="patient")
    assert not [line.rule for line in every_line(document) if is_calming(line)]


def test_a_liver_that_was_partly_hidden_forbids_calm():
    assessment = plain_calcification()
    caveat = Caveat("liver_obscured", assessment.exam.foci[0].provenance)
    exam = msgspec.structs.replace(assessment.exam, caveats=(caveat,))
    document = compose(msgspec.structs.replace(assessment, exam=exam), audience="patient")
    assert not [line.rule for line in every_line(document) if is_calming(line)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_patient_is_told_when_to_get_help_at_once(name: str, language: str):
    said = {
        line.rule for line in compose(assessed(name), audience="patient", language=language).trace
    }
    assert {f"patient.help.{sign}" for sign in ("jaundice", "fever", "pain", "position")} <= said


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_every_document_says_that_it_is_unverified_and_no_device(name: str, audience: str):
    said = explain(assessed(name), audience=audience)
    assert "not a medical device" in said
    assert "No doctor has checked" in said or "Preliminary, unverified" in said


@pytest.mark.parametrize("name", NAMES)
def test_no_page_speaks_of_no_cancer_or_advises_a_treatment(name: str):
    said = explain(assessed(name), audience="patient", format="html").lower()
    for words in ("not cancer", "no sign of cancer", "rules out cancer", "ercp", "antibiotic"):
        assert words not in said
    assert said.count("no cancer") == said.count("weight loss, and no cancer")


def test_ducts_that_are_not_mentioned_are_called_missing_not_normal():
    english = explain(assessed("cannot_tell"), audience="patient")
    assert "Your report does not say whether the ducts are wide." in english
    assert "您的报告没有说胆管是否变宽" in explain(
        assessed("cannot_tell"), audience="patient", language="zh"
    )


def test_a_patient_whose_ducts_are_not_mentioned_is_to_ask_about_them():
    said = [line.rule for line in compose(assessed("cannot_tell"), audience="patient").trace]
    assert "patient.ask.sign.duct_local" in said


@pytest.mark.parametrize(("name", "words"), [("foetal", "not yet born"), ("animal", "an animal")])
def test_a_report_out_of_scope_gets_no_answer(name: str, words: str):
    assessment = assessed(name)
    said = [line.rule for line in compose(assessment, audience="patient").trace]
    assert words in explain(assessment, audience="patient")
    assert not [rule for rule in said if rule.startswith(("patient.likely", "answer."))]
    clinical = [line.rule for line in compose(assessment).trace]
    assert not [rule for rule in clinical if rule.startswith("clinician.conclusion")]


@pytest.mark.parametrize(
    ("name", "ask", "never"),
    [
        ("foetal", ("doctor", "医生"), ("vet", "兽医")),
        ("animal", ("vet", "兽医"), ("doctor", "医生")),
    ],
)
def test_a_report_out_of_scope_sends_to_a_doctor_or_to_a_vet(
    name: str, ask: tuple[str, str], never: tuple[str, str]
):
    for language, right, wrong in zip(("en", "zh"), ask, never, strict=True):
        trace = compose(assessed(name), audience="patient", language=language).trace
        (advice,) = [line for line in trace if line.rule.endswith(".advice")]
        assert advice.rule == f"patient.scope.{name}.advice"
        assert right in advice.text
        assert wrong not in advice.text


def flagged_pages(assessment: Assessment) -> set[bool]:
    related = compose(assessment, audience="patient").related
    return {"page.flagged" in [line.rule for line in page.banner] for page in related}


@pytest.mark.parametrize("name", NAMES)
def test_related_pages_speak_of_points_to_check_only_where_there_are_some(name: str):
    assessment = assessed(name)
    exam = assessment.exam
    there = bool(assessment.red_flags or assessment.contradictions or exam.caveats)
    assert flagged_pages(assessment) == {there}


def test_a_report_that_is_only_undecided_has_no_points_to_check():
    assert flagged_pages(assessed("cannot_tell")) == {False}
    assert flagged_pages(flagged("fever")) == {True}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_without_a_focus_invents_none(language: str):
    assessment = assessed("no_focus")
    said = [line.rule for line in compose(assessment, audience="patient", language=language).trace]
    assert "patient.nofocus.line" in said
    assert "patient.nofocus.limit" in said
    assert not [rule for rule in said if rule.startswith(("patient.likely", "patient.mean"))]
    assert "clinician.no_focus" in {line.rule for line in compose(assessment).trace}


def test_the_clinician_learns_what_a_category_still_needs():
    assert "No screening category can be given. Not stated or not clear: " in explain(
        assessed("cannot_tell")
    )


SUSPICIONS = {
    "haemangioma": "肝右叶见强回声结节15×12mm，内呈网格状，无声影，考虑血管瘤。",
    "abscess": "肝右叶见气体样强回声，范围55mm，高热，肝脓肿可能。",
    "malignancy": "肝硬化。肝右叶强回声结节25mm，边界欠清，肝癌待排。",
}


@pytest.mark.parametrize("name", SUSPICIONS)
def test_what_else_the_author_suspects_comes_before_every_figure(name):
    assessment = assess(read(SUSPICIONS[name]))
    (answer,) = assessment.foci
    assert answer.suspected == name
    assert answer.conclusion == "cannot_tell"
    for audience, rule in (
        ("clinician", "clinician.conclusion.suspected"),
        ("patient", "patient.mean.suspected"),
    ):
        for language in ("en", "zh"):
            said = compose(assessment, audience=audience, language=language).trace
            rules = [line.rule for line in said]
            assert rule in rules
            assert not {"clinician.conclusion.leaning", "patient.likely.leaning.figure"} & set(
                rules
            )


def test_a_suspected_cancer_is_a_warning_sign():
    assessment = assess(read(SUSPICIONS["malignancy"]))
    assert "mass" in {flag.id for flag in assessment.red_flags}
    assert "mass" not in {flag.id for flag in assess(read(SUSPICIONS["haemangioma"])).red_flags}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("sign", ["体温39.2℃。", "巩膜黄染。"])
def test_who_has_fever_or_jaundice_is_sent_to_hospital_first_and_never_soothed(sign, language):
    assessment = assess(read(f"{sign}肝右叶见强回声斑6mm，后方伴声影。"))
    document = compose(assessment, audience="patient", language=language)
    first = document.sections[0].blocks[0].lines[0]
    assert first.rule == "patient.flag.now"
    rules = {line.rule for line in document.trace}
    assert "patient.mean.cannot_tell.next" not in rules
    assert "patient.mean.cannot_tell.flagged" in rules


def test_symptoms_stand_before_what_was_seen():
    told = "Fever and jaundice. The intrahepatic ducts are dilated. An 8 mm echogenic focus."
    flags = [flag.id for flag in assess(read(told)).red_flags]
    assert flags[:2] == ["fever", "jaundice"]
