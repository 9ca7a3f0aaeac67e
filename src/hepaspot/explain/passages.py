"""The report's own words: which passages count, numbered in the order they stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from hepaspot.exam import ByHand, Provenance, Source, Value
from hepaspot.exam import Words as Span
from hepaspot.explain import focus as naming
from hepaspot.explain import leaning
from hepaspot.explain.clean import clean, one_line
from hepaspot.explain.document import Run, Tone
from hepaspot.explain.statements import shown
from hepaspot.explain.words import Words
from hepaspot.weigh.assessment import Assessment

WHOLE_TEXT: Final = 3000
"""Characters up to which a report is shown whole; a longer one is shown around its passages."""

AROUND: Final = 120
"""Characters shown on either side of a passage of a long report."""

LONGEST_QUOTE: Final = 160
"""Characters of a passage that stand inside a sentence; the rest is in the report."""


SHOWN_CLASHES: Final = 12
"""Pairs of passages that do not fit that are told one by one; the rest are counted."""


SHOWN_CAVEATS: Final = 12
"""Remarks on what could not be seen that are told."""


class Passage(Value, frozen=True):
    """A numbered passage of one source; ``end`` is exclusive."""

    number: int
    source: str
    start: int
    end: int
    tone: Tone


class Window(Value, frozen=True):
    """A stretch of a text that is shown, and the passages in it; ``end`` is exclusive."""

    start: int
    end: int
    passages: tuple[Passage, ...]


class Passages(Value, frozen=True):
    """Every passage that an assessment rests on."""

    sources: tuple[Source, ...]
    passages: tuple[Passage, ...]

    def number(self, provenance: Provenance) -> int | None:
        """The number of a passage, or None for a picture or an entry by hand."""
        if not isinstance(provenance, Span):
            return None
        place = (provenance.source, provenance.start, provenance.end)
        return next((p.number for p in self.passages if (p.source, p.start, p.end) == place), None)

    def words(self, provenance: Provenance, words: Words) -> str:
        """The report's words in quotation marks, or what stands in their place."""
        if isinstance(provenance, Span):
            text = next((s.text for s in self.sources if s.id == provenance.source), None) or ""
            quoted = one_line(text[provenance.start : provenance.end])
            if len(quoted) > LONGEST_QUOTE:
                quoted = quoted[: LONGEST_QUOTE - 1] + "…"
            return words.quote(quoted) if quoted else words.say("term.provenance.lost")
        kind = "by_hand" if isinstance(provenance, ByHand) else "region"
        return words.say(f"term.provenance.{kind}")

    def runs(self, source: Source) -> tuple[Run, ...]:
        """The text of ``source`` cut at every passage; of a long one what is near to them."""
        chosen = tuple(p for p in self.passages if p.source == source.id)
        text = source.text or ""
        return tuple(_runs(text, chosen, whole=len(text) <= WHOLE_TEXT))


def passages(assessment: Assessment) -> Passages:
    """Number every passage that ``assessment`` rests on, in reading order."""
    sources = assessment.exam.sources
    order = {source.id: place for place, source in enumerate(sources)}
    length = {source.id: len(source.text or "") for source in sources}
    tones: dict[tuple[str, int, int], Tone] = {}
    for provenance, tone in _rests_on(assessment):
        if isinstance(provenance, Span) and _inside(provenance, length):
            tones.setdefault((provenance.source, provenance.start, provenance.end), tone)
    places = sorted(tones, key=lambda place: (order[place[0]], place[1], place[2]))
    numbered = tuple(Passage(n, *place, tones[place]) for n, place in enumerate(places, start=1))
    return Passages(sources, numbered)


def _inside(span: Span, length: dict[str, int]) -> bool:
    return 0 <= span.start < span.end <= length.get(span.source, 0)


def _rests_on(assessment: Assessment) -> Iterator[tuple[Provenance, Tone]]:
    for flag in assessment.red_flags:
        yield flag.provenance, Tone.ALERT
    for clash in assessment.contradictions[:SHOWN_CLASHES]:
        yield clash.first, Tone.ALERT
        yield clash.second, Tone.ALERT
    for answer, focus in naming.shown(assessment):
        for line in answer.ledger:
            yield line.provenance, leaning.tone(line)
        for statement in shown(focus.statements) if focus is not None else ():
            yield statement.provenance, Tone.PLAIN
        if focus is not None:
            yield focus.provenance, Tone.PLAIN
    for caveat in assessment.exam.caveats[:SHOWN_CAVEATS]:
        yield caveat.provenance, Tone.ALERT
    for statement in shown(assessment.exam.statements):
        yield statement.provenance, Tone.PLAIN


def _runs(text: str, chosen: tuple[Passage, ...], *, whole: bool) -> Iterator[Run]:
    after = 0
    for window in [Window(0, len(text), chosen)] if whole else _windows(text, chosen):
        if window.start > after:
            yield Run(" … ")
        yield from _cut(text, window)
        after = window.end
    if after < len(text):
        yield Run(" …")


def _cut(text: str, window: Window) -> Iterator[Run]:
    edges = {window.start, window.end}
    edges.update(edge for p in window.passages for edge in (p.start, p.end))
    for start, end in pairwise(sorted(edges)):
        over = [p for p in window.passages if p.start <= start and end <= p.end]
        numbers = tuple(p.number for p in over)
        ends = tuple(p.number for p in over if p.end == end)
        yield Run(clean(text[start:end]), numbers, ends, _loudest(over))


def _windows(text: str, chosen: tuple[Passage, ...]) -> list[Window]:
    windows: list[Window] = []
    for passage in sorted(chosen, key=lambda p: p.start):
        low, high = max(0, passage.start - AROUND), min(len(text), passage.end + AROUND)
        if windows and low <= windows[-1].end:
            last = windows.pop()
            low, high, inside = last.start, max(high, last.end), (*last.passages, passage)
        else:
            inside = (passage,)
        windows.append(Window(low, high, inside))
    return windows


def _loudest(over: list[Passage]) -> Tone:
    tones = {passage.tone for passage in over}
    order = (Tone.ALERT, Tone.DUCT_STONE, Tone.CALCIFICATION, Tone.DUCT_GAS, Tone.OTHER)
    return next((tone for tone in order if tone in tones), Tone.PLAIN)
