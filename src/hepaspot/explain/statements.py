"""Which of the author's conclusions are told one by one, where a report makes very many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hepaspot.exam import Statement

SHOWN_STATEMENTS: Final = 12
"""Conclusions told one by one, of the whole report and of each focus; the rest are counted."""


def shown(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """At most `SHOWN_STATEMENTS`, in reading order; a different opinion is never crowded out."""
    if len(statements) <= SHOWN_STATEMENTS:
        return tuple(statements)
    first: dict[object, int] = {}
    for place, statement in enumerate(statements):
        first.setdefault((statement.entity, statement.certainty, statement.name), place)
    chosen = dict.fromkeys([*first.values(), *range(SHOWN_STATEMENTS)])
    return tuple(statements[place] for place in sorted(list(chosen)[:SHOWN_STATEMENTS]))


def left_out(statements: Sequence[Statement]) -> int:
    """How many of them are not told."""
    return max(0, len(statements) - SHOWN_STATEMENTS)
