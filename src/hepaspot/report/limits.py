"""Calibres above which a bile duct is dilated, as `hepaspot.knowledge` has them."""

from __future__ import annotations

from functools import cache
from typing import Literal

from hepaspot import knowledge


@cache
def limit_mm(duct: Literal["intrahepatic", "extrahepatic"], *settings: str) -> float:
    """The widest calibre that is still normal, in the first of ``settings`` with a limit."""
    rows = knowledge.load().thresholds_for(knowledge.Duct(duct), *settings)
    return min(row.limit_mm for row in rows if row.limit_mm is not None)
