"""What a way of sending has to do, and what can come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple, Protocol

from hepaspot.serve.node.queue import Delivery


class Result(Enum):
    """What came of sending one object."""

    TAKEN = "taken"
    REFUSED = "refused"
    """This object; others may be taken."""


class Outcome(NamedTuple):
    """What came of it, and in one line why."""

    delivery: Delivery
    result: Result
    reason: str = ""


class Away(Exception):
    """The peer cannot be reached, turns everything away, or has no room: not the objects' fault."""


class Broke(Away):
    """The peer went away over the object in hand, which may be at fault: it counts as a try."""


class Unwilling(Away):
    """The peer is there, and does not do at all what is asked of it: that counts as a try."""


Committed = Callable[[str, list[str], list[str]], None]
"""Told a transaction, what was taken over in it, and what not."""


class Carrier(Protocol):
    """Sends objects to one destination."""

    def send(self, batch: Sequence[tuple[Delivery, Path]]) -> Iterator[Outcome]:
        """Send, and tell of each object when it is settled.

        Raises
        ------
        Away
            Of the objects not told of yet, nothing is known; `Broke` is about the first of them.
        """

    def ask(self, batch: Sequence[Delivery], transaction: str, told: Committed) -> None:
        """Ask the peer to commit itself to what it took.

        Raises
        ------
        Away
        """
