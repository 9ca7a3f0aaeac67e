"""Where an answer leans, and how often the figures put it first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from weigh.build import (
    HEALTH_CHECK,
    SEEN,
    SIGNS,
    SYMPTOMATIC,
    a_focus,
    an_exam,
    at,
    law,
    observations,
    seen,
    settings_given,
    words,
)

from hepaspot.exam import Entity, Exam, Lobe, Observation, Setting, SettingKind
from hepaspot.knowledge import load
from hepaspot.weigh import Conclusion, assess
from hepaspot.weigh.caps import CALCIFICATION, DUCT_STONE, ENTITIES
from hepaspot.weigh.evidence import DUCT_SIGNS
from hepaspot.weigh.posterior import leads, log_likelihood, model_for

SILENT = [sign for sign in SEEN if not SIGNS[sign].weighs and sign != "history_cholecystectomy"]
RIGHT, LEFT = (a_focus(places=[at(lobe)]) for lobe in (Lobe.RIGHT, Lobe.LEFT))
MIRRORED = [DUCT_STONE, CALCIFICATION, 2, 3]


def leaning(exam: Exam) -> tuple[Entity | None, float]:
    focus = assess(exam).foci[0]
    return focus.leaning, focus.leaning_share


@law
@given(observations(), settings_given)
def test_a_leaning_is_a_share_of_draws_and_is_there_wherever_a_sign_weighs(told, setting):
    focus = assess(an_exam(*told, setting=setting)).foci[0]
    assert 0 <= focus.leaning_share <= 1
    assert (focus.leaning is not None) == any(line.weighs for line in focus.ledger)
    assert focus.leaning is None or focus.leaning_share >= 1 / len(ENTITIES)


@law
@given(observations(), settings_given, st.sampled_from([RIGHT, LEFT]))
def test_a_leaning_equals_what_is_concluded(told, setting, place):
    focus = assess(an_exam(*told, setting=setting, focus=place)).foci[0]
    if focus.conclusion is not Conclusion.CANNOT_TELL:
        assert focus.conclusion.value == focus.leaning
        assert focus.leaning_share >= 0.9  # at most 2.5 % of draws for each of the other three


@pytest.mark.parametrize("setting", [Setting(SettingKind.HEALTH_CHECK, "elsewhere"), SYMPTOMATIC])
def test_what_is_decided_leans_the_same_way(setting):
    """The law above is not empty."""
    side = LEFT if setting is SYMPTOMATIC else RIGHT
    state = "dilated" if setting is SYMPTOMATIC else "not_dilated"
    density = "near_liver" if setting is SYMPTOMATIC else "high"
    told = [seen("duct_local", state), seen("ct_density", density)]
    focus = assess(an_exam(*told, setting=setting, focus=side)).foci[0]
    assert focus.conclusion is not Conclusion.CANNOT_TELL
    assert focus.conclusion.value == focus.leaning


def test_nothing_weighed_leans_nowhere():
    assert leaning(an_exam()) == (None, 0.0)
    assert leaning(an_exam(seen("liver_tests", "normal"))) == (None, 0.0)


@law
@given(st.data(), observations(), settings_given)
def test_neutral_evidence_leaves_a_leaning_as_it_is(data, told, setting):
    silent = seen(sign := data.draw(st.sampled_from(SILENT)), SIGNS[sign].states[0])
    flat = data.draw(st.sampled_from([s for s in SIGNS if SIGNS[s].weighs and s not in DUCT_SIGNS]))
    even = Observation(flat, dict.fromkeys(SIGNS[flat].states, 1.0), words())
    told = [o for o in told if o.sign not in (sign, flat)]
    with_it = leaning(an_exam(*told, silent, even, setting=setting))
    assert with_it == leaning(an_exam(*told, setting=setting))


@law
@given(observations(without=("duct_local", "duct_intrahepatic")), settings_given)
def test_a_dilated_duct_never_makes_calcification_lead_more_often(told, setting):
    def leading(*more):
        model = model_for(load(), setting, gallbladder_removed=False)
        weights = {o.sign: one_hot(o) for o in (*told, *more) if model.weighs(o.sign)}
        joint = [log_likelihood(model, world, weights)[0] for world in model.worlds]
        return leads(model, joint)[0, CALCIFICATION]

    # a tenth for the draws, independent by entity, in which the figures themselves are reversed
    assert leading(seen("duct_local", "dilated")) <= leading() + 0.1


@law
@given(observations(["count", "ct_density", "in_duct", "alignment"]), settings_given)
def test_figures_with_calcification_and_stone_exchanged_lean_the_other_way(told, setting):
    model = model_for(load(), setting, gallbladder_removed=False)
    weights = {o.sign: one_hot(o) for o in told}
    joint = [
        np.broadcast_to(log_likelihood(model, world, weights)[0], (1, *world.log_prior.shape[1:]))
        for world in model.worlds
    ]
    worlds = tuple(replace(world, log_prior=world.log_prior[:, MIRRORED]) for world in model.worlds)
    mirrored = replace(model, worlds=worlds)
    found = leads(mirrored, [log[:, MIRRORED] for log in joint])
    assert np.array_equal(found, leads(model, joint)[:, MIRRORED])


@law
@given(observations(), settings_given)
def test_shares_of_all_entities_add_up_to_one(told, setting):
    model = model_for(load(), setting, gallbladder_removed=False)
    weights = {o.sign: one_hot(o) for o in told if model.weighs(o.sign)}
    joint = [log_likelihood(model, world, weights)[0] for world in model.worlds]
    assert leads(model, joint).sum() == pytest.approx(1)


def test_an_open_setting_leans_by_the_mean_of_its_worlds():
    exam = an_exam(seen("ct_density", "high"), focus=RIGHT, setting=Setting(None, "east_asia"))
    apart = [
        leaning(an_exam(seen("ct_density", "high"), focus=RIGHT, setting=setting))
        for setting in (HEALTH_CHECK, SYMPTOMATIC)
    ]
    assert {entity for entity, _ in apart} == {Entity.CALCIFICATION}
    assert leaning(exam)[1] == pytest.approx(np.mean([share for _, share in apart]))


def one_hot(observation: Observation) -> np.ndarray:
    states = SIGNS[observation.sign].states
    return np.array([[observation.likelihood.get(state, 0.0) for state in states]])
