"""Whether a cyst, mass or treated lesion holds the focus or is told of by itself."""

from __future__ import annotations

from hepaspot.report.drafts import Group
from hepaspot.report.hits import Hit
from hepaspot.report.tags import Tag
from hepaspot.report.told import CLAUSE_ENDS, PLACES, is_chinese, is_english, is_inside_mark

REACH = {"en": 40, "zh": 14}
"""Characters between a host and the focus it holds, by language."""
REACH_OVER_VERB = 64
"""The same in English where a verb such as "shows" or "contains" stands between."""
REACH_OVER_COMMA = 8
"""Characters between a Chinese host and its focus in the next clause (囊肿，壁钙化)."""
SHORTEST_NAME = 3
"""Characters of a Chinese host's name that make it sure enough to reach over a comma."""


def holds(group: Group, k: int) -> bool:
    """A host holds a focus only where words tie the two closely together."""
    host, mention = group.hits[k], group.first
    if host.negated:
        return False
    between = group.between(k)
    is_before = k < group.own[0]
    if is_before and any(is_inside_mark(h) for h in between):
        return True
    gap = mention.start - host.end if is_before else host.start - mention.end
    if is_chinese(host) and any(h.tag == Tag.PAUSE for h in between):
        return False
    if any(h.tag & (CLAUSE_ENDS | Tag.ORDINAL) for h in between):
        return is_before and gap < REACH_OVER_COMMA and _reaches_over_comma(host, between)
    if is_english(host) and any(h.tag == Tag.SEEN for h in between):
        return gap <= REACH_OVER_VERB
    return gap <= REACH["en" if is_english(host) else "zh"]


def _reaches_over_comma(host: Hit, between: list[Hit]) -> bool:
    if not is_chinese(host) or host.lex.name == "loose":
        return False
    told_of_more = PLACES | Tag.ORGAN
    return host.end - host.start >= SHORTEST_NAME and not any(h.tag & told_of_more for h in between)


def is_told_of_another(group: Group, k: int) -> bool:
    """Whether the chunk of a place tells of something else: a cyst, or a part not seen."""
    chunk = [j for j, h in enumerate(group.hits) if h.chunk == group.hits[k].chunk]
    if any(j in group.own for j in chunk):
        return False
    is_later = group.hits[k].chunk > group.last.chunk
    if is_later and any(group.hits[j].tag == Tag.MENTION for j in chunk):
        return False
    return any(group.hits[j].tag == Tag.UNSEEN or _is_another_host(group, j) for j in chunk)


def _is_another_host(group: Group, k: int) -> bool:
    host = group.hits[k]
    if host.tag != Tag.HOST or host.negated:
        return False
    return not holds(group, k) and not _is_named_again(group, host)


def _is_named_again(group: Group, host: Hit) -> bool:
    """Whether the focus is bound to this host further on ("cyst …, wall calcified")."""
    return any(
        h.tag == Tag.HOST and h is not host and h.lex.value == host.lex.value and holds(group, j)
        for j, h in enumerate(group.hits)
    )
