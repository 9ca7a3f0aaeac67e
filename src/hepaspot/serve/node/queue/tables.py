"""The tables of a node: studies to read, objects to deliver, who works, what happened.

Nothing in them names a patient. A UID of a study and of an object, which a PACS needs to know
them by, is the most that they tell.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Float, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

FORM: Final = 1
"""Number of this form of the tables; those of another one are not touched."""


class NodeTable(DeclarativeBase):
    """Base of all tables of a node."""


class NodeRow(NodeTable):
    """The one row that says which form the tables have."""

    __tablename__ = "hepaspot_node"

    form: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class WorkerRow(NodeTable):
    """A process that works; ``beat`` grows while it lives. No clock is compared with another."""

    __tablename__ = "hepaspot_node_worker"

    id: Mapped[str] = mapped_column(primary_key=True)
    beat: Mapped[int] = mapped_column(default=0)


class StudyState(StrEnum):
    """How far a study is."""

    WAITING = "waiting"
    READ = "read"
    NOTHING = "nothing"
    """Nothing in it can be read by hepaspot; there is nothing to send."""

    DEAD = "dead"
    REMOVED = "removed"
    """Delivered; its files are gone."""


class StudyRow(NodeTable):
    """A study that is whole. ``worker`` has it in hand; ``signature`` is of what was in it."""

    __tablename__ = "hepaspot_node_study"

    key: Mapped[str] = mapped_column(primary_key=True)
    uid: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    signature: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    tries: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    objects: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    since: Mapped[datetime]


class ResultRow(NodeTable):
    """An object that was made of a study."""

    __tablename__ = "hepaspot_node_result"

    sop_instance_uid: Mapped[str] = mapped_column(primary_key=True)
    sop_class_uid: Mapped[str]
    study: Mapped[str] = mapped_column(ForeignKey(StudyRow.key), index=True)
    format: Mapped[str]
    path: Mapped[str]


class DeliveryState(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    SENT = "sent"
    """Taken; where commitment is asked for, still to be asked for it."""

    ASKED = "asked"
    """Asked for commitment."""

    DONE = "done"
    DEAD = "dead"
    SUPERSEDED = "superseded"
    """Not sent: the study grew meanwhile, and a newer answer takes its place."""


ENDED: Final = (DeliveryState.DONE, DeliveryState.SUPERSEDED)
"""Deliveries with which nothing is left to do."""


class DeliveryRow(NodeTable):
    """One result for one destination. It is due at ``due_at``, which was ``wait_s`` ahead."""

    __tablename__ = "hepaspot_node_delivery"
    __table_args__ = (UniqueConstraint("sop_instance_uid", "destination"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    sop_instance_uid: Mapped[str] = mapped_column(ForeignKey(ResultRow.sop_instance_uid))
    study: Mapped[str] = mapped_column(index=True)
    destination: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[float] = mapped_column(Float, default=0.0)
    wait_s: Mapped[float] = mapped_column(Float, default=0.0)
    worker: Mapped[str | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    transaction: Mapped[str | None] = mapped_column(index=True)


class PullState(StrEnum):
    """How far a request is."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class PullRow(NodeTable):
    """A study to fetch from the DICOMweb server."""

    __tablename__ = "hepaspot_node_pull"

    uid: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[float] = mapped_column(Float, default=0.0)
    wait_s: Mapped[float] = mapped_column(Float, default=0.0)
    reason: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[datetime]


class AuditRow(NodeTable):
    """One entry of the trail; ``chain`` is a hash of it and of the entry before."""

    __tablename__ = "hepaspot_node_audit"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    event: Mapped[str]
    study: Mapped[str] = mapped_column(default="")
    peer: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    chain: Mapped[str]
