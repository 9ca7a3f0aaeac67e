"""A server of PostgreSQL that the tests start for themselves, stop, and start again."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
"""Where Debian keeps the programs, which are on nobody's path."""

NOBODY_ELSES = range(20_000, 32_000)
"""Ports below those that a system gives to connections that leave it."""


class Cluster:
    """A cluster in a folder of its own, on the loopback address; its user is ``hepaspot``."""

    def __init__(self, programs: Path, home: Path, user: str | None) -> None:
        self._programs, self._home, self._user = programs, home, user
        self._numbers = count(1)
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", home / "data", "-U", "hepaspot", "-E", "UTF8", "-A", "trust")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        words = ["-D", self._home / "data", "-h", "127.0.0.1", "-p", self.port, "-k", self._home]
        # Without waiting for the disk: nobody pulls the plug in a test.
        command = [self._programs / "postgres", *words, "-c", "fsync=off"]
        with (self._home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                cwd=self._home,
                stdout=log,
                stderr=log,
                user=self._user,
            )
        end = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None, (self._home / "log").read_text("utf-8")
            assert time.monotonic() < end
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: by default it ends all connections first (fast shutdown)."""
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(how)
            process.wait(60)

    def new_database(self) -> str:
        """The URL of a database with nothing in it."""
        name = f"test{next(self._numbers)}"
        self.say("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    @property
    def socket(self) -> Path:
        """The socket on this machine that it listens on, too."""
        return self._home / f".s.PGSQL.{self.port}"

    def url(self, database: str) -> str:
        return f"postgresql://hepaspot@127.0.0.1:{self.port}/{database}"

    def say(self, database: str, statement: str) -> None:
        """Run one statement, outside of transactions."""
        import pg8000.native

        with pg8000.native.Connection(
            "hepaspot", "127.0.0.1", database, self.port, timeout=30
        ) as connection:
            connection.run(statement)

    def _run(self, program: str, *words: str | Path) -> None:
        subprocess.run(
            [str(self._programs / program), *map(str, words)],
            cwd=self._home,
            check=True,
            capture_output=True,
            user=self._user,
        )

    def _answers(self) -> bool:
        import pg8000.exceptions

        with suppress(pg8000.exceptions.Error, OSError):
            self.say("postgres", "SELECT 1")
            return True
        return False


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster that runs until the block ends; skips where PostgreSQL is not installed."""
    pytest.importorskip("pg8000", reason="the driver pg8000 is not installed")
    programs = _programs()
    user = _other_user()
    home = Path(tempfile.mkdtemp(prefix="pg-"))  # the server may not enter pytest's own folder
    if user is not None:
        shutil.chown(home, user)
    cluster = Cluster(programs, home, user)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop(signal.SIGQUIT)
        shutil.rmtree(home)


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else DEBIAN
    if not folders:
        pytest.skip("PostgreSQL (initdb, postgres) is not installed")
    return folders[-1]


def _other_user() -> str | None:
    """Who runs the server, which refuses to be run by root; None where that is no question."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    pytest.skip("PostgreSQL is not run by root, and there is no user postgres")


def _free_port() -> int:
    while True:
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", random.choice(NOBODY_ELSES)))
            return int(probe.getsockname()[1])
