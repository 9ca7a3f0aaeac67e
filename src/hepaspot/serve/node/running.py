"""Runs a node: its listener, its page for those who watch, and the processes that work for it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread
from typing import Final

import uvicorn

from hepaspot import __version__
from hepaspot.errors import InputError, InternalError
from hepaspot.serve.node import journal
from hepaspot.serve.node.audit import LaterTrail, Trail
from hepaspot.serve.node.configuring import secret
from hepaspot.serve.node.figures import Figures
from hepaspot.serve.node.gathering import Gatherer
from hepaspot.serve.node.parts import Part
from hepaspot.serve.node.patience import Ended, patiently, until_set
from hepaspot.serve.node.pulling import Puller
from hepaspot.serve.node.queue import WorkQueue
from hepaspot.serve.node.receiving import Came, Receiver
from hepaspot.serve.node.refusals import Rarely, Refused
from hepaspot.serve.node.sending import carrier_to
from hepaspot.serve.node.settings import NodeSettings
from hepaspot.serve.node.spool import Spool
from hepaspot.serve.node.watching import Watched, watch_app

LAST_WORK_S: Final = 30.0
"""How long processes may take to end what they have in hand (convention)."""

LAST_PAGE_S: Final = 5.0
"""How long a request of those who watch may take while the node ends (convention)."""

FIRST_RESTART_S: Final = 1.0
LONGEST_RESTART_S: Final = 60.0
"""The waits before a process that ended is started again; each is twice the one before."""


def run_node(settings: NodeSettings, config: Path) -> None:
    """Run until told to end (SIGTERM, SIGINT).

    Raises
    ------
    HepaspotError
        If it cannot start: an address that is taken, a folder that cannot be written.
    """
    journal.only_own_words()
    ended = _ended_by_signals()
    spool = Spool(settings.folder)
    with spool.owned():
        try:
            queue = patiently(lambda: WorkQueue.open(settings.database), ended)
        except Ended:
            return
        try:
            _run(settings, config, spool, queue, ended)
        finally:
            queue.close()


def work(settings: NodeSettings, role: str, *, tied: bool) -> None:
    """Run one worker until told to end: ``role`` is read or send.

    Parameters
    ----------
    tied : bool
        End with the process that started this one: when standard input ends.
    """
    journal.only_own_words()
    ended = _ended_by_signals()
    if tied:
        Thread(target=_end_with_input, args=[ended], daemon=True).start()
    spool = Spool(settings.folder)
    try:
        queue = patiently(lambda: WorkQueue.open(settings.database), ended)
    except Ended:
        return
    if role == "send":
        from hepaspot.serve.node.sending import Sender

        Sender(settings, queue, spool, ended).run()
    else:
        from hepaspot.serve.node.working import Reader

        Reader(settings, queue, spool, ended).run()


def _run(
    settings: NodeSettings, config: Path, spool: Spool, queue: WorkQueue, ended: Event
) -> None:
    for to in settings.send:
        carrier_to(to, settings.ae_title)  # what of it cannot be used is told before the start
    trail, later, figures = Trail(queue), LaterTrail(queue), Figures()
    cut_off = spool.empty_incoming()
    gatherer = Gatherer(settings.reading, queue, spool)
    try:
        recovered = patiently(gatherer.recover, ended)
    except Ended:
        return

    def came(told: Came) -> None:
        outcome = f"{told.taken} taken, {told.refused} refused"
        facts = {"taken": told.taken, "refused": told.refused}
        journal.say("association ended", caller=told.caller, address=told.address, **facts)
        later.note("objects received", peer=f"{told.caller} {told.address}", outcome=outcome)

    rarely = Rarely()

    def refused(told: Refused) -> None:
        if rarely.allows(told):
            outcome = told.why if told.called is None else f"{told.why}: {told.called}"
            later.note("association refused", peer=f"{told.caller} {told.address}", outcome=outcome)

    receiver = Receiver(
        settings,
        spool,
        figures,
        on_study=gatherer.touch,
        on_came=came,
        on_refused=refused,
        on_committed=lambda *told: _note_committed(queue, *told),
    )
    children = Children(config, {"read": settings.reading.workers, "send": bool(settings.send)})
    puller = None
    if settings.pull is not None:
        puller = Puller(settings, settings.pull, queue, spool, gatherer.touch, ended)
    watched = Watched(settings, queue, spool, gatherer, figures, children.alive)
    page, listening = _page(settings, watched)
    port = receiver.start()
    parts = [Part("gathering", lambda: gatherer.run(ended), ended)]
    parts += [Part("children", lambda: children.run(ended), ended)]
    parts += [Part("trail", lambda: later.run(ended), ended)]
    parts += [Part("pulling", puller.run, ended)] if puller else []
    served = Part("page", lambda: page.run(sockets=[listening]), ended, daemon=True)
    try:
        for part in (*parts, served):
            part.start()
        facts = {"cut_off": cut_off, "recovered": recovered}
        title, host = settings.ae_title, settings.listen.host
        journal.say("started", version=__version__, title=title, host=host, port=port, **facts)
        trail.note("node started", outcome=f"version {__version__}")
        until_set(ended)
    finally:
        ended.set()
        receiver.stop()
        page.should_exit = True
        for part in parts:
            part.join()
        served.join(LAST_PAGE_S)
        listening.close()
    trail.note("node ended")
    journal.say("ended")
    if any(part.failed for part in (*parts, served)):
        raise InternalError("the node: a part of it failed, as its journal says; start it again")


def _note_committed(
    queue: WorkQueue, transaction: str, taken: list[str], failed: list[str]
) -> None:
    known = queue.committed(transaction, taken, failed)
    journal.say("committed", taken=len(taken), failed=len(failed), known=known)


def _page(settings: NodeSettings, watched: Watched) -> tuple[uvicorn.Server, socket.socket]:
    """The server of the page, and the socket that it is to listen on, which is its own by now."""
    watch = settings.watch
    token = secret(watch.token_file)
    family = socket.AF_INET6 if ":" in watch.host else socket.AF_INET
    try:
        listening = socket.create_server((watch.host, watch.port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "no such address"
        raise InputError(
            f"{watch.host} port {watch.port}: cannot be listened on ({reason}); choose another "
            "one under [watch]"
        ) from None
    config = uvicorn.Config(
        watch_app(watched, token),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        limit_concurrency=100,
        timeout_keep_alive=15,
    )
    return uvicorn.Server(config), listening


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
            ended.wait(0.25)
        self._end()

    def _look(self, number: int, role: str) -> None:
        child, moment = self._running[number], time.monotonic()
        if child is not None and child.poll() is None:
            return
        if child is not None:
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
            [*command, "--role", role, "--tied"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
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


def _ended_by_signals() -> Event:
    ended = Event()

    def end(number: int, frame: object) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return ended


def _end_with_input(ended: Event) -> None:
    while os.read(0, 4096):
        pass
    ended.set()
