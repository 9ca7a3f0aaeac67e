"""Clauses that tell of a part of the liver that nothing is there: "…, the right lobe is normal"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from hepaspot.report.hits import Hit
from hepaspot.report.tags import Tag
from hepaspot.report.told import CLAUSE_ENDS, PLACES, mask_of

if TYPE_CHECKING:
    from hepaspot.report.context import Walk

_NORMAL: Final = re.compile(
    r"[未无](?:见|探及|)(?:明显|明确|确切|)(?:的|)(?:异常|占位|局灶|病变|病灶|特殊)|正常|回声均[匀质]|未见$"
    r"|\b(?:Normal|Unremarkable|Clear|Homogeneous|No Focal)\b"
)
"""What is said of a part of the liver without a find, in folded text."""

_FINDS: Final = Tag.SIZE | Tag.COUNT | Tag.SHADOW | Tag.BRIGHT


class _Clause(NamedTuple):
    """The terms between two commas, and where they stand."""

    start: int
    end: int
    hits: list[Hit]


def mark_normal_parts(walk: Walk) -> None:
    """Mark the places in clauses that tell of no find there, or how wide the ducts of it are."""
    for clause in _clauses(walk):
        places = [hit for hit in clause.hits if hit.tag & PLACES]
        if places and _tells_of_nothing(clause, walk.text):
            for hit in places:
                hit.apart = True


def _clauses(walk: Walk) -> Iterator[_Clause]:
    start = walk.passage.start
    hits: list[Hit] = []
    for hit in walk.hits:
        if hit.tag & CLAUSE_ENDS:
            yield _Clause(start, hit.start, hits)
            start, hits = hit.end, []
        else:
            hits.append(hit)
    yield _Clause(start, walk.passage.end, hits)


def _tells_of_nothing(clause: _Clause, text: str) -> bool:
    if any(hit.tag == Tag.MENTION and not hit.negated for hit in clause.hits):
        return False
    mask = mask_of(clause.hits)
    if mask & Tag.MENTION:
        return True  # "no bright spot in the right lobe"
    if mask & Tag.DUCT and mask & Tag.STATE:
        return True  # whose the ducts are, wide or not
    return not mask & _FINDS and _NORMAL.search(text, clause.start, clause.end) is not None
