"""The few facts of an assessment that choose between wordings."""

from __future__ import annotations

from typing import Final

from hepaspot.exam import Value
from hepaspot.explain import calm
from hepaspot.weigh.assessment import Assessment, Conclusion

CARE: Final = (
    Conclusion.DUCT_STONE,
    Conclusion.CANNOT_TELL,
    Conclusion.OTHER,
    Conclusion.DUCT_GAS,
    Conclusion.CALCIFICATION,
)
"""Which of several conclusions the page speaks of: the one that needs most care."""


class Case(Value, frozen=True):
    """What the page is about: one kind of spot, or the gravest of several.

    ``named`` is what the author of the report says it is, where that is something else;
    ``suspected`` what the author thinks that it may be.
    """

    kind: Conclusion
    mixed: bool
    flagged: bool
    calm: bool
    named: str | None = None
    suspected: str | None = None


def case_of(assessment: Assessment) -> Case:
    """The case of an assessment that has foci."""
    kinds = {answer.conclusion for answer in assessment.foci}
    return Case(
        kind=min(kinds, key=CARE.index),
        mixed=len(kinds) > 1,
        flagged=bool(assessment.red_flags),
        calm=calm.allowed(assessment),
        named=next((answer.named for answer in assessment.foci if answer.named), None),
        suspected=next((answer.suspected for answer in assessment.foci if answer.suspected), None),
    )
