"""What would settle it: the unanswered sign or test that is expected to teach most.

The gain is the expected information (Lindley 1956), in bits: over what the answer is likely
to be, how far the probabilities would then move (Kullback-Leibler divergence from where
they stand). It is computed on the point tables, caps included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import fmean

import numpy as np

from hepaspot.exam import Observation
from hepaspot.knowledge import Accuracy, Sign, Test
from hepaspot.weigh.assessment import SettleKind, Settling
from hepaspot.weigh.caps import ENTITIES, Array, cap_group
from hepaspot.weigh.draws import SMALLEST
from hepaspot.weigh.evidence import DUCT_SIGNS, LOCAL_DUCT
from hepaspot.weigh.ledger import Weighed
from hepaspot.weigh.posterior import Model

LEAST_GAIN_BITS = 0.005
"""Gain under which a question is not worth asking (convention)."""

NOT_ON_ULTRASOUND = ("ct_density", "history_")
"""Signs that the sonographer cannot answer; the tests that can are listed instead."""


SAME_EYES = frozenset({"ultrasound_repeat_fasting", "ultrasound_change_position", "doppler"})
"""Tests that look again with ultrasound: their accuracy is what the signs were weighed by
already, so only the signs that they newly answer count."""


def settling(
    model: Model, signs: Mapping[str, Observation], weighed: list[Weighed]
) -> tuple[Settling, ...]:
    """Unanswered signs and tests, the largest expected gain first."""
    offers = (*_questions(model, signs, weighed), *_tests(model, signs, weighed))
    worth = [offer for offer in offers if offer.gain_bits >= LEAST_GAIN_BITS]
    return tuple(sorted(worth, key=lambda offer: (-offer.gain_bits, offer.id)))


def gain_bits(prior: Array, answers: Array) -> float:
    """Expected information of an answer.

    Parameters
    ----------
    prior : (worlds, entities) float64
        Probabilities as they stand.
    answers : (worlds, answers, entities) float64
        Likelihood of each answer under each entity.
    """
    joint = prior[:, None] * answers
    answer = joint.sum(axis=2, keepdims=True)
    answer_share = answer / answer.sum(axis=1, keepdims=True)
    after = joint / answer
    gain = (answer_share * after * np.log2(after / prior[:, None])).sum()
    return float(gain) / len(prior)


def _open_signs(model: Model, signs: Mapping[str, Observation]) -> Iterator[Sign]:
    """Signs without an observation that weigh; the ducts are asked about beside the focus."""
    ducts_told = any(sign in signs for sign in DUCT_SIGNS)
    for sign in model.knowledge.signs:
        duct = sign.id in DUCT_SIGNS
        asked = not ducts_told and sign.id == LOCAL_DUCT if duct else sign.id not in signs
        if asked and model.weighs(sign.id):
            yield sign


def _questions(
    model: Model, signs: Mapping[str, Observation], weighed: list[Weighed]
) -> Iterator[Settling]:
    for sign in _open_signs(model, signs):
        if sign.only_in is None and not sign.id.startswith(NOT_ON_ULTRASOUND):
            yield Settling(SettleKind.SIGN, sign.id, _sign_gain(model, weighed, (sign,)))


def _tests(
    model: Model, signs: Mapping[str, Observation], weighed: list[Weighed]
) -> Iterator[Settling]:
    open_signs = {sign.id: sign for sign in _open_signs(model, signs)}
    for test in model.knowledge.tests:
        answered = tuple(open_signs[sign] for sign in test.answers if sign in open_signs)
        by_signs = _sign_gain(model, weighed, answered) if answered else 0.0
        by_accuracy = 0.0 if test.id in SAME_EYES else _accuracy_gain(model, weighed, test)
        gain = max(by_signs, by_accuracy)
        yield Settling(SettleKind.TEST, test.id, gain)


def _sign_gain(model: Model, weighed: list[Weighed], asked: tuple[Sign, ...]) -> float:
    """Gain of answering all of ``asked`` at once, averaged over the settings."""
    gains = []
    for each in weighed:
        known = tuple(sign for sign in asked if sign.id in each.world.tables)
        answers = _answers(model, each, known)[None]
        gains.append(gain_bits(each.standing, answers) if known else 0.0)
    return fmean(gains)


def _answers(model: Model, weighed: Weighed, asked: tuple[Sign, ...]) -> Array:
    """``(answers, entities)``: what every combination of answers adds to what is known."""
    logs = np.zeros((1, len(ENTITIES)))
    for group in dict.fromkeys(sign.group for sign in asked):
        joint = np.zeros((1, len(ENTITIES)))
        for sign in asked:
            if sign.group == group:
                state = weighed.world.tables[sign.id].point_log
                joint = (joint[:, None] + state[None]).reshape(-1, len(ENTITIES))
        added = joint if group is None else _within_group(model, weighed, group, joint)
        logs = (logs[:, None] + added[None]).reshape(-1, len(ENTITIES))
    return np.exp(logs)


def _within_group(model: Model, weighed: Weighed, group: str, joint: Array) -> Array:
    told = [
        log[:, :, 0]
        for sign, log in weighed.single.items()
        if weighed.world.tables[sign].sign.group == group
    ]
    before = np.sum(told, axis=0) if told else np.zeros((1, len(ENTITIES)))
    limit = model.lr_max(group)
    after: Array = cap_group(before + joint, limit) - cap_group(before, limit)
    return after


def _accuracy_gain(model: Model, weighed: list[Weighed], test: Test) -> float:
    """Gain of a test by its accuracy; rival accuracies are each run, then averaged."""
    standing = np.concatenate([each.standing for each in weighed])
    gains = [gain_bits(standing, _results(accuracy)[None]) for accuracy in test.accuracy]
    return fmean(gains) if gains else 0.0


def _results(accuracy: Accuracy) -> Array:
    """``(found / not found, entities)``."""
    target = np.array([entity is accuracy.target for entity in ENTITIES])
    found = np.where(target, accuracy.sensitivity.mean, 1.0 - accuracy.specificity.mean)
    return np.asarray(np.clip(np.stack([found, 1.0 - found]), SMALLEST, 1.0))
