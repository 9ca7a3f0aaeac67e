"""Control characters in plain text: a few are the traces of a device, many are no text."""

from __future__ import annotations

import re
from typing import Final

from hepaspot.errors import UnreadableInput

CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""What no text needs; tabs, line ends and form feeds are white space."""

CHARACTERS_A_CONTROL: Final = 50
CONTROLS_OF_ANY_TEXT: Final = 2
"""One control in so many characters is still text, and so are so many in any (convention)."""

_TRACES: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1a")
"""Terminal escape sequences (ECMA-48), and the mark that ends a DOS file."""

_NO_TEXT: Final = re.compile(r"[\x00\x0e\x0f\x1b]")
"""NUL is binary; an escape left over, or a shift, belongs to an encoding that is not read."""


def without_controls(text: str) -> str | None:
    """``text`` without control characters, or None if it holds too many to be text."""
    if not CONTROLS.search(text):
        return text
    rest = _TRACES.sub("", text)
    allowed = CONTROLS_OF_ANY_TEXT + len(rest) // CHARACTERS_A_CONTROL
    if _NO_TEXT.search(rest) or len(CONTROLS.findall(rest)) > allowed:
        return None
    # A space: two numbers on either side of it must not become one.
    return CONTROLS.sub(" ", rest)


def plain_words(text: str, where: str) -> str:
    """As `without_controls`.

    Raises
    ------
    UnreadableInput
        If ``text`` is no text.
    """
    words = without_controls(text)
    if words is None:
        raise binary_data(where)
    return words


def binary_data(where: str) -> UnreadableInput:
    """What is said of bytes that are no text."""
    return UnreadableInput(
        f"{where}: holds binary data, not words; give the report as text, PDF or .docx"
    )
