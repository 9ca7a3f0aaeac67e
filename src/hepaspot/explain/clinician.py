"""The clinician's summary: red flags first, then each focus, then what to do and the sources."""

from __future__ import annotations

from collections.abc import Iterator

from hepaspot.exam import Statement
from hepaspot.explain import focus as naming
from hepaspot.explain import scope, tendency
from hepaspot.explain.document import (
    Block,
    Bullets,
    Citations,
    Document,
    Line,
    Paragraph,
    Quotation,
    Section,
    Tone,
)
from hepaspot.explain.ledger import bars, causes, conclusion, ledger, screening, settling
from hepaspot.explain.passages import SHOWN_CLASHES, Passages, passages
from hepaspot.explain.shown import Pictures, pictures_for_clinician
from hepaspot.explain.sources import citations, cited
from hepaspot.explain.statements import left_out, shown
from hepaspot.explain.words import Words, noted, sourced
from hepaspot.weigh.assessment import Assessment


def clinician(assessment: Assessment, language: str, pictures: Pictures) -> Document:
    """The summary for the person who reads or ordered the report."""
    words = Words(language, of_picture=not scope.has_report(assessment.exam))
    marked = passages(assessment)
    sections = tuple(_sections(assessment, marked, pictures, words))
    sources = citations(cited(sections), words)
    if sources:
        heading = words.line("clinician.sources.heading")
        sections = (*sections, Section("sources", heading, (Citations(sources),)))
    return Document(
        id="clinician",
        language=language,
        audience="clinician",
        title=words.line("clinician.title"),
        banner=(words.line("clinician.banner.preliminary"), words.line("clinician.banner.device")),
        sections=sections,
    )


def _sections(
    assessment: Assessment, marked: Passages, pictures: Pictures, words: Words
) -> Iterator[Section]:
    if assessment.red_flags:
        yield _flags(assessment, marked, words)
    if scope.out_of_scope(assessment):
        yield scope.refusal(assessment, marked, words, "clinician")
        yield from _report(assessment, marked, words)
        return
    if assessment.contradictions:
        yield _contradictions(assessment, marked, words)
    yield from _foci(assessment, marked, words)
    yield from _overall(assessment, words)
    yield from pictures_for_clinician(assessment, pictures, words)
    yield from _report(assessment, marked, words)
    yield from _gaps(assessment, marked, words)
    if assessment.guidance:
        yield _guidance(assessment, words)
    yield _limits(assessment, words)


def _flags(assessment: Assessment, marked: Passages, words: Words) -> Section:
    lines = []
    for flag in assessment.red_flags:
        line = words.line(
            "clinician.flag.line",
            flag=words.term("flag", flag.id),
            words=marked.words(flag.provenance, words),
        )
        line = Line(f"term.flag.{flag.id}", line.text)
        lines.append(noted(sourced(line, *flag.sources), marked.number(flag.provenance)))
    blocks = (Paragraph((words.line("clinician.flag.rule"),)), Bullets(tuple(lines)))
    return Section("flags", words.line("clinician.flag.heading"), blocks, Tone.ALERT)


def _contradictions(assessment: Assessment, marked: Passages, words: Words) -> Section:
    blocks: list[Block] = []
    for clash in assessment.contradictions[:SHOWN_CLASHES]:
        line = words.label("contradiction", clash.id)
        passage = words.line(
            "clinician.contradiction.passages",
            first=marked.words(clash.first, words),
            second=marked.words(clash.second, words),
        )
        numbers = (marked.number(clash.first), marked.number(clash.second))
        blocks.append(Bullets((line, noted(passage, *numbers))))
    more = len(assessment.contradictions) - SHOWN_CLASHES
    if more > 0:
        rest = Line(
            "clinician.contradiction.more", words.count("clinician.contradiction.more", more)
        )
        blocks.append(Paragraph((rest,)))
    heading = words.line("clinician.contradiction.heading")
    return Section("contradictions", heading, tuple(blocks), Tone.ALERT)


