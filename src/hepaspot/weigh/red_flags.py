"""Findings that call for work-up whatever the probabilities say.

They never meet the probabilities, so no other observation can outvote them. A flag goes up
on every passage or picture that raises it, also where another one says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from hepaspot.exam import Certainty, Exam, Observation, plain
from hepaspot.knowledge import Knowledge
from hepaspot.weigh.assessment import RedFlag
from hepaspot.weigh.evidence import reading_order, shares

MALIGNANT = frozenset({"malignancy", "metastasis"})
"""Names of an author's conclusion that a mass is to be looked for."""

LIVE = frozenset({Certainty.ASSERTED, Certainty.HEDGED, Certainty.EITHER_OR})
"""Certainties of what an author does not deny or only recall."""

RAISED = 0.5
"""Share of the likelihood from which a state raises its flag (convention)."""


def red_flags(knowledge: Knowledge, exam: Exam) -> tuple[RedFlag, ...]:
    """Every flag that ``exam`` raises, one line a flag, at its first passage."""
    by_sign: dict[str, list[Observation]] = {}
    for observation in _all(exam):
        by_sign.setdefault(observation.sign, []).append(observation)
    return tuple(
        RedFlag(flag.id, first.provenance, flag.sources)
        for flag in knowledge.red_flags
        for first in _first(by_sign.get(flag.sign, ()), flag.state)
    )


def _first(told: Iterable[Observation], state: str) -> list[Observation]:
    raised = [o for o in told if shares(o).get(state, 0.0) >= RAISED]
    return sorted(raised, key=lambda observation: reading_order(observation.provenance))[:1]


def _all(exam: Exam) -> Iterator[Observation]:
    """Every observation; a focus that lies in a mass tells of the mass."""
    yield from exam.observations
    for focus in exam.foci:
        yield from focus.observations
        if focus.host == "mass":
            yield plain("mass", "present", focus.provenance)
    yield from _suspicions(exam)


def _suspicions(exam: Exam) -> Iterator[Observation]:
    """A passage that names a malignancy, surely or not, tells of a mass to be worked up."""
    every = (exam.statements, *(focus.statements for focus in exam.foci))
    for statement in chain.from_iterable(every):
        if statement.name in MALIGNANT and statement.certainty in LIVE:
            yield plain("mass", "present", statement.provenance)
