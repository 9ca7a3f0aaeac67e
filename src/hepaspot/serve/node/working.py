"""A worker: takes a study that is whole, reads it, and leaves what is to be sent."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Final

from hepaspot.errors import HepaspotError, InputError, InternalError, MissingExtra, OutputError
from hepaspot.intake.processes import keep_loaded
from hepaspot.serve.node import journal
from hepaspot.serve.node.answering import Answer, answer
from hepaspot.serve.node.audit import Trail
from hepaspot.serve.node.patience import Ended, patiently
from hepaspot.serve.node.queue import Made, Study, WorkQueue
from hepaspot.serve.node.settings import NodeSettings
from hepaspot.serve.node.spool import Spool

BEAT_S: Final = 2.0
"""How often a worker shows that it lives: seconds (convention)."""

LOOK_S: Final = 0.5
"""How often it looks for work: seconds (convention)."""

REST_S: Final = 2.5
"""How long it rests where its answers find no room: seconds (convention)."""

OVERDUE: Final = 86
"""Exit status of a worker whose reading took too long."""


def new_worker_id() -> str:
    """A name that no other worker has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Beat:
    """Shows from a thread that a worker lives, and joins again where it was taken for dead."""

    def __init__(self, queue: WorkQueue, worker: str, ended: Event) -> None:
        self._queue, self._worker, self._ended = queue, worker, ended

    def start(self) -> None:
        """Join the queue, and beat from now on."""
        patiently(lambda: self._queue.join(self._worker), self._ended)
        Thread(target=self._run, name="beating", daemon=True).start()

    def _run(self) -> None:
        while not self._ended.wait(BEAT_S):
            try:
                if not self._queue.beat(self._worker):
                    self._queue.join(self._worker)
            except HepaspotError:
                continue  # whoever watches the beats sees the same


class Reader:
    """Reads studies one after another until ``ended`` is set."""

    def __init__(
        self, settings: NodeSettings, queue: WorkQueue, spool: Spool, ended: Event
    ) -> None:
        self._settings, self._queue, self._spool, self._ended = settings, queue, spool, ended
        self._trail = Trail(queue)
        self._worker = new_worker_id()

    def run(self) -> None:
        """Work."""
        keep_loaded()
        try:
            Beat(self._queue, self._worker, self._ended).start()
            while not self._ended.is_set():
                study = patiently(lambda: self._queue.take_study(self._worker), self._ended)
                if study is None:
                    self._ended.wait(LOOK_S)
                else:
                    self._read(study)
            self._queue.leave(self._worker)
        except (Ended, OutputError):
            return

    def _read(self, study: Study) -> None:
        started = time.monotonic()
        tries = self._settings.reading.tries
        if study.tries > tries:
            reason = f"reading it ended the process {tries} times"
            self._settle(study, InternalError(reason))
            return
        try:
            with self._in_time(study):
                made = answer(self._files(study), self._settings.reading, self._settings.formats)
                kept = self._kept(study, made)
        except OutputError as error:
            journal.fault("waiting", error, study=study.key)
            self._ended.wait(REST_S)
            patiently(lambda: self._queue.give_back(study, self._worker), self._ended)
            return
        except (HepaspotError, OSError) as error:
            self._settle(study, error)
            return
        except Exception as error:  # noqa: BLE001 - its message may quote the exam
            self._settle(study, InternalError(f"hepaspot failed on it ({journal.told(error)})"))
            return
        self._done(study, kept, made.left_out, time.monotonic() - started)

    def _files(self, study: Study) -> list[Path]:
        files = self._spool.files(study.key)
        if not files:
            raise InternalError(
                "its files are not in the node's folder; see that every worker has that folder"
            )
        return files

    def _kept(self, study: Study, made: Answer) -> list[Made]:
        return [
            Made(
                each.sop_instance_uid,
                each.sop_class_uid,
                each.format,
                self._spool.put_result(study.key, each.sop_instance_uid, each.data),
            )
            for each in made.objects
        ]

    def _done(self, study: Study, kept: list[Made], left_out: str, seconds: float) -> None:
        wanted = [(format, to.name) for to in self._settings.send for format in to.formats]
        noted = patiently(
            lambda: self._queue.study_read(
                study, self._worker, kept, wanted, seconds=seconds, reason=left_out
            ),
            self._ended,
        )
        if noted:
            made = f"{len(kept)} {'object' if len(kept) == 1 else 'objects'} made"
            outcome = made if kept else "nothing to read"
            journal.say(
                "study read",
                study=study.key,
                objects=len(kept),
                seconds=round(seconds, 3),
                left_out=left_out or None,
            )
            self._trail.note("study read", study=study.key, outcome=outcome)

    def _settle(self, study: Study, error: BaseException) -> None:
        """Put a study that failed among the dead letters, or back where another try may help."""
        hopeless = isinstance(error, InputError | MissingExtra)
        again = not hopeless and study.tries < self._settings.reading.tries
        reason = journal.told(error)
        noted = patiently(
            lambda: self._queue.study_failed(study, self._worker, reason, again=again), self._ended
        )
        if noted:
            journal.fault("study failed", error, study=study.key, again=again)
            self._trail.note("study failed", study=study.key, outcome=reason)

    @contextmanager
    def _in_time(self, study: Study) -> Iterator[None]:
        overdue = Timer(self._settings.reading.longest_s, self._give_up, [study])
        overdue.daemon = True
        overdue.start()
        try:
            yield
        finally:
            overdue.cancel()

    def _give_up(self, study: Study) -> None:
        """End the process: what hangs in it cannot be stopped otherwise."""
        journal.warn("reading took too long", study=study.key)
        os._exit(OVERDUE)
