"""Deliveries: due, taken by a worker, sent, committed to, given up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from hepaspot.serve.node.queue.place import QueuePlace, due
from hepaspot.serve.node.queue.tables import ENDED, DeliveryRow, DeliveryState, ResultRow
from hepaspot.serve.node.queue.values import Delivery
from hepaspot.serve.node.queue.workers import named
from hepaspot.serve.store.faults import in_one_line

NO_WORD: Final = "the peer has not said what it keeps; does it know this node's address and port?"
"""Reason of a delivery for which commitment was asked, and no answer came."""


class Deliveries(QueuePlace):
    """The part of the queue that knows what is to be sent."""

    @in_one_line
    def take_deliveries(
        self, worker: str, destination: str, state: DeliveryState, most: int = 20
    ) -> list[Delivery]:
        """Deliveries that are due, in the name of ``worker``.

        Those that are in its name already come first, as in `take_study`: it asks for one
        destination only when nothing for that is in its hands.
        """
        with self._writing() as session:
            named(session, worker)
            rows = session.scalars(
                select(DeliveryRow)
                .where(
                    DeliveryRow.destination == destination,
                    DeliveryRow.state == state,
                    or_(DeliveryRow.worker == worker, DeliveryRow.worker.is_(None)),
                    due(DeliveryRow),
                )
                .order_by(DeliveryRow.worker.is_(None), DeliveryRow.id)
                .limit(most)
                .with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                row.worker = worker
            session.flush()
            return [self._delivery(session, row) for row in rows]

    @staticmethod
    def _delivery(session: Session, row: DeliveryRow) -> Delivery:
        made = session.get_one(ResultRow, row.sop_instance_uid)
        return Delivery(
            row.id,
            row.study,
            made.sop_instance_uid,
            made.sop_class_uid,
            made.format,
            made.path,
            row.tries,
            row.reason,
        )

    @in_one_line
    def delivered(self, id: int, worker: str, state: DeliveryState) -> None:
        """Note that a delivery was taken over."""
        with self._writing() as session:
            row = _own_delivery(session, id, worker)
            if row is not None:
                row.state, row.worker, row.reason, row.due_at, row.wait_s = (
                    state,
                    None,
                    "",
                    0.0,
                    0.0,
                )

    @in_one_line
    def asked(self, ids: Sequence[int], worker: str, transaction: str, wait_s: float) -> None:
        """Note that the peer was asked to commit itself; it is asked again after ``wait_s``."""
        with self._writing() as session:
            for id in ids:
                row = _own_delivery(session, id, worker)
                if row is not None:
                    row.state, row.transaction, row.worker = DeliveryState.ASKED, transaction, None
                    row.tries += 1
                    row.due_at, row.wait_s = time.time() + wait_s, wait_s

    @in_one_line
    def not_asked(self, transaction: str, reason: str, wait_s: float, *, counted: bool) -> None:
        """Note that asking the peer to commit itself failed; it is asked later."""
        with self._writing() as session:
            session.execute(
                update(DeliveryRow)
                .where(DeliveryRow.transaction == transaction)
                .where(DeliveryRow.state == DeliveryState.ASKED)
                .values(
                    state=DeliveryState.SENT,
                    reason=reason,
                    tries=DeliveryRow.tries if counted else DeliveryRow.tries - 1,
                    due_at=time.time() + wait_s,
                    wait_s=wait_s,
                )
            )

    @in_one_line
    def forget_other(self, destinations: Sequence[str]) -> int:
        """Take what is open for destinations that there are no more for dead; how much."""
        with self._writing() as session:
            done = session.execute(
                update(DeliveryRow)
                .where(DeliveryRow.destination.not_in(destinations))
                .where(DeliveryRow.state.not_in([*ENDED, DeliveryState.DEAD]))
                .values(state=DeliveryState.DEAD, reason="there is no such destination any more")
            )
            return int(done.rowcount)  # type: ignore[attr-defined]

    @in_one_line
    def put_off(
        self,
        ids: Sequence[int],
        worker: str,
        reason: str,
        wait_s: float,
        *,
        state: DeliveryState | None = None,
        counted: bool = True,
    ) -> None:
        """Try again later, or never more where ``state`` is dead.

        Parameters
        ----------
        counted : bool
            Whether it was the object that failed; not where the peer was absent.
        """
        with self._writing() as session:
            for id in ids:
                row = _own_delivery(session, id, worker)
                if row is not None:
                    row.worker, row.reason = None, reason
                    row.tries += counted
                    row.due_at, row.wait_s = time.time() + wait_s, wait_s
                    row.state = row.state if state is None else state

    @in_one_line
    def committed(self, transaction: str, taken: Sequence[str], failed: Sequence[str]) -> int:
        """Note what a peer took over for good, and what it did not, to be sent again.

        Returns
        -------
        int
            How many deliveries were known.
        """
        with self._writing() as session:
            rows = session.scalars(
                select(DeliveryRow)
                .where(DeliveryRow.transaction == transaction)
                .where(DeliveryRow.state == DeliveryState.ASKED)
                .order_by(DeliveryRow.id)
                .with_for_update()
            ).all()
            for row in rows:
                if row.sop_instance_uid in taken:
                    row.state, row.reason, row.worker = DeliveryState.DONE, "", None
                elif row.sop_instance_uid in failed:
                    row.state, row.reason = DeliveryState.WAITING, "the peer did not commit itself"
                    row.worker, row.due_at, row.wait_s = None, 0.0, 0.0
            return len(rows)

    @in_one_line
    def ask_again(self, destination: str) -> list[str]:
        """Have the peer asked again for what it did not answer.

        Returns
        -------
        list[str]
            The studies for which that was so for the first time.
        """
        with self._writing() as session:
            rows = session.scalars(
                select(DeliveryRow)
                .where(DeliveryRow.destination == destination)
                .where(DeliveryRow.state == DeliveryState.ASKED)
                .where(due(DeliveryRow))
                .order_by(DeliveryRow.id)
                .with_for_update()
            ).all()
            first = [row.study for row in rows if row.reason != NO_WORD]
            for row in rows:
                row.state, row.reason = DeliveryState.SENT, NO_WORD
                row.due_at = row.wait_s = 0.0
            return list(dict.fromkeys(first))


def _own_delivery(session: Session, id: int, worker: str) -> DeliveryRow | None:
    row = session.get(DeliveryRow, id, with_for_update=True)
    return row if row is not None and row.worker == worker else None
