"""From what was seen or read to what it most likely is, how surely, and what would settle it.

`assess` answers one exam; `posterior_many` weighs whole archives. Nothing here words a
sentence: every answer is an id or a number, and ``explain/`` says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from hepaspot.exam import Exam, Setting
from hepaspot.settings import known_setting
from hepaspot.weigh.assessment import (
    Assessment,
    Category,
    CauseHint,
    Conclusion,
    Contradiction,
    FocusAssessment,
    LedgerLine,
    Probability,
    RedFlag,
    SettleKind,
    Settling,
)

if TYPE_CHECKING:
    from hepaspot.weigh.many import codes, posterior_many
    from hepaspot.weigh.posterior import Posteriors

__all__ = [
    "Assessment",
    "Category",
    "CauseHint",
    "Conclusion",
    "Contradiction",
    "FocusAssessment",
    "LedgerLine",
    "Posteriors",
    "Probability",
    "RedFlag",
    "SettleKind",
    "Settling",
    "assess",
    "codes",
    "posterior_many",
]


def assess(exam: Exam, *, setting: Setting | None = None) -> Assessment:
    """Weigh what one exam holds.

    Parameters
    ----------
    exam
        What was read or seen.
    setting
        Where and why the exam was made; what it leaves open is taken from ``exam.setting``.
        A setting or region that stays open widens the intervals.

    Returns
    -------
    Assessment
        The same for the same exam, setting and tables, whatever the order of observations.

    Raises
    ------
    InputError
        If no prior is kept for the region, or the setting is of no known kind.
    """
    # NumPy takes longer to import than a whole report to read; only weighing needs it.
    from hepaspot.knowledge import load
    from hepaspot.weigh.assess_exam import assess_with

    exam = replace(exam, setting=known_setting(exam.setting))
    return assess_with(load(), exam, setting and known_setting(setting))


def __getattr__(name: str) -> object:
    if name in ("codes", "posterior_many"):
        from hepaspot.weigh import many

        return getattr(many, name)
    if name == "Posteriors":
        from hepaspot.weigh import posterior

        return posterior.Posteriors
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
