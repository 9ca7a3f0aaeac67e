"""Red flags, causes, guidance and what would settle it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from weigh.build import (
    HEALTH_CHECK,
    SIGNS,
    SYMPTOMATIC,
    a_focus,
    an_exam,
    blurred,
    law,
    observations,
    said,
    seen,
    settings_given,
)

from hepaspot.exam import Certainty, Entity, Exam, Place
from hepaspot.knowledge import load
from hepaspot.weigh import Conclusion, SettleKind, assess
from hepaspot.weigh.posterior import model_for
from hepaspot.weigh.settle import gain_bits

FLAGS = load().red_flags


def flags(*signs, **exam) -> set[str]:
    return {flag.id for flag in assess(an_exam(*signs, **exam)).red_flags}


@law
@given(observations(), st.sampled_from(FLAGS), settings_given)
def test_no_combination_of_other_observations_outvotes_a_red_flag(told, flag, setting):
    assert flag.id in flags(*told, seen(flag.sign, flag.state), setting=setting)


@law
@given(observations())
def test_a_flag_goes_up_only_for_its_own_sign(told):
    raised = {
        flag.id for flag in FLAGS for o in told if (o.sign, o.state) == (flag.sign, flag.state)
    }
    assert flags(*told) == raised


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.id)
def test_a_flag_is_not_raised_by_the_opposite_state(flag):
    for state in set(SIGNS[flag.sign].states) - {flag.state}:
        assert flag.id not in flags(seen(flag.sign, state))


def test_a_flag_is_raised_although_another_passage_says_otherwise():
    both = (seen("jaundice", "absent"), seen("jaundice", "present", start=30))
    assert flags(*both) == {"jaundice"}


@pytest.mark.parametrize(("dilated", "raised"), [(0.5, True), (0.4, False)])
def test_a_flag_is_raised_when_its_state_is_at_least_as_likely_as_not(dilated, raised):
    unsure = blurred("duct_local", dilated=dilated, not_dilated=1 - dilated)
    assert ("duct_local_dilated" in flags(unsure)) is raised


def test_a_calcification_inside_a_mass_raises_the_flag_of_the_mass():
    assert flags(focus=a_focus(host="mass")) == {"mass"}


def test_a_red_flag_points_at_its_passage_and_its_sources():
    (flag,) = assess(an_exam(seen("fever", "present", start=12))).red_flags
    assert flag.provenance.start == 12
    assert flag.sources


# --- what would settle it ---


def offers(*signs, **exam):
    return assess(an_exam(*signs, **exam)).foci[0].settling


@law
@given(observations(), settings_given)
def test_offers_are_worth_something_sorted_and_never_answered_already(told, setting):
    given_ = offers(*told, setting=setting)
    gains = [offer.gain_bits for offer in given_]
    assert gains == sorted(gains, reverse=True)
    assert all(0 < gain <= 2 for gain in gains)
    answered = {o.sign for o in told}
    if answered & {"duct_local", "duct_intrahepatic"}:
        answered |= {"duct_local", "duct_intrahepatic"}
    asked = {offer.id for offer in given_ if offer.kind is SettleKind.SIGN}
    assert not asked & answered


def test_where_people_have_symptoms_the_first_question_is_the_duct_beside_the_focus():
    questions = [o.id for o in offers(setting=SYMPTOMATIC) if o.kind is SettleKind.SIGN]
    assert questions[0] == "duct_local"


def test_density_is_no_question_to_the_sonographer_but_an_offer_of_ct():
    ids = {(offer.kind, offer.id) for offer in offers()}
    assert (SettleKind.SIGN, "ct_density") not in ids
    assert {(SettleKind.TEST, "unenhanced_ct"), (SettleKind.TEST, "mrcp")} <= ids


def test_looking_again_teaches_nothing_once_every_sign_of_it_is_told():
    told = [
        seen(sign, SIGNS[sign].states[0])
        for sign in next(t for t in load().tests if t.id == "ultrasound_repeat_fasting").answers
        if sign != "upstream"
    ]
    assert "ultrasound_repeat_fasting" not in {offer.id for offer in offers(*told)}


def test_a_sign_of_a_group_that_is_at_its_cap_is_worth_less_to_ask():
    told = [seen("duct_local", "dilated"), seen("in_duct", "inside")]
    exam = an_exam(*told, setting=SYMPTOMATIC)
    focus = assess(exam).foci[0]
    (world,) = model_for(load(), SYMPTOMATIC, gallbladder_removed=False).worlds
    standing = np.array([[p.mean for p in focus.probabilities]])
    if_uncapped = gain_bits(standing, world.tables["alignment"].point[None])
    asked = sum(offer.gain_bits for offer in focus.settling if offer.id == "alignment")
    assert asked < 0.9 * if_uncapped


def test_ercp_is_never_offered_to_label_a_spot():
    assert not [offer.id for offer in offers(setting=SYMPTOMATIC) if "ercp" in offer.id]


def test_a_perfect_test_brings_all_the_bits_that_are_missing():
    assert gain_bits(np.full((1, 4), 0.25), np.clip(np.eye(4), 1e-15, 1)[None]) == pytest.approx(2)


def test_a_test_that_answers_alike_for_all_brings_nothing():
    assert gain_bits(np.array([[0.6, 0.3, 0.05, 0.05]]), np.full((1, 3, 4), 0.2)) == pytest.approx(
        0
    )


def test_the_gain_is_the_mutual_information_of_entity_and_answer():
    prior, answers = np.array([0.5, 0.5]), np.array([[0.9, 0.2], [0.1, 0.8]])
    joint = prior * answers
    outer = joint.sum(axis=1, keepdims=True) * prior
    expected = (joint * np.log2(joint / outer)).sum()
    assert gain_bits(prior[None], answers[None]) == pytest.approx(expected)


# --- causes, guidance, and what the author named ---


def causes(*signs, **exam) -> list[str]:
    return [hint.cause for hint in assess(an_exam(*signs, **exam)).foci[0].causes]


@pytest.mark.parametrize(
    ("sign", "cause"),
    [
        ("history_tuberculosis", "tuberculosis"),
        ("history_dialysis", "arterial_calcification"),
        ("history_biliary_surgery", "open_papilla"),
        ("surgical_clips", "surgical_clip"),
    ],
)
def test_a_history_names_causes_to_ask_about(sign, cause):
    assert cause in causes(seen(sign, "present"))
    assert cause not in causes(seen(sign, "absent"))
    assert cause not in causes()


def test_a_cause_says_what_points_to_it():
    (hint,) = assess(an_exam(seen("history_tuberculosis", "present"))).foci[0].causes
    assert hint.because == ("history_tuberculosis:present",)
    assert hint.sources


def test_a_landmark_and_a_history_together_point_to_clips():
    gallbladder_bed = Place(a_focus().provenance, landmarks=("near_gallbladder",))
    removed = seen("history_cholecystectomy", "present")
    assert "clip_near_gallbladder_bed" in causes(removed, focus=a_focus(places=[gallbladder_bed]))
    assert "clip_near_gallbladder_bed" not in causes(removed)


def test_a_clip_that_the_author_names_appears_but_is_not_weighed():
    clip = a_focus(statements=[said(Entity.OTHER, name="surgical_clip")])
    focus = assess(an_exam(focus=clip)).foci[0]
    assert focus.named == "surgical_clip"
    assert focus.probabilities == assess(an_exam()).foci[0].probabilities
    assert "surgical_clip" in [hint.cause for hint in focus.causes]


def test_what_the_author_explains_is_concluded_neither_calcification_nor_stone():
    told = [
        seen("duct_local", "dilated"),
        seen("in_duct", "inside"),
        seen("alignment", "along_duct"),
        seen("ct_density", "near_liver"),
    ]
    stent = a_focus(statements=[said(Entity.OTHER, name="stent")])
    assert assess(an_exam(*told, setting=SYMPTOMATIC)).foci[0].conclusion is Conclusion.DUCT_STONE
    answer = assess(an_exam(*told, setting=SYMPTOMATIC, focus=stent))
    assert answer.foci[0].conclusion is Conclusion.CANNOT_TELL


@pytest.mark.parametrize("certainty", set(Certainty) - {Certainty.ASSERTED})
def test_a_mimic_that_is_not_plainly_named_explains_nothing(certainty):
    focus = a_focus(statements=[said(Entity.OTHER, certainty, name="haemangioma")])
    assert assess(an_exam(focus=focus)).foci[0].named is None


def guidance(*signs, **exam) -> tuple[str, ...]:
    return assess(an_exam(*signs, **exam)).guidance


CALM = [
    seen("duct_local", "not_dilated"),
    seen("alignment", "outside_duct"),
    seen("in_duct", "outside"),
    seen("ct_density", "high"),
]


def low_risk_told(*more) -> bool:
    return "low_risk_no_further_imaging" in guidance(*more)


def test_no_red_flag_ever_stands_beside_the_advice_of_no_further_imaging():
    for flag in FLAGS:
        assert not low_risk_told(
            *(o for o in CALM if o.sign != flag.sign), seen(flag.sign, flag.state)
        )


def test_guidance_for_dilated_ducts_comes_with_dilated_ducts_only():
    assert "dilatation_work_up" in guidance(seen("duct_local", "dilated"))
    assert "dilatation_work_up" not in guidance(seen("duct_local", "not_dilated"))


def test_a_focus_that_cannot_be_told_apart_gets_the_guidance_of_both():
    both = guidance()
    assert {"manual_exclude_calcified_mass", "stone_cancer_risk"} <= set(both)


def test_guidance_of_several_foci_is_told_once():
    exam = Exam(setting=HEALTH_CHECK, foci=(a_focus(), a_focus(id="f2")))
    told = assess(exam).guidance
    assert len(told) == len(set(told))
