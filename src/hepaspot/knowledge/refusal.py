"""How a wrong row is refused: one line with the file, the row, the reason and the cure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from hepaspot.errors import KnowledgeError
from hepaspot.knowledge.figures import Sign


def refuse(file: str, row: str, reason: str) -> NoReturn:
    """Raise a `KnowledgeError` for one row of one file."""
    raise KnowledgeError(f"{file}: row {row!r}: {reason}")


def listed(ids: Iterable[str]) -> str:
    """Ids in alphabetical order, for a message."""
    return ", ".join(sorted(str(i) for i in ids))


def known_state(file: str, row: str, sign: Sign, state: str) -> None:
    """Refuse a state that a sign does not have."""
    if state not in sign.states:
        refuse(file, row, f"sign {sign.id} has no state {state!r}; use {listed(sign.states)}")


def known_sign(file: str, row: str, sign: str, signs: Iterable[Sign]) -> Sign:
    """The sign with an id; refuse an id that no sign has."""
    for known in signs:
        if known.id == sign:
            return known
    refuse(file, row, f"unknown sign {sign!r}; see signs.toml")
