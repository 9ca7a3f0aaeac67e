"""Parts of a process that work side by side: none of them ends unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread


class Part(Thread):
    """Works in a thread until ``ended`` is set; where it fails, it sets it, and all end.

    Whoever started the process then starts it anew. A part that is missing while the others go
    on would be noticed by nobody.

    Parameters
    ----------
    name : str
        What the journal calls it.
    work : callable
        What to do; it comes back when ``ended`` is set.
    ended : Event
    daemon : bool
        Whether the process may end while it still works.
    """

    def __init__(
        self, name: str, work: Callable[[], object], ended: Event, *, daemon: bool = False
    ) -> None:
        super().__init__(name=name, daemon=daemon)
        self._work, self._ended = work, ended
        self.failed = False

    def run(self) -> None:
        """Work; what goes wrong is told in the journal by the hook for threads."""
        self.failed = True
        try:
            self._work()
            self.failed = False
        finally:
            self._ended.set()
