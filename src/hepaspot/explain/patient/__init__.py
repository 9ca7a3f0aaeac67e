"""The patient's page: plain words, warning signs first, in the order that people ask."""

from __future__ import annotations

from collections.abc import Iterator

from hepaspot.explain import calm, scope
from hepaspot.explain.document import Bullets, Citations, Document, Line, Paragraph, Section
from hepaspot.explain.pages import TOPICS, page, with_warning, without_calm
from hepaspot.explain.passages import Passages, passages
from hepaspot.explain.patient.answers import answers
from hepaspot.explain.patient.asking import ask, help_at_once
from hepaspot.explain.patient.case import case_of
from hepaspot.explain.patient.likely import likely
from hepaspot.explain.patient.meaning import difference, meaning, no_focus
from hepaspot.explain.patient.warning import clashes, flags
from hepaspot.explain.patient.why import causes, report, why
from hepaspot.explain.shown import Pictures, pictures_for_patient
from hepaspot.explain.sources import citations, cited
from hepaspot.explain.words import Words
from hepaspot.weigh.assessment import Assessment


def patient(assessment: Assessment, language: str, pictures: Pictures) -> Document:
    """The page for the person whose report it is, with the pages that it leads to."""
    words = Words(language, of_picture=not scope.has_report(assessment.exam))
    sections = tuple(_sections(assessment, passages(assessment), pictures, words))
    sources = citations(cited(sections), words)
    if sources:
        heading = words.line("patient.sources.heading")
        sections = (*sections, Section("sources", heading, (Citations(sources),)))
    related = tuple(page(topic, language) for topic in TOPICS)
    if not calm.allowed(assessment):
        related = tuple(without_calm(document) for document in related)
    if calm.warned(assessment):
        related = tuple(with_warning(document) for document in related)
    return Document(
        id="patient",
        language=language,
        audience="patient",
        title=words.line("patient.title"),
        banner=(words.line("patient.banner.preliminary"), words.line("patient.banner.device")),
        sections=(*sections, _related(related, words)),
        related=related,
    )


def _sections(
    assessment: Assessment, marked: Passages, pictures: Pictures, words: Words
) -> Iterator[Section]:
    yield from flags(assessment, marked, words)
    if scope.out_of_scope(assessment):
        yield scope.refusal(assessment, marked, words, "patient")
        yield from report(assessment, marked, words)
    else:
        yield from clashes(assessment, marked, words)
        yield from _told(assessment, marked, words)
        yield from pictures_for_patient(assessment, pictures, words)
    yield help_at_once(words)
    if not scope.out_of_scope(assessment):
        yield ask(assessment, words)
    about = (words.line("patient.about.text"), words.line("patient.about.never"))
    yield Section("about", words.line("patient.about.heading"), (Paragraph(about),))


def _told(assessment: Assessment, marked: Passages, words: Words) -> Iterator[Section]:
    if not assessment.foci:
        yield no_focus(assessment, marked, words)
        yield from _gaps(assessment, marked, words)
        yield from report(assessment, marked, words)
        return
    case = case_of(assessment)
    yield meaning(assessment, case, marked, words)
    yield likely(assessment, words)
    yield why(assessment, marked, words)
    yield from _gaps(assessment, marked, words)
    yield causes(assessment, case, words)
    yield difference(words)
    yield answers(assessment, case, words)


def _gaps(assessment: Assessment, marked: Passages, words: Words) -> Iterator[Section]:
    lines = scope.gaps(assessment, marked, words, "patient")
    if lines:
        yield Section("gaps", words.line("patient.gap.heading"), (Bullets(lines),))


def _related(related: tuple[Document, ...], words: Words) -> Section:
    links = tuple(
        Line(document.title.rule, document.title.text, href=f"#{document.id}")
        for document in related
    )
    return Section("related", words.line("patient.related.heading"), (Bullets(links),))
