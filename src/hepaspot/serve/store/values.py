"""What goes into the store and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from hepaspot.exam import Exam, Value


class Readable(Protocol):
    """Bytes that are read piece by piece, such as a file that was opened."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes more; none at the end."""


@dataclass(frozen=True)
class NewFile:
    """A file to keep beside an exam; ``stream`` is read once, from where it stands."""

    name: str
    media_type: str
    stream: Readable


class KeptFile(Value, frozen=True):
    """A file in the store; `Store.open_file` gives its bytes."""

    id: str
    name: str
    media_type: str
    size_bytes: int


class Summary(Value, frozen=True):
    """One line of a list of kept exams; times are UTC."""

    id: str
    person: str
    note: str
    kept_at: datetime
    changed_at: datetime
    examined_on: date | None
    foci: int
    files: tuple[str, ...]


class KeptExam(Value, frozen=True):
    """One kept exam: as it was read, and beside it the app's own list of edits."""

    id: str
    person: str
    note: str
    kept_at: datetime
    changed_at: datetime
    examined_on: date | None
    exam: Exam
    edits: bytes
    files: tuple[KeptFile, ...]
