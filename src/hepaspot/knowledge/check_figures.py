"""What makes a figure wrong: counts, weights, rivals, priors, rules, limits and rates."""

from __future__ import annotations

import math
from collections import defaultdict

from hepaspot.exam import Entity, SettingKind
from hepaspot.knowledge.book import Knowledge
from hepaspot.knowledge.figures import Basis, LikelihoodRow, Rate, RuleId, Sign
from hepaspot.knowledge.refusal import known_sign, listed, refuse

COUNT_TOLERANCE = 1e-6
"""By how many cases counts, which may come from percentages, may miss their ``n``."""

GROUP_LR_MAX = 20.0
"""Largest joint likelihood ratio that a group of correlated signs may be given."""

RULE_RANGES: dict[RuleId, tuple[float, float]] = {
    RuleId.SINGLE_LR_MIN: (0.1, 1),
    RuleId.SINGLE_LR_MAX: (1, 10),
    RuleId.HEALTH_CHECK_DILATATION_LR_MAX: (1, 10),
    RuleId.NO_DILATATION_LR_MIN: (0.3, 1),
    RuleId.SHADOW_IGNORED_BELOW_MM: (0, 20),
    RuleId.CONVENTION_N_MAX: (1, 5),
    RuleId.INTERVAL: (0.5, 0.99),
    RuleId.LEANING_SHARE: (0.5, 1),
    RuleId.DRAWS: (100, 1_000_000),
    RuleId.SEED: (0, 2**32 - 1),
    RuleId.SIZE_STABLE_MM: (0, 5),
    RuleId.SAME_SPOT_RATIO: (1, 5),
}
"""Lowest and highest value of each rule; nobody can set a cap wider than the evidence allows."""

LIKELIHOODS = "likelihoods.toml"


def rules(knowledge: Knowledge) -> None:
    """Every rule is there, and within its range."""
    values = {rule.id: rule.value for rule in knowledge.rules}
    known = {rule.value for rule in RuleId}
    for missing in sorted(known - values.keys()):
        refuse("rules.toml", missing, "is missing; every rule needs its row")
    for extra in sorted(values.keys() - known):
        refuse("rules.toml", extra, f"unknown rule; use {listed(known)}")
    for rule, (low, high) in RULE_RANGES.items():
        if not low <= values[rule] <= high:
            refuse(
                "rules.toml", rule.value, f"{values[rule]:g} is out of range {low:g} to {high:g}"
            )
    for group in knowledge.groups:
        if not 1 <= group.lr_max <= GROUP_LR_MAX:
            refuse("rules.toml", group.id, f"lr_max is out of range 1 to {GROUP_LR_MAX:g}")


def likelihoods(knowledge: Knowledge) -> None:
    """Counts fit the sign and add up; weights are within bounds."""
    limit = knowledge.rule(RuleId.CONVENTION_N_MAX)
    for row in knowledge.likelihoods:
        _counts(row, known_sign(LIKELIHOODS, row.id, row.sign, knowledge.signs))
        _weight(row, limit)
        if row.basis is Basis.JUDGEMENT and not row.convention:
            refuse(LIKELIHOODS, row.id, "basis J is a judgement; mark it convention = true")


def _counts(row: LikelihoodRow, sign: Sign) -> None:
    if set(row.counts) != set(sign.states):
        refuse(LIKELIHOODS, row.id, f"counts must name each of {listed(sign.states)}, no other")
    for state, count in row.counts.items():
        if not (math.isfinite(count) and count >= 0):
            refuse(LIKELIHOODS, row.id, f"count of {state} is {count:g}; it must be 0 or more")
    total = sum(row.counts.values())
    if not abs(total - row.n) <= COUNT_TOLERANCE:
        how = "exceed" if total > row.n else "fall short of"
        refuse(LIKELIHOODS, row.id, f"counts add up to {total:g} and {how} n = {row.n:g}")


def _weight(row: LikelihoodRow, limit: float) -> None:
    weight = row.n if row.effective_n is None else row.effective_n
    if not 0 < weight <= row.n:
        refuse(LIKELIHOODS, row.id, f"effective_n must be above 0 and at most n = {row.n:g}")
    if row.convention and weight > limit:
        refuse(
            LIKELIHOODS,
            row.id,
            f"a convention weighs {weight:g} cases, more than {limit:g}; lower effective_n",
        )


def rivals(knowledge: Knowledge) -> None:
    """Rows that answer one question name each other as rivals."""
    rows = {row.id: row for row in knowledge.likelihoods}
    cells: dict[tuple[str, str, str], list[LikelihoodRow]] = defaultdict(list)
    for row in knowledge.likelihoods:
        cells[row.sign, row.entity, row.setting].append(row)
        for rival in row.conflicts_with:
            if rival not in rows:
                refuse(LIKELIHOODS, row.id, f"conflicts_with names the unknown row {rival!r}")
    for cell in cells.values():
        for row in cell:
            _opposed(row, cell)


def _opposed(row: LikelihoodRow, cell: list[LikelihoodRow]) -> None:
    others = {other.id for other in cell} - {row.id}
    for silent in sorted(others - set(row.conflicts_with)):
        refuse(
            LIKELIHOODS,
            row.id,
            f"speaks for the same people as {silent!r}; name it in conflicts_with, or keep one",
        )
    for stray in sorted(set(row.conflicts_with) - others):
        refuse(
            LIKELIHOODS,
            row.id,
            f"conflicts_with names {stray!r}, which has another sign, entity or setting",
        )


def priors(knowledge: Knowledge) -> None:
    """Every region has a prior in every setting, and no prior rules an entity out."""
    settings = {kind.value for kind in SettingKind}
    for row in knowledge.priors:
        if row.setting.value not in settings:
            refuse("priors.toml", row.id, f"setting must be one of {listed(settings)}")
        if set(row.shares) != set(Entity):
            refuse("priors.toml", row.id, f"shares must name each of {listed(Entity)}")
        if not all(math.isfinite(share) and share > 0 for share in row.shares.values()):
            refuse("priors.toml", row.id, "each share must be above 0; rule nothing out beforehand")
        if not (math.isfinite(row.effective_n) and row.effective_n > 0):
            refuse("priors.toml", row.id, "effective_n must be above 0")
    for region in knowledge.regions:
        for setting in sorted(settings):
            if not knowledge.priors_for(setting, region):
                refuse("priors.toml", region, f"the region has no prior at {setting}; add one")


def thresholds(knowledge: Knowledge) -> None:
    """Every threshold gives a limit above 0."""
    for row in knowledge.thresholds:
        limits = [limit for limit in (row.limit_mm, row.portal_ratio) if limit is not None]
        if not limits or min(limits) <= 0:
            refuse("thresholds.toml", row.id, "needs limit_mm or portal_ratio, above 0")


def tests(knowledge: Knowledge) -> None:
    """Tests answer known signs, and their rates are rates."""
    for test in knowledge.tests:
        for sign in test.answers:
            known_sign("tests.toml", test.id, sign, knowledge.signs)
        for accuracy in test.accuracy:
            if not (_is_rate(accuracy.sensitivity) and _is_rate(accuracy.specificity)):
                refuse(
                    "tests.toml",
                    test.id,
                    "a rate is k of n with k at most n, or low to high between 0 and 1",
                )


def _is_rate(rate: Rate) -> bool:
    match rate:
        case Rate(k=float(k), n=float(n), low=None, high=None):
            return 0 <= k <= n and n > 0 and 0 < (rate.effective_n or n) <= n
        case Rate(k=None, n=None, effective_n=None, low=float(low), high=float(high)):
            return 0 <= low <= high <= 1
    return False
