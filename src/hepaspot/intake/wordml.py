"""Reads the parts of a Word file as a stream of XML elements (ECMA-376, part 1).

Names are compared without their namespace: the transitional and the strict form of the
standard differ in nothing else that matters here.
"""

from __future__ import annotations

import posixpath
from typing import Final

_SEPARATORS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_UNSEEN: Final = frozenset({"Fallback", "moveFrom", "del", "tabs"})
"""Second copies of a text box for old readers, words that the author took out, tab stops."""


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


class Relationships:
    """Which parts belong to a part, by kind."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._targets: list[tuple[str, str]] = []

    def of_kind(self, kind: str) -> list[str]:
        """Names of the parts of ``kind``, in the order listed."""
        return [target for listed, target in self._targets if listed == kind]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note one relationship."""
        if _local(name) != "Relationship" or attributes.get("TargetMode") == "External":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = attributes.get("Target", "")
        path = target[1:] if target.startswith("/") else posixpath.join(self._folder, target)
        self._targets.append((kind, posixpath.normpath(path)))

    def end(self, name: str) -> None:
        """Nothing ends here."""

    def characters(self, data: str) -> None:
        """Relationships hold no words."""


class WordsOfPart:
    """The words of one part: a line a paragraph, a tab between the cells of a row.

    A text box stands inside the paragraph it is anchored in and starts a line of its own.
    Gathering stops once ``limit`` characters are passed; ``overflowed`` tells.
    """

    def __init__(self, limit: int) -> None:
        self.overflowed = False
        self._limit = limit
        self._length = 0
        self._pieces: list[str] = []
        self._in_words = 0
        self._unseen = 0
        self._cells: list[list[str]] = []

    def text(self) -> str:
        """All words, lines without trailing blanks."""
        lines = "".join(self._pieces).split("\n")
        return "\n".join(line.rstrip() for line in lines).strip("\n")

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """Enter an element."""
        local = _local(name)
        if local in _UNSEEN:
            self._unseen += 1
        elif local == "t":
            self._in_words += 1
        elif local == "tc":
            self._cells.append(self._swap([]))
        elif local == "txbxContent":
            self._add("\n")
        elif local in _SEPARATORS:
            self._add(_SEPARATORS[local])

    def end(self, name: str) -> None:
        """Leave an element."""
        local = _local(name)
        if local in _UNSEEN:
            self._unseen -= 1
        elif local == "t":
            self._in_words -= 1
        elif local == "tc":
            self._end_cell()
        elif local in {"p", "tr"}:
            self._add("\n")

    def characters(self, data: str) -> None:
        """Take words, not the white space between elements."""
        if self._in_words:
            self._add(data)

    def _end_cell(self) -> None:
        cell = self._swap(self._cells.pop())
        # The lines of one cell stay together: a row is one line, as the eye reads it.
        self._pieces.append(" ".join("".join(cell).split("\n")).strip() + "\t")

    def _swap(self, pieces: list[str]) -> list[str]:
        previous, self._pieces = self._pieces, pieces
        return previous

    def _add(self, piece: str) -> None:
        if self._unseen or self.overflowed:
            return
        self._length += len(piece)
        self.overflowed = self._length > self._limit
        self._pieces.append(piece)
