"""Causes worth asking about, and the guidance that applies."""

from __future__ import annotations

from collections.abc import Collection

from hepaspot.knowledge import Knowledge
from hepaspot.weigh.assessment import CauseHint


def causes(knowledge: Knowledge, facts: Collection[str]) -> tuple[CauseHint, ...]:
    """Causes that something known points to, the most pointed-to first."""
    hints = [
        CauseHint(cause.id, cause.because(facts), cause.sources)
        for cause in knowledge.causes
        if cause.when and cause.holds(facts)
    ]
    return tuple(sorted(hints, key=lambda hint: -len(hint.because)))


def guidance(knowledge: Knowledge, known: Collection[Collection[str]]) -> tuple[str, ...]:
    """Ids of the guidance that applies to any of several sets of facts, in table order."""
    return tuple(row.id for row in knowledge.guidance if any(row.holds(facts) for facts in known))
