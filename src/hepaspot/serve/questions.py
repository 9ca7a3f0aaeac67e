"""What would settle it, as questions that can be answered on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from hepaspot.exam import ByHand, Exam, Observation
from hepaspot.explain.words import Words
from hepaspot.knowledge import Level, load
from hepaspot.weigh.assessment import FocusAssessment, SettleKind

MOST_QUESTIONS: Final = 6
"""Open questions and tests that are shown, the most telling first."""

YES: Final = frozenset({"present", "dilated", "moves", "inside", "along_duct", "abnormal"})
"""States that say yes to their question."""

NO: Final = frozenset(
    {"absent", "not_dilated", "fixed", "outside", "outside_duct", "scattered", "normal"}
)
"""States that say no to it."""


@dataclass(frozen=True)
class Option:
    """One answer; ``state`` is empty for the one that says it is not known."""

    state: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Question:
    """One sign to be answered.

    ``focus`` is the id of the focus that it belongs to, empty where it belongs to the exam.
    """

    sign: str
    text: str
    focus: str
    options: tuple[Option, ...]
    is_answered: bool


def questions(exam: Exam, answer: FocusAssessment, words: Words) -> tuple[Question, ...]:
    """What a person answered for one focus, then what is open, the most telling first."""
    focus = next((each for each in exam.foci if each.id == answer.focus), None)
    own = () if focus is None else focus.observations
    answered = [o for o in (*own, *exam.observations) if isinstance(o.provenance, ByHand)]
    told = {observation.sign for observation in answered}
    asked = [
        item.id
        for item in answer.settling[:MOST_QUESTIONS]
        if item.kind is SettleKind.SIGN and item.id not in told
    ]
    return (
        *(_question(o.sign, o, answer.focus, words) for o in answered),
        *(_question(sign, None, answer.focus, words) for sign in asked),
    )


def correction(exam: Exam, sign: str, answer: FocusAssessment, words: Words) -> Question:
    """What a person may put in the place of what was read of a sign."""
    focus = next((each for each in exam.foci if each.id == answer.focus), None)
    level = load().sign(sign).level
    own = exam.observations if level is Level.EXAM or focus is None else focus.observations
    by_hand = next((o for o in own if o.sign == sign and isinstance(o.provenance, ByHand)), None)
    asked = _question(sign, by_hand, answer.focus, words)
    *states, _ = asked.options
    as_read = Option("", words.say("ui.answer.as_read"), by_hand is None)
    return replace(asked, options=(*states, as_read))


def tests(answer: FocusAssessment, words: Words) -> Iterator[str]:
    """Further tests that would tell more, in words."""
    for item in answer.settling[:MOST_QUESTIONS]:
        if item.kind is SettleKind.TEST:
            yield words.term("settle.test", item.id)


def _question(sign: str, told: Observation | None, focus: str, words: Words) -> Question:
    known = load().sign(sign)
    chosen = None if told is None else told.state
    options = [Option(s, _label(sign, s, words), s == chosen) for s in known.states]
    unknown = Option("", words.say("ui.answer.unknown"), chosen is None)
    return Question(
        sign,
        words.term("settle.sign", sign),
        focus if known.level is Level.FOCUS else "",
        (*options, unknown),
        told is not None,
    )


def _label(sign: str, state: str, words: Words) -> str:
    """Yes or no where a state says so, with its own word where that says more."""
    said = words.term(f"state.{sign}", state)
    if set(load().sign(sign).states) <= {"present", "absent"}:
        return words.say("ui.answer.yes" if state in YES else "ui.answer.no")
    if state in YES:
        return words.say("ui.answer.yes_that", state=said)
    if state in NO:
        return words.say("ui.answer.no_that", state=said)
    return said
