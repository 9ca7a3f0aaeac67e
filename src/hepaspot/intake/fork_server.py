"""A process that has loaded what reads files, and divides itself for each that is to be read.

On its standard input, a Unix socket, come messages: a module, and with it three handles: where
the new process reads its request, where it writes its answer, and a leash. There it is told that
the process is there. When whoever holds the other end of the leash lets go, the process is ended;
when it ends, its status is told there.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import selectors
import signal
import socket
import struct
import sys
from contextlib import suppress
from typing import Final

READY: Final = b"ready"
"""Said once when all is loaded, and on a leash when its process is there."""

STATUS: Final = struct.Struct("<i")
"""The status that a process ended with; negative for the signal that ended it."""

ENDED_BADLY: Final = -9
"""Status that is taken for granted where none is told: it was ended from without."""

MODULES: Final = (
    "hepaspot.intake.decode_process",
    "hepaspot.intake.clinical_sr_process",
    "hepaspot.intake.pdf_process",
)
"""All that is run here; what each needs is loaded by its ``load``."""

LONGEST_NAME: Final = 128

DEATH_OF_PARENT: Final = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


def serve(control: socket.socket) -> None:
    """Divide this process for whoever asks, until the other end of ``control`` is closed."""
    woken, waking = socket.socketpair()
    woken.setblocking(False)
    waking.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    leashes: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        control.send(READY)
        while True:
            for key, _ in selector.select():
                if key.fileobj is control:
                    if not _divide(control, leashes, selector):
                        return
                elif key.fileobj is woken:
                    _drain(woken)
                else:
                    _let_go(key.data, selector, key.fileobj)  # type: ignore[arg-type]
            _bury(leashes, selector)


def _heed_nobody_else() -> None:
    """Only whoever asks ends this process and those it makes, by its socket and their leashes.

    A terminal or a service manager signals all at once, and whoever asks may go on for a while,
    to end what it has in hand.
    """
    for each in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # what the thread that started it had blocked


def _divide(
    control: socket.socket,
    leashes: dict[int, socket.socket],
    selector: selectors.BaseSelector,
) -> bool:
    name, handles, _, _ = socket.recv_fds(control, LONGEST_NAME, 3)
    if not name:
        return False
    pid = _forked(name.decode(), handles)
    for handle in handles if pid is None else handles[:2]:
        os.close(handle)
    if pid is not None:
        leashes[pid] = leash = socket.socket(fileno=handles[2])
        selector.register(leash, selectors.EVENT_READ, pid)
        with suppress(OSError):  # who asked is gone
            leash.send(READY)
    return True


def _forked(module: str, handles: list[int]) -> int | None:
    """The id of a new process; None where the system has no room for it, or for its handles."""
    parent = os.getpid()
    try:
        request, answer, _ = handles
        pid = os.fork()
    except (ValueError, OSError):
        return None
    if pid == 0:
        _become(module, request, answer, parent)
    return pid


def _become(module: str, request: int, answer: int, parent: int) -> None:
    """Be the process that was asked for: nothing of this one is left open."""
    status = 1
    try:
        _end_with(parent)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(request, 0)
        os.dup2(answer, 1)
        _close_others()
        sys.stdin, sys.stdout = open(0), open(1, "w")  # noqa: SIM115  # until the process ends
        importlib.import_module(module).main()
        sys.stdout.flush()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(status)


def _end_with(parent: int) -> None:
    """Have the system end this process as soon as the one that it was divided from has ended."""
    ctypes.CDLL(None).prctl(DEATH_OF_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def _close_others() -> None:
    """Close all but the standard three; up to the limit there may be a million to try."""
    try:
        names = os.listdir("/proc/self/fd")  # noqa: PTH208 - the process lives a few ms
    except OSError:  # it is not mounted
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        return
    for name in names:
        if int(name) > 2:
            with suppress(OSError):  # the handle of this very list
                os.close(int(name))


def _drain(woken: socket.socket) -> None:
    with suppress(BlockingIOError):
        while woken.recv(256):
            pass


def _let_go(pid: int, selector: selectors.BaseSelector, leash: socket.socket) -> None:
    """End a process whose leash nobody holds; it is not buried yet, so the id is still its own."""
    selector.unregister(leash)
    os.kill(pid, signal.SIGKILL)


def _bury(leashes: dict[int, socket.socket], selector: selectors.BaseSelector) -> None:
    """Tell the status of each process that has ended."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            pid, status = ended
            leash = leashes.pop(pid)
            with suppress(KeyError):
                selector.unregister(leash)
            with suppress(OSError):
                leash.send(STATUS.pack(os.waitstatus_to_exitcode(status)))
            leash.close()


def main() -> None:
    """Load all that reads, and serve."""
    _heed_nobody_else()
    for name in MODULES:
        with suppress(ImportError):  # an extra that is not installed; whoever needs it will tell
            importlib.import_module(name).load()
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=0) as control:
        serve(control)


if __name__ == "__main__":
    main()
