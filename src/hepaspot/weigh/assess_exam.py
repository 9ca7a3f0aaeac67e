"""From an exam to its assessment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from hepaspot.exam import ByHand, Certainty, Entity, Exam, Focus, Observation, Setting
from hepaspot.knowledge import Knowledge, RuleId
from hepaspot.weigh.assessment import (
    Assessment,
    Category,
    CauseHint,
    Conclusion,
    FocusAssessment,
    LedgerLine,
    Probability,
    Settling,
)
from hepaspot.weigh.caps import ENTITIES, Array
from hepaspot.weigh.category import category, category_needs, exam_category
from hepaspot.weigh.causes import causes, guidance
from hepaspot.weigh.contradictions import contradictions
from hepaspot.weigh.evidence import CHOLECYSTECTOMY, is_in, merged, observations_of
from hepaspot.weigh.facts import facts
from hepaspot.weigh.gates import Gated, can_move, gated
from hepaspot.weigh.ledger import Weighed, ledger, silent_lines
from hepaspot.weigh.posterior import (
    Model,
    Posteriors,
    World,
    leads,
    log_likelihood,
    model_for,
    normalised,
    posteriors,
)
from hepaspot.weigh.red_flags import red_flags
from hepaspot.weigh.settle import settling

OUT_OF_SCOPE = frozenset({"foetal", "animal"})
"""Caveats under which no figure applies: foci are listed in the exam but not weighed."""


PATTERNS = 16_384
"""Sets of signs whose figures are remembered (convention; an archive has some hundreds)."""

_Pattern = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]


@dataclass(frozen=True)
class _Figures:
    """What a set of signs comes to, wherever they were told.

    The first ``speaking`` lines of the ledger are of signs that weigh.
    """

    probabilities: tuple[Probability, ...]
    ledger: tuple[LedgerLine, ...]
    speaking: int
    settling: tuple[Settling, ...]
    leaning: Entity | None
    leaning_share: float


@dataclass(frozen=True)
class _FromTables:
    """What the tables say to a set of facts."""

    category: Category | None
    category_needs: tuple[str, ...]
    causes: tuple[CauseHint, ...]
    guidance: frozenset[str]


@dataclass(frozen=True)
class _Case:
    """One focus with its answer, and what is known once it has one."""

    answer: FocusAssessment
    known: _FromTables


def assess_with(knowledge: Knowledge, exam: Exam, setting: Setting | None) -> Assessment:
    """`hepaspot.weigh.assess` on given tables."""
    where = _setting(exam, setting)
    signs = merged(exam.observations)
    removed = is_in(signs.get(CHOLECYSTECTOMY), "present")
    model = model_for(knowledge, where, gallbladder_removed=removed)
    in_scope = not any(caveat.id in OUT_OF_SCOPE for caveat in exam.caveats)
    cases = [_case(model, exam, focus, where) for focus in exam.foci if in_scope]
    own = _from_tables(model, facts(signs, where))
    foci = tuple(case.answer for case in cases)
    return Assessment(
        exam=exam,
        foci=foci,
        category=exam_category(
            own.category if in_scope else None,
            [focus.category for focus in foci],
            undecided=any(focus.category_needs for focus in foci),
        ),
        red_flags=red_flags(knowledge, exam),
        contradictions=contradictions(exam),
        guidance=_guidance(model, [own, *(case.known for case in cases)]) if in_scope else (),
        prior=model.priors[0] if len(model.priors) == 1 else None,
        priors=model.priors,
        knowledge_version=knowledge.version,
    )


def conclude(probabilities: tuple[Probability, ...]) -> Conclusion:
    """The likeliest entity, unless the interval of another one reaches into its own."""
    possible = not_told_apart(probabilities)
    return Conclusion(possible[0].value) if len(possible) == 1 else Conclusion.CANNOT_TELL


def not_told_apart(probabilities: tuple[Probability, ...]) -> tuple[Entity, ...]:
    """The likeliest entity, and every other one whose interval reaches into its own."""
    leading = max(probabilities, key=lambda p: p.mean)
    return tuple(p.entity for p in probabilities if p is leading or p.high >= leading.low)


def _setting(exam: Exam, given: Setting | None) -> Setting:
    """What is given by hand, completed by what the exam says."""
    if given is None:
        return exam.setting
    return Setting(
        kind=given.kind if given.kind is not None else exam.setting.kind,
        region=given.region if given.region is not None else exam.setting.region,
        age_years=given.age_years if given.age_years is not None else exam.setting.age_years,
    )


def _case(model: Model, exam: Exam, focus: Focus, where: Setting) -> _Case:
    small_mm = model.knowledge.rule(RuleId.SHADOW_IGNORED_BELOW_MM)
    signs = observations_of(exam, focus, small_mm=small_mm)
    figures = _figures(model, _pattern(model, signs))
    probabilities = figures.probabilities
    named, suspected = _named(focus), _suspected(focus)
    conclusion = conclude(probabilities)
    if (named or suspected) is not None and conclusion is not Conclusion.OTHER:
        conclusion = Conclusion.CANNOT_TELL
    facts_told = facts(signs, where, focus)
    told = _from_tables(model, facts_told)
    possible = {f"entity:{entity.value}" for entity in not_told_apart(probabilities)}
    known = _from_tables(model, facts_told | possible)
    answer = FocusAssessment(
        focus=focus.id,
        conclusion=conclusion,
        probabilities=probabilities,
        ledger=_ledger(model, signs, figures),
        category=told.category if named is None else None,
        settling=figures.settling,
        causes=known.causes,
        category_needs=told.category_needs if named is None else (),
        named=named,
        suspected=suspected,
        leaning=figures.leaning,
        leaning_share=figures.leaning_share,
    )
    return _Case(answer, known)


@lru_cache(maxsize=PATTERNS)
def _from_tables(model: Model, told: frozenset[str]) -> _FromTables:
    return _FromTables(
        category=category(model.knowledge, told),
        category_needs=category_needs(model.knowledge, told),
        causes=causes(model.knowledge, told),
        guidance=frozenset(guidance(model.knowledge, [told])),
    )


def _guidance(model: Model, known: list[_FromTables]) -> tuple[str, ...]:
    """Ids of the guidance that applies to any of several sets of facts, in table order."""
    applies = frozenset().union(*(each.guidance for each in known))
    return tuple(row.id for row in model.knowledge.guidance if row.id in applies)


def _pattern(model: Model, signs: Mapping[str, Observation]) -> _Pattern:
    """The signs that can move a figure, in one order whatever the order of the words."""
    return tuple(
        (sign, tuple(sorted(signs[sign].likelihood.items())))
        for sign in sorted(signs)
        if can_move(model, sign)
    )


@lru_cache(maxsize=PATTERNS)
def _figures(model: Model, pattern: _Pattern) -> _Figures:
    """What follows from signs alone; reports say few different things, so it is remembered."""
    signs = {sign: Observation(sign, dict(told), ByHand()) for sign, told in pattern}
    gate = gated(model, signs)
    weighed = [_weighed(model, world, gate) for world in model.worlds]
    joint = [each.joint for each in weighed]
    leaning, share = _leaning(leads(model, joint)) if gate.weights else (None, 0.0)
    return _Figures(
        probabilities=_probabilities(posteriors(model, joint)),
        ledger=ledger(model, signs, gate, weighed),
        speaking=len(gate.weights),
        settling=settling(model, signs, weighed),
        leaning=leaning,
        leaning_share=share,
    )


def _ledger(
    model: Model, signs: Mapping[str, Observation], figures: _Figures
) -> tuple[LedgerLine, ...]:
    """The lines with the places that they were told at, and those of signs that move nothing."""
    lines = [
        msgspec.structs.replace(line, provenance=signs[line.sign].provenance)
        for line in figures.ledger
    ]
    others = {sign: signs[sign] for sign in signs if not can_move(model, sign)}
    silent = [*lines[figures.speaking :], *silent_lines(model, others)]
    return (*lines[: figures.speaking], *sorted(silent, key=lambda line: line.sign))


def _weighed(model: Model, world: World, gate: Gated) -> Weighed:
    joint, single = log_likelihood(model, world, gate.weights)
    standing = normalised(world.log_prior[..., 0] + joint[0, :, 0])
    return Weighed(world, single, joint, standing)


def _probabilities(found: Posteriors) -> tuple[Probability, ...]:
    return tuple(
        Probability(entity, float(mean), float(low), float(high))
        for entity, mean, low, high in zip(
            ENTITIES, found.mean[0], found.low[0], found.high[0], strict=True
        )
    )


def _leaning(leading: Array) -> tuple[Entity, float]:
    first = int(leading[0].argmax())
    return ENTITIES[first], float(leading[0, first])


def _named(focus: Focus) -> str | None:
    """What else the author plainly says the focus is: a clip, a haemangioma, ..."""
    for statement in focus.statements:
        if statement.entity is Entity.OTHER and statement.certainty is Certainty.ASSERTED:
            return statement.name or statement.entity.value
    return None


def _suspected(focus: Focus) -> str | None:
    """What else the author thinks the focus may be, not as a mere alternative among several."""
    for statement in focus.statements:
        if statement.entity is Entity.OTHER and statement.certainty is Certainty.HEDGED:
            return statement.name or statement.entity.value
    return None
