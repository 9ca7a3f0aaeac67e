"""Which observations may weigh, with what likelihood, and why the others may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hepaspot.exam import Observation
from hepaspot.weigh.caps import Array
from hepaspot.weigh.evidence import DUCT_SIGNS, deciding_duct_sign, is_in, shares
from hepaspot.weigh.posterior import Model

UNKNOWN_SIGN = "unknown_sign"
LOCAL_DUCT_DECIDES = "local_duct_decides"
TOO_SMALL_FOR_SHADOW = "too_small_for_shadow"
OTHER_SETTING = "other_setting"
NO_FIGURE = "no_figure"
UNDECIDED = "undecided"


@dataclass(frozen=True)
class Gated:
    """Observations that weigh, as ``(1, states)`` by sign, and the reason for each other."""

    weights: dict[str, Array]
    silent: dict[str, str]


def gated(model: Model, signs: Mapping[str, Observation]) -> Gated:
    """Sort the observations of one focus into those that weigh and those that do not."""
    weights: dict[str, Array] = {}
    silent: dict[str, str] = {}
    small = is_in(signs.get("size"), "lt_5mm")
    for sign, observation in sorted(signs.items()):
        reason = _reason(model, signs, sign)
        if reason is not None:
            silent[sign] = reason
            continue
        likelihood = _likelihood(model, observation, small=small)
        if np.ptp(likelihood) == 0.0:
            silent[sign] = TOO_SMALL_FOR_SHADOW if sign == "shadow" and small else UNDECIDED
        else:
            weights[sign] = likelihood
    return Gated(weights, silent)


def can_move(model: Model, sign: str) -> bool:
    """Whether a sign can move a figure: by itself, or by what it lets others say."""
    return sign == "size" or sign in DUCT_SIGNS or always_silent(model, sign) is None


def _reason(model: Model, signs: Mapping[str, Observation], sign: str) -> str | None:
    known = model.known(sign)
    duct = known is not None and known.weighs and sign in DUCT_SIGNS
    if duct and sign != deciding_duct_sign(signs):
        return LOCAL_DUCT_DECIDES
    return always_silent(model, sign)


@lru_cache(maxsize=4096)
def always_silent(model: Model, sign: str) -> str | None:
    """Why a sign never weighs, whatever else is told; None where it may."""
    known = model.known(sign)
    if known is None:
        return UNKNOWN_SIGN
    if not known.weighs:
        return known.reason
    if not model.weighs(sign):
        return OTHER_SETTING if known.only_in is not None else NO_FIGURE
    return None


def _likelihood(model: Model, observation: Observation, *, small: bool) -> Array:
    """``(1, states)``, adding up to 1; even where nothing known is named."""
    states = model.knowledge.sign(observation.sign).states
    share = shares(observation)
    weights = np.array([share.get(state, 0.0) for state in states])
    if observation.sign == "shadow" and small:
        absent = states.index("absent")
        spread = weights[absent] / len(states)
        weights[absent] = 0.0
        weights += spread
    if not weights.any():
        weights[:] = 1.0
    return np.asarray(weights / weights.sum())[None, :]
