"""Work that takes long: done a few at a time, watched while it goes on, and stopped on demand."""

from __future__ import annotations

import os
import secrets
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Final, Generic, TypeVar

from hepaspot.serve.progress import Cancelled, Report, Stage, Step

Result = TypeVar("Result")

JOBS_HELD: Final = 256
"""Jobs whose end can still be asked for (convention)."""

MOST_WAITING: Final = 64
"""Jobs that wait or run; one more is refused until some are done (convention)."""


class Busy(Exception):
    """More work waits than can be promised."""


@dataclass
class Job(Generic[Result]):
    """One piece of work.

    Attributes
    ----------
    id : str
    future : Future
        Its result, or what went wrong: `Cancelled` where it was stopped.
    """

    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    future: Future[Result] = field(default_factory=Future)
    _step: Step = field(default_factory=lambda: Step(Stage.WAITING))
    _stop: Event = field(default_factory=Event)

    @property
    def step(self) -> Step:
        """How far it has come."""
        return self._step

    @property
    def is_over(self) -> bool:
        """Whether it ended, well or not."""
        return self.future.done()

    def cancel(self) -> None:
        """Stop it before its next step."""
        self._stop.set()

    def report(self, step: Step) -> None:
        """Take a step; raises `Cancelled` where it is to stop."""
        if self._stop.is_set():
            raise Cancelled
        self._step = step


class Jobs(Generic[Result]):
    """The jobs of one server, as many at a time as there are processors."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="hepaspot-job")
        self._jobs: OrderedDict[str, Job[Result]] = OrderedDict()
        self._lock = Lock()

    def start(self, work: Callable[[Report], Result]) -> Job[Result]:
        """Do ``work`` as soon as a processor is free.

        Raises
        ------
        Busy
            If too much waits already.
        """
        job: Job[Result] = Job()
        with self._lock:
            if sum(not each.is_over for each in self._jobs.values()) >= MOST_WAITING:
                raise Busy
            self._jobs[job.id] = job
            for old in [each for each in self._jobs.values() if each.is_over][:-JOBS_HELD]:
                del self._jobs[old.id]
        self._pool.submit(_run, job, work)
        return job

    def aside(self, work: Callable[[], None]) -> None:
        """Do what nobody waits for, once a processor is free."""
        self._pool.submit(work)

    def get(self, job_id: str) -> Job[Result] | None:
        """The job of that id, while it is remembered."""
        return self._jobs.get(job_id)

    def close(self) -> None:
        """Stop all jobs."""
        for job in list(self._jobs.values()):
            job.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _run(job: Job[Result], work: Callable[[Report], Result]) -> None:
    try:
        result = work(job.report)
    except BaseException as error:  # noqa: BLE001 (handed on to who waits for it)
        job.future.set_exception(error)
        return
    job.future.set_result(result)
