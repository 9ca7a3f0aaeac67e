"""The questions that patients ask, most often first, as far as this report lets one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from hepaspot.explain import focus as naming
from hepaspot.explain import scope
from hepaspot.explain.document import Answer, Line, Section
from hepaspot.explain.patient.case import Case
from hepaspot.explain.sources import best
from hepaspot.explain.words import Words, sourced
from hepaspot.weigh.assessment import Assessment, Conclusion, SettleKind

SOURCES: Final[dict[str, tuple[str, ...]]] = {
    "answer.treatment.calcification.calm": ("G2", "J2"),
    "answer.treatment.duct_stone": ("G3", "G4"),
    "answer.serious.calcification.calm": ("J2",),
    "answer.cancer.mass": ("G1", "M1"),
    "answer.cancer.duct_stone": ("K5", "K11"),
    "answer.away.calcification": ("C2", "HM2"),
    "answer.away.duct_stone": ("K5",),
    "answer.away.duct_gas": ("R1",),
    "answer.job.words": ("C16",),
    "answer.disagree.common": ("J1",),
    "answer.disagree.study": ("C1",),
    "answer.growing.error": ("U1",),
}
"""Sources in ``knowledge/`` behind single answers."""


def answers(assessment: Assessment, case: Case, words: Words) -> Section:
    """Every question with its answer, in the order of `QUESTIONS`."""
    blocks = tuple(
        Answer(words.line(f"answer.{name}.question"), _sourced(tell(assessment, case, words)))
        for name, tell in QUESTIONS.items()
    )
    return Section("answers", words.line("answer.heading"), blocks)


def _sourced(said: Iterator[Line]) -> tuple[Line, ...]:
    return tuple(sourced(line, *SOURCES.get(line.rule, ())) for line in said)


def _by_kind(question: str, case: Case) -> str:
    rule = f"answer.{question}.{case.kind.value}"
    calm = case.kind is Conclusion.CALCIFICATION and case.calm and question in CALMED
    return f"{rule}.calm" if calm else rule


MOST_TESTS: Final = 2
"""Tests named to a patient; a long list would read as advice to have them all."""

CALMED: Final = ("treatment", "serious")
"""Questions that have a calming answer for a plain calcification."""


def _mean(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    yield words.line("answer.mean.above")


def _treatment(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    if case.flagged:
        yield words.line("answer.treatment.flagged")
    yield words.line(_by_kind("treatment", case))


def _serious(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    if case.flagged:
        yield words.line("answer.serious.flagged")
    told = [focus for _, focus in naming.shown(assessment) if focus is not None]
    said = [naming.sizes(focus, words) for focus in told if focus.sizes]
    sizes = tuple(dict.fromkeys(size for size in said if size))
    if sizes:
        yield words.line("answer.serious.size", size=words.join(sizes))
    else:
        yield words.line("answer.serious.size_missing")
    yield words.line("answer.serious.size_alone")
    yield words.line(_by_kind("serious", case))


def _cancer(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    yield words.line("answer.cancer.cannot")
    stone = case.kind in (Conclusion.DUCT_STONE, Conclusion.CANNOT_TELL)
    if case.kind is not Conclusion.DUCT_STONE:
        yield words.line("answer.cancer.mass")
    if stone:
        yield words.line("answer.cancer.duct_stone")


def _cause(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    hinted = any(answer.causes for answer in assessment.foci)
    yield words.line("answer.cause.hints" if hinted else "answer.cause.silent")


def _hepatitis(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    yield words.line("answer.hepatitis.no_link")
    stated = assessment.exam.observation("history_chronic_liver_disease")
    known = stated is not None and stated.state == "present"
    yield words.line("answer.hepatitis.stated" if known else "answer.hepatitis.silent")


def _living(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    for name in ("medicine", "food", "ask"):
        yield words.line(f"answer.living.{name}")


def _symptoms(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    said = [assessment.exam.observation(sign) for sign in scope.SYMPTOMS]
    stated = any(complaint is not None and complaint.state == "present" for complaint in said)
    yield words.line("answer.symptoms.stated" if stated else "answer.symptoms.silent")


def _away(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    yield words.line(_by_kind("away", case))


def _job(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    yield words.line("answer.job.rules")
    yield words.line("answer.job.words")


def _disagree(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    if assessment.contradictions:
        yield words.line("answer.disagree.within")
    for name in ("common", "study", "bring"):
        yield words.line(f"answer.disagree.{name}")


def _often(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    for id in assessment.guidance:
        for rule in _guidance(id, case):
            if words.knows(rule):
                yield sourced(words.line(rule), *best(scope.guidance_sources(id)))
    tests = (i.id for a in assessment.foci for i in a.settling if i.kind is SettleKind.TEST)
    named = tuple(words.term("test", test) for test in dict.fromkeys(tests))
    if named:
        yield words.line("answer.often.tests", tests=words.join(named[:MOST_TESTS]))
    yield words.line("answer.often.no_trial")
    yield words.line("answer.often.ask")


def _guidance(id: str, case: Case) -> tuple[str, ...]:
    rule = f"answer.guidance.{id}"
    return (rule, f"{rule}.calm") if case.calm else (rule,)


def _growing(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    said = [focus.observation("change") for focus in assessment.exam.foci]
    states = dict.fromkeys(change.state for change in said if change is not None)
    for state in states or ("silent",):
        rule = f"answer.growing.{state}"
        yield words.line(rule if words.knows(rule) else "answer.growing.silent")
    yield words.line("answer.growing.error")


def _contagious(assessment: Assessment, case: Case, words: Words) -> Iterator[Line]:
    yield words.line("answer.contagious.spot")
    yield words.line("answer.contagious.cause")


QUESTIONS: Final[dict[str, Callable[[Assessment, Case, Words], Iterator[Line]]]] = {
    "mean": _mean,
    "treatment": _treatment,
    "serious": _serious,
    "cancer": _cancer,
    "cause": _cause,
    "hepatitis": _hepatitis,
    "living": _living,
    "symptoms": _symptoms,
    "away": _away,
    "job": _job,
    "disagree": _disagree,
    "often": _often,
    "growing": _growing,
    "contagious": _contagious,
}
"""Questions by id, most often asked first."""
