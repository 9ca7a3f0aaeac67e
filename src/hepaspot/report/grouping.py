"""Which mentions of a passage are one focus, and how far the words about it reach."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from hepaspot.report.binding import bind
from hepaspot.report.drafts import Draft, Group, is_usable
from hepaspot.report.hits import Hit
from hepaspot.report.sharing import distribute, share
from hepaspot.report.tags import Tag
from hepaspot.report.told import (
    CLAUSE_ENDS,
    PLACES,
    is_liver,
    is_neutral,
    lobes_of,
    mask_of,
    segments_of,
)

ADJECTIVE_REACH = 24
"""Characters between "calcified" and the noun or name that it goes on with."""
_LINKS = (
    Tag.HEDGE
    | Tag.HEDGE_POST
    | Tag.CORRECT
    | Tag.RATHER_THAN
    | Tag.QUESTION
    | Tag.EITHER_OR
    | Tag.DIFFER
    | Tag.OPEN
    | Tag.SLASH
    | Tag.LINK
)
_WHERE = PLACES | Tag.LANDMARK | Tag.ORGAN | Tag.DUCT
_LISTING = CLAUSE_ENDS | Tag.LIST_AND | Tag.PAUSE
_JOINTS = Tag.LIST_AND | Tag.PAUSE | Tag.ORDINAL | Tag.SEEN
_DESCRIPTION = PLACES | Tag.SIZE | Tag.COUNT | Tag.ATTRIBUTE
_BESIDE_PLACES = Tag.COMMA | Tag.ORGAN | Tag.PAUSE


def draft_passage(hits: list[Hit], section: str, line: int) -> list[Draft]:
    """The foci that a passage speaks of, with what it says of each."""
    groups = _groups(hits)
    drafts = []
    for group, span in zip(groups, _ranges(hits, groups), strict=True):
        draft = Draft(section, line, mentions=[hits[i] for i in group.own])
        bind(draft, group, span)
        drafts.append(draft)
    share(drafts, hits)
    return [part for draft in drafts for part in distribute(draft)]


def _groups(hits: list[Hit]) -> list[Group]:
    groups: list[Group] = []
    for i, hit in enumerate(hits):
        if not _is_present(hit, hits):
            continue
        if groups and _is_same_focus(_step(groups[-1], i)):
            groups[-1].own.append(i)
        else:
            groups.append(Group(hits, [i]))
    return groups


def _is_present(hit: Hit, hits: list[Hit]) -> bool:
    if hit.tag != Tag.MENTION or hit.negated or hit.historical or hit.refuted or hit.prior:
        return False
    return is_usable(hit, hits)


class _Step(NamedTuple):
    """The way from the last mention of a focus to the next mention."""

    last: Hit
    new: Hit
    is_second: bool
    between: list[Hit]
    mask: int
    old_lobes: set[str]
    new_lobes: set[str]
    old_segments: set[int]
    new_segments: set[int]

    @property
    def values(self) -> tuple[str, str]:
        """What the two mentions name."""
        return self.last.lex.value, self.new.lex.value


def _step(group: Group, i: int) -> _Step:
    hits, last = group.hits, group.last
    between = hits[group.own[-1] + 1 : i]
    before = [*hits[: group.own[-1]], *(h for h in between if h.chunk == last.chunk)]
    after = between[_last_listing(between) :]
    return _Step(
        last=last,
        new=hits[i],
        is_second=len(group.own) == 1,
        between=between,
        mask=mask_of(between),
        old_lobes=_liver_lobes(before),
        new_lobes=_liver_lobes(after),
        old_segments=segments_of(before),
        new_segments=segments_of(after),
    )


def _last_listing(between: list[Hit]) -> int:
    marks = (k for k in range(len(between) - 1, -1, -1) if between[k].tag & _LISTING)
    return next(marks, len(between))


def _liver_lobes(hits: list[Hit]) -> set[str]:
    """Lobes of the liver; "left lobe" may as well be the thyroid's."""
    return lobes_of(h for h in hits if h.tag == Tag.SEGMENT or (h.tag == Tag.LOBE and is_liver(h)))


