"""Steps of the walk at organs, ducts, lobes, segments and landmarks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hepaspot.report.hits import IN_LIVER, SCOPED, Hit, names_liver, side_named
from hepaspot.report.mentions import another_of_last
from hepaspot.report.scan import Token
from hepaspot.report.segments import SegmentToken
from hepaspot.report.tags import Tag

if TYPE_CHECKING:
    from hepaspot.report.context import Walk
    from hepaspot.report.marks import Step

_WITH_LOBES = frozenset({"thyroid", "prostate", "lung", "breast"})
"""Organs with lobes of their own."""
_WITH_SEGMENTS = frozenset({"lung", "spine", "thyroid"})
"""Organs whose segments or levels are written like Couinaud's."""
_BARE_DUCTS = frozenset({"Duct", "Ducts", "胆管"})
_DUCT_ORGANS = {"extra": "extraduct", "pancreatic": "pancreas"}
_ORGAN_TAKES_BACK = SCOPED | Tag.SIZE | Tag.COUNT
"""What an organ named after it, as in "a calcification in the spleen", takes to itself."""
_TELLS_PLACE = Tag.LOBE | Tag.SEGMENT | Tag.DUCT
_NEAR_REACH = 5
"""Characters between a word of nearness and its organ."""
_PHRASE_REACH = 44
"""Characters before an organ in which its preposition is looked for."""
_INTO = re.compile(
    r"(?:^| )(?:In The Lumen Of|Within The Lumen Of|In|Within|Inside|Filling|Occupying|In To"
    r"|Into|Containing)(?: (?:A|An|The|This|Its|Some|Of))?"
    r"(?: (?!And|Or|With|Is|Are|Of)[A-Z][a-z-]*){0,4} $"
)
_PREPOSITION = re.compile(
    r"(?:^| )(?:In|Within|Inside|Of|At|Along|Involving|Filling|On|From|To|Occupying|Throughout)"
    r"(?: (?:A|An|The|This|Both|Each|Either|Its))?"
    r"(?: (?!And|Or|With|Is|Are)[A-Z][a-z-]*(?<!Segment)){0,3} $"
)


def _phrase_before(walk: Walk, start: int) -> str:
    return walk.text[max(0, start - _PHRASE_REACH) : start]


def _follows_preposition(walk: Walk, start: int) -> bool:
    before = _phrase_before(walk, start)
    return before.endswith("位于") or _PREPOSITION.search(before) is not None


def _near(walk: Walk, token: Token) -> None:
    walk.near = True
    if walk.denying and walk.has_denied():
        walk.denying = False
    walk.add(token)


def _organ(walk: Walk, token: Token) -> None:
    last = walk.last()
    is_close = last is not None and token.start - last.end <= _NEAR_REACH
    if walk.near and is_close and token.lex.value != "liver":
        walk.near = False
        walk.add(token).near = True
        return
    organ = "liver" if token.lex.value == "vein" else token.lex.value
    if last is not None and _is_adjective_of(last, token):
        last.organ = organ
    walk.add(token, organ)
    if _follows_preposition(walk, token.start):
        _take_back(walk, organ)
    _talk_of(walk, organ)


def _is_adjective_of(hit: Hit, noun: Token) -> bool:
    """As in "calcified spleen": the diagnosis is the organ's own."""
    return hit.tag == Tag.MENTION and hit.lex.adjective and noun.start - hit.end <= 2


def _talk_of(walk: Walk, organ: str) -> None:
    walk.cursor.organ = organ
    walk.organ_from = len(walk.hits)


def _take_back(walk: Walk, organ: str) -> None:
    """As in "a calcification in the spleen": what stands before belongs to the organ."""
    since = walk.hits[walk.organ_from : -1]
    has_place = any(hit.tag & _TELLS_PLACE for hit in since)
    for hit in since:
        if hit.tag & _ORGAN_TAKES_BACK and (hit.chunk == walk.chunk or not has_place):
            hit.organ = organ


def _duct(walk: Walk, token: Token) -> None:
    token = _narrowed(walk, token)
    value = token.lex.value
    organ = _DUCT_ORGANS.get(value, "duct")
    denial_is_over = value == "local" and walk.denying and walk.has_denied()
    hit = walk.add(token, organ)
    if denial_is_over:
        walk.denying = False
    hit.near_preposition = _INTO.search(_phrase_before(walk, token.start)) is not None
    if value == "any" and _is_of_the_stones(walk, token):
        hit.lex = hit.lex._replace(value="intra")
    if value == "any" and hit.near_preposition and _is_within_liver(walk, token):
        hit.lex = hit.lex._replace(value="intra")
    if _follows_preposition(walk, token.start):
        _take_mentions_back(walk, organ)
    _talk_of(walk, organ)
    _note_side(walk, hit, value)


