"""Pages for further reading: general facts with sources, in both languages."""

from __future__ import annotations

import msgspec

from hepaspot.explain import calm
from hepaspot.explain.document import (
    Block,
    Bullets,
    Citations,
    Document,
    Line,
    Paragraph,
    Section,
    Tone,
)
from hepaspot.explain.pages.topics import PAGES, SOURCES, Topic
from hepaspot.explain.rendering import Format, render
from hepaspot.explain.sources import citations, cited
from hepaspot.explain.words import LANGUAGES, Words, sourced

TOPICS = tuple(PAGES)
"""Ids of the pages, in the order in which they are offered."""


def related_page(topic: str, language: str = "en", format: Format = "text") -> str:
    """One page of further reading.

    Parameters
    ----------
    topic
        One of `TOPICS`.
    language
        ``en`` or ``zh``.
    format
        ``text`` or ``html``.

    Raises
    ------
    ValueError
        If the topic, the language or the format is not one of these.
    """
    if topic not in PAGES:
        raise ValueError(f"topic must be one of {', '.join(TOPICS)}, got {topic!r}")
    if language not in LANGUAGES:
        raise ValueError(f"language must be 'en' or 'zh', got {language!r}")
    return render(page(topic, language), format)


def page(topic: str, language: str) -> Document:
    """One page of further reading as a document."""
    words = Words(language)
    told = PAGES[topic]
    sections = tuple(_section(topic, told, name, words) for name in told.sections)
    urgent = (Paragraph((sourced(words.line("page.help.signs"), "H1"),)),)
    help_at_once = Section(f"{topic}-help", words.line("page.heading.help"), urgent, Tone.ALERT)
    sections = (*sections, help_at_once)
    sources = citations(cited(sections), words)
    listed = Section(f"{topic}-sources", words.line("page.heading.sources"), (Citations(sources),))
    return Document(
        id=topic,
        language=language,
        audience="page",
        title=words.line(f"page.{topic}.title"),
        banner=(words.line("page.banner.preliminary"), words.line("page.banner.device")),
        sections=(*sections, listed),
    )


def _section(topic: str, told: Topic, name: str, words: Words) -> Section:
    rules = tuple(f"page.{topic}.{name}.{line}" for line in told.sections[name])
    lines = tuple(sourced(words.line(rule), *SOURCES.get(rule, ())) for rule in rules)
    blocks: tuple[Block, ...] = (Paragraph(lines),)
    if name == told.drawn_in and told.drawing is not None:
        blocks = (*blocks, told.drawing.figure(words))
    return Section(f"{topic}-{name}", words.line(f"page.heading.{name}"), blocks)


def without_calm(document: Document) -> Document:
    """A page without its calming sentences, for a reader whom they might mislead."""
    sections = tuple(_sober(section) for section in document.sections)
    return msgspec.structs.replace(document, sections=sections)


def with_warning(document: Document) -> Document:
    """A page that first says that the reader's own report has points to be checked."""
    flagged = Words(document.language).line("page.flagged")
    return msgspec.structs.replace(document, banner=(flagged, *document.banner))


def _sober(section: Section) -> Section:
    blocks = tuple(
        msgspec.structs.replace(block, lines=_kept(block.lines))
        if isinstance(block, Paragraph | Bullets)
        else block
        for block in section.blocks
    )
    return msgspec.structs.replace(section, blocks=blocks)


def _kept(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(line for line in lines if not calm.is_calming(line))
