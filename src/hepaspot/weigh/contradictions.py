"""Passages of one report that do not fit together, each pair with both its places.

Only plain assertions contradict. A hedge, an either-or and a neutral "bright focus" leave
room, and house style has the findings neutral where the impression names a diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import TypeVar

import msgspec

from hepaspot.exam import (
    Certainty,
    Entity,
    Exam,
    Focus,
    Observation,
    Provenance,
    Region,
    Section,
    Statement,
    Words,
)
from hepaspot.weigh.against_picture import disagreements, signs_apart, size_apart, wide_duct_seen
from hepaspot.weigh.assessment import Contradiction
from hepaspot.weigh.evidence import (
    INTRAHEPATIC_DUCT,
    LIVE,
    LOCAL_DUCT,
    is_in,
    reading_order,
    upstream,
)
from hepaspot.weigh.places import SIDES, place_mismatch

DILATED = "dilated"
Where = TypeVar("Where", Exam, Focus)


def contradictions(exam: Exam) -> tuple[Contradiction, ...]:
    """Every pair of passages of ``exam`` that do not fit, in reading order."""
    found = [pair for focus in exam.foci for rule in FOCUS_RULES for pair in rule(exam, focus)]
    found += [pair for focus in lesions(exam) for rule in DUCT_RULES for pair in rule(exam, focus)]
    found += disagreements(exam.observations, None)
    found += _between_sections(exam)
    distinct = {(c.id, c.first, c.second): c for c in reversed(found)}
    return tuple(sorted(distinct.values(), key=_order))


def _order(pair: Contradiction) -> tuple[tuple[int, str, int], tuple[int, str, int], str]:
    return reading_order(pair.first), reading_order(pair.second), pair.id


def asserted(statements: Iterable[Statement], entity: Entity | None = None) -> list[Statement]:
    """Plain assertions among ``statements``, of one entity where it is given."""
    return _said(statements, Certainty.ASSERTED, entity)


def _said(
    statements: Iterable[Statement], certainty: Certainty, entity: Entity | None = None
) -> list[Statement]:
    return [
        s for s in statements if s.certainty is certainty and (entity is None or s.entity is entity)
    ]


def section(provenance: Provenance) -> Section | None:
    """Part of the report that a passage stands in, None for pictures and by hand."""
    return provenance.section if isinstance(provenance, Words) else None


def _ducts(
    exam: Exam, focus: Focus, entity: Entity, state: str, kind: str
) -> Iterator[Contradiction]:
    ducts = _told_ducts(exam, focus)
    if ducts is None or not is_in(ducts, state) or _are_of_another(exam, focus, ducts):
        return
    for statement in asserted(focus.statements, entity)[:1]:
        yield Contradiction(kind, statement.provenance, ducts.provenance, focus.id)


def _told_ducts(exam: Exam, focus: Focus) -> Observation | None:
    """The ducts as a person tells them; as the picture shows them where nobody does.

    A picture against the words is a contradiction of its own.
    """
    said = upstream(_in_words(exam), _in_words(focus))
    return said if said is not None else upstream(exam, focus)


def _are_of_another(exam: Exam, focus: Focus, ducts: Observation) -> bool:
    """Whether wide ducts of the liver are those of a spot in another lobe.

    They are where the passage tells of the duct beside that spot, and where that spot may be a
    stone, which explains them.
    """
    if ducts.sign != INTRAHEPATIC_DUCT or not is_in(ducts, DILATED):
        return False
    others = [other for other in exam.foci if _in_other_lobes(focus, other)]
    return any(_may_be_stone(other) or _is_beside(ducts, other) for other in others)


def _in_other_lobes(focus: Focus, other: Focus) -> bool:
    if focus.lobe is None or other.lobe is None:
        return False
    return SIDES[focus.lobe].isdisjoint(SIDES[other.lobe])


def _is_beside(ducts: Observation, other: Focus) -> bool:
    """Whether words on the ducts of the liver are those on the wide duct beside ``other``."""
    beside = [o for o in other.observations if o.sign == LOCAL_DUCT and is_in(o, DILATED)]
    return any(_overlap(o.provenance, ducts.provenance) for o in beside)


def _overlap(first: Provenance, second: Provenance) -> bool:
    if not isinstance(first, Words) or not isinstance(second, Words):
        return False
    same = first.source == second.source
    return same and first.start < second.end and second.start < first.end


def _may_be_stone(focus: Focus) -> bool:
    return any(s.entity is Entity.DUCT_STONE and s.certainty in LIVE for s in focus.statements)


def _in_words(of: Where) -> Where:
    told = tuple(o for o in of.observations if not isinstance(o.provenance, Region))
    return msgspec.structs.replace(of, observations=told)


def _stone_without_dilatation(exam: Exam, focus: Focus) -> Iterator[Contradiction]:
    yield from _ducts(exam, focus, Entity.DUCT_STONE, "not_dilated", "stone_without_dilatation")


def _calcification_with_dilatation(exam: Exam, focus: Focus) -> Iterator[Contradiction]:
    if not _may_be_stone(focus):
        kind = "calcification_with_dilatation"
        yield from _ducts(exam, focus, Entity.CALCIFICATION, DILATED, kind)


def _denied(exam: Exam, focus: Focus) -> Iterator[Contradiction]:
    """A finding asserted here and denied there; the section decides under which name."""
    denials = _said((*focus.statements, *exam.statements), Certainty.NEGATED)
    for stated, denial in product(asserted(focus.statements), denials):
        if stated.entity is not denial.entity or not _same_name(stated, denial):
            continue
        sections = section(stated.provenance), section(denial.provenance)
        if sections == (Section.IMPRESSION, Section.FINDINGS):
            kind = "impression_denied_in_findings"
        elif stated.entity is Entity.DUCT_STONE:
            kind = "stone_denied_elsewhere"
        else:
            continue
        yield Contradiction(kind, stated.provenance, denial.provenance, focus.id)


def _same_name(stated: Statement, denial: Statement) -> bool:
    return stated.entity is not Entity.OTHER or stated.name == denial.name


def _name_mismatch(exam: Exam, focus: Focus) -> Iterator[Contradiction]:
    named = asserted(focus.statements)
    findings = [s for s in named if section(s.provenance) is Section.FINDINGS]
    impression = [s for s in named if section(s.provenance) is Section.IMPRESSION]
    same = any(_diagnosis(f) == _diagnosis(i) for f, i in product(findings, impression))
    if findings and impression and not same:
        first, second = findings[0].provenance, impression[0].provenance
        yield Contradiction("name_mismatch", first, second, focus.id)


def _diagnosis(statement: Statement) -> tuple[Entity, str | None]:
    name = statement.name if statement.entity is Entity.OTHER else None
    return statement.entity, name


def _place(exam: Exam, focus: Focus) -> Iterator[Contradiction]:
    findings = [p for p in focus.places if section(p.provenance) is Section.FINDINGS]
    impression = [p for p in focus.places if section(p.provenance) is Section.IMPRESSION]
    mismatch = place_mismatch(findings, impression)
    if mismatch is not None:
        kind, first, second = mismatch
        yield Contradiction(kind, first.provenance, second.provenance, focus.id)


def _between_sections(exam: Exam) -> list[Contradiction]:
    pair = _told_and_concluded(exam)
    if pair is None:
        return []
    pairs = _differences(exam, _joined(*pair))
    return pairs if len(pairs) == 1 else []


def lesions(exam: Exam) -> tuple[Focus, ...]:
    """The foci of ``exam``; one told in the findings alone, one in the impression alone, are one.

    Unless both name and place differ: then they may well be two.
    """
    pair = _told_and_concluded(exam)
    if pair is None or len(_differences(exam, _joined(*pair))) > 1:
        return exam.foci
    told, concluded = pair
    return tuple(
        _joined(told, concluded) if focus is told else focus
        for focus in exam.foci
        if focus is not concluded
    )


def _told_and_concluded(exam: Exam) -> tuple[Focus, Focus] | None:
    """The only focus of the findings and the only one of the impression, where they are two."""
    findings = [f for f in exam.foci if section(f.provenance) is Section.FINDINGS]
    impression = [f for f in exam.foci if section(f.provenance) is Section.IMPRESSION]
    if len(findings) != 1 or len(impression) != 1 or _seen_in_both(*findings, *impression):
        return None
    return findings[0], impression[0]


def _joined(told: Focus, concluded: Focus) -> Focus:
    return msgspec.structs.replace(
        told,
        places=told.places + concluded.places,
        observations=told.observations + concluded.observations,
        statements=told.statements + concluded.statements,
    )


def _differences(exam: Exam, joined: Focus) -> list[Contradiction]:
    return [*_name_mismatch(exam, joined), *_place(exam, joined)]


def _seen_in_both(told: Focus, concluded: Focus) -> bool:
    return Section.IMPRESSION in _sections(told) or Section.FINDINGS in _sections(concluded)


def _sections(focus: Focus) -> set[Section | None]:
    said = {section(statement.provenance) for statement in focus.statements}
    return said | {section(place.provenance) for place in focus.places}


FOCUS_RULES: tuple[Callable[[Exam, Focus], Iterator[Contradiction]], ...] = (
    _denied,
    _name_mismatch,
    _place,
    signs_apart,
    wide_duct_seen,
    size_apart,
)

DUCT_RULES = (_stone_without_dilatation, _calcification_with_dilatation)
"""What is asked of a lesion, wherever the report tells the parts of it."""
