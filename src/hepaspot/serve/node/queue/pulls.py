"""Studies that are to be fetched."""

from __future__ import annotations

import time

from sqlalchemy import select

from hepaspot.serve.node.queue.place import QueuePlace, due
from hepaspot.serve.node.queue.tables import PullRow, PullState
from hepaspot.serve.store.faults import in_one_line
from hepaspot.serve.store.rows import now


class Pulls(QueuePlace):
    """The part of the queue that knows what was asked for."""

    @in_one_line
    def ask_for(self, uid: str) -> bool:
        """Have a study fetched; False where it waits already."""
        with self._writing() as session:
            row = session.get(PullRow, uid)
            if row is None:
                row = PullRow(uid=uid)
                session.add(row)
            elif row.state == PullState.WAITING:
                return False
            row.state, row.tries, row.reason, row.since = PullState.WAITING, 0, "", now()
            row.due_at = row.wait_s = 0.0
            return True

    @in_one_line
    def next_pull(self) -> tuple[str, int] | None:
        """The UID of the study to fetch next, and how often that was tried."""
        with self._reading() as session:
            row = session.scalars(
                select(PullRow)
                .where(PullRow.state == PullState.WAITING, due(PullRow))
                .order_by(PullRow.since)
                .limit(1)
            ).first()
            return None if row is None else (row.uid, row.tries)

    @in_one_line
    def pulled(
        self, uid: str, *, reason: str = "", wait_s: float = 0.0, state: PullState = PullState.DONE
    ) -> None:
        """Note how fetching a study ended."""
        with self._writing() as session:
            row = session.get(PullRow, uid)
            if row is not None:
                row.state, row.reason, row.tries = state, reason, row.tries + 1
                row.due_at, row.wait_s, row.since = time.time() + wait_s, wait_s, now()
