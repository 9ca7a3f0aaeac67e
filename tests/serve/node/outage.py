"""A node whose PostgreSQL goes away while exams come, and comes back.

By hand, for a minute: ``PYTHONPATH=tests python -m serve.node.outage 60``; with ``hangs`` behind
it, the server keeps its connections and says nothing.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import NamedTuple

from serve.node.peers import Node, new_exam, running_node, storescu, study_of, until
from serve.postgresql import Cluster, running_cluster

from hepaspot.phantom import make
from hepaspot.serve.node.audit import Entry
from hepaspot.serve.node.queue import WorkQueue
from hepaspot.serve.node.spool import key_of


class Told(NamedTuple):
    """What was sent, and what the node tells of it in the end."""

    studies: list[str]
    states: list[str]
    trail: list[Entry]
    longest_s: float
    """The longest that a sender had to wait while the database was away."""


def of(node: Node, database: str) -> tuple[list[str], list[Entry]]:
    """States of the studies, and the trail."""
    queue = WorkQueue.open(database)
    try:
        return [line.state for line in queue.lines() if line.what == "study"], queue.trail()
    finally:
        queue.close()


@contextmanager
def stopped(cluster: Cluster) -> Iterator[None]:
    """The server is gone until the block ends."""
    cluster.stop()
    try:
        yield
    finally:
        cluster.start()


@contextmanager
def hanging(cluster: Cluster) -> Iterator[None]:
    """The server and all its processes stand still until the block ends."""
    assert cluster.process is not None
    server = cluster.process.pid
    told = Path(f"/proc/{server}/task/{server}/children").read_text("ascii")
    family = [server, *map(int, told.split())]
    for each in family:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in family:
            os.kill(each, signal.SIGCONT)


def outage(
    node: Node, exam: Callable[[], Path], cluster: Cluster, away: Callable, seconds: float
) -> Told:
    """Send one exam before, three while it is away, one after."""
    database, waits = node.settings["store"], []

    def send(*files: Path) -> list[Path]:
        begun = time.monotonic()
        storescu(node, *files)
        waits.append(time.monotonic() - begun)
        return list(files)

    sent = send(exam())
    until(lambda: of(node, database)[0] == ["read"])
    with away(cluster):
        sent += send(exam(), exam())  # taken, and acknowledged
        Event().wait(seconds)
        sent += send(exam())
        longest_s = max(waits[1:])
    sent += send(exam())
    until(lambda: of(node, database)[0] == ["read"] * len(sent), 180)
    states, trail = of(node, database)
    return Told([key_of(study_of(path)) for path in sent], states, trail, longest_s)


def main() -> None:
    away = hanging if "hangs" in sys.argv else stopped
    with tempfile.TemporaryDirectory() as folder, running_cluster() as cluster:
        home = Path(folder)
        (still,) = [Path(each.dicom) for each in make(home / "still", count=1, seed=1)]
        names = iter(range(100))
        with running_node(home / "node", {"store": cluster.new_database()}) as node:
            told = outage(
                node,
                lambda: new_exam(still, home / f"{next(names)}.dcm"),
                cluster,
                away,
                float(sys.argv[1]),
            )
            read = [each.study for each in told.trail if each.event == "study read"]
            found = {
                "states": told.states,
                "read once each": sorted(read) == sorted(told.studies),
                "longest wait of a sender, s": round(told.longest_s, 2),
                "trail": [each.outcome for each in told.trail if each.event == "objects received"],
                "events": sorted({line["event"] for line in node.journal()}),
            }
            sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
