"""The words of some exams, as they were audited."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import duckdb

from hepaspot.archive.documents import Document, Filed, persons
from hepaspot.archive.page.untagged import untagged
from hepaspot.archive.rereading import words_again
from hepaspot.errors import HepaspotError, InputError
from hepaspot.remote.servers import Away

LONGEST: Final = 30_000
"""Characters of one report that a sheet shows; a cell of a spreadsheet holds 32,767."""


def filed(base: duckdb.DuckDBPyConnection, exams: Collection[str]) -> dict[str, Filed]:
    """Exam to its documents, in the order of the audit."""
    found = base.execute(
        "SELECT * FROM documents WHERE exam IN (SELECT unnest($exams))",
        {"exams": sorted(exams)},
    )
    names = [column[0] for column in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {exam.exam: exam for own in persons(rows) for exam in own}


def texts(exam: Filed) -> list[str]:
    """The words of each report of an exam; pictures and what cannot be read are left out.

    Raises
    ------
    InputError
        If no report of it can be read any more.
    """
    found = [text for document in exam.documents if (text := _text(document)) is not None]
    if not found:
        raise InputError(
            "the sample: a report can no longer be read; put the files back where they were audited"
        )
    return found


def _text(document: Document) -> str | None:
    try:
        return words_again(document)
    except (HepaspotError, Away):
        return None  # the audit has told of it as an error


def shown(exam: Filed | None) -> str:
    """What a sheet shows of an exam; empty where there is none."""
    if exam is None:
        return ""
    words = "\n\n".join(untagged(text).text.strip() for text in texts(exam))
    return words if len(words) <= LONGEST else f"{words[:LONGEST]} […]"
