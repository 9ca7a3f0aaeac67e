from __future__ import annotations

import random
import subprocess
import sys

import msgspec
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
    words,
)

from hepaspot.errors import InputError
from hepaspot.exam import Entity, Exam, Lobe, Observation, Setting, SettingKind
from hepaspot.knowledge import load
from hepaspot.weigh import Assessment, Conclusion, assess
from hepaspot.weigh.posterior import log_likelihood, model_for

STATED = [HEALTH_CHECK, SYMPTOMATIC]
LEFT = a_focus(places=[at(Lobe.LEFT)])


def means(answer: Assessment) -> dict[Entity, float]:
    return {p.entity: p.mean for p in answer.foci[0].probabilities}


def odds(answer: Assessment) -> float:
    mean = means(answer)
    return mean[Entity.CALCIFICATION] / mean[Entity.DUCT_STONE]


@law
@given(observations(), settings_given)
def test_probabilities_add_up_to_one_and_each_mean_lies_in_its_interval(told, setting):
    focus = assess(an_exam(*told, setting=setting)).foci[0]
    assert sum(p.mean for p in focus.probabilities) == pytest.approx(1)
    for p in focus.probabilities:
        assert 0 <= p.low <= p.mean <= p.high <= 1


@law
@given(observations(), st.randoms())
def test_the_order_of_observations_does_not_matter(told, chance):
    shuffled = told.copy()
    chance.shuffle(shuffled)
    one, other = assess(an_exam(*told)), assess(an_exam(*shuffled))
    assert one.foci == other.foci
    assert (one.category, one.red_flags, one.guidance) == (
        other.category,
        other.red_flags,
        other.guidance,
    )


@law
@given(st.data(), observations(without=SIGNS))
def test_an_even_spread_over_all_states_is_the_same_as_not_told(data, told):
    sign = data.draw(st.sampled_from([s for s in SIGNS if SIGNS[s].weighs and s != "upstream"]))
    even = Observation(sign, dict.fromkeys(SIGNS[sign].states, 0.5), words())
    setting = data.draw(settings_given)
    told = [o for o in told if o.sign != sign]
    with_it, without = (assess(an_exam(*o, setting=setting)) for o in ((*told, even), told))
    assert with_it.foci[0].probabilities == without.foci[0].probabilities
    line = next(line for line in with_it.foci[0].ledger if line.sign == sign)
    assert (line.weighs, line.ratio) == (False, 1.0)


@law
@given(observations())
def test_signs_that_by_rule_do_not_weigh_move_nothing(told):
    silent = [o for o in told if not SIGNS[o.sign].weighs and "cholecyst" not in o.sign]
    answer = assess(an_exam(*silent))
    assert answer.foci[0].probabilities == assess(an_exam()).foci[0].probabilities
    assert all(line.reason and not line.weighs for line in answer.foci[0].ledger)


@law
@given(observations(without=("duct_local", "duct_intrahepatic")), st.sampled_from(STATED))
def test_a_dilated_duct_never_speaks_for_calcification(told, setting):
    without = odds(assess(an_exam(*told, setting=setting)))
    dilated = odds(assess(an_exam(*told, seen("duct_local", "dilated"), setting=setting)))
    narrow = odds(assess(an_exam(*told, seen("duct_local", "not_dilated"), setting=setting)))
    assert dilated <= without * (1 + 1e-9)
    assert narrow >= without * (1 - 1e-9)


def test_a_dilated_duct_raises_the_stone_and_its_red_flag():
    without = assess(an_exam())
    dilated = assess(an_exam(seen("duct_intrahepatic", "dilated")))
    assert means(dilated)[Entity.DUCT_STONE] > means(without)[Entity.DUCT_STONE]
    assert [flag.id for flag in dilated.red_flags] == ["duct_intrahepatic_dilated"]


