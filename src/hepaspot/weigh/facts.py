"""What is known about an exam or one of its foci, as the facts that tables ask for.

A fact is ``<sign>:<state>``, or ``landmark:``, ``host:``, ``name:``, ``entity:``,
``setting:`` or ``region:`` and an id. What is not known has no fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hepaspot.exam import Certainty, Focus, Observation, Setting, Statement
from hepaspot.weigh.evidence import shares

LIKELY = 0.5
"""Share of the likelihood that a state must exceed to count as known (convention)."""

STANDING = (Certainty.ASSERTED, Certainty.HEDGED, Certainty.EITHER_OR)
"""What an author still holds possible."""


def facts(
    signs: Mapping[str, Observation], setting: Setting, focus: Focus | None = None
) -> frozenset[str]:
    """Everything known about ``focus``, or about the exam where none is given."""
    known = {*_signs(signs), *_setting(setting)}
    if focus is not None:
        known |= {*_place(focus), *_author(focus)}
    return frozenset(known)


def standing(focus: Focus) -> tuple[Statement, ...]:
    """What the author of the report asserts, suspects or leaves open about ``focus``."""
    return tuple(s for s in focus.statements if s.certainty in STANDING)


def _signs(signs: Mapping[str, Observation]) -> Iterator[str]:
    for sign, observation in signs.items():
        for state, share in shares(observation).items():
            if share > LIKELY:
                yield f"{sign}:{state}"


def _setting(setting: Setting) -> Iterator[str]:
    if setting.kind is not None:
        yield f"setting:{setting.kind.value}"
    if setting.region is not None:
        yield f"region:{setting.region}"


def _place(focus: Focus) -> Iterator[str]:
    for place in focus.places:
        yield from (f"landmark:{landmark}" for landmark in place.landmarks)
    if focus.host is not None:
        yield f"host:{focus.host}"


def _author(focus: Focus) -> Iterator[str]:
    for statement in standing(focus):
        yield f"entity:{statement.entity.value}"
        if statement.name is not None:
            yield f"name:{statement.name}"
