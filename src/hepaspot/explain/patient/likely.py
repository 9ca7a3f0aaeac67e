"""What each spot most likely is, of 100 people, with the range."""

from __future__ import annotations

from collections.abc import Iterator

from hepaspot.explain import figures, scope, tendency
from hepaspot.explain import focus as naming
from hepaspot.explain.document import Bar, Bars, Block, Line, Paragraph, Section, Tone
from hepaspot.explain.words import Words
from hepaspot.weigh.assessment import Assessment, Conclusion, FocusAssessment


def likely(assessment: Assessment, words: Words) -> Section:
    """One picture of numbers for each spot."""
    blocks: list[Block] = []
    told = naming.shown(assessment)
    for place, (answer, focus) in enumerate(told, start=1):
        name = naming.name(place, focus, "patient.likely.focus", words)
        blocks.append(Paragraph((_sentence(name, words), *_verdict(answer, words))))
        if tendency.is_told_to_patient(answer, focus, assessment):
            blocks.append(Paragraph(tuple(_leaning(answer, words))))
        if answer.named is None:  # the figures know nothing of what the author names
            blocks.append(_bars(answer, words))
    more = len(assessment.foci) - naming.SHOWN_FOCI
    if more > 0:
        rest = Line("patient.likely.more", words.count("patient.likely.more", more))
        blocks.append(Paragraph((rest,)))
    if any(isinstance(block, Bars) for block in blocks):
        blocks.append(Paragraph(tuple(_how_sure(assessment, words))))
    return Section("likely", words.line("patient.likely.heading"), tuple(blocks))


def _how_sure(assessment: Assessment, words: Words) -> Iterator[Line]:
    yield words.line("patient.likely.range")
    if scope.setting_open(assessment):
        yield words.line("patient.likely.setting")
    yield words.line("patient.likely.guess")


def _verdict(answer: FocusAssessment, words: Words) -> Iterator[Line]:
    said = "named" if answer.named is not None else answer.conclusion.value
    yield words.line(f"patient.likely.{said}")


def _leaning(answer: FocusAssessment, words: Words) -> Iterator[Line]:
    if answer.leaning is not None:
        yield words.line(f"patient.likely.leaning.{answer.leaning.value}")
        yield words.line("patient.likely.leaning.figure", **tendency.numbers(answer, words))


def _sentence(line: Line, words: Words) -> Line:
    return Line(line.rule, words.say("term.list.sentence", text=line.text))


def _bars(answer: FocusAssessment, words: Words) -> Bars:
    rounded = figures.of_100(answer.probabilities)
    decided = answer.conclusion is not Conclusion.CANNOT_TELL  # a picture would seem to decide
    bars = tuple(
        Bar(
            Tone(p.entity.value),
            words.line(f"patient.likely.entity.{p.entity.value}"),
            words.line(
                "patient.likely.figure",
                mean=figures.number(shown.mean, words),
                low=figures.number(shown.low, words),
                high=figures.number(shown.high, words),
            ),
            p.mean,
            p.low,
            p.high,
            shown.mean if decided else None,
        )
        for p, shown in zip(answer.probabilities, rounded, strict=True)
    )
    return Bars(words.line("patient.likely.caption"), bars)
