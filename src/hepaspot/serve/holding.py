"""Files that a user sent, held for as long as their exam is open and never under a name."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import IO, BinaryIO, Final

CHUNK_BYTES: Final = 1 << 20
"""Bytes that are copied at once."""

LONGEST_NAME: Final = 200
"""Characters of a file's name that are kept."""


@dataclass(frozen=True)
class HeldFile:
    """One file that was sent.

    Attributes
    ----------
    name : str
        The last part of what the user called it; only ever shown.
    size : int
        Bytes.
    stream : binary file
        Where it lies: on Linux a file without a name, which is gone with this process
        whatever happens; elsewhere one in a folder that only this user may enter.
    """

    name: str
    size: int
    stream: IO[bytes]

    @property
    def path(self) -> Path:
        """A path under which this process and its children may open it."""
        if sys.platform == "linux":
            return Path(f"/proc/{os.getpid()}/fd/{self.stream.fileno()}")
        return Path(self.stream.name)

    def close(self) -> None:
        """Let go of the file; its bytes are freed."""
        self.stream.close()


def hold(source: BinaryIO, name: str | None) -> HeldFile:
    """Keep a copy of what ``source`` holds, under no name."""
    stream = nameless()
    source.seek(0)
    copyfileobj(source, stream, CHUNK_BYTES)
    stream.flush()
    return HeldFile(bare_name(name), stream.tell(), stream)


def nameless() -> IO[bytes]:
    """A file that is gone with this process."""
    if sys.platform == "linux":
        return tempfile.TemporaryFile()
    return tempfile.NamedTemporaryFile()


def bare_name(name: str | None) -> str:
    """The last part of a file's name as its sender gave it, without what cannot be shown."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if char.isprintable()).strip()
    return shown[:LONGEST_NAME] or "file"
