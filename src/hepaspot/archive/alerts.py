"""What is wrong in an exam: by itself, and beside the exam of the same person before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from hepaspot.archive.bile_duct import bile_duct_not_concluded
from hepaspot.archive.concluding import DILATED, not_concluded
from hepaspot.archive.sections import segments_apart
from hepaspot.exam import (
    Certainty,
    Entity,
    Exam,
    Focus,
    Observation,
    Provenance,
    Region,
    SourceKind,
    Statement,
)
from hepaspot.knowledge import load
from hepaspot.weigh.assessment import Assessment
from hepaspot.weigh.comparing import Change, Comparison, Pair
from hepaspot.weigh.contradictions import lesions
from hepaspot.weigh.evidence import (
    DUCT_SIGNS,
    INTRAHEPATIC_DUCT,
    LIVE,
    is_in,
    merged,
    upstream,
)

NARROW = "not_dilated"


@dataclass(frozen=True)
class Alert:
    """One thing to look at: two passages, the second of the earlier exam where it is compared."""

    id: str
    first: Provenance
    second: Provenance | None = None
    focus: str | None = None
    with_prior: bool = False

    @property
    def rank(self) -> int:
        """1 is what matters most to the patient."""
        return ranks()[self.id]


@cache
def ranks() -> dict[str, int]:
    """Alert to its rank."""
    return {row.id: row.rank for row in load().alerts}


def alerts_of(
    assessment: Assessment, prior: Assessment | None, comparison: Comparison | None
) -> tuple[Alert, ...]:
    """Every alert of an exam, the gravest first.

    Parameters
    ----------
    assessment : Assessment
        The exam with its answer.
    prior, comparison
        The exam of the same person before it, and what is different; None where there is none.
    """
    found = [
        *_contradictions(assessment),
        *_segments_apart(assessment),
        *_not_concluded(assessment),
        *_no_ducts(assessment),
    ]
    if prior is not None and comparison is not None:
        found += _since(assessment.exam, prior.exam, comparison)
    distinct = dict.fromkeys(found)
    return tuple(sorted(distinct, key=lambda alert: (alert.rank, alert.id, alert.focus or "")))


def _contradictions(assessment: Assessment) -> Iterator[Alert]:
    for pair in assessment.contradictions:
        wide = pair.id == "picture_disagrees" and _shows_wide_duct(assessment.exam, pair.second)
        yield Alert(
            "wide_duct_in_picture" if wide else pair.id, pair.first, pair.second, pair.focus
        )


def _shows_wide_duct(exam: Exam, seen: Provenance) -> bool:
    return isinstance(seen, Region) and any(
        each.sign in DUCT_SIGNS and is_in(each, DILATED) and each.provenance == seen
        for focus in exam.foci
        for each in focus.observations
    )


def _not_concluded(assessment: Assessment) -> Iterator[Alert]:
    where = not_concluded(assessment.exam) or bile_duct_not_concluded(assessment.exam)
    if where is not None:
        yield Alert("dilatation_not_concluded", where)


def _segments_apart(assessment: Assessment) -> Iterator[Alert]:
    for first, second, focus in segments_apart(assessment.exam):
        yield Alert("segment_mismatch", first, second, focus)


def _no_ducts(assessment: Assessment) -> Iterator[Alert]:
    """A spot without a word on the ducts, which its category depends on."""
    exam = assessment.exam
    if not any(source.kind is SourceKind.REPORT for source in exam.sources):
        return
    told = {focus.id: focus for focus in lesions(exam) if upstream(exam, focus) is None}
    for answer in assessment.foci:
        focus = told.get(answer.focus)
        if focus is None or not set(answer.category_needs) & set(DUCT_SIGNS):
            continue
        if not _is_something_else(focus):
            yield Alert("duct_statement_missing", focus.provenance, None, focus.id)


def _is_something_else(focus: Focus) -> bool:
    """Whether its author calls it a haemangioma or the like, which no duct bears on."""
    live = {each.entity for each in focus.statements if each.certainty in LIVE}
    return live == {Entity.OTHER}


# ------------------------------------------------------------------------------- since before


def _since(exam: Exam, prior: Exam, comparison: Comparison) -> Iterator[Alert]:
    now, then = _ducts(exam), _ducts(prior)
    if now is not None and then is not None and is_in(now, DILATED) and is_in(then, NARROW):
        yield Alert("dilated_since_prior", now.provenance, then.provenance, with_prior=True)
    foci = {focus.id: focus for focus in exam.foci}
    before = {focus.id: focus for focus in prior.foci}
    for pair in comparison.pairs:
        spot, same = foci[pair.later], before[pair.earlier]
        if _is_larger(pair):
            first, second = _largest(spot), _largest(same)
            yield Alert("larger_since_prior", first, second, spot.id, with_prior=True)
        if pair.sure:
            yield from _name_since(spot, same, pair, comparison)


def _is_larger(pair: Pair) -> bool:
    """Whether somebody is to look at the growth, if only to say that it is another spot."""
    sure = pair.sure and pair.change is Change.LARGER
    return sure or pair.change is Change.LARGER_OR_ANOTHER


def _name_since(focus: Focus, before: Focus, pair: Pair, comparison: Comparison) -> Iterator[Alert]:
    told, then = _named(focus), _named(before)
    same = not pair.signs and not any(each.sign in DUCT_SIGNS for each in comparison.signs)
    if told is None or then is None or not same:
        return
    if {told.entity, then.entity} == {Entity.CALCIFICATION, Entity.DUCT_STONE}:
        first, second = told.provenance, then.provenance
        yield Alert("name_changed_since_prior", first, second, focus.id, with_prior=True)


def _ducts(exam: Exam) -> Observation | None:
    return merged(exam.observations).get(INTRAHEPATIC_DUCT)


def _largest(focus: Focus) -> Provenance:
    sizes = [size for size in focus.sizes if size.axes_mm]
    return max(sizes, key=lambda size: max(size.axes_mm)).provenance if sizes else focus.provenance


def _named(focus: Focus) -> Statement | None:
    plain = [s for s in focus.statements if s.certainty is Certainty.ASSERTED]
    return plain[0] if len({s.entity for s in plain}) == 1 else None
