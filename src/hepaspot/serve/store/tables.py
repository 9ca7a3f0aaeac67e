"""The tables of a store. A file's bytes lie in rows of their own, one chunk a row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

FORM: Final = 1
"""Number of this form of the tables; a store of another one is not touched."""


class Table(DeclarativeBase):
    """Base of all tables."""


class StoreRow(Table):
    """The one row that says which form the tables have, and whether traces are left.

    ``deletions`` counts them; ``wiped`` is how many of them left no trace in the file.
    """

    __tablename__ = "hepaspot_store"

    form: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deletions: Mapped[int] = mapped_column(default=0)
    wiped: Mapped[int] = mapped_column(default=0)


class ExamRow(Table):
    """One kept exam; times are UTC. ``findable`` is what a search looks into."""

    __tablename__ = "hepaspot_exam"

    id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime]
    examined_on: Mapped[date | None]
    foci: Mapped[int]
    exam: Mapped[bytes]
    edits: Mapped[bytes]
    findable: Mapped[str] = mapped_column(Text)


class FileRow(Table):
    """One file of an exam, in the order given."""

    __tablename__ = "hepaspot_file"

    id: Mapped[str] = mapped_column(primary_key=True)
    exam_id: Mapped[str] = mapped_column(ForeignKey(ExamRow.id, ondelete="CASCADE"), index=True)
    place: Mapped[int]
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    chunks: Mapped[int]


class ChunkRow(Table):
    """A piece of a file."""

    __tablename__ = "hepaspot_chunk"

    file_id: Mapped[str] = mapped_column(
        ForeignKey(FileRow.id, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes]
