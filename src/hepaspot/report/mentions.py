"""Steps of the walk at foci: their names, their bright nouns and the choice between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hepaspot.report.hits import (
    IN_LIVER,
    LIVER_LIKE,
    NEUTRAL,
    Hit,
    is_named,
    names_liver,
    side_named,
)
from hepaspot.report.scan import Token
from hepaspot.report.tags import Tag

if TYPE_CHECKING:
    from hepaspot.report.context import Walk
    from hepaspot.report.hits import AnyToken
    from hepaspot.report.marks import Step

_NOUN_REACH = 48
"""Characters between a bright adjective and its noun."""
_ADJECTIVE_REACH = 32
"""Characters between an adjective that is a diagnosis, as "calcified", and its noun."""
_DENIED_IN_LISTS = Tag.MENTION | Tag.STATE | Tag.SIGN | Tag.HOST
"""What a denial goes on to over commas, as in "no mass, stone or calcification"."""
_NEAR_REACH = 5
"""Characters between a word of nearness and the structure it names."""
_PARTS_NOUN = Tag.MENTION | Tag.ORGAN | Tag.HOST
_ANOTHER_IN = tuple(
    f"{word} In {article}" for word in ("One", "Another", "Second") for article in ("", "The ")
)
"""Ends of "one in", "another in" and "a second in", before a lobe or segment."""


def _mention(walk: Walk, token: Token) -> Hit:
    lex, written = token.lex, walk.written(token)
    _note_place(walk, token, written)
    if walk.telling_prior and _differs_from_prior(walk, token):
        walk.telling_prior = False
    if _is_past_denial(walk):
        walk.denying = False
    hit = walk.add(token, lex.organ or None)
    hit.near = _only_marks_place(walk, hit)
    hit.quoted = walk.text[token.start - 1 : token.start] == '"'
    hit.count = lex.count or ("multiple" if "多发" in written else None)
    if lex.value != "neutral":
        walk.cursor.last = lex
    if lex.organ and walk.cursor.organ not in LIVER_LIKE:
        walk.cursor.organ = lex.organ
    _choose(walk, hit)
    return hit


def _only_marks_place(walk: Walk, hit: Hit) -> bool:
    """As in "next to the falciform ligament": a landmark, not what the focus is."""
    if not walk.near or hit.lex.value != "other":
        return False
    before = walk.hits[-2] if len(walk.hits) > 1 else None
    if before is None or hit.start - before.end > _NEAR_REACH:
        return False
    return bool(before.tag & (Tag.NEAR | Tag.ANAPHOR))


def _is_past_denial(walk: Walk) -> bool:
    """As in "without shadow, a stone or calcification": the comma ends what was denied."""
    if not (walk.denying and walk.past_comma and walk.has_denied()):
        return False
    return not any(hit.tag & _DENIED_IN_LISTS for hit in walk.hits[walk.denied_from :])


def _note_place(walk: Walk, token: Token, written: str) -> None:
    """Note the side and the organ that a name tells within itself."""
    side = side_named(written)
    if side is not None:
        walk.add(Token(token.start, token.end, side), "liver")
    if names_liver(written) and walk.cursor.organ not in IN_LIVER:
        walk.cursor.organ = "liver"
        for hit in walk.hits[max(walk.chunk_from, walk.organ_from) :]:
            hit.organ = "liver"


def _differs_from_prior(walk: Walk, token: Token) -> bool:
    """Whether another name than that of the earlier report is given now."""
    if token.lex.value == "neutral":
        return False
    return any(h.prior and is_named(h) and h.lex.value != token.lex.value for h in walk.hits)


def _choose(walk: Walk, hit: Hit) -> None:
    if walk.rather_than:
        hit.negated = hit.refuted = True
        hit.hedged = walk.rather_than = False
    if walk.either_or or walk.differential:
        _join_either(walk, hit)
        walk.either_or = False


def _join_either(walk: Walk, hit: Hit) -> None:
    earlier = next((h for h in reversed(walk.hits[:-1]) if is_named(h)), None)
    if earlier is None:
        return
    if earlier.negated:
        hit.negated = hit.negated or earlier.chunk == hit.chunk
    elif not hit.negated and earlier.lex.value != hit.lex.value:
        hit.either = earlier.either = True
        _share_liver(hit, earlier)


def _share_liver(one: Hit, other: Hit) -> None:
    """Two names of one focus lie in one organ."""
    if not {one.organ, other.organ} & IN_LIVER:
        return
    for hit in (one, other):
        if hit.organ not in IN_LIVER:
            hit.organ = "liver"


def _bright(walk: Walk, token: Token) -> None:
    walk.bright = token


def _noun(walk: Walk, token: Token) -> None:
    """A noun is a focus where an adjective of ours says what kind of thing it is."""
    bright = walk.bright
    if bright is not None and _belongs_to(walk, bright, token):
        walk.bright = None
        _mention(walk, Token(bright.start, token.end, NEUTRAL)).count = token.lex.count
    elif _is_focus(walk, token):
        _mention(walk, Token(token.start, token.end, NEUTRAL)).count = token.lex.count
    else:
        _complete_adjective(walk, token)


def _belongs_to(walk: Walk, bright: Token, noun: Token) -> bool:
    if noun.start - bright.end > _NOUN_REACH:
        return False
    return not any(h.tag & _PARTS_NOUN and h.start >= bright.end for h in walk.hits[-6:])


def _is_focus(walk: Walk, noun: Token) -> bool:
    if noun.lex.name != "focus" and not _is_described(walk, noun):
        return False
    return not any(
        h.tag == Tag.MENTION and h.lex.adjective and noun.start - h.end <= _ADJECTIVE_REACH
        for h in walk.hits[-4:]
    )


def _is_described(walk: Walk, noun: Token) -> bool:
    """As in "shadowing echo", "linear echoes": an adjective of ours makes the noun a focus."""
    last = walk.last()
    if last is None or noun.start - last.end > 2:
        return False
    if last.tag == Tag.SHADOW:
        return True
    return last.tag == Tag.ATTRIBUTE and last.lex.sign == "shape" and "Echo" in walk.written(noun)


def _complete_adjective(walk: Walk, noun: Token) -> None:
    """As in "calcified … nodules": the noun behind a diagnosis tells how many there are."""
    adjective = walk.last_in_chunk(Tag.MENTION)
    if adjective is None or not adjective.lex.adjective or adjective.count is not None:
        return
    if noun.start - adjective.end <= _ADJECTIVE_REACH:
        adjective.end, adjective.count = noun.end, noun.lex.count


def another_of_last(walk: Walk, place: AnyToken) -> None:
    """As in "another in segment VII": the noun is the one named last."""
    last = walk.cursor.last
    if last is not None and walk.text.endswith(_ANOTHER_IN, 0, place.start):
        lex = last._replace(count="single", organ="liver", place=None)
        _mention(walk, Token(place.start - 1, place.start - 1, lex))


def _either_or(walk: Walk, token: Token) -> None:
    walk.either_or = True
    walk.add(token)


def _differ(walk: Walk, token: Token) -> None:
    """As in "… cannot be told from …": both names stay open."""
    named = [hit for hit in walk.hits if is_named(hit)]
    if len(named) >= 2 and named[-1].lex.value != named[-2].lex.value:
        named[-1].either = named[-2].either = True
    walk.differential = True
    _either_or(walk, token)


def _sign(walk: Walk, token: Token) -> None:
    """A sign; "hepatic mass" brings the talk back to the liver."""
    if names_liver(walk.written(token)):
        walk.cursor.organ = "liver"
    walk.add(token)


def _grade(walk: Walk, token: Token) -> None:
    """As in "the shadow is subtle": the strength stands behind the shadow."""
    shadow = walk.last_in_chunk(Tag.SHADOW)
    if shadow is None or shadow.lex.value != "present":
        return
    if not any(hit.tag == Tag.MENTION and hit.start > shadow.start for hit in walk.hits):
        shadow.lex = shadow.lex._replace(value="faint")


STEPS: dict[int, Step] = {
    Tag.MENTION: _mention,
    Tag.BRIGHT: _bright,
    Tag.NOUN: _noun,
    Tag.EITHER_OR: _either_or,
    Tag.DIFFER: _differ,
    Tag.SIGN: _sign,
    Tag.GRADE: _grade,
}
