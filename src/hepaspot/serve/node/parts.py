"""Parts of a process that work side by side: none of them ends unnoticed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from threading import Event, Thread


class Part(Thread):
    """Works in a thread until ``ended`` is set; where it fails, it sets it, and all end.

    Whoever started the process then starts it anew. A part that is missing while the others go
    on would be noticed by nobody. The process may end while a part still works.

    Parameters
    ----------
    name : str
        What the journal calls it.
    work : callable
        What to do; it comes back when ``ended`` is set.
    ended : Event
    """

    def __init__(self, name: str, work: Callable[[], object], ended: Event) -> None:
        super().__init__(name=name, daemon=True)
        self._work, self._ended = work, ended
        self.failed = False

    def run(self) -> None:
        """Work; what goes wrong is told in the journal by the hook for threads."""
        try:
            self._work()
        except BaseException:
            self.failed = True
            raise
        finally:
            self._ended.set()


def end_together(parts: Iterable[Part], most_s: float) -> None:
    """Wait until all parts came back, for so many seconds at most: a peer may hold one."""
    until = time.monotonic() + most_s
    for part in parts:
        part.join(max(0.0, until - time.monotonic()))
