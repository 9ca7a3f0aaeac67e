"""Findings that call for work-up whatever the probabilities say.

They never meet the probabilities, so no other observation can outvote them. A flag goes up
on every passage or picture that raises it, also where another one says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

from hepaspot.exam import Exam, Observation, plain
from hepaspot.knowledge import Knowledge
from hepaspot.weigh.assessment import RedFlag
from hepaspot.weigh.evidence import reading_order, shares

RAISED = 0.5
"""Share of the likelihood from which a state raises its flag (convention)."""


def red_flags(knowledge: Knowledge, exam: Exam) -> tuple[RedFlag, ...]:
    """Every flag that ``exam`` raises, one line a flag, at its first passage."""
    return tuple(
        RedFlag(flag.id, first.provenance, flag.sources)
        for flag in knowledge.red_flags
        for first in _first(exam, flag.sign, flag.state)
    )


def _first(exam: Exam, sign: str, state: str) -> list[Observation]:
    raised = [o for o in _all(exam) if o.sign == sign and shares(o).get(state, 0.0) >= RAISED]
    return sorted(raised, key=lambda observation: reading_order(observation.provenance))[:1]


def _all(exam: Exam) -> Iterator[Observation]:
    """Every observation; a focus that lies in a mass tells of the mass."""
    yield from exam.observations
    for focus in exam.foci:
        yield from focus.observations
        if focus.host == "mass":
            yield plain("mass", "present", focus.provenance)