def _is_of_the_stones(walk: Walk, duct: Token) -> bool:
    """As in 肝内胆管结石伴胆管扩张: the ducts are those that hold the stones."""
    if duct.lex.language == "zh":
        mention = walk.last_in_chunk(Tag.MENTION)
    else:
        is_bare = walk.written(duct) in _BARE_DUCTS
        mention = next((h for h in walk.hits if h.tag == Tag.MENTION and is_bare), None)
    if mention is None or mention.negated or mention.organ not in IN_LIVER:
        return False
    return mention.lex.value == "duct_stone"


def _is_within_liver(walk: Walk, duct: Token) -> bool:
    """As in "a focus in a bile duct" or "within a dilated bile duct": a duct in the liver."""
    if walk.last_in_chunk(Tag.MENTION) is not None:
        return True
    return _phrase_before(walk, duct.start).endswith("Dilated ")


def _narrowed(walk: Walk, token: Token) -> Token:
    """Which duct a bare "duct" means, from what stands before it in the chunk."""
    written = walk.written(token)
    if token.lex.value != "any" or written not in _BARE_DUCTS:
        return token
    if walk.cursor.organ == "pancreas":
        return _revalued(token, "pancreatic")
    if any(duct.lex.value == "local" for duct in walk.in_chunk(Tag.DUCT)):
        return _revalued(token, "local")
    if written == "Duct" and walk.in_chunk(Tag.LOBE | Tag.SEGMENT):
        return _revalued(token, "intra")
    return token


def _revalued(token: Token, value: str) -> Token:
    return token._replace(lex=token.lex._replace(value=value))


def _take_mentions_back(walk: Walk, organ: str) -> None:
    for hit in walk.hits[walk.organ_from : -1]:
        if hit.chunk == walk.chunk and hit.tag == Tag.MENTION:
            hit.organ = organ


def _note_side(walk: Walk, duct: Hit, value: str) -> None:
    """Keep the side that a duct's name tells, for what the report says of it later."""
    side = side_named(walk.written(duct))
    if value == "intra":
        walk.cursor.side = side
    elif value in {"local", "any"}:
        walk.cursor.side = side or walk.cursor.side
    if side is not None and value in {"intra", "local"}:
        walk.add(Token(duct.start, duct.end, side), duct.organ)


def _lobe(walk: Walk, token: Token) -> None:
    another_of_last(walk, token)
    if token.lex.value == "both":
        token = _in_order(walk, token)
    organ = walk.cursor.organ
    is_theirs = organ in _WITH_LOBES and not names_liver(walk.written(token))
    if organ not in IN_LIVER and (not is_theirs or _left_the_lungs(walk)):
        _liver_after_all(walk)
    walk.add(token)


def _left_the_lungs(walk: Walk) -> bool:
    """Whether the lungs were told of in an earlier sentence only ("Lung bases clear. …")."""
    return walk.cursor.organ == "lung" and not walk.organ_from


def _in_order(walk: Walk, token: Token) -> Token:
    """As in "right and left lobes": the order matters where sizes follow respectively."""
    written = walk.written(token)
    right = max(written.find("Right"), written.find("右"))
    left = max(written.find("Left"), written.find("左"))
    name = "right_first" if 0 <= right < left else None
    return token._replace(lex=token.lex._replace(name=name))


def _segment(walk: Walk, token: SegmentToken) -> None:
    if walk.cursor.organ in _WITH_SEGMENTS and not _left_the_lungs(walk):
        return
    if walk.cursor.organ not in IN_LIVER:
        _liver_after_all(walk)
    another_of_last(walk, token)
    walk.add(token).segments = token.segments


def _landmark(walk: Walk, token: Token) -> None:
    written = walk.written(token)
    if names_liver(written) and walk.cursor.organ not in IN_LIVER:
        _liver_after_all(walk)
    side = side_named(written) if token.lex.language == "en" else None
    if side is not None and token.lex.value == "perivascular":
        walk.add(Token(token.start, token.end, side))
    walk.add(token)


def _liver_after_all(walk: Walk) -> None:
    """A lobe or segment says that what stands before it in the chunk is in the liver."""
    walk.cursor.organ = "liver"
    if _joins_two_organs(walk):
        for hit in walk.hits[walk.chunk_from : walk.organ_from]:
            if hit.tag == Tag.MENTION:
                hit.organ = "liver"
    for hit in walk.hits[walk.organ_from :]:
        if hit.chunk == walk.chunk and not hit.tag & (Tag.ORGAN | Tag.DUCT):
            hit.organ = "liver"


def _joins_two_organs(walk: Walk) -> bool:
    """As in "… in the spleen and in the right lobe": one mention in two organs."""
    if not any(hit.tag == Tag.LIST_AND for hit in walk.hits[walk.organ_from :]):
        return False
    return walk.text.startswith((" In The ", " The "), walk.hits[-1].end)


STEPS: dict[int, Step] = {
    Tag.NEAR: _near,
    Tag.ORGAN: _organ,
    Tag.DUCT: _duct,
    Tag.LOBE: _lobe,
    Tag.SEGMENT: _segment,
    Tag.LANDMARK: _landmark,
}
