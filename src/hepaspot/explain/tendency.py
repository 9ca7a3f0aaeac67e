"""Where an answer leans that could not be concluded, and when that is said at all."""

from __future__ import annotations

from hepaspot.exam import Certainty, Entity, Focus
from hepaspot.explain import calm, figures
from hepaspot.explain.words import Words
from hepaspot.knowledge import RuleId, load
from hepaspot.weigh.assessment import Assessment, Conclusion, FocusAssessment


def is_told(answer: FocusAssessment, focus: Focus | None) -> bool:
    """Whether a reader is told where an answer leans.

    Only where nothing was concluded, one entity leads in enough of the draws, and the author
    gives the focus no name that the leaning would talk over: gas, or what ``named`` or
    ``suspected`` holds.
    """
    enough = answer.leaning_share >= load().rule(RuleId.LEANING_SHARE)
    undecided = answer.conclusion is Conclusion.CANNOT_TELL and not (
        answer.named or answer.suspected
    )
    gas = answer.leaning is not Entity.DUCT_GAS and _asserts_gas(focus)
    return undecided and answer.leaning is not None and enough and not gas


def is_told_to_patient(
    answer: FocusAssessment, focus: Focus | None, assessment: Assessment
) -> bool:
    """As `is_told`; one to calcification, which could calm, only where nothing warns."""
    warned = answer.leaning is Entity.CALCIFICATION and calm.warned(assessment)
    return is_told(answer, focus) and not warned


def numbers(answer: FocusAssessment, words: Words) -> dict[str, str]:
    """Mean and range of the leaning, of 100, as its bar shows them."""
    rounded = figures.of_100(answer.probabilities)
    shown = next(
        number
        for p, number in zip(answer.probabilities, rounded, strict=True)
        if p.entity is answer.leaning
    )
    return {
        "mean": figures.number(shown.mean, words),
        "low": figures.number(shown.low, words),
        "high": figures.number(shown.high, words),
    }


def _asserts_gas(focus: Focus | None) -> bool:
    statements = focus.statements if focus is not None else ()
    return any(
        s.entity is Entity.DUCT_GAS and s.certainty is Certainty.ASSERTED for s in statements
    )
