"""Bind to a focus what its passage says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hepaspot.report.drafts import Draft, Group, is_usable
from hepaspot.report.hits import Hit
from hepaspot.report.hosts import holds, is_told_of_another
from hepaspot.report.lumen import inside_hit, is_in_a_duct, lies_inside
from hepaspot.report.measures import size_belongs
from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex
from hepaspot.report.told import PLACES, is_chinese, is_english, is_inside_mark, is_liver

INTRODUCTION_REACH = 30
"""Characters before a mention within which "见" or "there is" introduces it."""
LEADING_REACH = 40
"""Characters from a size or number to the noun it leads to ("a 6 mm shadowing stone")."""
COUNT_REACH = 60
"""Characters from an English number word to the noun it counts."""
COUNT_REACH_OVER_COMMA = 30
"""Characters from "multiple" to its noun where a comma stands between."""
COUNT_BEHIND_REACH = 8
"""Characters from a Chinese noun to the number behind it (强回声数枚)."""
SIDE_LOOKAHEAD = 3
"""Terms after "along" among which the side of the duct stands."""
_BOUND = (
    Tag.SHADOW
    | Tag.LOBE
    | Tag.SEGMENT
    | Tag.LANDMARK
    | Tag.COUNT
    | Tag.LARGEST
    | Tag.CHANGE
    | Tag.HOST
    | Tag.ATTRIBUTE
    | Tag.SIZE
    | Tag.MASKED
    | Tag.DISTRIB
    | Tag.ALL_OF
    | Tag.BRIGHTNESS
    | Tag.ALONG
)
_MAY_TELL_OF_ANOTHER = Tag.LOBE | Tag.SEGMENT | Tag.LANDMARK | Tag.COUNT
_SUBJECTS = Tag.MENTION | Tag.DUCT | Tag.ORGAN | Tag.HOST


def bind(draft: Draft, group: Group, span: tuple[int, int]) -> None:
    """Give ``draft`` those of the hits in ``span`` that belong to it."""
    hits = group.hits
    for k in range(*span):
        hit = hits[k]
        _note(draft, group, k)
        if hit.tag == Tag.DUCT and lies_inside(group, k):
            draft.hits.append(inside_hit(hit))
        if not _belongs(group, k):
            continue
        if _is_second_axis(draft, hits, k):
            draft.sizes[-1].axes_mm += hit.axes_mm
            continue
        if hit.tag == Tag.ALONG and (side := _along_side(hits, k)) is not None:
            draft.hits.append(side)
        draft.hits.append(hit)
    _leave_normal_parts(draft)


def _leave_normal_parts(draft: Draft) -> None:
    """A lobe that is told to be normal is no place of a focus that has one of its own."""
    places = draft.of(PLACES)
    if any(hit.apart for hit in places) and not all(hit.apart for hit in places):
        draft.hits = [hit for hit in draft.hits if not hit.apart]


def _note(draft: Draft, group: Group, k: int) -> None:
    """How the focus is introduced, and what it is said not to be."""
    hit, first = group.hits[k], group.first
    if hit.tag == Tag.MENTION:
        if hit.refuted and k not in group.own and is_usable(hit, group.hits):
            draft.refuted.append(hit)
    elif k < group.own[0]:
        draft.ordinal |= hit.tag == Tag.ORDINAL
        draft.anaphor |= hit.tag == Tag.ANAPHOR and hit.chunk == first.chunk
        draft.seen |= hit.tag == Tag.SEEN and first.start - hit.start <= INTRODUCTION_REACH


def _belongs(group: Group, k: int) -> bool:
    hit = group.hits[k]
    if not hit.tag & _BOUND or hit.near or hit.dropped:
        return False
    if not (is_liver(hit) or _leads(hit, group.first)):
        return False
    check = _CHECKS.get(hit.tag)
    if check is not None and not check(group, k):
        return False
    return not (hit.tag & _MAY_TELL_OF_ANOTHER and is_told_of_another(group, k))


def _leads(hit: Hit, mention: Hit) -> bool:
    """Whether a size or number stands right before its noun ("… and a 6 mm stone")."""
    if not hit.tag & (Tag.SIZE | Tag.COUNT) or hit.chunk != mention.chunk:
        return False
    return 0 <= mention.start - hit.end <= LEADING_REACH


def _is_second_axis(draft: Draft, hits: list[Hit], k: int) -> bool:
    """“Long 6 mm, wide 3 mm”: the second number is an axis of the same size."""
    if hits[k].tag != Tag.SIZE or not k or hits[k - 1].tag != Tag.SECOND_AXIS:
        return False
    return bool(draft.sizes) and len(draft.sizes[-1].axes_mm) == 1


def _along_side(hits: list[Hit], k: int) -> Hit | None:
    """“Along the left hepatic duct” is also a place."""
    duct = hits[k + 1] if k + 1 < len(hits) else None
    if duct is None or duct.tag != Tag.DUCT:
        return None
    ahead = hits[k + 1 : k + 1 + SIDE_LOOKAHEAD]
    lobe = next((h for h in ahead if h.tag == Tag.LOBE and h.start == duct.start), None)
    if lobe is None or lobe.lex.value not in ("left", "right"):
        return None
    lex = Lex(Tag.LANDMARK, f"along_{lobe.lex.value}_duct")
    return replace(duct, lex=lex, tag=lex.tag, negated=False)


def _follows_a_duct(group: Group, k: int) -> bool:
    after = group.hits[k + 1 : k + 2]
    return bool(after) and after[0].tag == Tag.DUCT


def _counts(group: Group, k: int) -> bool:
    """A number word counts the focus it stands before, in the same chunk."""
    if k > group.own[-1]:
        return _counts_behind(group, k)
    hit, mention = group.hits[k], group.first
    gap = mention.start - hit.end
    is_many = hit.lex.value == "multiple"
    if hit.chunk != mention.chunk and not (is_many and gap < COUNT_REACH_OVER_COMMA):
        return False
    between = group.between(k)
    if any(h.tag & (Tag.DUCT | Tag.ORGAN | Tag.HOST) and not is_liver(h) for h in between):
        return False
    if is_chinese(hit):
        return True
    return gap <= COUNT_REACH and not any(_parts_english_count(h) for h in between)


def _parts_english_count(hit: Hit) -> bool:
    if hit.tag & (Tag.SEEN | Tag.HOST):
        return True
    return is_english(hit) and bool(hit.tag & (Tag.LOBE | Tag.LANDMARK))


def _counts_behind(group: Group, k: int) -> bool:
    """A Chinese number right behind its noun, or alone in its chunk (…，多发)."""
    hit, last = group.hits[k], group.last
    if not is_chinese(hit) or hit.end - hit.start == 1:
        return False
    if hit.chunk == last.chunk and hit.start - last.end <= COUNT_BEHIND_REACH:
        return True
    chunk = (h for h in group.hits if h.chunk == hit.chunk)
    return hit.lex.value == "multiple" and all(h.tag & (Tag.COUNT | Tag.COMMA) for h in chunk)


def _places(group: Group, k: int) -> bool:
    """“At the hilum” right behind a duct says where the duct is."""
    if group.hits[k].lex.value != "hilar" or k <= group.own[-1]:
        return True
    return group.hits[k - 1].tag != Tag.DUCT


def _describes(group: Group, k: int) -> bool:
    hit = group.hits[k]
    if is_inside_mark(hit):
        return is_in_a_duct(group.hits, k)
    return hit.lex.sign != "flow" or not is_of_a_vein(group.hits, k)


def is_of_a_vein(hits: list[Hit], k: int) -> bool:
    """Whether the words at ``k`` speak of a portal or hepatic vein (门静脉血流通畅)."""
    subject = next((h for h in reversed(hits[:k]) if h.tag & _SUBJECTS), None)
    return subject is not None and subject.tag == Tag.ORGAN and subject.lex.value == "vein"


_CHECKS: dict[int, Callable[[Group, int], bool]] = {
    Tag.SIZE: lambda group, k: size_belongs(group.hits, k, group.own),
    Tag.MASKED: lambda group, k: size_belongs(group.hits, k, group.own),
    Tag.COUNT: _counts,
    Tag.LANDMARK: _places,
    Tag.HOST: holds,
    Tag.ATTRIBUTE: _describes,
    Tag.ALONG: _follows_a_duct,
}
"""What else has to hold before a term of the tag belongs to the focus."""
