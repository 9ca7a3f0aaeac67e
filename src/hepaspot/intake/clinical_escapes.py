"""Delimiters and escape sequences of HL7 version 2 (chapter 2.7): from a field to its words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_SEQUENCE: Final = (
    r"[FSTREHN]|\.(?P<command>br|ce|sp|sk|fi|nf|in|ti) *\+?(?P<number>-?\d{0,3})"
    r"|X(?P<hex>(?:[0-9A-Fa-f]{2}){1,64})|[CM](?:[0-9A-Fa-f]{2}){2,3}|Z\w{0,32}"
)
"""What stands between two escape characters. Anything else is words: "7\\8 mm"."""

_ENDS_LINE: Final = frozenset({"br", "ce", "sp"})
"""Formatting commands that end a line; the others indent, or set in another type."""

MOST_BLANK_LINES: Final = 3
"""Blank lines that one command can make: convention, more tell a reader nothing."""


class Delimiters(NamedTuple):
    """The characters that part a message, as its header tells them."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"


def unescaped(field: str, delimiters: Delimiters) -> str:
    """The words of a field: repetitions as lines, escape sequences as what they stand for.

    A sequence that means nothing to a reader (bold on, another character set, a maker's
    own) is left out.
    """
    sequence = _pattern(delimiters.escape)
    lines = field.split(delimiters.repetition)
    return "\n".join(sequence.sub(lambda found: _meant(found, delimiters), x) for x in lines)


@lru_cache(maxsize=8)
def _pattern(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(f"{mark}(?P<sequence>{_SEQUENCE}){mark}")


def _meant(found: re.Match[str], delimiters: Delimiters) -> str:
    if found["command"] is not None:
        return "\n" * _lines(found) if found["command"] in _ENDS_LINE else " "
    if found["hex"] is not None:
        return bytes.fromhex(found["hex"]).decode("utf-8", "replace").replace("\r", "\n")
    characters = {
        "F": delimiters.field,
        "S": delimiters.component,
        "R": delimiters.repetition,
        "E": delimiters.escape,
        "T": delimiters.subcomponent,
    }
    return characters.get(found["sequence"], "")


def _lines(found: re.Match[str]) -> int:
    number = int(found["number"]) if found["number"].isdecimal() else 1
    return max(1, min(number, MOST_BLANK_LINES))
