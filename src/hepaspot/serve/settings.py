"""What one server is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names by which a browser reaches a server on its own machine."""

UPLOAD_BYTES: Final = 512 << 20
"""Largest body of one request: bytes (convention; a long clip has 200 MB)."""

MOST_FILES: Final = 64
"""Files in one request (convention; an exam of a console has 10 to 40 pictures)."""

TEXT_CHARACTERS: Final = 200_000
"""Longest text that is pasted; a report has 200 to 5,000 characters (convention)."""

EXAMS_HELD: Final = 2000
"""Exams held in memory at once; the one not looked at for longest goes first (convention)."""

HELD_BYTES: Final = 4 << 30
"""Files of all held exams together, on disk without a name: bytes (convention)."""

FILES_HELD: Final = 400
"""Files and pictures of all held exams together, each an open file of the system, of which a
process may have 1,024 in many places (convention)."""

SLOWEST_S: Final = 20.0
"""A client that sends nothing for so long in the middle of a request is let go: seconds."""


@dataclass(frozen=True)
class ServeSettings:
    """What one server is told when it starts.

    Attributes
    ----------
    hosts : frozenset of str
        Names, without a port, that a request may call the server by; others are refused, so
        that no foreign page can reach it under a name of its own (DNS rebinding).
    token : str or None
        What every request must know; None on a machine's own loopback address.
    store : str or None
        A file or a database URL to keep exams in; None keeps nothing.
    upload_bytes : int
        Largest body of one request.
    slowest_s : float
        Seconds after which a client that sends nothing is let go.
    exams_held, held_bytes, files_held : int
        Exams held at once, and the bytes and the number of their files.
    """

    hosts: frozenset[str] = LOOPBACK_HOSTS
    token: str | None = None
    store: str | None = None
    upload_bytes: int = UPLOAD_BYTES
    slowest_s: float = SLOWEST_S
    exams_held: int = EXAMS_HELD
    held_bytes: int = HELD_BYTES
    files_held: int = FILES_HELD
