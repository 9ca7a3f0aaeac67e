"""What a mention under "previously reported" or beside "removed" is now."""

from __future__ import annotations

from hepaspot.report.hits import Hit, is_named
from hepaspot.report.tags import Tag
from hepaspot.report.told import is_neutral

REMOVAL_REACH = 30
"""Characters between a removal and the stone removed, over a comma."""
REMOVABLE = frozenset({"duct_stone", "other"})
"""What an operation takes out; a calcification stays where it is."""
_STILL_THERE = Tag.CHANGE | Tag.PREV_SEEN | Tag.NOW
_IN_VAIN = Tag.UNSEEN | Tag.NEG_POST
_SUBJECTS = Tag.MENTION | Tag.STATE | Tag.DUCT | Tag.SIGN | Tag.SHADOW


def settle_history(hits: list[Hit], mask: int) -> Hit | None:
    """Decide for each mention; give one that was looked for and is gone.

    ``mask`` holds the tags of ``hits``.
    """
    mentions = [h for h in hits if h.tag == Tag.MENTION]
    _refute_quoted_and_prior(mentions)
    missing: Hit | None = None
    removals = _removals(hits)
    for mention in mentions:
        if _is_gone_elsewhere(mention, mask):
            mention.negated = True
            missing = mention
        if _is_denied_by_name(mention, hits, mask):
            mention.negated = True
        if mention.negated and mask & Tag.PREV_SEEN and _was_known(mention, hits):
            missing = mention
        if _is_removed(mention, removals):
            mention.historical = True
        if mention.prior and not mention.refuted and _settle_prior(mention, hits, mask):
            missing = mention
        mention.negated |= mention.refuted
    return missing


def _refute_quoted_and_prior(mentions: list[Hit]) -> None:
    """What an earlier report called it, where this one names something else."""
    now = {m.lex.value for m in mentions if is_named(m) and not m.prior and not m.negated}
    for mention in mentions:
        is_old_name = mention.quoted or (mention.prior and is_named(mention))
        if is_old_name and now - {mention.lex.value}:
            mention.refuted = True


def _removals(hits: list[Hit]) -> list[Hit]:
    return [
        h
        for h in hits
        if h.tag == Tag.REMOVED or (h.lex.sign == "history_biliary_surgery" and not h.negated)
    ]


def _is_gone_elsewhere(mention: Hit, mask: int) -> bool:
    return mention.elsewhere and (mention.negated or bool(mask & Tag.UNSEEN_FOCUS))


def _was_known(mention: Hit, hits: list[Hit]) -> bool:
    """“The previously noted focus is not seen”: it was there before."""
    return is_neutral(mention) and any(
        h.tag == Tag.PREV_SEEN and h.start < mention.start and h.chunk == mention.chunk
        for h in hits
    )


def _is_denied_by_name(mention: Hit, hits: list[Hit], mask: int) -> bool:
    """“The echogenic focus is no longer seen”: gone, whoever spoke of it."""
    if not mask & Tag.UNSEEN_FOCUS or mention.prior or not is_neutral(mention):
        return False
    return any(h.tag == Tag.UNSEEN_FOCUS and h.chunk == mention.chunk for h in hits)


def _is_removed(mention: Hit, removals: list[Hit]) -> bool:
    if mention.negated or mention.lex.value not in REMOVABLE:
        return False
    return any(
        r.chunk == mention.chunk or abs(r.start - mention.end) < REMOVAL_REACH for r in removals
    )


def _settle_prior(mention: Hit, hits: list[Hit], mask: int) -> bool:
    """Whether the focus of an earlier report is gone; else it is present or history."""
    mention.prior = False
    if mask & Tag.UNSEEN_FOCUS or mention.negated or _looked_for_in_vain(hits, mention):
        mention.negated = True
        return True
    mention.historical |= not mask & _STILL_THERE
    return False


def _looked_for_in_vain(hits: list[Hit], mention: Hit) -> bool:
    """Whether a later chunk says "not found" of nothing in particular."""
    denials = {h.chunk for h in hits if _denies_later(h, mention)}
    named = {h.chunk for h in hits if h is not mention and h.tag & _SUBJECTS}
    return bool(denials - named)


def _denies_later(hit: Hit, mention: Hit) -> bool:
    if hit.chunk > mention.chunk:
        return bool(hit.tag & (_IN_VAIN | Tag.NEG))
    is_behind = hit.chunk == mention.chunk and hit.start > mention.end
    return is_behind and bool(hit.tag & _IN_VAIN)
