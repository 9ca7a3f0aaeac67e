"""Waits for a database that is away, and goes on when it is back."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Final, TypeVar

from hepaspot.errors import OutputError
from hepaspot.serve.node import journal

FIRST_S: Final = 0.5
LONGEST_S: Final = 10.0
"""The waits between tries: seconds; each is twice the one before (convention)."""

MOST_DOUBLINGS: Final = 64
"""Then every wait is longer than the longest that can be set; more would be no number."""

_R = TypeVar("_R")


class Ended(Exception):
    """The process is to end while it waits."""


def until_set(ended: Event) -> None:
    """Wait for an event that a signal sets.

    The system may hand a signal to any thread; the main one, which alone can act on it, has to
    wake now and then to see it.
    """
    while not ended.wait(FIRST_S):
        pass


def wait_after(failures: int, first_s: float, longest_s: float) -> float:
    """The wait after so many failures before: it doubles with each, up to the longest (seconds)."""
    return min(longest_s, first_s * 2.0 ** min(failures, MOST_DOUBLINGS))


def patiently(call: Callable[[], _R], ended: Event) -> _R:
    """The result of ``call``, which is tried until the place that it needs can be had.

    Raises
    ------
    Ended
        If ``ended`` is set meanwhile.
    """
    wait, told = FIRST_S, False
    while True:
        try:
            result = call()
        except OutputError as error:
            if not told:
                journal.fault("waiting", error)
                told = True
        else:
            if told:
                journal.say("going on")
            return result
        if ended.wait(wait):
            raise Ended
        wait = min(LONGEST_S, 2 * wait)
