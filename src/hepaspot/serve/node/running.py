"""Runs a node: its listener, its page for those who watch, and the processes that work for it."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Final

import uvicorn

from hepaspot import __version__
from hepaspot.errors import InputError, InternalError
from hepaspot.remote.secret_files import secret
from hepaspot.serve.node import journal
from hepaspot.serve.node.admission import Came
from hepaspot.serve.node.audit import LaterTrail, Trail
from hepaspot.serve.node.children import Children
from hepaspot.serve.node.contradictions import doubts
from hepaspot.serve.node.figures import Figures
from hepaspot.serve.node.gathering import Gatherer
from hepaspot.serve.node.parts import Part, end_together
from hepaspot.serve.node.patience import Ended, patiently, until_set
from hepaspot.serve.node.pulling import Puller
from hepaspot.serve.node.queue import WorkQueue
from hepaspot.serve.node.receiving import Receiver
from hepaspot.serve.node.refusals import Rarely, Refused
from hepaspot.serve.node.sending import carrier_to
from hepaspot.serve.node.settings import NodeSettings
from hepaspot.serve.node.spool import Spool
from hepaspot.serve.node.watching import Watched, watch_app

LAST_PART_S: Final = 35.0
"""How long the parts may take to end, which is more than their processes may (convention)."""

LAST_PAGE_S: Final = 5.0
"""How long a request of those who watch may take while the node ends (convention)."""

PAGE_REQUESTS: Final = 100
"""Requests of those who watch that are answered at once; more are turned away (convention)."""

PAGE_IDLE_S: Final = 15
"""How long a connection of those who watch is kept that asks for nothing (convention)."""


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
        with closing(queue):
            _run(settings, config, spool, queue, ended)


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
    with closing(queue):
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
    receiver = _receiver(settings, spool, figures, gatherer, queue, later)
    children = Children(config, {"read": settings.reading.workers, "send": bool(settings.send)})
    parts = [Part("gathering", lambda: gatherer.run(ended), ended)]
    parts += [Part("children", lambda: children.run(ended), ended)]
    parts += [Part("trail", lambda: later.run(ended), ended)]
    if settings.pull is not None:
        puller = Puller(settings, settings.pull, queue, spool, gatherer.touch, ended)
        parts += [Part("pulling", puller.run, ended)]
    watched = Watched(settings, queue, spool, gatherer, figures, children.alive)
    page, listening = _page(settings, watched)
    served = Part("page", lambda: page.run(sockets=[listening]), ended)
    with listening:
        port = receiver.start()
        try:
            for part in (*parts, served):
                part.start()
            facts = {"cut_off": cut_off, "recovered": recovered}
            title, host = settings.ae_title, settings.listen.host
            journal.say("started", version=__version__, title=title, host=host, port=port, **facts)
            trail.note("node started", outcome=f"version {__version__}")
            for doubt in doubts(settings):
                journal.warn("doubtful", why=doubt)
            until_set(ended)
        finally:
            ended.set()
            receiver.stop()
            page.should_exit = True
            end_together(parts, LAST_PART_S)
            served.join(LAST_PAGE_S)
    trail.note("node ended")
    journal.say("ended")
    if any(part.failed for part in (*parts, served)):
        raise InternalError("the node: a part of it failed, as its journal says; start it again")


def _receiver(
    settings: NodeSettings,
    spool: Spool,
    figures: Figures,
    gatherer: Gatherer,
    queue: WorkQueue,
    later: LaterTrail,
) -> Receiver:
    """What receives, and notes who sent what, who was refused, and what the PACS keeps."""
    rarely = Rarely()

    def came(told: Came) -> None:
        outcome = f"{told.taken} taken, {told.refused} refused"
        facts = {"taken": told.taken, "refused": told.refused}
        journal.say("association ended", caller=told.caller, address=told.address, **facts)
        later.note("objects received", peer=f"{told.caller} {told.address}", outcome=outcome)

    def refused(told: Refused) -> None:
        if rarely.allows(told):
            outcome = told.why if told.called is None else f"{told.why}: {told.called}"
            later.note("association refused", peer=f"{told.caller} {told.address}", outcome=outcome)

    def committed(transaction: str, taken: list[str], failed: list[str]) -> None:
        known = queue.committed(transaction, taken, failed)
        journal.say("committed", taken=len(taken), failed=len(failed), known=known)

    return Receiver(
        settings,
        spool,
        figures,
        on_study=gatherer.touch,
        on_came=came,
        on_refused=refused,
        on_committed=committed,
    )


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
        limit_concurrency=PAGE_REQUESTS,
        timeout_keep_alive=PAGE_IDLE_S,
    )
    return uvicorn.Server(config), listening


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
