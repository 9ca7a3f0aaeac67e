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
    at,
    blurred,
    law,
    observations,
    seen,
    settings_given,
    spreads,
)

from hepaspot.exam import Entity, Lobe, Setting, SettingKind
from hepaspot.knowledge import RuleId, load
from hepaspot.weigh import assess
from hepaspot.weigh.caps import CALCIFICATION, DUCT_STONE, cap_group, cap_single, single_limits
from hepaspot.weigh.posterior import model_for

DUCT_GROUP = [sign.id for sign in SIGNS.values() if sign.group == "duct"]
ROUNDING = 1e-9


def models():
    for kind in (None, *SettingKind):
        for removed in (False, True):
            yield model_for(load(), Setting(kind), gallbladder_removed=removed)


def tables():
    return [
        table for model in models() for world in model.worlds for table in world.tables.values()
    ]


def odds(answer) -> float:
    focus = answer.foci[0]
    return focus.probability(Entity.CALCIFICATION).mean / focus.probability(Entity.DUCT_STONE).mean


def ratio(sign: str, state: str, setting: Setting, *more) -> float:
    answer = assess(an_exam(seen(sign, state), *more, setting=setting))
    return next(line.ratio for line in answer.foci[0].ledger if line.sign == sign)


def test_no_state_of_any_sign_parts_two_entities_tenfold_in_any_draw():
    for table in tables():
        spread = table.likelihood.max(axis=1) / table.likelihood.min(axis=1)
        assert spread.max() <= 10 + ROUNDING, table.sign.id


def test_an_answer_that_the_author_did_not_give_never_blunts_the_one_given():
    """A draw in which caudate or gas is far-fetched says as much of "right" as any other."""
    usual = [[0.30, 0.20, 0.30, 0.30], [0.65, 0.75, 0.60, 0.60], [0.05, 0.05, 0.10, 0.10]]
    odd = np.array(usual)[..., None]
    odd[2] = np.array([0.001, 0.1, 0.1, 0.1])[:, None]
    capped = cap_single(odd, single_limits(0.1, 10))
    assert np.array_equal(capped[:2], odd[:2])
    assert capped[2, CALCIFICATION, 0] == pytest.approx(capped[2, DUCT_STONE, 0] / 10)


def test_a_third_entity_never_blunts_what_a_state_says_of_the_two():
    table = np.array([[0.6, 0.3, 0.001, 0.5], [0.4, 0.7, 0.999, 0.5]])[..., None]
    capped = cap_single(table, single_limits(0.1, 10))
    assert capped[0, 2, 0] == pytest.approx(0.06)
    assert np.array_equal(capped[:, [0, 1, 3]], table[:, [0, 1, 3]])


@law
@given(st.data())
def test_no_blurred_observation_can_break_the_cap_of_its_sign(data):
    sign = data.draw(st.sampled_from([table.sign.id for table in tables()]))
    answer = assess(an_exam(data.draw(spreads(sign)), setting=SYMPTOMATIC))
    for line in answer.foci[0].ledger:
        assert 0.1 - ROUNDING <= line.ratio_low <= line.ratio <= line.ratio_high <= 10 + ROUNDING


@law
@given(observations(DUCT_GROUP, without=("lobe", "upstream")), st.sampled_from([None, *Lobe]))
def test_the_duct_group_together_moves_the_odds_twentyfold_at_most(told, lobe):
    for setting in (HEALTH_CHECK, SYMPTOMATIC):
        focus = a_focus(places=[at(lobe)])
        moved = odds(assess(an_exam(*told, focus=focus, setting=setting)))
        before = odds(assess(an_exam(setting=setting)))
        assert 1 / 20 - ROUNDING <= moved / before <= 20 + ROUNDING


def test_signs_that_all_speak_for_stone_do_reach_the_cap_of_their_group():
    told = [
        seen("duct_local", "dilated"),
        seen("alignment", "along_duct"),
        seen("in_duct", "inside"),
    ]
    answer = assess(an_exam(*told, setting=SYMPTOMATIC))
    before = assess(an_exam(setting=SYMPTOMATIC))
    assert odds(before) / odds(answer) == pytest.approx(20)
    assert all(line.capped for line in answer.foci[0].ledger)


@law
@given(settings_given, observations(DUCT_GROUP, without=("lobe", "upstream")))
def test_ratios_of_the_ledger_multiply_to_what_the_odds_moved(setting, told):
    if setting.kind is None or setting.region is None:
        setting = HEALTH_CHECK  # several worlds are averaged, so that no product holds
    answer = assess(an_exam(*told, seen("ct_density", "high"), setting=setting))
    product = np.prod([line.ratio for line in answer.foci[0].ledger])
    before = odds(assess(an_exam(setting=setting)))
    assert odds(answer) / before == pytest.approx(product, rel=1e-9)


@pytest.mark.parametrize("setting", [HEALTH_CHECK, Setting(SettingKind.HEALTH_CHECK)])
def test_ducts_say_little_of_a_focus_found_by_chance(setting):
    assert 1 / ratio("duct_local", "dilated", setting) <= 5 + ROUNDING
    assert 1 / ratio("duct_local", "not_dilated", setting) >= 0.3 - ROUNDING


