"""When to get help at once, and what to ask the doctor."""

from __future__ import annotations

from typing import Final

from hepaspot.explain import scope
from hepaspot.explain.document import Bullets, Line, Paragraph, Section, Tone
from hepaspot.explain.words import Words, sourced
from hepaspot.weigh.assessment import Assessment

HELP: Final = ("jaundice", "fever", "pain", "position")
"""Reasons to go to a hospital at once, as the NHS lists them (source H1)."""

MOST_QUESTIONS: Final = 3
"""Questions taken over from what would settle it, for each spot."""


def help_at_once(words: Words) -> Section:
    """The warning signs that every reader is told."""
    signs = tuple(sourced(words.line(f"patient.help.{name}"), "H1") for name in HELP)
    blocks = (
        Paragraph((words.line("patient.help.lead"),)),
        Bullets(signs),
        Paragraph((words.line("patient.help.soon"),)),
    )
    return Section("help", words.line("patient.help.heading"), blocks, Tone.ALERT)


def ask(assessment: Assessment, words: Words) -> Section:
    """Questions for the doctor: first those that would settle it."""
    asked = [
        (item.kind.value, item.id)
        for answer in assessment.foci
        for item in answer.settling[:MOST_QUESTIONS]
    ]
    if assessment.foci and not scope.ducts_stated(assessment.exam):
        asked.insert(0, ("sign", "duct_local"))
    lines = [words.line("patient.ask.word")] if assessment.foci else []
    for kind, id in dict.fromkeys(asked):
        rule = f"patient.ask.{kind}.{id}"
        if words.knows(rule):
            lines.append(words.line(rule))
        else:
            lines.append(Line(rule, words.term(f"settle.{kind}", id)))
    lines.extend(words.line(f"patient.ask.{name}") for name in ("older", "check", "health"))
    return Section("ask", words.line("patient.ask.heading"), (Bullets(tuple(lines)),))
