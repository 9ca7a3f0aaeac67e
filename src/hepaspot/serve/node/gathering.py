"""Waits until nothing more comes to a study, then queues it; keeps the spool and workers tidy."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from threading import Event, Lock
from typing import Final

from hepaspot.errors import HepaspotError, OutputError
from hepaspot.serve.node import journal
from hepaspot.serve.node.audit import Trail
from hepaspot.serve.node.patience import Ended, patiently
from hepaspot.serve.node.queue import WorkQueue
from hepaspot.serve.node.settings import Reading
from hepaspot.serve.node.spool import Spool
from hepaspot.serve.node.working import BEAT_S

LOOK_S: Final = 0.25
"""How often studies are looked at: seconds (convention)."""

DEAD_AFTER_S: Final = 15.0
"""A worker whose beat stands still for so long is taken for dead (convention)."""

TIDY_S: Final = 30.0
"""How often what was delivered is looked for to be removed: seconds (convention)."""

Clock = Callable[[], float]
"""Seconds that never go back."""


class Gatherer:
    """Knows when something came to each study, by a clock that no one can set."""

    def __init__(
        self, reading: Reading, queue: WorkQueue, spool: Spool, clock: Clock = time.monotonic
    ) -> None:
        self._reading, self._queue, self._spool, self._clock = reading, queue, spool, clock
        self._touched: dict[str, float] = {}
        self._turn = Lock()
        self._beats = Beats(clock)
        self._tidied = clock()
        self._trail = Trail(queue)

    def touch(self, key: str) -> None:
        """Note that something came to a study."""
        with self._turn:
            self._touched[key] = self._clock()

    @property
    def open(self) -> int:
        """Studies to which something may still come."""
        return len(self._touched)

    def recover(self) -> int:
        """Take up what was on disk and not queued when a node ended; how many studies."""
        known = self._queue.signatures()
        found = [key for key in self._spool.studies() if self._is_new(key, known.get(key))]
        for key in found:
            self.touch(key)
        return len(found)

    def _is_new(self, key: str, known: str | None) -> bool:
        try:
            return self._spool.signature(key) != known and bool(self._spool.files(key))
        except OSError as error:
            journal.fault("study not looked at", error, study=key)
            return False

    def run(self, ended: Event) -> None:
        """Look until told to end."""
        try:
            while not ended.wait(LOOK_S):
                self.look(ended)
        except Ended:
            return

    def look(self, ended: Event) -> None:
        """Queue what is whole, free what dead workers held, remove what is done with.

        Raises
        ------
        Ended
            If told to end while the database is away.
        """
        for key in self._quiet():
            try:
                patiently(partial(self._queue_study, key), ended)
            except (HepaspotError, OSError) as error:
                journal.fault("study not queued", error, study=key)
                self.touch(key)  # the others are not kept back; this one is tried again
        self._look_after_workers()
        self._tidy()

    def _quiet(self) -> list[str]:
        until = self._clock() - self._reading.quiet_s
        with self._turn:
            return [key for key, moment in self._touched.items() if moment <= until]

    def _queue_study(self, key: str) -> None:
        with self._turn:
            moment = self._touched.get(key)
        uid = self._spool.study_uid(key)
        if uid is not None:
            objects, signature = len(self._spool.files(key)), self._spool.signature(key)
            if self._queue.whole(key, uid, signature, objects):
                journal.say("study whole", study=key, objects=objects)
        else:
            journal.warn("study not queued", study=key, why="none of its files can be read")
        with self._turn:
            if self._touched.get(key) == moment:  # nothing came meanwhile
                self._touched.pop(key, None)

    # ------------------------------------------------------------------------------- tidy

    def _look_after_workers(self) -> None:
        if not self._beats.due():
            return
        try:
            for worker in self._beats.still(self._queue.beats()):
                freed = self._queue.leave(worker)
                journal.warn("worker gone", worker=worker, freed=freed)
        except OutputError:
            self._beats.forget()
        except HepaspotError as error:
            self._beats.forget()
            journal.fault("workers not looked after", error)

    def _tidy(self) -> None:
        if self._clock() - self._tidied < TIDY_S:
            return
        self._tidied = self._clock()
        try:
            for key, signature in self._queue.finished(self._reading.keep_h * 3600):
                self._remove(key, signature)
        except HepaspotError as error:
            journal.fault("not tidied", error)

    def _remove(self, key: str, signature: str) -> None:
        try:
            if key in self._touched or not self._spool.remove(key, signature):
                return
        except OSError as error:
            journal.fault("study not removed", error, study=key)
            return
        self._queue.removed(key, signature)
        journal.say("study removed", study=key)
        self._trail.note("study removed", study=key)


class Beats:
    """Tells whose beat stands still, from what one process sees by its own clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[int, float]] = {}
        self._looked = clock()

    def due(self) -> bool:
        """Whether it is time to look again."""
        return self._clock() - self._looked >= BEAT_S

    def forget(self) -> None:
        """Begin anew: while nothing could be seen, nobody's beat stood still."""
        self._seen.clear()
        self._looked = self._clock()

    def still(self, beats: dict[str, int]) -> list[str]:
        """Workers whose beat did not grow for `DEAD_AFTER_S`."""
        moment = self._clock()
        if moment - self._looked > DEAD_AFTER_S / 2:
            self.forget()  # this process itself stood still
        self._looked = moment
        self._seen = {
            worker: self._seen[worker]
            if worker in self._seen and self._seen[worker][0] == beat
            else (beat, moment)
            for worker, beat in beats.items()
        }
        return [
            worker for worker, (_, since) in self._seen.items() if moment - since >= DEAD_AFTER_S
        ]