@pytest.mark.parametrize("state", ["dilated", "not_dilated"])
def test_where_the_setting_is_open_ducts_say_something_between_the_two(state):
    both = [ratio("duct_local", state, s) for s in (HEALTH_CHECK, SYMPTOMATIC)]
    assert min(both) < ratio("duct_local", state, Setting(None, "east_asia")) < max(both)


def test_ducts_say_more_where_people_have_symptoms_yet_within_the_single_cap():
    assert 5 < 1 / ratio("duct_local", "dilated", SYMPTOMATIC) <= 10 + ROUNDING
    assert 0.1 - ROUNDING <= 1 / ratio("duct_local", "not_dilated", SYMPTOMATIC) < 0.3


def test_dilatation_says_about_two_to_one_after_gallbladder_removal():
    removed = seen("history_cholecystectomy", "present")
    before = 1 / ratio("duct_local", "dilated", SYMPTOMATIC)
    after = 1 / ratio("duct_local", "dilated", SYMPTOMATIC, removed)
    assert 1.5 < after < 2.5 < before


@pytest.mark.parametrize(
    ("sign", "state"),
    [
        ("echo", "strong"),
        ("shape", "round"),
        ("shadow", "present"),
        ("shadow", "faint"),
        ("shadow", "absent"),
    ],
)
def test_what_stones_and_calcifications_share_weighs_nothing_between_them(sign, state):
    answer = assess(an_exam(seen(sign, state)))
    assert odds(answer) == pytest.approx(odds(assess(an_exam())), rel=1e-12)
    (line,) = answer.foci[0].ledger
    assert (line.ratio, line.ratio_low, line.ratio_high) == pytest.approx((1, 1, 1))


@pytest.mark.parametrize("state", ["dirty", "reverberation", "ring_down", "comet_tail"])
def test_a_dirty_shadow_weighs_towards_gas_and_other(state):
    def share(answer):
        focus = answer.foci[0]
        return focus.probability(Entity.DUCT_GAS).mean + focus.probability(Entity.OTHER).mean

    assert share(assess(an_exam(seen("shadow", state)))) > 1.5 * share(assess(an_exam()))


def test_an_absent_shadow_says_nothing_under_5_mm_and_something_from_5_mm_on():
    absent = seen("shadow", "absent")
    small = assess(an_exam(absent, focus=a_focus(size_mm=4))).foci[0]
    large = assess(an_exam(absent, focus=a_focus(size_mm=5))).foci[0]
    assert small.probabilities == assess(an_exam()).foci[0].probabilities
    assert large.probabilities != small.probabilities
    reasons = {line.sign: line.reason for line in small.ledger}
    assert reasons["shadow"] == "too_small_for_shadow"


def test_a_shadow_that_is_there_is_weighed_whatever_the_size():
    dirty = seen("shadow", "dirty")
    small = assess(an_exam(dirty, focus=a_focus(size_mm=3))).foci[0]
    assert small.probabilities == assess(an_exam(dirty)).foci[0].probabilities


@pytest.mark.parametrize("symptom", ["pain", "fever", "jaundice"])
def test_lack_of_symptoms_counts_only_where_people_have_symptoms(symptom):
    none = seen(symptom, "absent")
    assert odds(assess(an_exam(none))) == odds(assess(an_exam()))
    told = assess(an_exam(none, setting=SYMPTOMATIC))
    assert odds(told) > odds(assess(an_exam(setting=SYMPTOMATIC)))
    (line,) = assess(an_exam(none)).foci[0].ledger
    assert (line.weighs, line.reason) == (False, "other_setting")


def test_the_symptoms_together_keep_within_the_cap_of_their_group():
    told = [seen(symptom, "absent") for symptom in ("pain", "fever", "jaundice")]
    moved = odds(assess(an_exam(*told, setting=SYMPTOMATIC)))
    limit = load().group("symptoms").lr_max
    assert moved / odds(assess(an_exam(setting=SYMPTOMATIC))) == pytest.approx(limit)


def test_the_duct_beside_the_focus_beats_the_ducts_at_large():
    both = an_exam(seen("duct_local", "not_dilated"), seen("duct_intrahepatic", "dilated"))
    local = an_exam(seen("duct_local", "not_dilated"))
    assert assess(both).foci[0].probabilities == assess(local).foci[0].probabilities
    reasons = {line.sign: line.reason for line in assess(both).foci[0].ledger}
    assert reasons == {"duct_local": None, "duct_intrahepatic": "local_duct_decides"}


def test_a_cap_leaves_a_table_within_its_limits_alone():
    table = np.array([[0.6, 0.3, 0.5, 0.5], [0.4, 0.7, 0.5, 0.5]])[..., None]
    limits = single_limits(load().rule(RuleId.SINGLE_LR_MIN), load().rule(RuleId.SINGLE_LR_MAX))
    assert np.array_equal(cap_single(table, limits), table)


def test_the_group_cap_keeps_the_order_of_calcification_and_stone():
    log = np.log(np.array([[0.9, 0.001, 0.5, 0.5]]))[..., None]
    capped = cap_group(log, 20.0)
    assert capped[0, CALCIFICATION, 0] - capped[0, DUCT_STONE, 0] == pytest.approx(np.log(20))


def test_a_blur_between_two_states_lies_between_them():
    ends = [odds(assess(an_exam(seen("ct_density", s)))) for s in ("near_liver", "high")]
    middle = odds(assess(an_exam(blurred("ct_density", high=0.6, near_liver=0.4))))
    assert ends[0] < middle < ends[1]
