"""The audit trail: who sent, what was made, where it went; each entry sealed to the one before.

An entry names a study by its key and a peer by its title and address, never a patient. Whoever
has the database can add entries; none can be changed or taken out of the middle unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from hepaspot.errors import OutputError
from hepaspot.serve.node import journal

if TYPE_CHECKING:
    from hepaspot.serve.node.queue import WorkQueue

FIRST: Final = "0" * 64
"""What the first entry is sealed to."""


class Entry(NamedTuple):
    """One entry; times are UTC."""

    id: int
    at: datetime
    event: str
    study: str
    peer: str
    outcome: str
    chain: str


def sealed(before: str, at: datetime, *told: str) -> str:
    """The hash that seals an entry to the one before."""
    text = "\x1f".join([before, at.isoformat(timespec="microseconds"), *told])
    return sha256(text.encode()).hexdigest()


def broken(entries: Iterator[Entry]) -> int | None:
    """The first entry that does not follow from the one before; None if all do."""
    before, number = FIRST, 0
    for entry in entries:
        told = (entry.event, entry.study, entry.peer, entry.outcome)
        if entry.id != number + 1 or entry.chain != sealed(before, entry.at, *told):
            return entry.id
        before, number = entry.chain, entry.id
    return None


class Trail:
    """Writes entries. Where the database is away, an entry is told in the journal instead."""

    def __init__(self, queue: WorkQueue) -> None:
        self._queue = queue

    def note(self, event: str, *, study: str = "", peer: str = "", outcome: str = "") -> None:
        """Write one entry."""
        try:
            self._queue.note(event, study, peer, outcome)
        except OutputError:
            facts = {"what": event, "study": study, "peer": peer, "outcome": outcome}
            journal.warn("audit entry not kept", **facts)
