"""Queues to test with: in a file, or in PostgreSQL; and a clock that tests put forward and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from hepaspot.serve.node.queue import Made, WorkQueue, deliveries, overview, place, pulls, studies
from hepaspot.serve.node.queue.tables import NodeRow, NodeTable

START = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)

SR, SC = "1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.7"


class Clock:
    """What the queue takes for the time of day."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def time(self) -> float:
        return START.timestamp() + self.ahead_s

    def now(self) -> datetime:
        return (START + timedelta(seconds=self.ahead_s)).replace(tzinfo=None)


@contextmanager
def clock_of_the_queue() -> Iterator[Clock]:
    clock = Clock()
    with pytest.MonkeyPatch.context() as changed:
        for module in (place, deliveries, pulls):
            changed.setattr(module, "time", clock)
        for module in (studies, overview, pulls):
            changed.setattr(module, "now", clock.now)
        yield clock


@contextmanager
def opened(kind: str, folder: Path, request: Any) -> Iterator[tuple[WorkQueue, Callable[[], Any]]]:
    """A queue of a kind, and what gives where it is."""
    if kind == "sqlite":
        where: Any = folder / "node.sqlite"
    else:
        where = request.getfixturevalue("postgresql").new_database()
    queue = WorkQueue.open(where)
    try:
        yield queue, where
    finally:
        queue.close()


def emptied(queue: WorkQueue) -> WorkQueue:
    """The same queue with nothing in it."""
    with queue._engine.begin() as connection:
        for table in reversed(NodeTable.metadata.sorted_tables):
            if table.name != NodeRow.__tablename__:
                connection.execute(delete(table))
    return queue


def made_of(key: str, revision: int = 1, formats: tuple[str, ...] = ("sr",)) -> list[Made]:
    """What a worker might make of a study."""
    classes = {"sr": SR, "sc": SC}
    return [
        Made(f"1.{ord(key[0])}.{revision}.{number}", classes[each], each, f"{key}/{each}.dcm")
        for number, each in enumerate(formats)
    ]
