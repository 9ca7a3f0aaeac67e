"""Who reads the parts: a crew, such as processes of this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Protocol

import pyarrow as pa

from hepaspot.archive.access import Access
from hepaspot.archive.parts import Done, exam_at, run_part
from hepaspot.exam import Setting
from hepaspot.intake.processes import ONE_THREAD

DEATHS: Final = 2
"""How often a process may end on the same exam before the exam is set aside (convention)."""


class Crew(Protocol):
    """Reads parts."""

    def run(
        self, result: Path, parts: Iterable[int], setting: Setting, access: Access
    ) -> Iterator[Done]:
        """Read every part, and tell of each when it is written."""


class Blame:
    """Counts on which exams processes ended, and says what is to be left out of a part."""

    def __init__(self, result: Path) -> None:
        self._result = result
        self._deaths: dict[tuple[int, str], int] = {}

    def ended(self, part: int, times: int = 1) -> None:
        """Note that processes ended on a part."""
        exam = exam_at(self._result, part)
        if exam is not None:
            self._deaths[part, exam] = self._deaths.get((part, exam), 0) + times

    def left_out(self, part: int) -> list[str]:
        """Exams of a part that ended a process too often."""
        return [
            exam for (of, exam), count in self._deaths.items() if of == part and count >= DEATHS
        ]


class Processes:
    """Processes of this machine.

    One that dies takes the others of its pool with it, which is how Python has it: parts that
    were not written are begun anew, each on its own until it is known which of them it was.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def run(
        self, result: Path, parts: Iterable[int], setting: Setting, access: Access
    ) -> Iterator[Done]:
        """Read every part, and tell of each when it is written."""
        left, blame = list(parts), Blame(result)
        careful = False
        with _of_one_thread():
            while left:
                count = 1 if careful else self._count
                before = len(left)
                for done in self._some(result, left, setting, access, blame, count):
                    left.remove(done.part)
                    yield done
                careful = bool(left) and (not careful or len(left) == before)

    def _some(
        self,
        result: Path,
        parts: list[int],
        setting: Setting,
        access: Access,
        blame: Blame,
        count: int,
    ) -> Iterator[Done]:
        """Read parts until all are read or a process ends."""
        waiting = list(reversed(parts))
        most = 1 if count == 1 else 2 * count  # alone, it is known who ended the process
        pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_sparingly)
        running: dict[Future[Done], int] = {}
        try:
            while waiting or running:
                while waiting and len(running) < most:
                    part = waiting.pop()
                    left_out = blame.left_out(part)
                    running[pool.submit(run_part, str(result), part, setting, access, left_out)] = (
                        part
                    )
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    part = running.pop(future)
                    yield future.result()
        except BrokenProcessPool:
            if count == 1:
                blame.ended(part)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class _WithoutPandas(MetaPathFinder):
    """Arrow loads pandas where that is installed, to see whether it was given something of it."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        """Say that there is no pandas."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _sparingly() -> None:
    """Keep a process of our own small by some 70 MB: what Arrow keeps, and pandas."""
    pa.set_memory_pool(pa.system_memory_pool())
    sys.meta_path.insert(0, _WithoutPandas())


@contextmanager
def _of_one_thread() -> Iterator[None]:
    """Start processes single: number libraries look when they load, before any word of ours."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
