"""What was weighed for one focus: conclusion, probabilities, ledger, what would settle it."""

from __future__ import annotations

from collections.abc import Iterator

from hepaspot.exam import Focus
from hepaspot.explain import figures, leaning, tendency
from hepaspot.explain.document import (
    Bar,
    Bars,
    Block,
    Bullets,
    Ledger,
    LedgerRow,
    Line,
    Paragraph,
    Tone,
)
from hepaspot.explain.passages import Passages
from hepaspot.explain.words import Words, noted, sourced
from hepaspot.weigh.assessment import Category, Conclusion, FocusAssessment, LedgerLine

LEDGER_COLUMNS = ("sign", "ratio", "leaning", "words")
"""Cells of a ledger row, in order."""

MOST_SETTLING = 6
"""Questions and tests that are named, the most telling first."""


def conclusion(answer: FocusAssessment, focus: Focus | None, words: Words) -> Iterator[Line]:
    """The answer for a focus, and where it leans if there is none."""
    if answer.named is not None:
        yield words.line("clinician.conclusion.named", name=words.term("name", answer.named))
        return
    if answer.suspected is not None and answer.conclusion is Conclusion.CANNOT_TELL:
        name = words.term("name", answer.suspected)
        yield words.line("clinician.conclusion.suspected", name=name)
        return
    yield words.line(f"clinician.conclusion.{answer.conclusion.value}")
    if answer.leaning is not None and tendency.is_told(answer, focus):
        yield words.line(
            "clinician.conclusion.leaning",
            entity=words.term("entity", answer.leaning.value),
            share=figures.number(round(100 * answer.leaning_share), words),
            **tendency.numbers(answer, words),
        )


def bars(answer: FocusAssessment, words: Words) -> Bars:
    """Each entity's probability with its interval."""
    rounded = figures.of_100(answer.probabilities)
    return Bars(
        words.line("clinician.bars.caption"),
        tuple(
            Bar(
                Tone(p.entity.value),
                words.label("entity", p.entity.value),
                words.line(
                    "clinician.bars.figure",
                    mean=figures.number(shown.mean, words),
                    low=figures.number(shown.low, words),
                    high=figures.number(shown.high, words),
                ),
                p.mean,
                p.low,
                p.high,
            )
            for p, shown in zip(answer.probabilities, rounded, strict=True)
        ),
    )


def ledger(answer: FocusAssessment, marked: Passages, words: Words) -> Iterator[Block]:
    """Every sign that was read for a focus, and what it moved."""
    caption = words.line("clinician.ledger.caption")
    if not answer.ledger:
        yield Paragraph((words.line("clinician.ledger.empty"),))
        return
    header = tuple(words.line(f"clinician.ledger.{column}") for column in LEDGER_COLUMNS)
    yield Ledger(caption, header, tuple(_row(line, marked, words) for line in answer.ledger))


def _row(line: LedgerLine, marked: Passages, words: Words) -> LedgerRow:
    finding = words.line(
        "clinician.ledger.finding",
        sign=words.term("sign", line.sign),
        state=words.term(f"state.{line.sign}", line.state),
    )
    finding = Line(f"term.state.{line.sign}.{line.state}", finding.text)
    quoted = words.line("clinician.ledger.quoted", words=marked.words(line.provenance, words))
    cells = (
        finding,
        _ratio(line, words),
        sourced(_leaning(line, words), *line.sources),
        noted(quoted, marked.number(line.provenance)),
    )
    return LedgerRow(leaning.tone(line), cells)


def _ratio(line: LedgerLine, words: Words) -> Line:
    if not line.weighs:
        return words.line("clinician.ledger.unweighed")
    return words.line(
        "clinician.ledger.capped" if line.capped else "clinician.ledger.figure",
        ratio=figures.ratio(line.ratio),
        low=figures.ratio(line.ratio_low),
        high=figures.ratio(line.ratio_high),
    )


def _leaning(line: LedgerLine, words: Words) -> Line:
    if not line.weighs and line.reason:
        return words.label("reason", line.reason)
    return words.line(f"term.leaning.{leaning.rule(line)}")


def screening(
    category: Category | None, words: Words, needs: tuple[str, ...] = ()
) -> Iterator[Block]:
    """The screening category and judgement, or what was not told and is needed for one."""
    if category is None:
        if needs:
            signs = words.join(tuple(words.term("sign", sign) for sign in needs))
            yield Paragraph((words.line("clinician.screening.needs", signs=signs),))
        return
    line = words.line(
        "clinician.screening.line", category=category.category, judgement=category.judgement
    )
    rule = words.label("screening", category.rule)
    yield Paragraph((sourced(line, *category.sources), rule))


def settling(answer: FocusAssessment, words: Words) -> Iterator[Block]:
    """What would settle the question, the most telling first."""
    if answer.settling:
        yield Paragraph((words.line("clinician.settle.lead"),))
        yield Bullets(
            tuple(
                words.label(f"settle.{item.kind.value}", item.id)
                for item in answer.settling[:MOST_SETTLING]
            )
        )
    elif answer.conclusion is Conclusion.CANNOT_TELL:
        yield Paragraph((words.line("clinician.settle.none"),))


def causes(answer: FocusAssessment, words: Words) -> Iterator[Block]:
    """Causes worth asking about, with what points to them."""
    if not answer.causes:
        return
    yield Paragraph((words.line("clinician.cause.lead"),))
    lines = []
    for hint in answer.causes:
        line = words.label("cause", hint.cause)
        if hint.because:
            because = words.join(tuple(fact(reason, words) for reason in hint.because))
            text = words.say("clinician.cause.because", cause=line.text, because=because)
            line = Line(line.rule, text)
        lines.append(sourced(line, *hint.sources))
    yield Bullets(tuple(lines))


def fact(name: str, words: Words) -> str:
    """A ``sign:state`` or ``landmark:id`` fact in words."""
    group, _, value = name.partition(":")
    if not value:
        return words.term("sign", group)
    if words.knows(f"term.{group}.{value}"):
        return words.term(group, value)
    return words.say(
        "clinician.ledger.finding",
        sign=words.term("sign", group),
        state=words.term(f"state.{group}", value),
    )
