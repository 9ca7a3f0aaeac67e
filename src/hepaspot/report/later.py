"""A sentence of its own about the focus described just before."""

from __future__ import annotations

from dataclasses import replace

from hepaspot.report.binding import is_of_a_vein
from hepaspot.report.drafts import MOST_FOCI, Draft
from hepaspot.report.hits import Hit
from hepaspot.report.lumen import inside_hit, is_course
from hepaspot.report.measures import size_belongs
from hepaspot.report.tags import Tag
from hepaspot.report.told import PLACES, Told, is_english, is_liver

PLURALS = frozenset({"They", "These", "Both", "Each", "Those"})
"""English words that stand for all the foci of a line."""
LATER = PLACES | Tag.SHADOW | Tag.SIZE | Tag.CHANGE | Tag.ATTRIBUTE | Tag.LANDMARK | Tag.MASKED
"""What a later sentence can add to a focus."""
_ELSEWHERE = (-1,)
"""In place of a mention's index: the focus was named in an earlier passage."""
_WHERE = PLACES | Tag.LANDMARK
_SUBJECTS = Tag.ORGAN | Tag.DUCT | Tag.HOST | Tag.EXTENT
_NOT_OF_PLACE = Tag.SIGN | Tag.STATE | Tag.NEG | Tag.UNSEEN | Tag.MENTION
_OF_THE_SUBJECT = frozenset({"shape", "alignment", "in_duct"})
"""Signs that a sentence on a duct or cyst says of that, not of the focus before."""


def add_later(drafts: list[Draft], told: Told, text: str) -> None:
    """Add what a passage without a focus of its own says of the foci in ``drafts``.

    ``text`` is the folded report.
    """
    last = drafts[-1]
    targets = [d for d in drafts if d.section == last.section and d.line == last.line]
    speaks_of_all = _speaks_of_all(told, text)
    last = _one_of_pair(drafts, told)
    if not speaks_of_all:
        targets = [last]
    hits = told.hits
    if has_pronoun(told, text) and not told.mask & Tag.MENTION:
        last.hits += [inside_hit(h) for k, h in enumerate(hits) if _holds_it(hits, k)]
    is_foreign = any(_is_another_subject(h) for h in hits)
    for k, hit in enumerate(hits):
        if _adds(last, told, k, is_foreign=is_foreign):
            for draft in targets:
                draft.hits.append(hit)


def has_pronoun(told: Told, text: str) -> bool:
    """Whether a word stands for the focus told before: "it", "this", 该; not an article."""
    return any(h.tag == Tag.ANAPHOR and text[h.start : h.end] != "The" for h in told.hits)


def _speaks_of_all(told: Told, text: str) -> bool:
    if told.mask & Tag.ALL_OF:
        return True
    anaphors = (h for h in told.hits if h.tag == Tag.ANAPHOR and is_english(h))
    return any(text[h.start : h.end] in PLURALS for h in anaphors)


def _one_of_pair(drafts: list[Draft], told: Told) -> Draft:
    """“The first lies in …”, “The second lies in …”: a group told one by one."""
    last, mask = drafts[-1], told.mask
    if not mask & (Tag.FORMER | Tag.LATTER) or not mask & PLACES:
        return last
    if len(drafts) >= MOST_FOCI:
        return last
    one = [replace(m, count="single") for m in last.mentions]
    if not mask & Tag.FORMER:
        last = Draft(told.section, told.line, mentions=one, ordinal=True)
        drafts.append(last)
        return last
    last.mentions = one
    last.hits = [h for h in last.hits if h.tag != Tag.COUNT]
    return last


def _holds_it(hits: list[Hit], k: int) -> bool:
    """“It lies within a bile duct”: the duct holds the focus told before."""
    duct = hits[k]
    if duct.tag != Tag.DUCT or duct.dropped or not duct.near_preposition:
        return False
    return duct.lex.value in ("intra", "any") and not is_course(hits, k)


def _is_another_subject(hit: Hit) -> bool:
    return bool(hit.tag & _SUBJECTS) and hit.lex.value != "liver" and not hit.near


def _adds(last: Draft, told: Told, k: int, *, is_foreign: bool) -> bool:
    hit = told.hits[k]
    if not hit.tag & LATER or not is_liver(hit) or hit.dropped or hit.near:
        return False
    if hit.tag & (Tag.SIZE | Tag.MASKED):
        return not is_foreign and _adds_size(last, told, k)
    if hit.tag & _WHERE:
        return not is_foreign and not last.lobes and not told.mask & _NOT_OF_PLACE
    if hit.tag == Tag.ATTRIBUTE and hit.lex.sign == "flow":
        return not is_of_a_vein(told.hits, k)
    if hit.tag == Tag.ATTRIBUTE:
        return not is_foreign or hit.lex.sign not in _OF_THE_SUBJECT
    return hit.tag != Tag.CHANGE or not is_foreign


def _adds_size(last: Draft, told: Told, k: int) -> bool:
    if last.sizes or (told.hits[k].tag == Tag.MASKED and not told.mask & Tag.SEEN):
        return False
    return size_belongs(told.hits, k, _ELSEWHERE)
