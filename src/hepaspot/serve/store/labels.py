"""Words that a user types beside an exam, made fit to be kept and to be found again."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from hepaspot.errors import TooLarge

MOST_IN_LABEL: Final = 200
"""Characters in the label of a person (convention)."""

MOST_IN_NOTE: Final = 10_000
"""Characters in a note (convention)."""

MOST_IN_SEARCH: Final = 200
"""Characters in what is searched for (convention)."""

MOST_IN_NAME: Final = 255
"""Characters kept of a file's name: its end, which tells the kind (as file systems have it)."""


def person_label(typed: str) -> str:
    """The label of a person as it is kept: one line, single spaces, composed characters.

    Raises
    ------
    TooLarge
        If it is longer than `MOST_IN_LABEL`.
    """
    return _bounded(" ".join(_storable(typed).split()), MOST_IN_LABEL, "label of a person")


def note_text(typed: str) -> str:
    """A note as it is kept; TooLarge if it is longer than `MOST_IN_NOTE`."""
    return _bounded(_storable(typed).strip(), MOST_IN_NOTE, "note")


def file_name(given: str) -> str:
    """The name of a file without its folders and without what cannot be printed."""
    name = _storable(given).replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in name if character.isprintable())
    return printable[-MOST_IN_NAME:] or "file"


def search_terms(typed: str) -> list[str]:
    """The words to look for, folded; TooLarge if they are longer than `MOST_IN_SEARCH`."""
    return folded(_bounded(typed, MOST_IN_SEARCH, "search")).split()


def findable(parts: Iterable[str | None]) -> str:
    """Everything that a search looks into, folded."""
    return folded("\n".join(part for part in parts if part))


def folded(text: str) -> str:
    """``text`` such that spellings which differ in case or width alone are the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _storable(text)).casefold())


def _storable(text: str) -> str:
    """Composed, and without what no database takes: NUL and half a surrogate pair."""
    whole = text.replace("\0", "").encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFC", whole)


def _bounded(text: str, most: int, what: str) -> str:
    if len(text) > most:
        raise TooLarge(f"the {what}: is longer than {most} characters; shorten it")
    return text
