"""What each sign moved: one line a sign, what moved most first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hepaspot.exam import Observation
from hepaspot.knowledge import RuleId
from hepaspot.weigh.assessment import LedgerLine
from hepaspot.weigh.caps import CALCIFICATION, DUCT_STONE, ENTITIES, Array, cap_group
from hepaspot.weigh.gates import Gated, always_silent
from hepaspot.weigh.posterior import Model, World, middle


@dataclass(frozen=True)
class Weighed:
    """One focus in one world.

    Attributes
    ----------
    single : dict of (1, entities, 1 + draws) float64
        Log-likelihood of each sign alone.
    joint : (1, entities, 1 + draws) float64
        Log-likelihood of all signs, groups capped.
    standing : (regions, entities) float64
        Probabilities of the point tables as they stand.
    """

    world: World
    single: dict[str, Array]
    joint: Array
    standing: Array


def ledger(
    model: Model, signs: Mapping[str, Observation], gate: Gated, weighed: list[Weighed]
) -> tuple[LedgerLine, ...]:
    """The lines of one focus: those that weigh, by how far they moved it, then the others."""
    kept = [_kept(model, each) for each in weighed]
    lines = [_line(model, signs[sign], weighed, kept) for sign in gate.weights]
    lines.sort(key=lambda line: (-abs(np.log(line.ratio)), line.sign))
    silent = [_silent(signs[sign], reason) for sign, reason in gate.silent.items()]
    return (*lines, *silent)


def silent_lines(model: Model, signs: Mapping[str, Observation]) -> list[LedgerLine]:
    """The lines of signs that never weigh, each with the reason."""
    return [
        _silent(observation, always_silent(model, sign) or "")
        for sign, observation in signs.items()
    ]


def _kept(model: Model, weighed: Weighed) -> dict[str, Array]:
    """For each sign the share of its log-ratio that the cap of its group leaves, by draw."""
    groups: dict[str, list[str]] = {}
    for sign in weighed.single:
        group = weighed.world.tables[sign].sign.group
        if group is not None:
            groups.setdefault(group, []).append(sign)
    return {
        sign: share
        for group, members in groups.items()
        for share in [_share(model, group, [weighed.single[sign] for sign in members])]
        for sign in members
    }


def _share(model: Model, group: str, members: list[Array]) -> Array:
    log = np.sum(members, axis=0)
    raw, capped = _log_ratio(log), _log_ratio(cap_group(log, model.lr_max(group)))
    return np.divide(capped, raw, out=np.ones_like(raw), where=raw != 0)


def _log_ratio(log: Array) -> Array:
    """Calcification to duct stone, by draw."""
    ratio: Array = log[0, CALCIFICATION] - log[0, DUCT_STONE]
    return ratio


def _line(
    model: Model,
    observation: Observation,
    weighed: list[Weighed],
    kept: list[dict[str, Array]],
) -> LedgerLine:
    sign = observation.sign
    speaking = [(w, k.get(sign)) for w, k in zip(weighed, kept, strict=True) if sign in w.single]
    logs = [_log_ratio(w.single[sign]) * (1.0 if k is None else k) for w, k in speaking]
    tables = [w.world.tables[sign] for w, _ in speaking]
    low, high = _ends(logs, model.knowledge.rule(RuleId.INTERVAL))
    mean = np.mean([np.exp(w.single[sign][0, :, 0]) for w, _ in speaking], axis=0)
    state = observation.state
    capped = any(t.capped[t.states.index(state)] for t in tables if state in t.states)
    point = float(np.mean([log[0] for log in logs]))
    return LedgerLine(
        sign=sign,
        state=state,
        provenance=observation.provenance,
        factors={entity: float(m) for entity, m in zip(ENTITIES, mean, strict=True)},
        ratio=float(np.exp(point)),
        ratio_low=float(np.exp(min(low, point))),
        ratio_high=float(np.exp(max(high, point))),
        capped=capped or any(k is not None and k[0] < 1.0 for _, k in speaking),
        rows=tuple(dict.fromkeys(row for table in tables for row in table.rows)),
        sources=tuple(dict.fromkeys(source for table in tables for source in table.sources)),
    )


def _ends(logs: list[Array], interval: float) -> tuple[float, float]:
    ends = [middle(log[1:], interval) for log in logs]
    return float(min(e[0] for e in ends)), float(max(e[1] for e in ends))


def _silent(observation: Observation, reason: str) -> LedgerLine:
    return LedgerLine(
        sign=observation.sign,
        state=observation.state,
        provenance=observation.provenance,
        factors={},
        ratio=1.0,
        ratio_low=1.0,
        ratio_high=1.0,
        weighs=False,
        reason=reason,
    )
