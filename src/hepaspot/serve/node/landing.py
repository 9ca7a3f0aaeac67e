"""The file that an object is received into, piece by piece, on the disk where it will stay.

pynetdicom writes what it receives to a temporary file of its own making, in the system's folder
for such files, and a disk that is full there ends the thread that serves the peer, who then
waits for ever. Here the file lies in the spool, and what goes wrong is remembered until the
object is whole and can be answered.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any


class Landing:
    """A file that never fails while it is written; ``fault`` says what was wrong.

    Parameters
    ----------
    folder : Path
        Where to make it.
    most_bytes : int
        What is over this is let go, and ``too_large`` is set.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.fault: OSError | None = None
        self.too_large = False
        self.written = 0
        self._most = most_bytes
        self._file = None
        self.name = str(folder / "none")
        try:
            handle, self.name = tempfile.mkstemp(suffix=".part", dir=folder)
            self._file = os.fdopen(handle, "wb", buffering=1 << 18)
        except OSError as error:
            self.fault = error

    @property
    def file(self) -> Landing:
        """Itself: the library asks for what is inside, to flush it after every piece."""
        return self

    def write(self, data: bytes) -> int:
        """Write, or let go what cannot be written."""
        self.written += len(data)
        if self.written > self._most:
            self.too_large = True
            self.drop()
        if self._file is not None:
            try:
                self._file.write(data)
            except OSError as error:
                self.fault = error
                self.drop()
        return len(data)

    def flush(self) -> None:
        """Do nothing: `settle` does."""

    def settle(self) -> Path:
        """Wait until all is on disk.

        Raises
        ------
        OSError
            If something of it could not be written, now or before.
        """
        if self.fault is not None:
            raise self.fault
        if self._file is None:
            raise OSError("nothing was received")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        return Path(self.name)

    def close(self) -> None:
        """Let go of it, if it was not settled: nobody was told that it was taken."""
        self.drop()

    def drop(self) -> None:
        """Remove it."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # what was still to be written is not wanted any more
                file.close()
            with suppress(OSError):  # it is removed when the node starts again
                Path(self.name).unlink(missing_ok=True)

    def __del__(self) -> None:
        """Remove what a peer did not finish: nobody was told that it was taken."""
        with suppress(OSError, AttributeError):
            self.drop()


def land_in(folder: Path, most_bytes: int) -> None:
    """Let pynetdicom receive into ``folder`` from now on, in the whole process."""
    from pynetdicom import _config, dimse_messages

    def landing(**how: Any) -> Landing:
        return Landing(folder, most_bytes)

    _config.STORE_RECV_CHUNKED_DATASET = True
    dimse_messages.NamedTemporaryFile = landing  # type: ignore[attr-defined,assignment]
