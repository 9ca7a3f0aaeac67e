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
    law,
    seen,
    states_of,
)

from hepaspot.errors import InputError
from hepaspot.exam import Setting
from hepaspot.weigh import assess, codes, posterior_many

TOLD = [
    "echo",
    "shadow",
    "duct_local",
    "duct_intrahepatic",
    "alignment",
    "shape",
    "ct_density",
    "history_cholecystectomy",
    "pain",
    "fever",
    "atrophy",
]

SINGLE_PRECISION = 1e-4
"""How far single precision may move an end, 1."""


def columns(foci: list[dict[str, str]]) -> dict[str, np.ndarray]:
    return {sign: codes(sign, [told.get(sign) for told in foci]) for sign in TOLD}


SETTINGS = st.sampled_from([HEALTH_CHECK, SYMPTOMATIC, Setting(region="east_asia"), Setting()])


@law
@given(foci=st.lists(states_of(TOLD), min_size=1, max_size=8), setting=SETTINGS)
def test_many_foci_get_the_intervals_that_each_gets_alone(foci, setting):
    many = posterior_many(columns(foci), setting=setting)
    for row, told in enumerate(foci):
        exam = an_exam(*(seen(*o) for o in told.items()), setting=setting)
        alone = assess(exam).foci[0].probabilities
        assert many.low[row] == pytest.approx([p.low for p in alone], abs=SINGLE_PRECISION)
        assert many.high[row] == pytest.approx([p.high for p in alone], abs=SINGLE_PRECISION)


@law
@given(st.lists(states_of(TOLD), min_size=1, max_size=8), SETTINGS)
def test_many_foci_get_the_means_that_each_gets_alone(foci, setting):
    many = posterior_many(columns(foci), setting=setting)
    for row, told in enumerate(foci):
        exam = an_exam(*(seen(*o) for o in told.items()), setting=setting)
        alone = assess(exam).foci[0].probabilities
        assert many.mean[row] == pytest.approx([p.mean for p in alone], abs=1e-12)


@law
@given(st.lists(states_of(TOLD), min_size=2, max_size=30), st.randoms())
def test_the_answer_of_a_focus_does_not_depend_on_its_neighbours(foci, chance):
    order = list(range(len(foci)))
    chance.shuffle(order)
    together = posterior_many(columns(foci))
    shuffled = posterior_many(columns([foci[index] for index in order]))
    assert np.array_equal(together.mean[order], shuffled.mean)
    assert np.array_equal(together.low[order], shuffled.low)
    assert np.array_equal(together.high[order], shuffled.high)


def test_a_small_focus_without_shadow_is_as_if_nothing_were_told():
    small = {"shadow": codes("shadow", ["absent"]), "size": codes("size", ["lt_5mm"])}
    nothing = {"shadow": codes("shadow", [None])}
    assert np.array_equal(posterior_many(small).mean, posterior_many(nothing).mean)
    alone = assess(an_exam(seen("shadow", "absent"), focus=a_focus(size_mm=3))).foci[0]
    expected = [p.mean for p in alone.probabilities]
    assert posterior_many(small, setting=HEALTH_CHECK).mean[0] == pytest.approx(expected)


def test_columns_given_are_left_as_they_were():
    given_ = {
        "duct_local": codes("duct_local", ["dilated"]),
        "duct_intrahepatic": codes("duct_intrahepatic", ["not_dilated"]),
    }
    kept = {sign: column.copy() for sign, column in given_.items()}
    posterior_many(given_)
    assert all(np.array_equal(given_[sign], kept[sign]) for sign in kept)


def test_no_foci_give_no_answers():
    assert posterior_many({"echo": codes("echo", [])}).mean.shape == (0, 4)


def test_very_many_signs_at_once_still_tell_patterns_apart():
    chance = np.random.default_rng(3)
    told = {sign: chance.integers(-1, len(SIGNS[sign].states), size=50) for sign in SIGNS}
    answers = posterior_many(told, setting=SYMPTOMATIC)
    first = posterior_many({sign: column[:1] for sign, column in told.items()}, setting=SYMPTOMATIC)
    assert np.allclose(answers.mean[:1], first.mean)
    assert np.allclose(answers.mean.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("observed", "message"),
    [
        ({}, "one or more signs, all of the same length"),
        ({"echo": np.array([0]), "shape": np.array([0, 1])}, "all of the same length"),
        ({"hue": np.array([0])}, "unknown sign 'hue'; see knowledge/signs.toml"),
        ({"echo": np.array([2])}, "echo has a code outside -1 to 1"),
        ({"echo": np.array([-2])}, "echo has a code outside -1 to 1"),
    ],
)
def test_columns_that_cannot_be_meant_are_refused(observed, message):
    with pytest.raises(InputError, match=message):
        posterior_many(observed)


def test_an_unknown_state_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="sign echo: no state 'loud'; use one of strong, weak"):
        codes("echo", ["loud"])
