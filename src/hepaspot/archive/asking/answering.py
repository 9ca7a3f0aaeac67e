"""What a reviewer is asked of each exam, and which answers there are."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from hepaspot.exam import Entity

NONE: Final = "none"
"""Said where nothing is wrong."""

UNSURE: Final = "unsure"
"""Said where the reviewer cannot decide whether something is wrong."""

NO_SPOT: Final = "no_spot"
SEVERAL: Final = "several"
CANNOT_TELL: Final = "cannot_tell"

SPOTS: Final = (*(entity.value for entity in Entity), CANNOT_TELL, SEVERAL, NO_SPOT)
"""What the bright spot is taken to be; ``several`` where spots differ."""

YES_OR_NO: Final = ("yes", "no")

COLUMNS: Final = (
    *("sheet", "row", "report", "earlier_report"),
    *("problems", "spot", "proven", "comment"),
)
"""Columns of a sheet; the answers of a page leave the reports out."""

ANSWERS: Final = ("problems", "spot", "proven")


@cache
def problems() -> dict[str, str]:
    """What may be wrong, and how it is put to the reviewer: the same list in every sheet."""
    text = (files(__package__) / "problems.toml").read_text(encoding="utf-8")
    return {name: str(words) for name, words in tomllib.loads(text).items()}
