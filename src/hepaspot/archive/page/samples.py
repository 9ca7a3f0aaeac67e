"""Some exams of each kind of alert, with the words that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import duckdb

from hepaspot.archive.documents import Document, Filed, persons
from hepaspot.archive.fetching import is_on_server
from hepaspot.archive.page.untagged import untagged
from hepaspot.archive.rereading import Again
from hepaspot.errors import HepaspotError
from hepaspot.exam import Source, SourceKind
from hepaspot.explain.document import Run, Tone
from hepaspot.explain.passages import Passage, Passages
from hepaspot.remote.servers import Away

EACH: Final = 5
"""Exams that are shown of each kind of alert (convention)."""

Row = dict[str, Any]


class Span(NamedTuple):
    """A passage of an alert: the first or the second, in a document of one exam."""

    number: int
    source: int | None
    start: int | None
    end: int | None

    @property
    def is_told(self) -> bool:
        """Whether the alert has it; one of several objects on a server has no number."""
        return self.source is not None or self.start is not None


@dataclass(frozen=True)
class Quoted:
    """One document of a sample.

    Attributes
    ----------
    origin : str
        Where it came from.
    numbers : tuple of int
        Which passages of the alert are in it: 1, 2.
    runs : tuple of Run
        Its words, cut at these passages.
    absent : str or None
        Why there are no words: it is a ``picture``, it is on a ``server``, or it is ``gone``.
    """

    origin: str
    numbers: tuple[int, ...]
    runs: tuple[Run, ...] = ()
    absent: Literal["picture", "server", "gone"] | None = None


@dataclass(frozen=True)
class Shown:
    """One exam of a sample and its documents that the alert rests on."""

    filed: Filed
    documents: tuple[Quoted, ...]


@dataclass(frozen=True)
class Sample:
    """One alert; ``prior`` is the earlier exam that it compares with."""

    alert: str
    focus: str | None
    exam: Shown
    prior: Shown | None


def samples_of(base: duckdb.DuckDBPyConnection, kinds: Iterable[str]) -> tuple[Sample, ...]:
    """Exams of each kind of alert, chosen by a hash of their ids: the same ones each time.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        Of `figures.opened`.
    kinds : iterable of str
        In the order in which they are shown.
    """
    rows = [row for kind in kinds for row in _chosen(base, kind)]
    filed = _filed(base, {row[name] for row in rows for name in ("exam", "prior") if row[name]})
    again = Again()
    found = (_sample(row, filed, again) for row in rows)
    return tuple(sample for sample in found if sample is not None)


def _chosen(base: duckdb.DuckDBPyConnection, kind: str) -> Iterator[Row]:
    """The first alert of a kind in each chosen exam."""
    found = base.execute(
        f"""
        WITH chosen AS (
            SELECT DISTINCT exam, md5(alert || exam) AS lot FROM alerts WHERE alert = ?
            ORDER BY lot LIMIT {EACH}
        )
        SELECT alerts.* FROM alerts JOIN chosen USING (exam) WHERE alert = ?
        ORDER BY lot, focus NULLS FIRST, first_source, first_start, second_source, second_start
        """,
        [kind, kind],
    )
    names = [column[0] for column in found.description]
    seen: set[str] = set()
    for values in found.fetchall():
        row = dict(zip(names, values, strict=True))
        if row["exam"] not in seen:
            seen.add(row["exam"])
            yield row


def _filed(base: duckdb.DuckDBPyConnection, exams: set[str]) -> list[Mapping[str, Filed]]:
    """The exams by their ids, person by person: two persons may have an exam of the same id."""
    found = base.execute(
        "SELECT * FROM input WHERE exam IN (SELECT unnest(?::VARCHAR[]))", [sorted(exams)]
    )
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, values, strict=True)) for values in found.fetchall()]
    return [{each.exam: each for each in own} for own in persons(rows)]


def _sample(row: Row, filed: Sequence[Mapping[str, Filed]], again: Again) -> Sample | None:
    first = Span(1, row["first_source"], row["first_start"], row["first_end"])
    second = Span(2, row["second_source"], row["second_start"], row["second_end"])
    for own in filed:
        exam = own.get(row["exam"])
        prior = own.get(row["prior"]) if row["prior"] else None
        if exam is None or exam.day != row["date"] or (row["prior"] and prior is None):
            continue
        here = [first] if prior is not None else [first, second]
        before = None if prior is None else _shown(prior, [second], again)
        return Sample(row["alert"], row["focus"], _shown(exam, here, again), before)
    return None


def _shown(filed: Filed, spans: Sequence[Span], again: Again) -> Shown:
    by_source: dict[int, list[Span]] = {}
    for span in spans:
        if span.is_told:
            by_source.setdefault(span.source or 0, []).append(span)
    return Shown(
        filed,
        tuple(
            _quoted(filed.documents[number], by_source[number], again)
            for number in sorted(by_source)
            if number < len(filed.documents)
        ),
    )


def _quoted(document: Document, spans: Sequence[Span], again: Again) -> Quoted:
    about = document.origin, tuple(span.number for span in spans)
    if all(span.start is None for span in spans):
        return Quoted(*about, absent="picture")
    if document.path and is_on_server(document.path):
        return Quoted(*about, absent="server")
    try:
        runs = _runs(again.words(document) or "", spans)
    except Away:
        return Quoted(*about, absent="server")
    except (HepaspotError, OSError):  # the file is gone
        runs = ()
    return Quoted(*about, runs, None if runs else "gone")


def _runs(text: str, spans: Sequence[Span]) -> tuple[Run, ...]:
    told = untagged(text)
    passages = tuple(
        Passage(span.number, "0", told.place(span.start), told.end(span.end), Tone.ALERT)
        for span in spans
        if span.start is not None and span.end is not None and span.end <= len(text)
    )
    source = Source("0", SourceKind.REPORT, told.text)
    return Passages((source,), passages).runs(source) if passages else ()
