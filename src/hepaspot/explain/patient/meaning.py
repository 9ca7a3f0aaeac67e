"""What the finding means, what the author called it, and how spot and stone differ."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from hepaspot.exam import Certainty, Statement
from hepaspot.explain import focus as naming
from hepaspot.explain.document import Bullets, Line, Paragraph, Section
from hepaspot.explain.pages.topics import DIFFERENCE
from hepaspot.explain.passages import Passages
from hepaspot.explain.patient.case import Case
from hepaspot.explain.statements import left_out, shown
from hepaspot.explain.words import Words, noted, sourced
from hepaspot.weigh.assessment import Assessment, Conclusion

DIFFERENCE_SOURCES = {"not_always": ("J1", "J4"), "look": ("C2", "K1"), "duct": ("K2",)}
"""Sources in ``knowledge/`` behind the sentences on the difference."""


def meaning(assessment: Assessment, case: Case, marked: Passages, words: Words) -> Section:
    """The first section: what a bright spot is and what this one looks like."""
    blocks = [Paragraph((words.line("patient.mean.spot"), words.line("patient.mean.kinds")))]
    blocks.append(Paragraph(tuple(_kind(case, words))))
    said = tuple(author(assessment, marked, words))
    heading = words.line("patient.mean.heading")
    return Section("meaning", heading, (*blocks, Bullets(said)) if said else tuple(blocks))


def _kind(case: Case, words: Words) -> Iterator[Line]:
    if case.mixed:
        yield words.line("patient.mean.mixed")
    if case.named is not None:
        yield words.line("patient.mean.named", name=words.term("name", case.named))
    elif case.suspected is not None:
        yield words.line("patient.mean.suspected", name=words.term("name", case.suspected))
    rule = f"patient.mean.{case.kind.value}"
    yield words.line(rule)
    if case.kind is Conclusion.CANNOT_TELL and case.flagged:
        yield words.line(f"{rule}.flagged")
    elif case.kind is not Conclusion.CALCIFICATION:
        yield words.line(f"{rule}.next")
    elif case.calm:
        yield sourced(words.line(f"{rule}.calm"), "J2", "C1")
        yield words.line(f"{rule}.calm.unless")
    else:
        yield words.line(f"{rule}.watch")


def author(assessment: Assessment, marked: Passages, words: Words) -> Iterator[Line]:
    """What the author of the report concluded, in the author's words."""
    every = _statements(assessment)
    seen: set[tuple[Certainty, str]] = set()
    for statement in chain.from_iterable(shown(statements) for statements in every):
        quoted = marked.words(statement.provenance, words)
        if (statement.certainty, quoted) not in seen:
            seen.add((statement.certainty, quoted))
            yield _statement(statement, quoted, marked, words)
    more = sum(left_out(statements) for statements in every)
    if more:
        yield Line("patient.statement.more", words.count("patient.statement.more", more))


def _statements(assessment: Assessment) -> list[tuple[Statement, ...]]:
    told = naming.shown(assessment)
    own = [focus.statements for _, focus in told if focus is not None]
    return [assessment.exam.statements, *own]


def _statement(statement: Statement, quoted: str, marked: Passages, words: Words) -> Line:
    line = words.line(f"patient.statement.{statement.certainty.value}", words=quoted)
    return noted(line, marked.number(statement.provenance))


def no_focus(assessment: Assessment, marked: Passages, words: Words) -> Section:
    """What stands in place of an answer where no spot was read."""
    line = "elsewhere" if assessment.exam.is_of_another_part else "line"
    lines = tuple(words.line(f"patient.nofocus.{name}") for name in (line, "limit", "ask"))
    said = tuple(author(assessment, marked, words))
    blocks = (Paragraph(lines), Bullets(said)) if said else (Paragraph(lines),)
    return Section("nofocus", words.line("patient.nofocus.heading"), blocks)


def difference(words: Words) -> Section:
    """How a calcium spot and a stone differ, with a drawing."""
    names = ("place", "duct", "not_always", "look")
    lines = tuple(
        sourced(words.line(f"patient.difference.{name}"), *DIFFERENCE_SOURCES.get(name, ()))
        for name in names
    )
    heading = words.line("patient.difference.heading")
    return Section("difference", heading, (Paragraph(lines), DIFFERENCE.figure(words)))
