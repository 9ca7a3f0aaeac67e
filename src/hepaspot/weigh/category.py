"""Screening category of the Japanese abdominal ultrasound manual, 2021 edition.

The category needs to know whether ducts are dilated. Most reports do not say; then there is
no category, and what it lacks is named, since a guess would pass for a normal finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hepaspot.knowledge import Knowledge, ScreeningRule
from hepaspot.weigh.assessment import Category
from hepaspot.weigh.evidence import DUCT_SIGNS, LOCAL_DUCT

WORK_UP = "3"
"""Category that a focus whose ducts were not described may still turn out to be."""


def category(knowledge: Knowledge, facts: Collection[str]) -> Category | None:
    """The category of the first rule that holds, None where none does."""
    held = (_as_category(rule) for rule in knowledge.screening if rule.holds(facts))
    return next(held, None)


def most_serious(categories: Iterable[Category | None]) -> Category | None:
    """The highest category; the first of equals."""
    given = [category for category in categories if category is not None]
    return max(given, key=lambda category: category.category, default=None)


def exam_category(
    own: Category | None, foci: Iterable[Category | None], *, undecided: bool
) -> Category | None:
    """Category of the exam: the most serious one, unless an undecided focus could be worse."""
    worst = most_serious((own, *foci))
    if worst is None or (undecided and worst.category < WORK_UP):
        return None
    return worst


def category_needs(knowledge: Knowledge, facts: Collection[str]) -> tuple[str, ...]:
    """Signs that were not told and that a category would need; empty where one holds."""
    if any(rule.holds(facts) for rule in knowledge.screening):
        return ()
    told = {fact.partition(":")[0] for fact in facts}
    lacking = [
        sign
        for rule in knowledge.screening
        for sign in _lacking(rule, facts)
        if not _told(sign, told)
    ]
    return tuple(dict.fromkeys(lacking))


def _lacking(rule: ScreeningRule, facts: Collection[str]) -> list[str]:
    lines = [line for line in rule.when if not any(fact in facts for fact in line)]
    return [_asked(line[0].partition(":")[0]) for line in lines]


def _asked(sign: str) -> str:
    return LOCAL_DUCT if sign in DUCT_SIGNS else sign


def _told(sign: str, told: Collection[str]) -> bool:
    return any(duct in told for duct in DUCT_SIGNS) if sign == LOCAL_DUCT else sign in told


def _as_category(rule: ScreeningRule) -> Category:
    return Category(rule.category, rule.judgement, rule.id, rule.sources)
