"""Where a calming sentence may stand, and how one is known: its rule says ``calm``."""

from __future__ import annotations

from typing import Final

from hepaspot.exam import Certainty, Entity, Statement
from hepaspot.explain.document import Line
from hepaspot.knowledge import RowSetting, load
from hepaspot.weigh.assessment import Assessment, Conclusion

LIVE: Final = (Certainty.ASSERTED, Certainty.HEDGED, Certainty.EITHER_OR)
"""Certainties with which an author still holds something possible."""


def is_calming(line: Line) -> bool:
    """Whether a line could set a reader at rest."""
    return "calm" in line.rule.split(".")


def allowed(assessment: Assessment) -> bool:
    """Whether a calming sentence may be said at all.

    Only where each focus was concluded to be a calcification, nothing was flagged, no two
    passages clash, nothing hid the liver, the author thinks of nothing else, and the exam
    was not made because of symptoms.
    """
    clear = not (warned(assessment) or _for_symptoms(assessment))
    same = all(answer.conclusion is Conclusion.CALCIFICATION for answer in assessment.foci)
    return bool(assessment.foci) and clear and same and not any(map(_otherwise, _said(assessment)))


def warned(assessment: Assessment) -> bool:
    """Whether anything was flagged, clashes, or was hidden: nothing may then calm a reader."""
    return bool(assessment.red_flags or assessment.contradictions or assessment.exam.caveats)


def _for_symptoms(assessment: Assessment) -> bool:
    settings = {row.id: row.setting for row in load().priors}
    run = {settings.get(prior) for prior in assessment.priors}
    return run == {RowSetting.SYMPTOMATIC}


def _said(assessment: Assessment) -> tuple[Statement, ...]:
    exam = assessment.exam
    return (*exam.statements, *(s for focus in exam.foci for s in focus.statements))


def _otherwise(statement: Statement) -> bool:
    return statement.entity is not Entity.CALCIFICATION and statement.certainty in LIVE
