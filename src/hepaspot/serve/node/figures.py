"""Counts of what a process took in, for those who watch."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class Figures:
    """Counters that threads share."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._turn = Lock()

    def count(self, what: str, outcome: str, more: int = 1) -> None:
        """Add to a counter."""
        with self._turn:
            self._counts[what, outcome] += more

    def all(self) -> dict[tuple[str, str], int]:
        """Every counter, by what was counted and its outcome."""
        with self._turn:
            return dict(self._counts)
