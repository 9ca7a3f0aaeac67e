"""How a focus is called: its number, where it lies, how large it is."""

from __future__ import annotations

from typing import Final

from hepaspot.exam import Count, Focus
from hepaspot.explain import figures
from hepaspot.explain.clean import one_line
from hepaspot.explain.document import Line
from hepaspot.explain.words import Words
from hepaspot.weigh.assessment import Assessment, FocusAssessment

SHOWN_FOCI: Final = 12
"""Foci told one by one; a report with more is cut there, and the page says so."""


SHOWN_SIZES: Final = 6
"""Sizes of one focus that are told."""


def shown(assessment: Assessment) -> tuple[tuple[FocusAssessment, Focus | None], ...]:
    """The answers that are told, each with its focus."""
    found = {focus.id: focus for focus in assessment.exam.foci}
    return tuple((answer, found.get(answer.focus)) for answer in assessment.foci[:SHOWN_FOCI])


def name(place: int, focus: Focus | None, rule: str, words: Words) -> Line:
    """A heading for the focus: "Spot 1: right lobe, segment 7, 6 mm"."""
    parts = _parts(focus, words) if focus is not None else ()
    bare = words.say(rule, n=str(place))
    if not parts:
        return Line(rule, bare)
    return Line(rule, words.say("term.focus.with", name=bare, parts=words.join(parts)))


def sizes(focus: Focus, words: Words) -> str | None:
    """The sizes in millimetres; without those that no focus in a liver can have.

    Sizes in pixels say nothing beside words; they are told with their picture.
    """
    told = [size for size in focus.sizes if size.axes_mm or not size.axes_pixels]
    said = [figures.size(size, words) for size in told if size.plausible]
    distinct = tuple(dict.fromkeys(said))
    more = ("…",) if len(distinct) > SHOWN_SIZES else ()
    return words.join((*distinct[:SHOWN_SIZES], *more)) or None


def _parts(focus: Focus, words: Words) -> tuple[str, ...]:
    parts: list[str] = []
    if focus.count is Count.MULTIPLE:
        parts.append(words.term("count", "multiple"))
    if focus.lobe is not None:
        parts.append(words.term("lobe", focus.lobe.value))
    if focus.segments:
        numbers = words.join(tuple(str(segment) for segment in focus.segments))
        parts.append(words.say("term.focus.segments", numbers=numbers))
    landmarks = dict.fromkeys(mark for place in focus.places for mark in place.landmarks)
    parts.extend(one_line(words.term("landmark", mark)) for mark in landmarks)
    if focus.host is not None:
        parts.append(one_line(words.term("host", focus.host)))
    said = sizes(focus, words)
    return (*parts, said) if said else tuple(parts)
