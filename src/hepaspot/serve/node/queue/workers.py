"""Who works on the queue, and who has died."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hepaspot.serve.node.queue.place import QueuePlace
from hepaspot.serve.node.queue.tables import DeliveryRow, StudyRow, WorkerRow
from hepaspot.serve.store.faults import in_one_line


class Workers(QueuePlace):
    """The part of the queue that knows its workers."""

    @in_one_line
    def join(self, worker: str) -> None:
        """Name a worker, unless it is named already."""
        with self._writing() as session:
            named(session, worker)

    @in_one_line
    def beat(self, worker: str) -> bool:
        """Show that a worker lives; False where it was taken for dead and is not known any more."""
        with self._writing() as session:
            done = session.execute(
                update(WorkerRow).where(WorkerRow.id == worker).values(beat=WorkerRow.beat + 1)
            )
            return bool(done.rowcount)  # type: ignore[attr-defined]

    @in_one_line
    def beats(self) -> dict[str, int]:
        """The beat of each worker."""
        with self._reading() as session:
            rows = session.execute(select(WorkerRow.id, WorkerRow.beat))
            return {row.id: row.beat for row in rows}

    @in_one_line
    def leave(self, worker: str) -> int:
        """Forget a worker, and free what it had in hand; how much that was."""
        with self._writing() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.id == worker))
            freed = 0
            for table in (StudyRow, DeliveryRow):
                done = session.execute(
                    update(table).where(table.worker == worker).values(worker=None)
                )
                freed += done.rowcount  # type: ignore[attr-defined]
            return freed


def named(session: Session, worker: str) -> None:
    """See that a worker is known until the transaction ends, so that what it takes can be freed.

    Whoever was taken for dead and takes work again before its next beat would else hold it for
    ever, if it died just then.
    """
    if session.get(WorkerRow, worker, with_for_update=True) is None:
        session.add(WorkerRow(id=worker))
        session.flush()
