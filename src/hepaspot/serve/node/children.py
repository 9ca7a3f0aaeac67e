"""The processes that work for a node: started, started again, and ended with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Event
from typing import Final

from hepaspot.intake.processes import ONE_THREAD
from hepaspot.serve.node import journal

LOOK_S: Final = 0.25
"""How often it is looked whether they live: seconds (convention)."""

LAST_WORK_S: Final = 30.0
"""How long they may take to end what they have in hand (convention)."""

FIRST_RESTART_S: Final = 1.0
LONGEST_RESTART_S: Final = 60.0
"""The waits before a process that ended is started again; each is twice the one before."""


class Children:
    """The processes that work for a node; one that ends is started again, ever later."""

    def __init__(self, config: Path, wanted: dict[str, int]) -> None:
        self._config = config
        self._roles = [role for role, count in wanted.items() for _ in range(int(count))]
        self._running: list[subprocess.Popen[bytes] | None] = [None] * len(self._roles)
        self._due = [0.0] * len(self._roles)
        self._waits = [FIRST_RESTART_S] * len(self._roles)
        self._begun = [0.0] * len(self._roles)

    def alive(self) -> tuple[int, int]:
        """How many live, and how many should."""
        living = [child for child in self._running if child is not None and child.poll() is None]
        return len(living), len(self._roles)

    def run(self, ended: Event) -> None:
        """Start them, and start again what ends, until told to end."""
        while not ended.is_set():
            for number, role in enumerate(self._roles):
                self._look(number, role)
            ended.wait(LOOK_S)
        self._end()

    def _look(self, number: int, role: str) -> None:
        child, moment = self._running[number], time.monotonic()
        if child is not None and child.poll() is None:
            return
        if child is not None:
            if child.stdin is not None:
                child.stdin.close()
            lived = moment - self._begun[number]
            wait = FIRST_RESTART_S if lived > LONGEST_RESTART_S else self._waits[number]
            journal.warn("worker ended", role=role, status=child.returncode, again_in_s=wait)
            self._running[number], self._due[number] = None, moment + wait
            self._waits[number] = min(LONGEST_RESTART_S, 2 * wait)
        if moment >= self._due[number]:
            self._start(number, role, moment)

    def _start(self, number: int, role: str, moment: float) -> None:
        try:
            self._running[number], self._begun[number] = self._started(role), moment
        except OSError as error:  # the machine has no room for one more process just now
            journal.fault("worker not started", error, role=role)
            self._due[number] = moment + self._waits[number]
            self._waits[number] = min(LONGEST_RESTART_S, 2 * self._waits[number])

    def _started(self, role: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "hepaspot", "node", "work", str(self._config)]
        return subprocess.Popen(  # noqa: S603 - our own program
            [*command, "--role", role, "--tied"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=os.environ | ONE_THREAD,
        )

    def _end(self) -> None:
        """Let each end what it has in hand; who takes too long is ended."""
        for child in self._running:
            if child is not None and child.stdin is not None:
                child.stdin.close()
        until = time.monotonic() + LAST_WORK_S
        for child in self._running:
            if child is None:
                continue
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
