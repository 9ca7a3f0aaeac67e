"""Why: the report's own words, each explained, and the causes they hint at."""

from __future__ import annotations

from collections.abc import Iterator

from hepaspot.exam import Provenance, Region
from hepaspot.explain import focus as naming
from hepaspot.explain import leaning
from hepaspot.explain.document import (
    Block,
    Line,
    Note,
    Notes,
    Paragraph,
    Quotation,
    Section,
    Tone,
)
from hepaspot.explain.passages import Passages
from hepaspot.explain.patient import warning
from hepaspot.explain.patient.case import Case
from hepaspot.explain.sources import best
from hepaspot.explain.words import Words, sourced
from hepaspot.weigh.assessment import Assessment, Conclusion, LedgerLine


def why(assessment: Assessment, marked: Passages, words: Words) -> Section:
    """The report with its passages highlighted, and what each of them says."""
    notes = _notes(assessment, marked, words)
    lead = words.line("patient.why.lead" if notes else "patient.why.nothing")
    blocks: list[Block] = [
        Quotation(lead, marked.runs(source)) for source in assessment.exam.sources if source.text
    ]
    blocks = blocks or [Paragraph((lead,))]
    if notes:
        blocks.append(Notes(notes))
    return Section("why", words.line("patient.why.heading"), tuple(blocks))


def _notes(assessment: Assessment, marked: Passages, words: Words) -> tuple[Note, ...]:
    notes: dict[str, Note] = {}
    for answer, focus in naming.shown(assessment):
        if focus is not None:
            line = words.line("patient.gloss.focus")
            _add(notes, Note(*_place(focus.provenance, marked, words), Tone.PLAIN, (line,)))
        for entry in answer.ledger:
            place = _place(entry.provenance, marked, words)
            if isinstance(entry.provenance, Region):
                place = (None, _seen(entry, words))
            raised = warning.is_raised(entry, assessment)
            said = tuple(_says(entry, words, raised=raised))
            _add(notes, Note(*place, leaning.tone(entry), said))
    return tuple(sorted(notes.values(), key=lambda note: note.number or len(marked.passages) + 1))


def _place(provenance: Provenance, marked: Passages, words: Words) -> tuple[int | None, str]:
    return marked.number(provenance), marked.words(provenance, words)


def _seen(entry: LedgerLine, words: Words) -> str:
    """What stands in place of the report's words for a sign that was seen in a picture."""
    sign, state = words.term("sign", entry.sign), words.term(f"state.{entry.sign}", entry.state)
    return words.say("patient.why.seen", sign=sign, state=state)


def _add(notes: dict[str, Note], note: Note) -> None:
    """Put a note to those on the same passage, each sentence once."""
    key = f"{note.number}:{note.words}"
    before = notes.get(key)
    if before is not None:
        said = tuple(dict.fromkeys((*before.lines, *note.lines)))
        tone = note.tone if before.tone is Tone.PLAIN else before.tone
        note = Note(note.number, note.words, tone, said)
    notes[key] = note


def _says(line: LedgerLine, words: Words, *, raised: bool) -> Iterator[Line]:
    particular = f"patient.gloss.{line.sign}.{line.state}"
    general = f"patient.gloss.{line.sign}"
    rule = particular if words.knows(particular) else general
    yield words.line(rule) if words.knows(rule) else words.label("sign", line.sign)
    if line.weighs:
        rule = f"patient.leaning.{leaning.rule(line)}"
        yield sourced(words.line(rule), *best(line.sources))
    else:
        yield from _uncounted(line, words, raised=raised)


def _uncounted(line: LedgerLine, words: Words, *, raised: bool) -> Iterator[Line]:
    """Why a sign moves nothing; that is never to say that a warning sign is nothing."""
    if not (raised and line.reason == "red_flag_only"):
        rule = f"patient.reason.{line.reason}"
        yield words.line(rule if words.knows(rule) else "patient.reason.none")
    if raised:
        yield words.line("patient.reason.red_flag")


def report(assessment: Assessment, marked: Passages, words: Words) -> Iterator[Section]:
    """The report with its passages highlighted, where nothing was weighed."""
    caption = words.line("patient.report.caption")
    blocks = tuple(
        Quotation(caption, marked.runs(source)) for source in assessment.exam.sources if source.text
    )
    if blocks and marked.passages:
        yield Section("report", words.line("patient.report.heading"), blocks)


def causes(assessment: Assessment, case: Case, words: Words) -> Section:
    """What can cause such a spot, and what this report hints at."""
    lines = [_general(case, words), words.line("patient.cause.unknown")]
    hints = {hint.cause: hint for answer in assessment.foci for hint in answer.causes}
    for hint in hints.values():
        rule = f"patient.cause.name.{hint.cause}"
        name = words.say(rule) if words.knows(rule) else words.term("cause", hint.cause)
        text = words.say("patient.cause.hint", cause=name)
        lines.append(sourced(Line(rule, text), *best(hint.sources)))
    return Section("causes", words.line("patient.cause.heading"), (Paragraph(tuple(lines)),))


def _general(case: Case, words: Words) -> Line:
    if case.kind is Conclusion.DUCT_STONE:
        return sourced(words.line("patient.cause.stone"), "J7")
    if case.kind is Conclusion.DUCT_GAS:
        return sourced(words.line("patient.cause.gas"), "P5")
    return sourced(words.line("patient.cause.general"), "Q1", "J2")
