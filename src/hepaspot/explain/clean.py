"""The words of a report are hostile until cleaned: no control characters, no bidi tricks."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls but tab and newline: terminals obey them
    "\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # reorder or hide what follows
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
)
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """``text`` without characters that a terminal or a browser would obey or hide."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """``text`` cleaned and on one line."""
    return _SPACE.sub(" ", clean(text)).strip()
