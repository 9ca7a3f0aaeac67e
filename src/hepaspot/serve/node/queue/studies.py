"""Studies: whole, taken by a worker, read, removed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from hepaspot.serve.node.queue.place import QueuePlace
from hepaspot.serve.node.queue.tables import (
    ENDED,
    DeliveryRow,
    DeliveryState,
    ResultRow,
    StudyRow,
    StudyState,
)
from hepaspot.serve.node.queue.values import Made, Study
from hepaspot.serve.node.queue.workers import named
from hepaspot.serve.store.faults import in_one_line
from hepaspot.serve.store.rows import now


class Studies(QueuePlace):
    """The part of the queue that knows studies."""

    @in_one_line
    def signatures(self) -> dict[str, str]:
        """What was in each study when it was last taken for whole."""
        with self._reading() as session:
            rows = session.execute(select(StudyRow.key, StudyRow.signature))
            return {row.key: row.signature for row in rows}

    @in_one_line
    def whole(self, key: str, uid: str, signature: str, objects: int) -> bool:
        """Queue a study that nothing more comes to; False where just that was queued before."""
        with self._writing() as session:
            row = session.get(StudyRow, key, with_for_update=True)
            if row is None:
                row = StudyRow(key=key, uid=uid, revision=0)
                session.add(row)
            elif row.signature == signature:
                return False
            row.state, row.signature, row.revision = StudyState.WAITING, signature, row.revision + 1
            row.tries, row.worker, row.reason, row.objects = 0, None, "", objects
            row.since = now()
            return True

    @in_one_line
    def take_study(self, worker: str) -> Study | None:
        """The study that waits longest, in the name of ``worker``; None where none waits.

        One that is in its name already comes first: the database may have been lost just when it
        was to say so, and a worker asks only when it has nothing in hand.
        """
        with self._writing() as session:
            named(session, worker)
            row = session.scalars(
                select(StudyRow)
                .where(StudyRow.state == StudyState.WAITING)
                .where(or_(StudyRow.worker.is_(None), StudyRow.worker == worker))
                .order_by(StudyRow.worker.is_(None), StudyRow.since, StudyRow.key)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if row is None:
                return None
            if row.worker is None:
                row.worker, row.tries = worker, row.tries + 1
            return Study(row.key, row.revision, row.tries)

    @in_one_line
    def study_read(
        self,
        study: Study,
        worker: str,
        made: Sequence[Made],
        wanted: Sequence[tuple[str, str]],
        *,
        seconds: float = 0.0,
        reason: str = "",
    ) -> bool:
        """Note what was made of a study, and queue what is to be sent of it.

        Parameters
        ----------
        made : sequence of Made
            Empty where there is nothing in the study to read.
        wanted : sequence of (format, destination)

        Returns
        -------
        bool
            False where the study changed, or the worker was taken for dead: nothing is noted.
        """
        with self._writing() as session:
            row = self._held(session, study, worker)
            if row is None:
                return False
            row.state = StudyState.READ if made else StudyState.NOTHING
            row.worker, row.reason, row.seconds, row.since = None, reason, seconds, now()
            session.flush()
            for each in made:
                if session.get(ResultRow, each.sop_instance_uid) is None:
                    session.add(ResultRow(study=study.key, **each._asdict()))
                    session.flush()
                for format, destination in wanted:
                    if format == each.format:
                        _deliver(session, study.key, each.sop_instance_uid, destination)
            _supersede(session, study.key, [each.sop_instance_uid for each in made])
            return True

    @in_one_line
    def study_failed(self, study: Study, worker: str, reason: str, *, again: bool) -> bool:
        """Put a study back (``again``), or among the dead letters; False as `study_read`."""
        with self._writing() as session:
            row = self._held(session, study, worker)
            if row is None:
                return False
            row.worker, row.reason, row.since = None, reason, now()
            row.state = StudyState.WAITING if again else StudyState.DEAD
            return True

    @in_one_line
    def give_back(self, study: Study, worker: str) -> None:
        """Put a study back as if it had not been begun: the fault was not its own."""
        with self._writing() as session:
            row = self._held(session, study, worker)
            if row is not None:
                row.worker, row.tries = None, row.tries - 1

    @staticmethod
    def _held(session: Session, study: Study, worker: str) -> StudyRow | None:
        row = session.get(StudyRow, study.key, with_for_update=True)
        same = row is not None and row.worker == worker and row.revision == study.revision
        return row if same else None

    @in_one_line
    def finished(self, older_than_s: float) -> list[tuple[str, str]]:
        """Key and signature of studies of which all is delivered, and was so for a while."""
        undone = [each for each in DeliveryState if each not in ENDED]
        open_deliveries = select(DeliveryRow.study).where(DeliveryRow.state.in_(undone))
        with self._reading() as session:
            rows = session.execute(
                select(StudyRow.key, StudyRow.signature, StudyRow.since).where(
                    StudyRow.state.in_([StudyState.READ, StudyState.NOTHING]),
                    StudyRow.key.not_in(open_deliveries),
                )
            )
            until = now()
            return [
                (key, signature)
                for key, signature, since in rows
                if abs((until - since).total_seconds()) >= older_than_s
            ]

    @in_one_line
    def removed(self, key: str, signature: str) -> None:
        """Note that the files of a study are gone."""
        with self._writing() as session:
            session.execute(
                update(StudyRow)
                .where(StudyRow.key == key, StudyRow.signature == signature)
                .values(state=StudyState.REMOVED, since=now())
            )


def _deliver(session: Session, study: str, uid: str, destination: str) -> None:
    known = select(DeliveryRow).where(
        DeliveryRow.sop_instance_uid == uid, DeliveryRow.destination == destination
    )
    row = session.scalars(known).first()
    if row is None:
        row = DeliveryRow(sop_instance_uid=uid, study=study, destination=destination)
        session.add(row)
    elif row.state != DeliveryState.SUPERSEDED:
        return
    row.state, row.reason = DeliveryState.WAITING, ""


def _supersede(session: Session, study: str, made: Sequence[str]) -> None:
    """Leave out what was made of the study when it was smaller, and is not on its way yet."""
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.study == study, DeliveryRow.sop_instance_uid.not_in(made))
        .where(DeliveryRow.state == DeliveryState.WAITING, DeliveryRow.worker.is_(None))
        .values(state=DeliveryState.SUPERSEDED, reason="a newer answer takes its place")
    )
