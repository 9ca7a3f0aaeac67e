"""Processes that read someone else's file: each is started for one file, heard, and ended."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
from array import array
from contextlib import ExitStack, suppress
from enum import Enum
from threading import Lock, Timer
from typing import IO, Final, Protocol

from hepaspot.intake.fork_server import ENDED_BADLY, READY, STATUS

AHEAD: Final = 2
"""Files that are read before it is worth while to keep what reads them loaded (convention)."""

STARTS: Final = 3
"""How often it is started, if it should end from without (convention)."""

_MODULE: Final = "hepaspot.intake.fork_server"

ONE_THREAD: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}
"""Environment of a process beside which others work. Threads of number libraries would wait for
each other; they cost 10 ms to start and 8 MB of address space each."""

_QUIET: Final = {"OPENCV_FFMPEG_LOGLEVEL": "-8"}


class Process(Protocol):
    """A process that takes a request on its standard input and answers on its output."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None

    def kill(self) -> None:
        """End it at once."""

    def wait(self) -> int:
        """Its exit status, once it has ended; negative for the signal that ended it."""


def started(module: str) -> Process:
    """A process that runs ``main()`` of a module of this package.

    After some of them the libraries that they need are kept loaded, in a process that divides
    itself for each one that follows (Linux): most of the time that a still takes is the start
    of Python and of its libraries. It ends with this process.
    """
    return _server.child(module) or _alone(module)


def keep_loaded() -> None:
    """Keep the libraries loaded from now on, in a program that will read again and again."""
    _server.start()


def let_go() -> None:
    """End the process that keeps the libraries loaded, if there is one."""
    _server.end()


class Ended(Enum):
    """How a process ended that gave no answer."""

    EXHAUSTED = "exhausted"
    DAMAGED = "damaged"


def answer_of(module: str, data: bytes, *, seconds: float) -> bytes | Ended:
    """What a module of this package answers to ``data``, or how the process that ran it ended."""
    process = started(module)
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        answer = _exchanged(process, data)
        status = process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    if status == 0:
        return answer
    # A negative status is the signal of a limit that was passed.
    return Ended.EXHAUSTED if status < 0 else Ended.DAMAGED


def _exchanged(process: Process, data: bytes) -> bytes:
    """The answer to ``data``; such a process answers when it has read all."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  # pipes
    with process.stdout as out:
        with suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(data)
        return out.read()


def _alone(module: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # this same Python, fixed arguments
        (sys.executable, "-P", "-m", module),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )


def _environment() -> dict[str, str]:
    path = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return os.environ | path | ONE_THREAD | _QUIET


class _Forked:
    """A process that the fork server made, held by a leash: whoever lets go of it ends it."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], leash: socket.socket) -> None:
        self.stdin: IO[bytes] | None = stdin
        self.stdout: IO[bytes] | None = stdout
        self._leash = leash
        self._status: int | None = None

    def kill(self) -> None:
        """End it at once."""
        with suppress(OSError):  # it has ended, and the server as well
            self._leash.shutdown(socket.SHUT_WR)

    def wait(self) -> int:
        """Its exit status, once it has ended; negative for the signal that ended it."""
        if self._status is None:
            with self._leash as leash:
                told = _heard(leash)
            # A server that is gone was ended from without, as where memory is short.
            self._status = STATUS.unpack(told)[0] if len(told) == STATUS.size else ENDED_BADLY
        return self._status


def _heard(leash: socket.socket) -> bytes:
    try:
        return leash.recv(len(READY))
    except OSError:
        return b""


def _pipe(reading: ExitStack, writing: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    """The two ends of a pipe, each left to who closes it."""
    out, into = os.pipe()
    ends = os.fdopen(out, "rb"), os.fdopen(into, "wb")
    return reading.enter_context(ends[0]), writing.enter_context(ends[1])


class _ForkServer:
    """The process that keeps the libraries loaded, as those who ask it see it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._files = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._starts_left = STARTS

    def child(self, module: str) -> Process | None:
        """A new process that runs a module; None where the server is not there (yet)."""
        with self._lock:
            self._files += 1
            if self._files > AHEAD:
                self._start()
            if not self._is_ready():
                return None
            return self._divided(module)

    def start(self) -> None:
        """Start it, where the system can and none runs."""
        with self._lock:
            self._start()

    def end(self) -> None:
        """End it."""
        with self._lock:
            self._end()
            self._files, self._starts_left = 0, STARTS

    def forget(self) -> None:
        """Leave it to the process that this one was forked from."""
        self._lock = Lock()
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.returncode = 0  # not ours to wait for
        self._process = self._control = None
        self._files, self._ready = 0, False

    def _start(self) -> None:
        if self._control is not None or not self._starts_left or sys.platform != "linux":
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603  # this same Python, fixed arguments
                    (sys.executable, "-P", "-m", _MODULE),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=_environment(),
                )
            except OSError:  # the system has no room for one more process just now
                ours.close()
                return
        self._control = ours
        self._starts_left -= 1

    def _is_ready(self) -> bool:
        if self._control is not None and not self._ready:
            with suppress(BlockingIOError, ConnectionError):
                self._ready = self._control.recv(len(READY), socket.MSG_DONTWAIT) == READY
                if not self._ready:  # it could not start; the next one may
                    self._end()
        return self._ready

    def _divided(self, module: str) -> Process | None:
        """A process that the server made; None where it could not."""
        with ExitStack() as ours:
            with ExitStack() as theirs:
                request, stdin = _pipe(theirs, ours)
                stdout, answer = _pipe(ours, theirs)
                leash, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                ours.enter_context(leash)
                theirs.enter_context(end)
                self._ask(module, array("i", [each.fileno() for each in (request, answer, end)]))
            if _heard(leash) != READY:
                return None
            ours.pop_all()
            return _Forked(stdin, stdout, leash)

    def _ask(self, module: str, handles: array[int]) -> None:
        assert self._control is not None  # noqa: S101  # it is ready
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handles)]
        try:
            self._control.sendmsg([module.encode()], rights)
        except ConnectionError:  # it was ended from without
            self._end()
        except OSError:  # too many handles are under way; it lives
            return

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None
        self._ready = False


_server = _ForkServer()
atexit.register(let_go)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_server.forget)
