"""How far a long reading has come, and the wish to stop it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Item = TypeVar("Item")


class Stage(StrEnum):
    """What is being done."""

    WAITING = "waiting"
    OPENING = "opening"
    READING = "reading"
    WORDS = "words"
    DONE = "done"


@dataclass(frozen=True)
class Step:
    """How far a reading has come: ``done`` of ``total`` frames or files; 0 of 0 is not known."""

    stage: Stage
    done: int = 0
    total: int = 0
    file: int = 0
    files: int = 0


class Cancelled(Exception):
    """The user does not want it any more."""


Report = Callable[[Step], None]
"""Takes each step; raises `Cancelled` to stop the reading."""


def silent(step: Step) -> None:
    """Tell nobody."""


def counted(
    items: Generator[Item, None, None], total: int, report: Report, step: Step
) -> Iterator[Item]:
    """``items`` one by one, each told to ``report`` before it is handed on.

    Where ``report`` stops it, what ``items`` holds open is let go at once.
    """
    with closing(items):
        for done, item in enumerate(items):
            report(Step(step.stage, done, total, step.file, step.files))
            yield item