def _is_same_focus(step: _Step) -> bool:
    if step.mask & Tag.ORDINAL:
        return False
    if step.last.lex.adjective and step.new.start - step.last.end <= ADJECTIVE_REACH:
        return True
    if _names_another(step) or _speaks_of_ducts_between(step) or _lies_elsewhere(step):
        return False
    is_of_group = step.mask & Tag.LARGEST and not (step.new_segments or step.new_lobes)
    return bool(is_of_group) or not _is_told_as_one_more(step)


def _is_told_as_one_more(step: _Step) -> bool:
    if _is_listed_again(step) or _is_seen_again(step):
        return True
    if step.new_lobes and step.mask & Tag.SEEN and not step.new.hedged:
        return not _fills_in(step)
    return False


def _names_another(step: _Step) -> bool:
    """A second diagnosis that no hedge, alternative or correction links to the first."""
    old, new = step.values
    if old == new or is_neutral(step.last) or is_neutral(step.new):
        return False
    if step.new.hedged or step.new.either or step.new.refuted:
        return False
    return not (step.mask & _LINKS or _points_back(step.between))


def _points_back(between: list[Hit]) -> bool:
    """Whether "the" or "this" takes up what was named, not just a place ("in the left lobe")."""
    for k, hit in enumerate(between):
        if hit.tag == Tag.ANAPHOR and not mask_of(between[k + 1 : k + 2]) & _WHERE:
            return True
    return False


def _speaks_of_ducts_between(step: _Step) -> bool:
    mask = step.mask
    if mask & Tag.COMMA or step.new.hedged:
        return False
    return bool(mask & Tag.DUCT and mask & Tag.STATE)


def _lies_elsewhere(step: _Step) -> bool:
    if step.new_lobes and step.old_lobes and not step.new_lobes & step.old_lobes:
        return True
    return bool(
        step.old_segments and step.new_segments and not step.old_segments & step.new_segments
    )


def _is_listed_again(step: _Step) -> bool:
    """“… and a calcification in the left lobe”: the same name and a place of its own."""
    old, new = step.values
    if old != new or is_neutral(step.last) or not step.mask & Tag.LIST_AND:
        return False
    return bool(_liver_lobes(step.between))


def _is_seen_again(step: _Step) -> bool:
    """The same word once more after "见", a size or a number: one more focus."""
    old, new = step.values
    mask = step.mask
    if old != new:
        return False
    if mask & Tag.SIZE and mask & Tag.SEEN:
        return True
    if not is_neutral(step.last) or not mask & (Tag.COMMA | Tag.LIST_AND):
        return False
    return bool(mask & Tag.COUNT) or (bool(mask & Tag.SEEN) and not step.is_second)


def _fills_in(step: _Step) -> bool:
    """A bare bright echo and a name for it; the name may not be a sure find of its own."""
    old, new = is_neutral(step.last), is_neutral(step.new)
    if step.old_lobes or old == new:
        return False
    return old or step.last.hedged or step.last.either


def _ranges(hits: list[Hit], groups: list[Group]) -> list[tuple[int, int]]:
    """For each focus the range of hits that may belong to it."""
    cuts = [_cut(hits, a.own[-1] + 1, b.own[0]) for a, b in pairwise(groups)]
    return list(pairwise([0, *cuts, len(hits)])) if groups else []


def _cut(hits: list[Hit], lo: int, hi: int) -> int:
    """Where, between two foci, the words about the second begin."""
    if commas := [k for k in range(lo, hi) if hits[k].tag & CLAUSE_ENDS]:
        return _before_places(hits, commas)
    if joints := [k for k in range(lo, hi) if hits[k].tag & _JOINTS]:
        return joints[-1]
    backwards = range(hi - 1, lo - 1, -1)
    return next((k for k in backwards if not hits[k].tag & _DESCRIPTION), lo - 1) + 1


def _before_places(hits: list[Hit], commas: list[int]) -> int:
    """The last comma, or one further up where only a place stands between the two."""
    last = len(commas) - 1
    while last and _only_places(hits[commas[last - 1] : commas[last]]):
        last -= 1
    return commas[last]


def _only_places(hits: list[Hit]) -> bool:
    rest = [h for h in hits if not h.tag & _BESIDE_PLACES]
    return bool(rest) and all(h.tag & PLACES for h in rest)
