"""The queue as those see it who watch over it: counts, lists, the trail, second chances."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from hepaspot.errors import InputError
from hepaspot.serve.node.audit import FIRST, Entry, sealed
from hepaspot.serve.node.queue.place import QueuePlace
from hepaspot.serve.node.queue.tables import (
    ENDED,
    AuditRow,
    DeliveryRow,
    DeliveryState,
    PullRow,
    PullState,
    ResultRow,
    StudyRow,
    StudyState,
)
from hepaspot.serve.node.queue.values import Line
from hepaspot.serve.node.spool import key_of
from hepaspot.serve.store.faults import in_one_line
from hepaspot.serve.store.postgresql import one_at_a_time
from hepaspot.serve.store.rows import now

AUDIT_LOCK: Final = 0x68657061
"""Number of the advisory lock under which entries are added to the trail."""


class Overview(QueuePlace):
    """The part of the queue that tells how it stands."""

    @in_one_line
    def counts(self) -> dict[tuple[str, str], int]:
        """How many studies, deliveries and pulls are in which state."""
        found: dict[tuple[str, str], int] = {}
        with self._reading() as session:
            for what, table in (("study", StudyRow), ("pull", PullRow)):
                told = select(table.state, func.count()).group_by(table.state)
                found |= {(what, state): count for state, count in session.execute(told)}
            sent = select(DeliveryRow.destination, DeliveryRow.state, func.count()).group_by(
                DeliveryRow.destination, DeliveryRow.state
            )
            for destination, state, count in session.execute(sent):
                found[f"delivery:{destination}", state] = count
        return found

    @in_one_line
    def oldest_waiting(self) -> dict[str, float]:
        """For each destination that something is still to go to, since how many seconds.

        It counts from when the study of the oldest was read: that is when the answer was made.
        """
        open_still = DeliveryRow.state.not_in([*ENDED, DeliveryState.DEAD])
        oldest = (
            select(DeliveryRow.destination, func.min(StudyRow.since))
            .join(StudyRow, StudyRow.key == DeliveryRow.study)
            .where(open_still)
            .group_by(DeliveryRow.destination)
        )
        with self._reading() as session:
            return {
                destination: max(0.0, (now() - since).total_seconds())
                for destination, since in session.execute(oldest)
            }

    @in_one_line
    def reading_seconds(self) -> float:
        """Seconds that reading all studies took."""
        with self._reading() as session:
            return float(session.scalar(select(func.coalesce(func.sum(StudyRow.seconds), 0))) or 0)

    @in_one_line
    def lines(self, *, dead_only: bool = False, study: str | None = None) -> list[Line]:
        """What is in the queue, or what of it is dead, or belongs to the study of that key."""
        with self._reading() as session:
            lines = [
                Line("study", row.key, _in_hand(row), row.tries, row.key, row.reason)
                for row in session.scalars(select(StudyRow).order_by(StudyRow.since))
            ]
            sent = select(DeliveryRow, ResultRow.format).join(ResultRow).order_by(DeliveryRow.id)
            lines += [_line_of(to, format) for to, format in session.execute(sent)]
            lines += [
                Line("pull", row.uid, row.state, row.tries, key_of(row.uid), row.reason)
                for row in session.scalars(select(PullRow).order_by(PullRow.since))
            ]
        told = [line for line in lines if study in {None, line.study}]
        return [line for line in told if not dead_only or line.state == "dead"]

    @in_one_line
    def note(
        self, event: str, study: str, peer: str, outcome: str, *, at: datetime | None = None
    ) -> None:
        """Add an entry to the audit trail: of now, or of the moment in UTC ``at``."""
        with self._writing() as session:
            one_at_a_time(session.connection(), AUDIT_LOCK)
            last = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).first()
            row = AuditRow(id=1 + (last.id if last else 0), at=at or now(), event=event)
            row.study, row.peer, row.outcome = study, peer, outcome
            row.chain = sealed(last.chain if last else FIRST, row.at, event, study, peer, outcome)
            session.add(row)

    @in_one_line
    def trail(self) -> list[Entry]:
        """The audit trail, from its start."""
        with self._reading() as session:
            return [
                Entry(row.id, row.at, row.event, row.study, row.peer, row.outcome, row.chain)
                for row in session.scalars(select(AuditRow).order_by(AuditRow.id))
            ]

    @in_one_line
    def retry(self, name: str | None = None) -> int:
        """Bring dead letters back: the one called ``name``, or all; how many.

        Raises
        ------
        InputError
            If there is no dead letter of that name.
        """
        again = 0
        with self._writing() as session:
            given_up = select(StudyRow).where(StudyRow.state == StudyState.DEAD)
            for study in session.scalars(given_up.with_for_update()):
                if name in {None, study.key}:
                    study.state, study.tries, study.reason = StudyState.WAITING, 0, ""
                    again += 1
            sent = select(DeliveryRow).where(DeliveryRow.state == DeliveryState.DEAD)
            pulled = select(PullRow).where(PullRow.state == PullState.DEAD)
            for row in (
                *session.scalars(sent.order_by(DeliveryRow.id).with_for_update()),
                *session.scalars(pulled.with_for_update()),
            ):
                if name in {None, row.uid if isinstance(row, PullRow) else str(row.id)}:
                    row.state, row.tries, row.reason = "waiting", 0, ""
                    row.due_at = row.wait_s = 0.0
                    again += 1
        if name is not None and not again:
            raise InputError(f"{name}: is no dead letter; hepaspot node queue --dead lists them")
        return again


def _line_of(row: DeliveryRow, format: str) -> Line:
    what = f"{format} to {row.destination}"
    return Line(what, str(row.id), row.state, row.tries, row.study, row.reason)


def _in_hand(row: StudyRow) -> str:
    return "being read" if row.worker else row.state