def _foci(assessment: Assessment, marked: Passages, words: Words) -> Iterator[Section]:
    if not assessment.foci:
        elsewhere = ".elsewhere" if assessment.exam.is_of_another_part else ""
        lines = (words.line(f"clinician.no_focus{elsewhere}"),)
        yield Section("focus", words.line("clinician.no_focus.heading"), (Paragraph(lines),))
    for place, (answer, focus) in enumerate(naming.shown(assessment), start=1):
        statements = focus.statements if focus is not None else ()
        blocks: list[Block] = [
            *(Paragraph((line,)) for line in conclusion(answer, focus, words)),
            bars(answer, words),
            *_author(statements, marked, words),
            *ledger(answer, marked, words),
            *screening(answer.category, words, answer.category_needs),
            *settling(answer, words),
            *causes(answer, words),
        ]
        heading = naming.name(place, focus, "clinician.focus.name", words)
        yield Section(f"focus-{place}", heading, tuple(blocks), Tone(_tone(answer.conclusion)))
    more = len(assessment.foci) - naming.SHOWN_FOCI
    if more > 0:
        line = Line("clinician.focus.more", words.count("clinician.focus.more", more))
        heading = words.line("clinician.focus.more.heading")
        yield Section("more", heading, (Paragraph((line,)),), Tone.ALERT)


def _tone(conclusion: str) -> str:
    return Tone.PLAIN if conclusion == "cannot_tell" else conclusion


def _author(statements: tuple[Statement, ...], marked: Passages, words: Words) -> Iterator[Block]:
    lines = []
    for statement in shown(statements):
        called = (statement.name and words.term("name", statement.name)) or None
        line = words.line(
            f"clinician.statement.{statement.certainty.value}",
            entity=called or words.term("entity", statement.entity.value),
            words=marked.words(statement.provenance, words),
        )
        lines.append(noted(line, marked.number(statement.provenance)))
    if lines:
        yield Bullets(tuple(dict.fromkeys(lines)))
    more = left_out(statements)
    if more:
        rest = Line("clinician.statement.more", words.count("clinician.statement.more", more))
        yield Paragraph((rest,))


def _overall(assessment: Assessment, words: Words) -> Iterator[Section]:
    blocks = tuple(screening(assessment.category, words))
    if blocks and not _told_by_the_focus(assessment):
        yield Section("screening", words.line("clinician.screening.heading"), blocks)


def _told_by_the_focus(assessment: Assessment) -> bool:
    """Whether the only focus has the category of the exam, by whichever rule."""
    own = [answer.category for answer in assessment.foci]
    if len(own) != 1 or own[0] is None or assessment.category is None:
        return False
    whole = assessment.category
    return (own[0].category, own[0].judgement) == (whole.category, whole.judgement)


def _report(assessment: Assessment, marked: Passages, words: Words) -> Iterator[Section]:
    blocks: list[Block] = []
    for source in assessment.exam.sources:
        if source.text:
            caption = words.line("clinician.report.caption")
            blocks.append(Quotation(caption, marked.runs(source)))
    blocks.extend(_author(assessment.exam.statements, marked, words))
    if blocks:
        yield Section("report", words.line("clinician.report.heading"), tuple(blocks))


def _gaps(assessment: Assessment, marked: Passages, words: Words) -> Iterator[Section]:
    lines = scope.gaps(assessment, marked, words, "clinician")
    if lines:
        yield Section("gaps", words.line("clinician.gap.heading"), (Bullets(lines),))


def _guidance(assessment: Assessment, words: Words) -> Section:
    lines = tuple(
        sourced(words.label("guidance", name), *scope.guidance_sources(name))
        for name in assessment.guidance
    )
    return Section("guidance", words.line("clinician.guidance.heading"), (Bullets(lines),))


def _limits(assessment: Assessment, words: Words) -> Section:
    lines = [words.line("clinician.limits.interval"), words.line("clinician.limits.bias")]
    if scope.setting_open(assessment):
        n = str(len(assessment.priors))
        lines.insert(0, words.line("clinician.limits.setting", n=n))
    elif assessment.priors:
        priors = "; ".join(words.term("prior", prior) for prior in assessment.priors)
        lines.insert(0, words.line("clinician.limits.prior", priors=priors))
    if any(tendency.is_told(answer, focus) for answer, focus in naming.shown(assessment)):
        lines.append(words.line("clinician.limits.leaning"))
    if assessment.knowledge_version:
        version = assessment.knowledge_version
        lines.append(words.line("clinician.limits.version", version=version))
    return Section("limits", words.line("clinician.limits.heading"), (Bullets(tuple(lines)),))
