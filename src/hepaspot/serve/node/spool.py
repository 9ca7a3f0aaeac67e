"""The folder where exams and results lie: what is in it is whole, and survives a crash.

::

    incoming/            what is being received; emptied when the node starts
    studies/KEY/         the objects of a study, each under the hash of its UID
    results/KEY/         what was made of it
    leaving/KEY/         a study that is being removed: it goes whole, whenever the node ends
    lock                 held by the node that owns the folder

No name in it tells anything of a patient: a study's ``KEY`` is a hash of its UID.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from hepaspot.errors import InputError, OutputError
from hepaspot.intake.dicom_place import Place, place_in

KEY_LETTERS: Final = 32
"""Of a hash: 128 bits."""


def key_of(uid: str) -> str:
    """What a study or an object is called in the folder, in logs and in the queue."""
    return sha256(uid.encode()).hexdigest()[:KEY_LETTERS]


def is_held(folder: Path) -> bool:
    """Whether a node works on a folder now, as far as this machine can tell."""
    try:
        held = os.open(folder / "lock", os.O_RDONLY)
    except OSError:  # no node ever did, or not for us to see
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(held)
    return False


class Spool:
    """One folder, for its owner alone.

    Raises
    ------
    OutputError
        If it cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.incoming = folder / "incoming"
        self._studies = folder / "studies"
        self._results = folder / "results"
        self._leaving = folder / "leaving"
        self._turn = Lock()  # between what comes in and what is taken away
        try:
            for each in (folder, self.incoming, self._studies, self._results, self._leaving):
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
                each.chmod(0o700)
                _settle(each.parent)
            _settle(self._studies)  # a node may have ended just after it made a study's place
        except OSError as error:
            raise self._fault(error) from None

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Hold the folder: no other node may work on it meanwhile.

        Raises
        ------
        InputError
            If another node holds it.
        OutputError
            If it cannot be held: the file system has no locks, or may not be written.
        """
        try:
            held = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._fault(error) from None
        try:
            self._hold(held)
            yield
        finally:
            os.close(held)

    def _hold(self, held: int) -> None:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"{self.folder}: another node works on this folder; end it, or name another"
            ) from None
        except OSError as error:
            raise self._fault(error) from None

    def empty_incoming(self) -> int:
        """Remove what was cut off before it was acknowledged; how many files.

        What was being removed when the node ended is removed, too.

        Raises
        ------
        OutputError
            If something cannot be removed.
        """
        try:
            left = list(self.incoming.iterdir())
            for path in left:
                path.unlink(missing_ok=True)
            for path in self._leaving.iterdir():
                shutil.rmtree(path)
        except OSError as error:
            raise self._fault(error) from None
        return len(left)

    def free_bytes(self) -> int | None:
        """What may still be written; None where the disk itself is gone."""
        try:
            told = os.statvfs(self.folder)
        except OSError:
            return None
        return told.f_bavail * told.f_frsize

    def has_room(self, reserve_mib: int) -> bool:
        """Whether the disk is there, and no less than a reserve is free on it."""
        free = self.free_bytes()
        return free is not None and free >= reserve_mib << 20

    # ---------------------------------------------------------------------------- studies

    def take(self, path: Path, place: Place) -> str:
        """Move a file that is whole and on disk to its study, and make that last.

        An object that is there already is replaced: whoever sends it again may have put
        something right.

        Returns
        -------
        str
            The key of the study.

        Raises
        ------
        OSError
            If it cannot be moved.
        """
        key = key_of(place.study)
        study = self._studies / key
        with self._turn:
            if not study.is_dir():
                study.mkdir(mode=0o700, exist_ok=True)
                _settle(self._studies)
            path.replace(study / f"{key_of(place.sop_instance)}.dcm")
        _settle(study)
        return key

    def studies(self) -> list[str]:
        """The keys of all studies."""
        return sorted(path.name for path in self._studies.iterdir() if path.is_dir())

    def files(self, key: str) -> list[Path]:
        """The objects of a study; none of one that is not there."""
        try:
            return sorted(self._study(key).iterdir())
        except FileNotFoundError:
            return []

    def signature(self, key: str) -> str:
        """Changes whenever an object of the study is added, replaced or removed."""
        told = sha256()
        for path in self.files(key):
            about = path.stat()
            told.update(f"{path.name} {about.st_size} {about.st_mtime_ns}\n".encode())
        return told.hexdigest()

    def study_uid(self, key: str) -> str | None:
        """The UID of a study, as its objects tell it."""
        for path in self.files(key):
            try:
                return place_in(path).study
            except InputError:
                continue
        return None

    def remove(self, key: str, signature: str) -> bool:
        """Take a study and its results away, unless something came to it since.

        The study leaves its place in one move, so that none is ever found with objects missing.

        Raises
        ------
        OSError
            If it cannot be moved or removed.
        """
        leaving = self._leaving / f"{self._name(key)}.{secrets.token_hex(4)}"
        with self._turn:
            if not self._study(key).exists():
                pass  # it left before, and the node ended before that was noted
            elif self.signature(key) != signature:
                return False
            else:
                self._study(key).rename(leaving)
        _settle(self._studies)
        for gone in (leaving, self._results / key):
            if gone.exists():
                shutil.rmtree(gone)
        return True

    # ---------------------------------------------------------------------------- results

    def put_result(self, key: str, sop_instance_uid: str, data: bytes) -> str:
        """Write an object that was made of a study, so that it lasts.

        Returns
        -------
        str
            Where it is, as `result` takes it.

        Raises
        ------
        OutputError
            If it cannot be written; nothing of it is left.
        """
        folder = self._results / self._name(key)
        name = f"{key_of(sop_instance_uid)}.dcm"
        draft = folder / f"{name}.{secrets.token_hex(4)}"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            _settle(self._results)
            with open(draft, "wb", opener=_for_its_owner) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(folder / name)
            _settle(folder)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise self._fault(error) from None
        return f"{key}/{name}"

    def result(self, where: str) -> Path:
        """The file of a result."""
        key, _, name = where.partition("/")
        return self._results / self._name(key) / Path(name).name

    def _study(self, key: str) -> Path:
        return self._studies / self._name(key)

    @staticmethod
    def _name(key: str) -> str:
        if len(key) != KEY_LETTERS or not key.isalnum():
            raise ValueError(f"a key has {KEY_LETTERS} letters and digits, got {len(key)}")
        return key

    def _fault(self, error: OSError) -> OutputError:
        reason = (error.strerror or "input or output error").lower()
        return OutputError(
            f"{self.folder}: cannot be written ({reason}); make room, or see to its rights"
        )


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _settle(folder: Path) -> None:
    """Wait until what was moved in a folder is on disk."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
