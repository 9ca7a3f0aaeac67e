"""From what is kept to rows of tables, and back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hepaspot.errors import MissingInput
from hepaspot.exam import Exam
from hepaspot.serve.store.labels import file_name, findable
from hepaspot.serve.store.tables import ChunkRow, ExamRow, FileRow
from hepaspot.serve.store.values import KeptFile, NewFile

CHUNK_BYTES: Final = 1 << 20
"""Bytes of a file that are in memory at once (convention)."""

_R = TypeVar("_R")


def new_id() -> str:
    """An id that nobody can guess: 96 random bits."""
    return secrets.token_urlsafe(12)


def now() -> datetime:
    """The present moment in UTC, as the tables have it."""
    return datetime.now(UTC).replace(tzinfo=None)


def utc(stored: datetime) -> datetime:
    """A moment from the tables."""
    return stored.replace(tzinfo=UTC)


def found(row: _R | None) -> _R:
    """``row``, which must be there."""
    if row is None:
        raise MissingInput("the store: there is no such exam or file; it may have been deleted")
    return row


def fill(row: ExamRow, exam: Exam, edits: bytes, file_names: Iterable[str]) -> None:
    """Put an exam, its edits and what a search looks into in a row."""
    told = [part for source in exam.sources for part in (source.name, source.text)]
    row.exam, row.edits, row.foci = exam.to_json(), edits, len(exam.foci)
    row.findable = findable([row.person, row.note, *file_names, *told])


def put_file(session: Session, exam_id: str, place: int, file: NewFile) -> None:
    """Store a file chunk by chunk."""
    row = FileRow(id=new_id(), exam_id=exam_id, place=place, size_bytes=0, chunks=0)
    row.name, row.media_type = file_name(file.name), file.media_type
    session.add(row)
    session.flush()
    while data := file.stream.read(CHUNK_BYTES):
        chunk = {"file_id": row.id, "number": row.chunks, "data": data}
        session.execute(insert(ChunkRow), chunk)
        row.chunks, row.size_bytes = row.chunks + 1, row.size_bytes + len(data)


def files_of(session: Session, exam_id: str) -> tuple[KeptFile, ...]:
    """The files of an exam, in the order given."""
    rows = select(FileRow).where(FileRow.exam_id == exam_id).order_by(FileRow.place)
    return tuple(
        KeptFile(row.id, row.name, row.media_type, row.size_bytes) for row in session.scalars(rows)
    )


def names_of_files(session: Session, exam_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Exam to the names of its files, for those that have any."""
    wanted = select(FileRow.exam_id, FileRow.name).order_by(FileRow.exam_id, FileRow.place)
    names: dict[str, tuple[str, ...]] = {}
    for exam_id, name in session.execute(wanted.where(FileRow.exam_id.in_(exam_ids))):
        names[exam_id] = (*names.get(exam_id, ()), name)
    return names
