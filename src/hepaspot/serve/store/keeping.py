"""The store of exams that a user chose to keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Self

from sqlalchemy import Delete, Engine, delete, select, update
from sqlalchemy.orm import Session

from hepaspot.errors import OutputError
from hepaspot.exam import Exam
from hepaspot.serve.store.faults import in_one_line
from hepaspot.serve.store.labels import file_name, note_text, person_label, search_terms
from hepaspot.serve.store.opening import WRITES, engine_at, prepare
from hepaspot.serve.store.rows import (
    files_of,
    fill,
    found,
    names_of_files,
    new_id,
    now,
    put_file,
    utc,
)
from hepaspot.serve.store.tables import ChunkRow, ExamRow, FileRow, StoreRow
from hepaspot.serve.store.values import KeptExam, KeptFile, NewFile, Summary
from hepaspot.serve.store.wiping import cut_log, wipe

SUMMARY = (
    ExamRow.id,
    ExamRow.person,
    ExamRow.note,
    ExamRow.kept_at,
    ExamRow.changed_at,
    ExamRow.examined_on,
    ExamRow.foci,
)


class Store:
    """Kept exams in one place. Threads may share a store, and processes a place.

    Every method raises OutputError where the place cannot be written or reached, and
    UnreadableInput where it is damaged; neither says a word of what is kept.
    """

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self.where = where
        self._turn = Lock()  # of those who write; others wait for it without a limit

    @classmethod
    def open(cls, where: str | Path) -> Self:
        """Open the store at a path, or at an URL ``postgresql://user@host/name``.

        A file that is not there is made, for its owner alone.

        Raises
        ------
        UnsupportedInput
            If the place holds something else, or a store of another version. It is not altered.
        InputError, MissingExtra
            If the URL is none of PostgreSQL, or its driver is not installed.
        """
        store = cls(*engine_at(where))
        with ExitStack() as undo:
            undo.callback(store.close)
            store._prepare()
            undo.pop_all()
        return store

    @in_one_line
    def _prepare(self) -> None:
        prepare(self._engine, self.where)
        wipe(self._engine)  # what an interrupted deletion left

    def close(self) -> None:
        """Let go of the place."""
        self._engine.dispose()

    # ------------------------------------------------------------------------------- keep

    @in_one_line
    def keep(
        self,
        exam: Exam,
        edits: bytes = b"",
        files: Sequence[NewFile] = (),
        *,
        person: str = "",
        note: str = "",
        examined_on: date | None = None,
    ) -> str:
        """Keep an exam with its files; where that fails, nothing of it is left.

        Parameters
        ----------
        exam : Exam
            As it was read.
        edits : bytes
            What a person changed by hand, in the app's own form.
        files
            What it was read from; each is read piece by piece.
        person : str
            Whose exam it is, as the user calls them; empty for nobody's.
        note : str
            Anything to find it by.
        examined_on : date, optional
            The day of the examination.

        Returns
        -------
        str
            The id, which cannot be guessed.
        """
        row = ExamRow(id=new_id(), person=person_label(person), note=note_text(note))
        row.kept_at = row.changed_at = now()
        row.examined_on = examined_on
        fill(row, exam, edits, [file_name(file.name) for file in files])
        kept = row.id
        with ExitStack() as undo:
            undo.callback(cut_log, self._engine)
            with self._writing() as session:
                session.add(row)
                session.flush()
                for place, file in enumerate(files):
                    put_file(session, kept, place, file)
            undo.pop_all()
        return kept

    @in_one_line
    def update(self, id: str, exam: Exam, edits: bytes) -> None:
        """Put another reading and other edits in place of those of a kept exam.

        Raises
        ------
        MissingInput
            If no such exam is kept.
        """
        with self._writing() as session:
            row = found(session.get(ExamRow, id))
            fill(row, exam, edits, [file.name for file in files_of(session, id)])
            row.changed_at = now()

    # -------------------------------------------------------------------------------- get

    @in_one_line
    def get(self, id: str) -> KeptExam:
        """One kept exam; MissingInput if there is none."""
        with self._reading() as session:
            row = found(session.get(ExamRow, id))
            return KeptExam(
                row.id,
                row.person,
                row.note,
                utc(row.kept_at),
                utc(row.changed_at),
                row.examined_on,
                Exam.from_json(row.exam),
                row.edits,
                files_of(session, id),
            )

    @in_one_line
    def files(self, id: str) -> tuple[KeptFile, ...]:
        """The files of a kept exam, in the order given; none for an exam that is not kept."""
        with self._reading() as session:
            return files_of(session, id)

    @in_one_line
    def open_file(self, file_id: str) -> Iterator[bytes]:
        """The bytes of a kept file, at most `CHUNK_BYTES` at once.

        Each piece is fetched when it is asked for, so that a slow download keeps nobody waiting.

        Raises
        ------
        MissingInput
            If no such file is kept, also where it is deleted meanwhile.
        """
        with self._reading() as session:
            chunks = found(session.get(FileRow, file_id)).chunks
        return (self._chunk(file_id, number) for number in range(chunks))

    @in_one_line
    def _chunk(self, file_id: str, number: int) -> bytes:
        with self._reading() as session:
            return found(session.get(ChunkRow, (file_id, number))).data

    # ------------------------------------------------------------------------------- find

    @in_one_line
    def find(
        self, text: str = "", person: str | None = None, *, limit: int | None = 50, offset: int = 0
    ) -> list[Summary]:
        """Kept exams, the last kept first.

        Parameters
        ----------
        text : str
            Words that must all stand in the label, the note, a file's name or the report;
            upper and lower case, full and half width are the same.
        person : str, optional
            Only exams with this label; the empty label is that of nobody.
        limit, offset : int
            How many (None for all), and how many to leave out before them.

        Returns
        -------
        list of Summary
        """
        wanted = select(*SUMMARY)
        for term in search_terms(text):
            wanted = wanted.where(ExamRow.findable.contains(term, autoescape=True))
        if person is not None:
            wanted = wanted.where(ExamRow.person == person_label(person))
        wanted = wanted.order_by(ExamRow.kept_at.desc(), ExamRow.id)
        with self._reading() as session:
            rows = session.execute(wanted.limit(limit).offset(offset)).all()
            names = names_of_files(session, [row.id for row in rows])
        return [
            Summary(id, person, note, utc(kept), utc(changed), day, foci, names.get(id, ()))
            for id, person, note, kept, changed, day, foci in rows
        ]

    def of_person(self, person: str) -> list[Summary]:
        """All exams with this label, the latest first, by day of examination where it is known.

        None for the empty label: exams of nobody are not exams of one person.
        """
        if not person_label(person):
            return []
        every = self.find(person=person, limit=None)
        return sorted(every, key=lambda s: s.examined_on or s.kept_at.date(), reverse=True)

    @in_one_line
    def people(self) -> list[str]:
        """Every label in use, but for the empty one, in order."""
        wanted = select(ExamRow.person).where(ExamRow.person != "").distinct()
        with self._reading() as session:
            return sorted(session.scalars(wanted))

    # ----------------------------------------------------------------------------- delete

    @in_one_line
    def delete(self, id: str) -> bool:
        """Delete an exam and its files for good; False if there was none."""
        return self._delete(delete(ExamRow).where(ExamRow.id == id)) > 0

    @in_one_line
    def delete_all(self) -> int:
        """Delete everything for good, and tell how many exams there were."""
        return self._delete(delete(ExamRow))

    def _delete(self, chosen: Delete) -> int:
        with self._writing() as session:
            gone = len(session.scalars(chosen.returning(ExamRow.id)).all())
            if gone:
                session.execute(update(StoreRow).values(deletions=StoreRow.deletions + 1))
        with self._turn:
            is_wiped = wipe(self._engine)
        if not is_wiped:
            raise OutputError(
                f"{self.where}: what was to be deleted is, but traces of it stay in the file until "
                "it is opened again; see that there is room and that nobody else reads it"
            )
        return gone

    def _reading(self) -> Session:
        return Session(self._engine)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        engine = self._engine.execution_options(**WRITES)
        with self._turn, Session(engine) as session, session.begin():
            yield session
