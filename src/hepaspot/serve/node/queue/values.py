"""What the queue gives and takes."""

from __future__ import annotations

from typing import NamedTuple


class Study(NamedTuple):
    """A study that a worker took."""

    key: str
    revision: int
    tries: int


class Made(NamedTuple):
    """An object that was made of a study; ``path`` is where the spool has it."""

    sop_instance_uid: str
    sop_class_uid: str
    format: str
    path: str


class Delivery(NamedTuple):
    """An object that is to go to a destination."""

    id: int
    study: str
    sop_instance_uid: str
    sop_class_uid: str
    format: str
    path: str
    tries: int
    reason: str = ""


class Line(NamedTuple):
    """One line of a list of what is in the queue; ``study`` is the key of a study."""

    what: str
    name: str
    state: str
    tries: int
    study: str
    reason: str
