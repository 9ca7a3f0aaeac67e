"""Rights what engines misread for reasons of shape: Roman numerals of liver segments."""

from __future__ import annotations

import re
from typing import Final

_NUMERALS: Final = frozenset({"II", "III", "IV", "VI", "VII", "VIII"})

_STROKES: Final = re.compile(r"(?<![A-Za-z0-9])(S?)([VIvil1|!]{2,5})(?![A-Za-z0-9])")
"""What can be a Roman numeral, its strokes taken for other thin letters."""

_RUN_ON: Final = re.compile(r"(?<![A-Za-z])(S?(?:VI{1,3}|I{2,3}|IV))(?=[a-z]{2,})")
"""A Roman numeral with the next word right behind it."""


def righted(text: str) -> str:
    """``text`` with numerals such as "VIl" and "IIof" as they were printed."""
    return _RUN_ON.sub(r"\1 ", _STROKES.sub(_numeral, text))


def _numeral(found: re.Match[str]) -> str:
    before, strokes = found.groups()
    upright = re.sub(r"[il1|!]", "I", strokes).replace("v", "V")
    # Without a capital it may be a number ("11") or a word ("ill", "vi").
    is_told = upright in _NUMERALS and re.search("[VI]", strokes)
    return before + upright if is_told else found.group()