@law
@given(spreads("ct_density"))
def test_a_blurred_observation_is_the_mixture_of_its_states(blur):
    """P(data | entity) is the sum over states, so that posteriors mix by predictive weight."""
    prior = means(assess(an_exam()))
    total = sum(blur.likelihood.values())
    factors = {
        state: assess(an_exam(seen("ct_density", state))).foci[0].ledger[0].factors
        for state in blur.likelihood
    }
    weights = {
        entity: prior[entity]
        * sum(w / total * factors[state][entity] for state, w in blur.likelihood.items())
        for entity in Entity
    }
    norm = sum(weights.values())
    expected = {entity: weight / norm for entity, weight in weights.items()}
    assert means(assess(an_exam(blur))) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("sign", ["echo", "shadow", "shape", "ct_density"])
def test_a_spread_that_is_almost_even_moves_almost_nothing(sign):
    """Also where a rule makes some states neutral, whose shares then no longer add up to 1."""
    states = SIGNS[sign].states
    nearly = Observation(sign, dict.fromkeys(states, 1.0) | {states[-1]: 1.001}, words())
    expected = means(assess(an_exam(setting=SYMPTOMATIC)))
    told = means(assess(an_exam(nearly, setting=SYMPTOMATIC)))
    assert told == pytest.approx(expected, abs=1e-3)
    ratio = assess(an_exam(nearly, setting=SYMPTOMATIC)).foci[0].ledger[0].ratio
    assert ratio == pytest.approx(1, abs=1e-3)


UNGROUPED = ["count", "ct_density", "history_biliary_surgery"]


@law
@given(st.data())
def test_in_every_draw_a_missing_sign_leaves_any_odds_between_its_possible_answers(data):
    """What a sign would say averages out to not knowing it: missing is never its own vote."""
    missing = data.draw(st.sampled_from(UNGROUPED))
    model = model_for(load(), data.draw(st.sampled_from(STATED)), gallbladder_removed=False)
    (world,) = model.worlds
    told = {
        sign: one_hot(world.tables[sign], data.draw(st.sampled_from(SIGNS[sign].states)))
        for sign in (*UNGROUPED, "duct_local")
        if sign != missing and data.draw(st.booleans())
    }

    def log_odds(more):
        log = log_likelihood(model, world, told | more)[0] + world.log_prior[0]
        return log[:, :, None] - log[:, None, :]

    table = world.tables[missing]
    answers = np.stack([log_odds({missing: one_hot(table, s)}) for s in table.states])
    without = log_odds({})
    assert (answers.min(axis=0) <= without + 1e-9).all()
    assert (without <= answers.max(axis=0) + 1e-9).all()


def one_hot(table, state):
    return np.array([[float(state == known) for known in table.states]])


@law
@given(observations(), settings_given)
def test_leaving_the_setting_or_region_open_never_narrows_an_interval(told, setting):
    wide = assess(an_exam(*told, setting=Setting(None, setting.region))).foci[0]
    for kind in SettingKind:
        narrow = assess(an_exam(*told, setting=Setting(kind, setting.region))).foci[0]
        for w, n in zip(wide.probabilities, narrow.probabilities, strict=True):
            assert w.low <= n.low
            assert n.high <= w.high
    anywhere = assess(an_exam(*told, setting=Setting(setting.kind))).foci[0]
    for region in load().regions:
        here = assess(an_exam(*told, setting=Setting(setting.kind, region))).foci[0]
        for w, n in zip(anywhere.probabilities, here.probabilities, strict=True):
            assert w.low <= n.low
            assert n.high <= w.high


def test_what_is_said_twice_counts_once():
    once = an_exam(seen("ct_density", "high"))
    twice = an_exam(seen("ct_density", "high"), seen("ct_density", "high", start=30))
    assert assess(once).foci[0].probabilities == assess(twice).foci[0].probabilities


def test_what_is_said_both_ways_counts_for_nothing():
    both = an_exam(seen("ct_density", "high"), seen("ct_density", "near_liver", start=30))
    assert assess(both).foci[0].probabilities == assess(an_exam()).foci[0].probabilities


def test_what_the_author_concluded_is_never_weighed_as_a_sign():
    from weigh.build import said

    plain = assess(an_exam()).foci[0].probabilities
    for entity in Entity:
        focus = a_focus(statements=[said(entity)])
        assert assess(an_exam(focus=focus)).foci[0].probabilities == plain


