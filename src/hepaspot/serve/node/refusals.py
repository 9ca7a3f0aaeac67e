"""Refused associations in the audit trail: few enough that whoever scans ports cannot fill it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Final, NamedTuple

EACH_S: Final = 60.0
"""The same refusal is noted once in so long: seconds (convention)."""

MOST: Final = 60
"""Different refusals that are noted in that time; the journal has all (convention)."""

TITLE_LETTERS: Final = 16
"""Longest title (PS3.5, 6.2)."""


class Refused(NamedTuple):
    """An association that was refused; ``called`` only where that title was not the node's."""

    caller: str
    called: str | None
    address: str
    why: str


class Rarely:
    """Says which refusals are to be noted. Threads may share one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._turn = clock, Lock()
        self._noted: dict[Refused, float] = {}

    def allows(self, refused: Refused) -> bool:
        """Whether it is to be noted: not where the same was a moment ago, or too many were."""
        with self._turn:
            moment = self._clock()
            recent = {each: at for each, at in self._noted.items() if moment - at < EACH_S}
            self._noted = recent
            if refused in recent or len(recent) >= MOST:
                return False
            recent[refused] = moment
            return True


def as_sent(title: str) -> str:
    """A title as a line may tell it: of ASCII that can be printed, and not longer than a title."""
    letters = title.strip()[:TITLE_LETTERS]
    return "".join(each if " " <= each <= "~" else "?" for each in letters)
