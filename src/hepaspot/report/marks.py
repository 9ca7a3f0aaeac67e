"""Steps of the walk at marks and verbs that part what is said: commas, slashes, questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hepaspot.report.hits import Hit
from hepaspot.report.scan import Token
from hepaspot.report.sizes import SizeToken
from hepaspot.report.tags import Tag

if TYPE_CHECKING:
    from hepaspot.report.context import Walk

Step = Callable[["Walk", Any], object]

_OPENS_WORD = frozenset(("", " ", "\n", "(", ".", ":", ",", ";"))
_CLOSES_WORD = frozenset(("", " ", ",", ")", ";", "\n", "?"))
_PARTS_QUESTIONS = Tag.LOBE | Tag.SEGMENT | Tag.SEEN | Tag.SIZE


def _comma(walk: Walk, token: Token) -> None:
    walk.next_chunk()
    walk.add(token)
    if token.lex.language == "zh" and _stands_in_chinese(walk.text, token.start):
        walk.denying = walk.hedging = walk.telling_history = False
        walk.telling_prior = walk.telling_prior and not any(hit.prior for hit in walk.hits)
    else:
        walk.past_comma = walk.denying
    walk.rather_than = walk.near = False


def _stands_in_chinese(text: str, at: int) -> bool:
    around = text[max(0, at - 3) : at + 4]
    return any("\u4e00" <= character <= "\u9fff" for character in around)


def _seen(walk: Walk, token: Token) -> None:
    if walk.denying and _begins_anew(walk, token):
        walk.denying = False
    walk.add(token)


def _begins_anew(walk: Walk, token: Token) -> bool:
    """Whether a word of seeing or a "with" begins to tell what is there after a denial."""
    if token.lex.language == "zh":
        return True
    if walk.past_comma:
        return walk.has_denied()
    is_short = token.end - token.start == len("with")
    return walk.hits[-1].tag == Tag.LIST_AND or (is_short and walk.has_denied())


def _end(walk: Walk, token: Token) -> None:
    if walk.denying:
        for hit in walk.hits[walk.denied_from :]:
            if hit.tag == Tag.MENTION and hit.negated:
                hit.refuted = token.start - hit.end <= 2
    walk.next_chunk()
    walk.denying = walk.past_comma = walk.hedging = walk.differential = False
    walk.rather_than = walk.telling_history = False
    walk.add(token)


def _colon(walk: Walk, token: Token) -> None:
    """What stands before a colon is a heading: its denial or doubt ends with it."""
    if walk.has_denied() or not walk.denying:
        walk.denying = walk.hedging = False
    walk.add(token)


def _size(walk: Walk, token: SizeToken) -> None:
    """A size past a comma belongs to something that is there."""
    if walk.past_comma:
        walk.denying = False
    hit = walk.add(token)
    hit.axes_mm, hit.is_range, hit.listed = token.axes_mm, token.is_range, token.listed


def _slash(walk: Walk, token: Token) -> None:
    last = walk.last()
    if last is not None and last.tag == Tag.MENTION and token.start - last.end <= 1:
        walk.either_or = True
    walk.add(token)


def _question(walk: Walk, token: Token) -> None:
    """Doubt what follows, as in "?stone", or what stands before, as in "stone?"."""
    mention = walk.last_in_chunk(Tag.MENTION)
    before = walk.text[token.start - 1 : token.start]
    after = walk.text[token.end : token.end + 1]
    opens = before in _OPENS_WORD and after not in _CLOSES_WORD
    if opens or (before == " " and mention is None):
        walk.hedging = True
    elif mention is not None:
        mention.hedged = mention.asked = True
        _asked_before(walk, mention)
    walk.add(token)


def _asked_before(walk: Walk, mention: Hit) -> None:
    """Take two questions in a row, as in "Stone? Calcification?", for an either-or."""
    earlier = walk.hits[: next(at for at, hit in enumerate(walk.hits) if hit is mention)]
    for hit in reversed(earlier):
        if hit.tag == Tag.MENTION:
            if hit.asked and hit.lex.value not in {"neutral", mention.lex.value}:
                hit.either = mention.either = True
            return
        if hit.tag & _PARTS_QUESTIONS:
            return


STEPS: dict[int, Step] = {
    Tag.COMMA: _comma,
    Tag.SEEN: _seen,
    Tag.END: _end,
    Tag.COLON: _colon,
    Tag.SIZE: _size,
    Tag.SLASH: _slash,
    Tag.QUESTION: _question,
}
