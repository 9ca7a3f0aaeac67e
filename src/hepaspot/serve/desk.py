"""The exams that are open: what was read, what a person changed, and the files behind it."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from threading import RLock
from typing import Final

from hepaspot.errors import InputError
from hepaspot.exam import Exam
from hepaspot.serve.frame_files import FrameFiles
from hepaspot.serve.holding import HeldFile
from hepaspot.weigh import assess
from hepaspot.weigh.assessment import Assessment

MOST_UNDO: Final = 100
"""Changes that can be taken back (convention)."""


@dataclass
class OpenExam:
    """One exam while it is looked at.

    Attributes
    ----------
    id : str
        Cannot be guessed: who has it may see the exam.
    files : sequence of HeldFile
        What was sent.
    pictures : dict
        Frames of each picture, by the id of its source.
    kept_id : str or None
        Its id in the store, where it is kept.
    person : str
        How the user calls the person, where it is kept.
    """

    first: Exam
    files: Sequence[HeldFile] = ()
    pictures: dict[str, FrameFiles] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    kept_id: str | None = None
    person: str = ""
    _history: list[Exam] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)
    _assessed: tuple[Exam, Assessment] | None = None

    @property
    def exam(self) -> Exam:
        """The exam as it stands."""
        history = self._history
        return history[-1] if history else self.first

    @property
    def assessment(self) -> Assessment:
        """The answer to the exam as it stands."""
        exam, known = self.exam, self._assessed
        if known is None or known[0] is not exam:
            known = self._assessed = (exam, assess(exam))
        return known[1]

    @property
    def history(self) -> list[Exam]:
        """The exam as it was read, then as it was after each change."""
        return [self.first, *self._history]

    @property
    def changes(self) -> int:
        """How many changes can be taken back."""
        return len(self._history)

    @property
    def version(self) -> str:
        """Short, and another one for every state of the exam."""
        return sha256(self.exam.to_json()).hexdigest()[:12]

    @property
    def size_bytes(self) -> int:
        """What its files and frames take."""
        return sum(f.size for f in self.files) + sum(p.size_bytes for p in self.pictures.values())

    def change(self, change: Callable[[Exam], Exam]) -> None:
        """Change the exam; what it was before can be had back by `undo`."""
        with self._lock:
            changed = change(self.exam)
            if changed != self.exam:
                self._history.append(changed)
                if len(self._history) > MOST_UNDO:
                    self.first = self._history.pop(0)

    def undo(self) -> bool:
        """Take the last change back; False where there is none."""
        with self._lock:
            return bool(self._history and self._history.pop())

    @property
    def open_files(self) -> int:
        """How many files of the system it holds open."""
        return len(self.files) + len(self.pictures)

    def picture(self, source: str) -> FrameFiles:
        """The frames of one picture.

        Raises
        ------
        InputError
            If the exam has no such picture.
        """
        found = self.pictures.get(source)
        if found is None:
            raise InputError("picture: the exam has none of this id; read the exam again")
        return found

    def close(self) -> None:
        """Let go of all files."""
        for file in self.files:
            file.close()
        for picture in self.pictures.values():
            picture.close()


class Desk:
    """The exams that are open; the one not looked at for longest goes when room is needed."""

    def __init__(self, most_exams: int, most_bytes: int, most_files: int) -> None:
        self._most_exams, self._most_bytes = most_exams, most_bytes
        self._most_files = most_files
        self._exams: OrderedDict[str, OpenExam] = OrderedDict()
        self._lock = RLock()

    def put(self, exam: OpenExam) -> OpenExam:
        """Open ``exam``."""
        with self._lock:
            self._exams[exam.id] = exam
            for old in list(self._over()):
                self.close(old)
        return exam

    def get(self, exam_id: str) -> OpenExam | None:
        """The open exam of that id."""
        with self._lock:
            exam = self._exams.get(exam_id)
            if exam is not None:
                self._exams.move_to_end(exam_id)
            return exam

    def of_kept(self, kept_id: str) -> OpenExam | None:
        """The open exam that is kept under that id."""
        with self._lock:
            return next((each for each in self._exams.values() if each.kept_id == kept_id), None)

    def close(self, exam_id: str) -> bool:
        """Forget an exam and its files; False where it is not open."""
        with self._lock:
            exam = self._exams.pop(exam_id, None)
        if exam is None:
            return False
        exam.close()
        return True

    def close_all(self) -> None:
        """Forget every exam."""
        for exam_id in list(self._exams):
            self.close(exam_id)

    def _over(self) -> Iterator[str]:
        """Ids of the exams for which there is no room, the newest never among them."""
        exams = list(self._exams.values())
        bytes_left = sum(exam.size_bytes for exam in exams)
        files_left = sum(exam.open_files for exam in exams)
        for place, exam in enumerate(exams[:-1]):
            if (
                len(exams) - place <= self._most_exams
                and bytes_left <= self._most_bytes
                and files_left <= self._most_files
            ):
                return
            bytes_left -= exam.size_bytes
            files_left -= exam.open_files
            yield exam.id
