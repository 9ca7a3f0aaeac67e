"""Each picture of an exam: what was found in it, in words, and the picture itself if given."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping

from hepaspot.exam import Source, SourceKind
from hepaspot.explain.clean import one_line
from hepaspot.explain.document import Block, Bullets, Line, Paragraph, Section, Shown
from hepaspot.explain.words import Words
from hepaspot.weigh.assessment import Assessment

Pictures = Mapping[str, bytes]
"""PNG of each annotated picture, by the id of its source."""


def pictures_for_clinician(
    assessment: Assessment, pictures: Pictures, words: Words
) -> Iterator[Section]:
    """What each picture shows, focus by focus, with the picture below it."""
    blocks: list[Block] = []
    shown = picture_sources(assessment)
    for number, source in enumerate(shown, start=1):
        called = _called(source, number if len(shown) > 1 else None, words)
        blocks.append(Paragraph((_found(assessment, source, called, words),)))
        facts = tuple(_facts(assessment, source, words))
        if facts:
            blocks.append(Bullets(facts))
        blocks.extend(_drawn(source, pictures, words, "clinician"))
    if blocks:
        yield Section("pictures", words.line("clinician.picture.heading"), tuple(blocks))


def pictures_for_patient(
    assessment: Assessment, pictures: Pictures, words: Words
) -> Iterator[Section]:
    """The pictures alone: what they show is told elsewhere in plain words."""
    blocks = [
        block
        for source in picture_sources(assessment)
        for block in _drawn(source, pictures, words, "patient")
    ]
    if blocks:
        yield Section("pictures", words.line("patient.picture.heading"), tuple(blocks))


def picture_sources(assessment: Assessment) -> tuple[Source, ...]:
    """The pictures of an exam that were read."""
    return tuple(
        source
        for source in assessment.exam.sources
        if source.kind is SourceKind.PICTURE and source.picture is not None
    )


def _called(source: Source, number: int | None, words: Words) -> str | None:
    """What a picture is called: by its file, else by its number where there are several."""
    if source.name is not None:
        return one_line(source.name)
    return None if number is None else words.say("clinician.picture.numbered", n=str(number))


def _found(assessment: Assessment, source: Source, called: str | None, words: Words) -> Line:
    from hepaspot.explain.picture.findings import findings

    found = findings(assessment, source.id)
    number = len(found.foci) + len(found.elsewhere)
    if number:
        told = words.count("clinician.picture.foci", number)
    elif found.picture.fan:
        told = words.say("picture.focus.none")
    else:
        told = words.say("picture.note.fan_not_found")
    if called is None:
        return Line("clinician.picture.named", told)
    return words.line("clinician.picture.named", name=called, found=told)


def _facts(assessment: Assessment, source: Source, words: Words) -> Iterator[Line]:
    from hepaspot.explain.picture import wording
    from hepaspot.explain.picture.findings import findings

    found = findings(assessment, source.id)
    for seen in sorted((*found.foci, *found.elsewhere), key=lambda seen: seen.number):
        facts = wording.facts(seen, words)
        if facts:
            yield words.line("clinician.picture.focus", n=str(seen.number), facts=facts)


def _drawn(source: Source, pictures: Pictures, words: Words, reader: str) -> Iterator[Block]:
    if source.id in pictures:
        uri = "data:image/png;base64," + b64encode(pictures[source.id]).decode("ascii")
        caption, alt = (words.line(f"{reader}.picture.{part}") for part in ("caption", "alt"))
        yield Shown(uri, caption, alt)
