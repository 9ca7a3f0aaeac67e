"""What stands around each term: negation, hedge, time, organ and the chunk it lies in.

One walk over a passage. Markers before a term switch a state on, markers after it reach
back over the current chunk; commas, contrasts and new clauses switch the state off again.
The steps of the walk stand in `marks`, `scope`, `places` and `mentions`.
"""

from __future__ import annotations

import re

from hepaspot.report import marks, mentions, places, scope
from hepaspot.report.density import densities
from hepaspot.report.hits import LIVER_LIKE, SCOPED, AnyToken, Cursor, Hit
from hepaspot.report.normal import mark_normal_parts
from hepaspot.report.passages import Passage
from hepaspot.report.scan import Token, tokens
from hepaspot.report.segments import segments
from hepaspot.report.sizes import sizes
from hepaspot.report.tags import Tag

__all__ = ["LIVER_LIKE", "Cursor", "Hit", "Walk"]

_STEPS = marks.STEPS | scope.STEPS | places.STEPS | mentions.STEPS
_DROPPED_SECTIONS = frozenset({"history", "technique", "compare", "advice"})
"""Sections that tell nothing of what this exam found."""
_YIELDING = (
    Tag.COUNT
    | Tag.PAUSE
    | Tag.COMMA
    | Tag.SLASH
    | Tag.LIST_AND
    | Tag.DOT
    | Tag.EITHER_OR
    | Tag.NEG_POST
    | Tag.ANAPHOR
)
"""Terms that mean nothing of their own inside a size or a list of segments."""
_CHUNK_END = re.compile(r"[,;:.()。、\n]")
_QUOTED_DENIAL = 60
"""Characters that a denial may stand before its term to be quoted with it."""
_BACK_REACH = 24
"""Characters that a denial at the end of a chunk reaches back over."""


class Walk:
    """One walk over the terms of a passage; the attributes are what it knows so far."""

    __slots__ = (
        "bright",
        "chunk",
        "chunk_from",
        "cursor",
        "denial_at",
        "denial_end",
        "denied_from",
        "denying",
        "differential",
        "dropping",
        "either_or",
        "hedging",
        "hits",
        "near",
        "organ_from",
        "passage",
        "past_comma",
        "rather_than",
        "telling_history",
        "telling_prior",
        "text",
    )

    def __init__(self, text: str, passage: Passage, cursor: Cursor) -> None:
        self.text, self.passage, self.cursor = text, passage, cursor
        self.hits: list[Hit] = []
        self.chunk = 0
        self.chunk_from = 0  # index of the chunk's first hit
        self.organ_from = 0  # index of the first hit after the organ named last
        self.denying = False
        self.denied_from = 0  # index of the first hit after the denial
        self.denial_at = 0  # character where the denial stands
        self.denial_end = 0  # character behind it
        self.past_comma = False  # the denial has been carried over a comma
        self.hedging = self.differential = False
        self.telling_history = self.telling_prior = False
        self.dropping = passage.section in _DROPPED_SECTIONS
        self.rather_than = self.either_or = self.near = False
        self.bright: Token | None = None  # an adjective that waits for its noun

    def run(self) -> list[Hit]:
        """Give the passage's terms in order, each with its context."""
        for token in self._tokens():
            step = _STEPS.get(token.lex.tag)
            if step is None:
                self.add(token)
            else:
                step(self, token)
        self._end_denial()
        scope.hedge_alone(self)
        scope.closing_without(self)
        mark_normal_parts(self)
        return self.hits

    def _tokens(self) -> list[AnyToken]:
        passage = self.passage
        found: list[AnyToken] = list(tokens(self.text, passage.found, passage.end))
        figures: list[AnyToken] = [
            *segments(self.text, passage.start, passage.end),
            *sizes(self.text, passage.start, passage.end),
            *densities(self.text, passage.start, passage.end),
        ]
        if not figures:
            return found
        spans = [(figure.start, figure.end) for figure in figures]
        found = [t for t in found if not (t.lex.tag & _YIELDING and _is_inside(t.start, spans))]
        return sorted(found + figures, key=lambda token: (token.start, token.end))

    def written(self, token: AnyToken | Hit) -> str:
        """Give the folded words of a term."""
        return self.text[token.start : token.end]

    def last(self) -> Hit | None:
        """Give the hit before this step."""
        return self.hits[-1] if self.hits else None

    def add(self, token: AnyToken, organ: str | None = None) -> Hit:
        """Note a term with the state of the walk."""
        lex = token.lex
        organ = self.cursor.organ if organ is None else organ
        hit = Hit(token.start, token.end, lex, lex.tag, organ, self.chunk, dropped=self.dropping)
        if lex.tag & SCOPED:
            hit.negated = self.denying and not self._escapes_denial(hit)
            if hit.negated and hit.start - self.denial_at <= _QUOTED_DENIAL:
                hit.said_from = self.denial_at
            hit.hedged = self.hedging
            hit.historical, hit.prior = self.telling_history, self.telling_prior
        self.hits.append(hit)
        return hit

    def _escapes_denial(self, hit: Hit) -> bool:
        """Whether the denial lies in the term itself, or ended before it."""
        if hit.tag == Tag.STATE:
            return self.hits[-1].start == hit.start
        if hit.tag == Tag.SIGN:
            return hit.lex.value in {"normal", "absent"}
        return bool(hit.tag & (Tag.CHANGE | Tag.ATTRIBUTE)) and self.past_comma

    def in_chunk(self, tags: int) -> list[Hit]:
        """Give the hits of the current chunk that bear one of ``tags``."""
        return [hit for hit in self.hits[self.chunk_from :] if hit.tag & tags]

    def last_in_chunk(self, tag: int) -> Hit | None:
        """Give the last hit of the current chunk with this tag."""
        chunk = reversed(self.hits[self.chunk_from :])
        return next((hit for hit in chunk if hit.tag == tag), None)

    def has_denied(self) -> bool:
        """Whether something was said since the denial that it could deny."""
        return any(hit.tag & SCOPED for hit in self.hits[self.denied_from :])

    def next_chunk(self) -> None:
        """Begin a new chunk with the next hit."""
        self._end_denial()
        self.chunk += 1
        self.chunk_from = len(self.hits)

    def _end_denial(self) -> None:
        """Let a denial that closes a chunk with nothing after it reach back."""
        if not self.denying or self.has_denied() or self._is_elliptic():
            return
        for hit in reversed(self.hits[self.chunk_from : self.denied_from]):
            if hit.tag == Tag.ORGAN or self.denial_at - hit.end > _BACK_REACH:
                return
            if hit.tag & SCOPED & ~Tag.DUCT and hit.start != self.denial_at:
                hit.negated, hit.said_to = True, self.denial_end

    def _is_elliptic(self) -> bool:
        """Whether the denial closes no chunk: "shows no enhancement", "… does not" (move)."""
        if self.text.endswith(("oes Not", "o Not", "id Not"), 0, self.denial_end):
            return True
        rest = self.text[self.denial_end : self.passage.end]
        return bool(_CHUNK_END.split(rest, maxsplit=1)[0].strip())


def _is_inside(start: int, spans: list[tuple[int, int]]) -> bool:
    return any(first <= start < end for first, end in spans)