@law
@given(observations(), settings_given)
def test_the_same_exam_gets_the_same_answer_and_survives_json(told, setting):
    exam = an_exam(*told, setting=setting, focus=LEFT)
    answer = assess(exam)
    assert assess(exam) == answer
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Assessment) == answer


def test_the_answer_is_the_same_in_another_process():
    exam = an_exam(seen("duct_local", "dilated"), seen("shadow", "dirty"), focus=LEFT)
    code = (
        "import sys, msgspec, hepaspot.weigh as w; from hepaspot.exam import Exam;"
        "sys.stdout.buffer.write(msgspec.json.encode(w.assess(Exam.from_json(sys.stdin.read()))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=exam.to_json(), capture_output=True, check=True
    )
    assert done.stdout == msgspec.json.encode(assess(exam))


def test_numpy_is_loaded_only_when_something_is_weighed():
    code = "import hepaspot.weigh, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_overlapping_intervals_cannot_be_told_apart():
    focus = assess(an_exam()).foci[0]
    assert focus.conclusion is Conclusion.CANNOT_TELL


def test_signs_that_all_agree_reach_a_conclusion():
    told = [
        seen("duct_local", "dilated"),
        seen("alignment", "along_duct"),
        seen("ct_density", "near_liver"),
    ]
    stone = assess(an_exam(*told, setting=SYMPTOMATIC, focus=LEFT)).foci[0]
    assert stone.conclusion is Conclusion.DUCT_STONE
    leading, *others = sorted(stone.probabilities, key=lambda p: -p.mean)
    assert all(p.high < leading.low for p in others)


def test_each_focus_is_weighed_by_itself():
    near, far = a_focus([seen("duct_local", "dilated")]), a_focus(id="f2")
    answer = assess(Exam(setting=HEALTH_CHECK, foci=(near, far)))
    alone = assess(Exam(setting=HEALTH_CHECK, foci=(far,)))
    assert answer.foci[1] == alone.foci[0]
    assert answer.foci[0].probabilities != answer.foci[1].probabilities


def test_a_setting_given_by_hand_completes_what_the_exam_says():
    exam = an_exam(setting=Setting(SettingKind.HEALTH_CHECK))
    given_region = assess(exam, setting=Setting(region="east_asia"))
    assert given_region.foci == assess(an_exam()).foci
    assert len(given_region.priors) < len(assess(exam).priors)


def test_an_unknown_region_is_refused_with_the_known_ones():
    message = "setting: region 'mars' is not known; use one of east_asia, "
    with pytest.raises(InputError, match=message):
        assess(an_exam(setting=Setting(region="mars")))


def test_a_sign_that_the_tables_do_not_know_is_shown_and_not_weighed():
    exam = Exam(setting=HEALTH_CHECK, foci=(a_focus([Observation("hue", {"blue": 1}, words())]),))
    (line,) = assess(exam).foci[0].ledger
    assert (line.sign, line.weighs, line.reason) == ("hue", False, "unknown_sign")


def test_a_state_that_the_tables_do_not_know_says_nothing():
    assert assess(an_exam(blurred("ct_density", purple=1.0))).foci[0].ledger[0].weighs is False


@pytest.mark.parametrize("caveat", ["foetal", "animal"])
def test_foetal_and_animal_livers_are_out_of_scope(caveat):
    answer = assess(an_exam(seen("shadow", "present"), caveats=[caveat]))
    assert (answer.foci, answer.category, answer.guidance) == ((), None, ())


def test_an_exam_without_foci_still_has_its_category_and_flags():
    answer = assess(Exam(observations=(seen("duct_intrahepatic", "dilated"),)))
    assert answer.foci == ()
    assert answer.category is not None
    assert answer.red_flags


def test_many_random_orders_of_one_full_exam_agree():
    told = [seen(sign, SIGNS[sign].states[0]) for sign in SIGNS if sign not in ("upstream", "lobe")]
    chance = random.Random(7)
    answers = set()
    for _ in range(5):
        chance.shuffle(told)
        answers.add(msgspec.json.encode(assess(an_exam(*told)).foci))
    assert len(answers) == 1
