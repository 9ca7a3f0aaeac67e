"""Steps of the walk at words that deny, doubt, correct or tell of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hepaspot.report.hits import SCOPED, Hit, is_named
from hepaspot.report.scan import Token
from hepaspot.report.tags import Tag

if TYPE_CHECKING:
    from hepaspot.report.context import Walk
    from hepaspot.report.marks import Step

_EXCLUDING = ("xclude", "Ruled Out")
"""Within "cannot be excluded" and the like: what it hedges has not been denied."""
_NOT_THIS = frozenset({"并非", "不是", "不考虑", "不支持", "不符合"})
"""Denials of a name, as in 并非钙化灶，为结石, rather than of a state."""
_HEDGES = Tag.HEDGE | Tag.HEDGE_POST


def _negation(walk: Walk, token: Token) -> None:
    walk.add(token)
    walk.denying, walk.past_comma = True, False
    walk.denied_from, walk.denial_at = len(walk.hits), token.start
    walk.denial_end = token.end


def _negation_after(walk: Walk, token: Token) -> None:
    for hit in walk.in_chunk(SCOPED & ~Tag.DUCT):
        hit.negated, hit.hedged = True, False
        hit.said_to = token.end
    walk.add(token)


def closing_without(walk: Walk) -> None:
    """As in "one with a shadow, one without": the last word denies what was said before."""
    last = walk.last()
    if last is None or last.tag != Tag.NEG or walk.written(last) != "Without":
        return
    shadow = next((hit for hit in reversed(walk.hits) if hit.tag == Tag.SHADOW), None)
    if shadow is not None:
        denied = Hit(last.start, last.end, shadow.lex, shadow.tag, last.organ, last.chunk)
        denied.negated = True
        walk.hits.append(denied)


def _hedge(walk: Walk, token: Token) -> None:
    walk.add(token)
    walk.differential = token.lex.name == "differential"
    walk.hedging = True
    if walk.past_comma or token.lex.language == "zh":
        walk.denying = False


def _hedge_after(walk: Walk, token: Token) -> None:
    stays_open = any(word in walk.written(token) for word in _EXCLUDING)
    for hit in walk.in_chunk(Tag.MENTION):
        if stays_open and walk.past_comma and not hit.refuted:
            hit.negated = False
        hit.hedged = hit.hedged or not hit.negated
    walk.add(token)


def hedge_alone(walk: Walk) -> None:
    """As in "…, presumably": a hedge alone in its chunk hedges what stood before."""
    mask = 0
    for hit in walk.hits[walk.chunk_from :]:
        mask |= hit.tag
    if not mask & Tag.HEDGE or mask & ~(_HEDGES | Tag.COMMA):
        return
    earlier = reversed(walk.hits[: walk.chunk_from])
    mention = next((hit for hit in earlier if hit.tag == Tag.MENTION), None)
    if mention is not None:
        mention.hedged = True


def _rather_than(walk: Walk, token: Token) -> None:
    if token.lex.language == "zh" and not any(hit.tag == Tag.MENTION for hit in walk.hits):
        _negation(walk, token)
        walk.rather_than = walk.written(token) in _NOT_THIS
        return
    walk.add(token)
    walk.rather_than = walk.written(token) != "Over" or _favours(walk)
    preferred = walk.last_in_chunk(Tag.MENTION) if "Prefer" in walk.written(token) else None
    if preferred is not None:
        preferred.hedged = True


def _favours(walk: Walk) -> bool:
    """Whether something was favoured, so that "over" says over what."""
    return any(hit.tag & _HEDGES and "Favo" in walk.written(hit) for hit in walk.hits)


def _correct(walk: Walk, token: Token) -> None:
    """A correction takes back every name given so far."""
    for hit in walk.hits:
        if is_named(hit):
            hit.refuted = True
    walk.add(token)
    walk.telling_prior = walk.denying = walk.hedging = walk.either_or = False


def _prior(walk: Walk, token: Token) -> None:
    walk.add(token)
    walk.telling_prior = True


def _prior_after(walk: Walk, token: Token) -> None:
    mention = walk.last_in_chunk(Tag.MENTION)
    if mention is not None:
        mention.elsewhere = True
    walk.add(token)


def _advice(walk: Walk, token: Token) -> None:
    walk.add(token)
    walk.dropping = True


def _history(walk: Walk, token: Token) -> None:
    walk.add(token)
    walk.telling_history = True


def _history_after(walk: Walk, token: Token) -> None:
    for hit in walk.in_chunk(Tag.MENTION):
        hit.historical = True
    walk.add(token)


def _now(walk: Walk, token: Token) -> None:
    walk.telling_history = walk.telling_prior = False
    walk.add(token)


STEPS: dict[int, Step] = {
    Tag.NEG: _negation,
    Tag.NEG_POST: _negation_after,
    Tag.HEDGE: _hedge,
    Tag.HEDGE_POST: _hedge_after,
    Tag.RATHER_THAN: _rather_than,
    Tag.CORRECT: _correct,
    Tag.PRIOR: _prior,
    Tag.PRIOR_POST: _prior_after,
    Tag.ADVICE: _advice,
    Tag.PURPOSE: _advice,
    Tag.HISTORY: _history,
    Tag.HISTORY_POST: _history_after,
    Tag.NOW: _now,
}
