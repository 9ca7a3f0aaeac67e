"""Holds a result for one audit: no other may write into it meanwhile."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hepaspot.archive.plan import cannot_write
from hepaspot.errors import OutputError

NAME: Final = "lock"
"""A file that is there while an audit runs; the system lets go of it when the process ends."""

WITHOUT_LOCKS: Final = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)
"""Said by a file system that has no locks: an audit there is not refused for that."""


@contextmanager
def held(result: Path) -> Iterator[None]:
    """Hold a folder that is there, and leave nothing of it behind.

    Raises
    ------
    OutputError
        If another audit writes there, or the folder cannot be written.
    """
    lock = _locked(result)
    try:
        yield
    finally:
        (result / NAME).unlink(missing_ok=True)  # while it is held: who waits for it sees that
        os.close(lock)


def _locked(result: Path) -> int:
    """Open the file and hold it; again where the audit before removed it in between."""
    path = result / NAME
    while True:
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise cannot_write(result, error) from None
        try:
            _hold(lock, result)
            if _is_still(path, lock):
                return lock
        except BaseException:
            os.close(lock)
            raise
        os.close(lock)


def _is_still(path: Path, lock: int) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


def _hold(lock: int, result: Path) -> None:
    if sys.platform == "win32":  # pragma: no cover (no such lock there)
        return
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(
            f"{result}: another audit writes here; wait for it, or name another folder"
        ) from None
    except OSError as error:
        if error.errno not in WITHOUT_LOCKS:
            raise cannot_write(result, error) from None
