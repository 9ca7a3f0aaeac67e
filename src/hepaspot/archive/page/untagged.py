"""Reports that came out of a web page: their words without tags, and where each word stands now.

For display alone; what is read and kept is the report as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from html import unescape
from typing import Final

_LINE: Final = r"</?(?:p|br|div|tr|li|ul|ol|table|tbody|h[1-6])(?:\s[^<>]*)?/?>"
"""Tags that begin or end a line."""

_WITHIN: Final = r"</?(?:span|font|b|strong|i|em|u|td|th|o:p)(?:\s[^<>]*)?/?>"
"""Tags within a line."""

_ENTITY: Final = r"&(?:nbsp|lt|gt|amp|quot|#\d{1,5}|#x[0-9a-f]{1,4});"

_MARKUP: Final = re.compile(
    rf"(?P<lines>(?:{_LINE}\s*)+)|(?P<within>{_WITHIN})|(?P<entity>{_ENTITY})", re.IGNORECASE
)

_PLAINLY: Final = re.compile(rf"{_LINE}|&nbsp;|</(?:span|font)>", re.IGNORECASE)
"""What no author types: "<5 mm" and "T < S" are words."""


@dataclass(frozen=True)
class Untagged:
    """Words without tags.

    Attributes
    ----------
    text : str
    cuts : tuple of (int, int, int)
        What was replaced, in order: where it began and ended, and where the words go on now.
    """

    text: str
    cuts: tuple[tuple[int, int, int], ...] = ()

    def place(self, at: int) -> int:
        """Where a character of the report stands now; of a tag, where the words go on."""
        number = bisect_right(self.cuts, at, key=lambda cut: cut[0]) - 1
        if number < 0:
            return at
        _, end, now = self.cuts[number]
        return now + max(0, at - end)

    def end(self, at: int) -> int:
        """Where a passage ends now that ended before ``at``."""
        return self.place(at - 1) + 1 if at and not self._is_cut(at - 1) else self.place(at)

    def _is_cut(self, at: int) -> bool:
        number = bisect_right(self.cuts, at, key=lambda cut: cut[0]) - 1
        return number >= 0 and at < self.cuts[number][1]


def untagged(text: str) -> Untagged:
    """The words of a report that is plainly HTML; of any other, as they are."""
    if not _PLAINLY.search(text):
        return Untagged(text)
    pieces: list[str] = []
    cuts: list[tuple[int, int, int]] = []
    after = length = 0
    for found in _MARKUP.finditer(text):
        before = text[after : found.start()]
        begins = not length and not before  # a tag that opens the first line
        piece = "" if begins and found["lines"] else before + _instead(found)
        pieces.append(piece)
        length += len(piece)
        after = found.end()
        cuts.append((found.start(), after, length))
    return Untagged("".join(pieces) + text[after:], tuple(cuts))


def _instead(found: re.Match[str]) -> str:
    if found["entity"]:
        return unescape(found["entity"]).replace("\N{NO-BREAK SPACE}", " ")
    return "\n" if found["lines"] and found.end() < len(found.string) else ""
