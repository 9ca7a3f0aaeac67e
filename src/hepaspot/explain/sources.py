"""Which sources stand behind a document, as a reader can find them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hepaspot.explain.clean import one_line
from hepaspot.explain.document import Citation, lines
from hepaspot.explain.words import Words
from hepaspot.knowledge import Quality, Source, load

FEW: Final = 2
"""Sources named behind one sentence of a patient's page; the clinician's has them all."""


def cited(part: object) -> tuple[str, ...]:
    """Ids of the sources behind every line of a part of a document, first use first."""
    return tuple(dict.fromkeys(id for line in lines(part) for id in line.sources))


def best(ids: Iterable[str]) -> tuple[str, ...]:
    """The `FEW` of these sources that carry furthest."""
    quality = {source.id: list(Quality).index(source.quality) for source in load().sources}
    return tuple(sorted(ids, key=lambda source: quality.get(source, len(Quality)))[:FEW])


def citations(ids: Iterable[str], words: Words) -> tuple[Citation, ...]:
    """The sources with these ids, in order; an id that the tables lack stands alone."""
    known = {source.id: source for source in load().sources}
    return tuple(
        _citation(known[id], words) if id in known else Citation(id, one_line(id)) for id in ids
    )


def _citation(source: Source, words: Words) -> Citation:
    text = one_line(source.citation)
    if source.year is None:
        text = f"{text} {words.say('term.source.undated')}"
    elif str(source.year) not in text:
        text = f"{text} ({source.year})"
    return Citation(source.id, text, _href(source))


def _href(source: Source) -> str | None:
    if source.doi:
        return f"https://doi.org/{source.doi}"
    if source.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/"
    url = source.url or ""
    return url if url.startswith(("https://", "http://")) and " " not in url else None
