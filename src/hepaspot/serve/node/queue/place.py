"""Where a queue is: its database, opened and made, and how it is read and written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import Engine, or_
from sqlalchemy.orm import Session

from hepaspot.serve.node.queue.tables import FORM, DeliveryRow, NodeRow, PullRow
from hepaspot.serve.store.faults import in_one_line
from hepaspot.serve.store.opening import WRITES, Kind, engine_at, prepare

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

QUEUE: Final = Kind("a node's queue", NodeRow, FORM)

CLOCK_SLACK_S: Final = 1.0
"""A wait that is longer than it was set to by so much shows a clock that was put back."""


class QueuePlace:
    """The queue in one database. Threads may share it, and processes the database.

    Every method raises OutputError where the database cannot be reached or written.
    """

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self.where = where
        # In a file one writes at a time anyway; of a server that hangs, each may wait by itself.
        is_file = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[object] = Lock() if is_file else nullcontext()

    @classmethod
    def open(cls, where: str | Path) -> Self:
        """Open the queue at a path or an URL of PostgreSQL; it is made where there is none.

        Raises
        ------
        UnsupportedInput
            If the place holds something else, or a queue of another version.
        InputError, MissingExtra
            If the URL is none of PostgreSQL, or its driver is not installed.
        """
        queue = cls(*engine_at(where))
        with ExitStack() as undo:
            undo.callback(queue.close)
            queue._prepare()
            undo.pop_all()
        return queue

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @in_one_line
    def _prepare(self) -> None:
        prepare(self._engine, self.where, QUEUE)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        engine = self._engine.execution_options(**WRITES)
        with self._turn, Session(engine) as session, session.begin():
            yield session

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with Session(self._engine) as session:
            yield session


def due(table: type[DeliveryRow | PullRow]) -> ColumnElement[bool]:
    """Past its time; or further ahead than it was ever put, since a clock was put back."""
    moment = time.time()
    late = table.due_at - moment > table.wait_s + CLOCK_SLACK_S
    return or_(table.due_at <= moment, late)
