"""The audit trail: who sent, what was made, where it went; each entry sealed to the one before.

An entry names a study by its key and a peer by its title and address, never a patient. Whoever
has the database can add entries; none can be changed or taken out of the middle unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from queue import Empty, Full, Queue
from threading import Event
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from hepaspot.errors import HepaspotError
from hepaspot.serve.node import journal
from hepaspot.serve.node.patience import Ended, patiently
from hepaspot.serve.store.rows import now

if TYPE_CHECKING:
    from hepaspot.serve.node.queue import WorkQueue

FIRST: Final = "0" * 64
"""What the first entry is sealed to."""

MOST_WAITING: Final = 100_000
"""Entries that wait for a database that is away: some 50 MB (convention)."""

LOOK_S: Final = 0.5
"""How often a trail that waits looks whether it is to end: seconds (convention)."""


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
    text = msgspec.json.encode([before, at.isoformat(timespec="microseconds"), *told])
    return sha256(text).hexdigest()


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
        """Write one entry; what cannot be printed in it becomes a question mark."""
        peer, outcome = _printable(peer), _printable(outcome)
        try:
            self._queue.note(event, study, peer, outcome)
        except HepaspotError:
            _not_kept(event, study, peer, outcome)


class LaterTrail:
    """Writes entries from a thread of its own, for those who cannot wait for the database.

    An entry says when it was noted, and waits until the database is there.
    """

    def __init__(self, queue: WorkQueue) -> None:
        self._queue = queue
        self._waiting: Queue[tuple[datetime, str, str, str, str]] = Queue(MOST_WAITING)

    def note(self, event: str, *, study: str = "", peer: str = "", outcome: str = "") -> None:
        """Have one entry written."""
        told = (event, study, _printable(peer), _printable(outcome))
        try:
            self._waiting.put_nowait((now(), *told))
        except Full:
            _not_kept(*told)

    def run(self, ended: Event) -> None:
        """Write until told to end, and then what still waits, if the database is there."""
        while not (ended.is_set() and self._waiting.empty()):
            try:
                at, *told = self._waiting.get(timeout=LOOK_S)
            except Empty:
                continue
            try:
                patiently(lambda: self._queue.note(*told, at=at), ended)  # noqa: B023 - called here
            except HepaspotError:
                _not_kept(*told)
            except Ended:
                _not_kept(*told)
                self._give_up()

    def _give_up(self) -> None:
        while not self._waiting.empty():
            _, *told = self._waiting.get()
            _not_kept(*told)


def _not_kept(event: str, study: str, peer: str, outcome: str) -> None:
    facts = {"what": event, "study": study, "peer": peer, "outcome": outcome}
    journal.warn("audit entry not kept", **facts)


def _printable(text: str) -> str:
    """``text`` without what no database takes and a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
