"""The density of a focus on unenhanced CT, in Hounsfield units."""

from __future__ import annotations

import re

from hepaspot.report.scan import Token
from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex

HIGH_HU = 100.0
"""From here on as dense as calcification (about 100 to 200 HU, Zhou et al., n = 17)."""
NEAR_LIVER_HU = 80.0
"""Up to here near the liver's own density (58 ± 9 HU), as pigment stones are (convention)."""
_PATTERN = re.compile(r"(?<![\d.])(\d{2,4})(?:\.\d)? ?(?:Hu(?![a-z])|Hounsfield)")
_HIGH = Lex(Tag.ATTRIBUTE, "high", sign="ct_density")
_NEAR_LIVER = Lex(Tag.ATTRIBUTE, "near_liver", sign="ct_density")


def densities(text: str, start: int, end: int) -> list[Token]:
    """Every density in ``text[start:end]`` that tells dense from liver-like."""
    if "Hu" not in text[start:end] and "Hounsfield" not in text[start:end]:
        return []
    found = []
    for match in _PATTERN.finditer(text, start, end):
        lex = _lex(float(match[1]))
        if lex is not None:
            found.append(Token(match.start(), match.end(), lex))
    return found


def _lex(density_hu: float) -> Lex | None:
    if density_hu >= HIGH_HU:
        return _HIGH
    return _NEAR_LIVER if density_hu <= NEAR_LIVER_HU else None
