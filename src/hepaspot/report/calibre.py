"""Which written sizes are the calibre of a duct."""

from __future__ import annotations

from hepaspot.report.hits import Hit
from hepaspot.report.measures import goes_with_dilated, tells_of_the_duct
from hepaspot.report.tags import Tag

NOUN_REACH = 40
"""Characters between a size and a mention behind it that it measures instead."""
WIDEST_MM = 60.0
"""No bile duct is wider than this (convention)."""
_SUBJECTS = Tag.MENTION | Tag.DUCT | Tag.ORGAN
_PARTING = Tag.SEEN | Tag.NEG | Tag.LIST_AND


def is_width(hits: list[Hit], k: int, duct: Hit) -> bool:
    """Whether the size at ``k`` is the width of ``duct``, named before it."""
    if goes_with_dilated(hits, k):
        return True
    if _measures_what_the_duct_holds(hits, k, duct) or _measures_what_follows(hits, k):
        return False
    size = hits[k]
    if len(size.axes_mm) > 1 and not size.is_range:
        return False
    is_of_mention = any(h.tag == Tag.MENTION and duct.end <= h.start < size.start for h in hits)
    return not is_of_mention and max(size.axes_mm) <= WIDEST_MM


def _measures_what_the_duct_holds(hits: list[Hit], k: int, duct: Hit) -> bool:
    """“A stone in the left duct, 6 mm”: the duct is only where the stone lies."""
    if not duct.near_preposition:
        return False
    between = [h for h in hits[:k] if h.start >= duct.end]
    if duct.chunk == hits[k].chunk and tells_of_the_duct(between):
        return hits[k - 1].tag == Tag.OPEN and any(h.tag == Tag.MENTION for h in hits[:k])
    return any(h.tag == Tag.MENTION and h.start < duct.start for h in hits)


def _measures_what_follows(hits: list[Hit], k: int) -> bool:
    size = hits[k]
    after = next((j for j in range(k + 1, len(hits)) if hits[j].tag & _SUBJECTS), None)
    if after is None or hits[after].tag != Tag.MENTION or hits[after].chunk != size.chunk:
        return False
    if hits[after].start - size.end > NOUN_REACH:
        return False
    return not any(h.tag & _PARTING for h in hits[k + 1 : after])
