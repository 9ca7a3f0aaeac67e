"""Where the words stand in the report as written, and in which of its sections."""

from __future__ import annotations

import re
from bisect import bisect_right

from hepaspot.exam import Section, Words
from hepaspot.report.fold import Folded
from hepaspot.report.hits import Hit

SECTIONS = {
    "findings": Section.FINDINGS,
    "impression": Section.IMPRESSION,
    "history": Section.HISTORY,
}

STAND_IN = re.compile(r"(?:One|Another|Second) In(?: The)?$")
"""What stands for a noun that is left out ("another in segment VII")."""
STAND_IN_REACH = 24
"""Characters before the place of a noun left out among which its stand-in lies."""


class Spans:
    """Turns places in the folded text into passages of the source.

    ``sections`` gives the start of each passage in the folded text and its section. A word's
    section is asked of its place, so that one told in the impression says so wherever the
    focus that it belongs to was first named.
    """

    def __init__(self, folded: Folded, source_id: str, sections: list[tuple[int, str]]) -> None:
        self._folded, self._source_id = folded, source_id
        self._starts = [start for start, _ in sections]
        self._names = [name for _, name in sections]
        # words before any heading are findings in a report that goes on to conclude
        self._unheaded = Section.FINDINGS if "impression" in self._names else None

    def words(self, start: int, end: int) -> Words:
        """The folded characters ``start`` up to but not including ``end``, as written."""
        first, last = self._folded.span(*self._not_empty(start, end))
        return Words(
            self._source_id, first, last, SECTIONS.get(self.section(start), self._unheaded)
        )

    def _not_empty(self, start: int, end: int) -> tuple[int, int]:
        """The span, or for a noun that is left out that of the words that stand for it."""
        if start < end:
            return start, end
        stand_in = STAND_IN.search(self._folded.text, max(0, start - STAND_IN_REACH), start)
        return (stand_in.start() if stand_in else max(0, start - 1)), max(1, start)

    def at(self, hit: Hit) -> Words:
        """The words of one term."""
        return self.words(*hit.span)

    def section(self, start: int) -> str:
        """The section of the passage around a place in the folded text."""
        n = bisect_right(self._starts, start) - 1
        return self._names[max(n, 0)] if self._names else ""

    def before(self, start: int, characters: int) -> str:
        """Folded characters right before a place."""
        return self._folded.text[max(0, start - characters) : start]
