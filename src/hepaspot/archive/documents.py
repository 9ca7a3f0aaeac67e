"""What an archive holds: documents, and the exams and persons that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

UNDATED: Final = date.max
"""Stands last among the exams of a person; nothing is compared with it."""


class Document(NamedTuple):
    """One report or one picture of an exam."""

    text: str | None
    path: str | None
    origin: str


@dataclass(frozen=True)
class Filed:
    """One exam as the archive has it."""

    exam: str
    person: str
    day: date | None
    site: str | None
    age_years: float | None
    sex: str | None
    documents: tuple[Document, ...] = field(repr=False)


def persons(rows: Sequence[dict[str, Any]]) -> Iterator[list[Filed]]:
    """The exams of each person, by date; ``rows`` are of `schema.INPUT`, in any order."""
    ordered = sorted(rows, key=_order)
    for _, own in groupby(ordered, key=lambda row: row["person"]):
        exams = [_filed(list(each)) for _, each in groupby(own, key=lambda row: row["exam"])]
        yield sorted(exams, key=lambda filed: (filed.day or UNDATED, filed.exam))


def _order(row: dict[str, Any]) -> tuple[str, str, int, str]:
    """The order in which they were told: row 9 of a table before row 10."""
    return row["person"], row["exam"], len(row["origin"]), row["origin"]


def _filed(rows: list[dict[str, Any]]) -> Filed:
    """One exam; what several documents tell of it is taken from the first that does."""
    told = [(each, row["origin"]) for row in rows for each in _both(row)]
    origins = dict(reversed(told))
    return Filed(
        exam=rows[0]["exam"],
        person=rows[0]["person"],
        day=_first(rows, "date"),
        site=_first(rows, "site"),
        age_years=_first(rows, "age_years"),
        sex=_first(rows, "sex"),
        documents=tuple(Document(*each, origins[each]) for each in dict(told)),
    )


def _both(row: dict[str, Any]) -> Iterator[tuple[str | None, str | None]]:
    """The report of a row, and its file."""
    if row["text"] is not None:
        yield row["text"], None
    if row["path"] is not None:
        yield None, row["path"]


def _first(rows: list[dict[str, Any]], column: str) -> Any:
    return next((row[column] for row in rows if row[column] is not None), None)
