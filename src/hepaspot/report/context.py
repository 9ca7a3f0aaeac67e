"""What stands around each term: negation, hedge, time, organ and the chunk it lies in.

One walk over a passage. Markers before a term switch a state on, markers after it reach
back over the current chunk; commas, contrasts and new clauses switch the state off again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hepaspot.report.passages import Passage
from hepaspot.report.scan import SegmentToken, SizeToken, Token, segments, sizes, tokens
from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex

T = Tag
LIVER_LIKE = frozenset({"", "liver", "duct"})
_LOCAL_LOBES = frozenset({"thyroid", "prostate", "lung", "breast"})
_SCOPED = (T.HOST | T.MENTION | T.STATE | T.SHADOW | T.SIGN | T.CHANGE | T.ATTRIBUTE | T.DUCT)
_BACK_REACH = 24
"""Characters that a denial at the end of a chunk reaches back over."""


@dataclass(slots=True)
class Hit:
    """A term in its context; flags are set while the passage is walked."""

    start: int
    end: int
    lex: Lex
    tag: int
    organ: str
    chunk: int
    negated: bool = False
    hedged: bool = False
    either: bool = False
    historical: bool = False
    prior: bool = False
    refuted: bool = False
    dropped: bool = False
    axes_mm: tuple[float, ...] = ()
    is_range: bool = False
    listed: bool = False
    segments: tuple[int, ...] = ()
    near: bool = False
    near_preposition: bool = False
    quoted: bool = False
    elsewhere: bool = False
    asked: bool = False
    count: str | None = None


@dataclass(slots=True)
class Cursor:
    """What the report is talking about; carried from passage to passage."""

    organ: str = ""
    side: Lex | None = None
    last: Lex | None = None
    section: str = ""


class Walk:
    """One walk over the terms of a passage."""

    __slots__ = (
        "text", "passage", "cursor", "hits", "chunk", "chunk_from", "neg", "neg_from", "neg_comma", "hedge", "hist",
        "neg_at", "differential", "prior", "drop", "rather", "either", "bright", "near", "organ_from", "section_drop", "latin",
    )

    def __init__(self, text: str, passage: Passage, cursor: Cursor) -> None:
        self.text, self.passage, self.cursor = text, passage, cursor
        self.hits: list[Hit] = []
        self.chunk = self.chunk_from = self.organ_from = 0
        self.neg = self.neg_comma = self.hedge = self.hist = self.prior = False
        self.rather = self.either = self.near = self.differential = False
        self.neg_from = self.neg_at = -1
        self.bright: Token | None = None
        self.section_drop = passage.section in ("history", "technique", "compare", "advice")
        self.drop = False

    def run(self) -> list[Hit]:
        """The passage's terms in order, each with its context."""
        for token in self._tokens():
            _STEP.get(token.lex.tag, Walk._plain)(self, token)
        self._close_chunk()
        self._hedge_alone()
        self._without()
        return self.hits

    def _without(self) -> None:
        """"One with a shadow, one without": the last word denies what was said before."""
        last = self.hits[-1] if self.hits else None
        if last is not None and last.tag == T.NEG and self.text[last.start : last.end] == "Without":
            shadow = next((h for h in reversed(self.hits) if h.tag == T.SHADOW), None)
            if shadow is not None:
                shadow_hit = Hit(last.start, last.end, shadow.lex, shadow.tag, last.organ, last.chunk, negated=True)
                self.hits.append(shadow_hit)

    def _tokens(self) -> list[Token | SizeToken | SegmentToken]:
        passage = self.passage
        found: list[Token | SizeToken | SegmentToken] = list(tokens(self.text, passage.found, passage.end))
        extra: list[SizeToken | SegmentToken] = [*segments(self.text, passage.start, passage.end)]
        extra += sizes(self.text, passage.start, passage.end)
        if extra:
            spans = [(t.start, t.end) for t in extra]
            found = [
                t for t in found
                if not any(s <= t.start < e and t.lex.tag & _YIELDS for s, e in spans)
            ]
            found = sorted([*found, *extra], key=lambda t: (t.start, t.end))
        return found

    # -- helpers ------------------------------------------------------------------------
    def _add(self, token: Token | SizeToken | SegmentToken, organ: str | None = None) -> Hit:
        tag = token.lex.tag
        hit = Hit(
            token.start, token.end, token.lex, tag,
            self.cursor.organ if organ is None else organ, self.chunk,
        )
        hit.dropped = self.drop or self.section_drop
        if tag & _SCOPED:
            hit.negated, hit.hedged = self.neg, self.hedge
            if tag == T.STATE and hit.negated and self.hits and self.hits[-1].start == hit.start:
                hit.negated = False
            if tag == T.CHANGE and self.neg_comma:
                hit.negated = False
            if tag == T.SIGN and hit.lex.value in ("normal", "absent"):
                hit.negated = False
            hit.historical, hit.prior = self.hist, self.prior
        self.hits.append(hit)
        return hit

    def _plain(self, token: Token) -> None:
        self._add(token)

    def sign(self, token: Token) -> None:
        """A sign; "hepatic mass" brings the talk back to the liver."""
        written = self.text[token.start : token.end]
        if "epatic" in written or "Liver" in written or "肝" in written:
            self.cursor.organ = "liver"
        self._add(token)

    def _back(self) -> list[Hit]:
        return [h for h in self.hits[self.chunk_from :] if h.tag & _SCOPED]

    def _hedge_alone(self) -> None:
        """"…, presumably": a hedge alone in its chunk hedges what stood before."""
        chunk = self.hits[self.chunk_from :]
        if any(h.tag == T.HEDGE for h in chunk) and all(h.tag & (T.HEDGE | T.HEDGE_POST | T.COMMA) for h in chunk):
            mention = next((h for h in reversed(self.hits[: self.chunk_from]) if h.tag == T.MENTION), None)
            if mention is not None:
                mention.hedged = True

    def _close_chunk(self) -> None:
        """A negation that closes a chunk without anything after it reaches back."""
        if self.neg and self.neg_from >= 0 and not any(
            h.tag & (_SCOPED | T.HOST) for h in self.hits[self.neg_from :]
        ):
            for hit in reversed(self.hits[self.chunk_from : self.neg_from]):
                if hit.tag == T.ORGAN or self.neg_at - hit.end > _BACK_REACH:
                    break
                if hit.tag & (_SCOPED & ~T.DUCT) and hit.start != self.neg_at:
                    hit.negated = True

    def _next_chunk(self) -> None:
        self._close_chunk()
        self.chunk += 1
        self.chunk_from = len(self.hits)

    # -- marks --------------------------------------------------------------------------
    def comma(self, token: Token) -> None:
        self._next_chunk()
        self._add(token)
        if token.lex.language == "zh" and self._is_chinese(token.start):
            self.neg = self.hedge = self.hist = False
            self.prior = self.prior and not any(h.prior for h in self.hits)
        else:
            self.neg_comma = self.neg
        self.rather = False
        self.near = False

    def _is_chinese(self, at: int) -> bool:
        around = self.text[max(0, at - 3) : at + 4]
        return any("\u4e00" <= c <= "\u9fff" for c in around)

    def seen(self, token: Token) -> None:
        if self.neg and (self.neg_comma or token.lex.language == "zh") and self.neg_from >= 0:
            if token.lex.language == "zh" or any(h.tag & _SCOPED for h in self.hits[self.neg_from :]):
                self.neg = False
        elif self.neg and self.hits and (
            self.hits[-1].tag == T.LIST_AND
            or self.neg_from >= 0 and token.end - token.start == 4 and any(h.tag & _SCOPED for h in self.hits[self.neg_from :])
        ):
            self.neg = False
        self._add(token)

    def end(self, token: Token) -> None:
        if self.neg:
            for hit in self.hits[max(self.neg_from, 0) :]:
                if hit.tag == T.MENTION and hit.negated:
                    hit.refuted = token.start - hit.end <= 2
        self._next_chunk()
        self.differential = False
        self.neg = self.neg_comma = self.hedge = self.rather = False
        self.hist = False
        self._add(token)

    def negation(self, token: Token) -> None:
        self._add(token)
        self.neg, self.neg_comma, self.neg_from = True, False, len(self.hits)
        self.neg_at = token.start

    def negation_after(self, token: Token) -> None:
        for hit in self._back():
            if hit.tag != T.DUCT:
                hit.negated, hit.hedged = True, False
        self._add(token)

    def hedge_before(self, token: Token) -> None:
        self._add(token)
        self.differential = token.lex.name == "differential"
        self.hedge = True
        if self.neg and (self.neg_comma or token.lex.language == "zh"):
            self.neg = False

    def hedge_after(self, token: Token) -> None:
        for hit in self._back():
            if hit.tag == T.MENTION and not hit.negated:
                hit.hedged = True
        self._add(token)

    def both_ways(self, token: Token) -> None:
        """A hedge word that may stand before or after what it hedges."""
        back = [h for h in self._back() if h.tag == T.MENTION]
        if back and self._verb_before(token):
            back[-1].hedged = True
        self._add(token)
        self.hedge = True

    def _verb_before(self, token: Token) -> bool:
        before = self.text[max(0, token.start - 5) : token.start]
        return before.endswith(("Is ", "Are ", "Be ", ", ", "Not "))

    def question(self, token: Token) -> None:
        before = self.text[token.start - 1 : token.start]
        if before in ("", " ", "\n", "(", ".", ":", ",", ";") and self.text[token.end : token.end + 1] not in ("", " ", ",", ")", ";", "\n", "?"):
            self.hedge = True
        elif before == " " and not self._back_mention():
            self.hedge = True
        else:
            mention = self._back_mention()
            if mention is not None:
                mention.hedged = mention.asked = True
                self._asked_before(mention)
        self._add(token)

    def _asked_before(self, mention: Hit) -> None:
        """"Stone? Calcification?" is an either-or."""
        between = False
        for hit in reversed(self.hits):
            if hit is mention:
                between = True
            elif between and hit.tag == T.MENTION:
                if hit.asked and hit.lex.value not in ("neutral", mention.lex.value):
                    hit.either = mention.either = True
                return
            elif between and hit.tag & (T.LOBE | T.SEGMENT | T.SEEN | T.SIZE):
                return

    def _back_mention(self) -> Hit | None:
        return next((h for h in reversed(self.hits[self.chunk_from :]) if h.tag == T.MENTION), None)

    def slash(self, token: Token) -> None:
        last = self.hits[-1] if self.hits else None
        if last is not None and last.tag == T.MENTION and token.start - last.end <= 1:
            self.either = True
        self._add(token)

    def either_or(self, token: Token) -> None:
        self.either = True
        self._add(token)

    def rather_than(self, token: Token) -> None:
        if token.lex.language == "zh" and not any(h.tag == T.MENTION for h in self.hits):
            self.negation(token)
            return
        self._add(token)
        over = self.text[token.start : token.end] == "Over"
        self.rather = not over or any(
            h.tag & (T.HEDGE | T.HEDGE_POST) and "Favo" in self.text[h.start : h.end] for h in self.hits
        )

    def correct(self, token: Token) -> None:
        for hit in self.hits:
            if hit.tag == T.MENTION and hit.lex.value != "neutral":
                hit.refuted = True
        self._add(token)
        self.prior = False
        self.neg = False
        self.hedge = False
        self.either = False

    def prior_report(self, token: Token) -> None:
        self._add(token)
        self.prior = True

    def prior_after(self, token: Token) -> None:
        mention = self._back_mention()
        if mention is not None:
            mention.elsewhere = True
        self._add(token)

    def advice(self, token: Token) -> None:
        self._add(token)
        self.drop = True

    def history(self, token: Token) -> None:
        self._add(token)
        self.hist = True

    def history_after(self, token: Token) -> None:
        for hit in self._back():
            if hit.tag == T.MENTION:
                hit.historical = True
        self._add(token)

    def now(self, token: Token) -> None:
        self.hist = self.prior = False
        self._add(token)

    def near_mark(self, token: Token) -> None:
        self.near = True
        if self.neg and any(h.tag & _SCOPED for h in self.hits[self.neg_from :]):
            self.neg = False
        self._add(token)

    # -- what is talked about -----------------------------------------------------------
    def organ(self, token: Token) -> None:
        if self.near and token.lex.value != "liver" and self.hits and token.start - self.hits[-1].end <= 5:
            self.near = False
            hit = self._add(token)
            hit.near = True
            return
        value = "liver" if token.lex.value == "vein" else token.lex.value
        last = self.hits[-1] if self.hits else None
        if last is not None and last.tag == T.MENTION and last.lex.adjective and token.start - last.end <= 2:
            last.organ = value
        hit = self._add(token, value)
        if self._follows_preposition(token.start):
            since = self.hits[self.organ_from : -1]
            told = any(h.tag & (T.LOBE | T.SEGMENT | T.DUCT) for h in since)
            for earlier in since:
                if (earlier.chunk == self.chunk or not told) and earlier.tag & (_SCOPED | T.SIZE | T.COUNT):
                    earlier.organ = value
        self.cursor.organ = value
        self.organ_from = len(self.hits)
        hit.organ = value

    def _follows_preposition(self, start: int) -> bool:
        before = self.text[max(0, start - 44) : start]
        return before.endswith("位于") or _PREPOSITION.search(before) is not None

    def duct(self, token: Token) -> None:
        value = token.lex.value
        written = self.text[token.start : token.end]
        if value == "any" and written in ("Duct", "Ducts", "胆管"):
            narrowed = self._narrowed(written)
            if narrowed is not None:
                value, token = narrowed, Token(token.start, token.end, token.lex._replace(value=narrowed))
        organ = {"extra": "extraduct", "pancreatic": "pancreas"}.get(value, "duct")
        hit = self._add(token, organ)
        hit.near_preposition = _INTO.search(self.text[max(0, token.start - 44) : token.start]) is not None
        if value == "any" and hit.near_preposition and self._back_mention() is not None:
            hit.lex = hit.lex._replace(value="intra")
        if value == "local" and self.neg and any(h.tag & _SCOPED for h in self.hits[self.neg_from : -1]):
            self.neg = False
        if self._follows_preposition(token.start):
            for earlier in self.hits[self.organ_from : -1]:
                if earlier.chunk == self.chunk and earlier.tag == T.MENTION:
                    earlier.organ = organ
        self.cursor.organ = organ
        self.organ_from = len(self.hits)
        side = self._side(hit)
        if value in ("intra", "local", "any"):
            self.cursor.side = side or (self.cursor.side if value != "intra" else None)
        if side is not None and value in ("intra", "local"):
            self.hits.append(
                Hit(hit.start, hit.end, side, side.tag, organ, self.chunk, dropped=hit.dropped)
            )

    def _narrowed(self, written: str) -> str | None:
        """Which duct a bare "duct" means, from what stands before it in the chunk."""
        if self.cursor.organ == "pancreas":
            return "pancreatic"
        chunk = self.hits[self.chunk_from :]
        ducts = [h.lex.value for h in chunk if h.tag == T.DUCT]
        if "local" in ducts:
            return "local"
        if written == "Duct" and any(h.tag & (T.LOBE | T.SEGMENT) for h in chunk):
            return "intra"
        return None

    def _side(self, hit: Hit) -> Lex | None:
        written = self.text[hit.start : hit.end]
        left, right = ("左" in written or "Left" in written), ("右" in written or "Right" in written)
        return _SIDES[left, right]

    def place(self, token: Token) -> None:
        self._ellipsis(token)
        if token.lex.value == "both":
            token = self._in_order(token)
        if self.cursor.organ in _LOCAL_LOBES and "肝" not in self.text[token.start : token.end]:
            self._add(token)
            return
        if self.cursor.organ not in ("liver", "duct"):
            self._liver_after_all()
        self._add(token)

    def _in_order(self, token: Token) -> Token:
        """"Right and left lobes": the order matters where sizes follow respectively."""
        written = self.text[token.start : token.end]
        right, left = max(written.find("Right"), written.find("右")), max(written.find("Left"), written.find("左"))
        name = "right_first" if 0 <= right < left else None
        return Token(token.start, token.end, token.lex._replace(name=name))

    def segment(self, token: SegmentToken) -> None:
        if self.cursor.organ not in ("liver", "duct"):
            if self.cursor.organ in ("lung", "spine", "thyroid"):
                return
            self._liver_after_all()
        self._ellipsis(token)
        hit = self._add(token)
        hit.segments = token.segments

    def _ellipsis(self, token: Token | SegmentToken) -> None:
        """"Another in segment VII": the noun is the one named last."""
        before = self.text[max(0, token.start - 18) : token.start]
        if self.cursor.last is not None and before.endswith(("ne In ", "ne In The ", "nother In ", "nother In The ", "econd In ", "econd In The ")):
            lex = self.cursor.last._replace(count="single", organ="liver", place=None)
            self.mention(Token(token.start - 1, token.start - 1, lex))

    def landmark(self, token: Token) -> None:
        written = self.text[token.start : token.end]
        if "Liver" in written or "Hepatic" in written or "肝" in written:
            if self.cursor.organ not in ("liver", "duct"):
                self._liver_after_all()
        side = _SIDES["Left" in written, "Right" in written]
        if side is not None and token.lex.value == "perivascular":
            self._add(Token(token.start, token.end, side))
        self._add(token)

    def grade(self, token: Token) -> None:
        """"The shadow is subtle": the strength stands behind the shadow."""
        shadow = next((h for h in reversed(self.hits[self.chunk_from :]) if h.tag == T.SHADOW), None)
        if shadow is not None and shadow.lex.value == "present" and not any(h.tag == T.MENTION and h.start > shadow.start for h in self.hits):
            shadow.lex = shadow.lex._replace(value="faint")

    def _liver_after_all(self) -> None:
        """A lobe or segment says that what stands before it in the chunk is in the liver."""
        self.cursor.organ = "liver"
        if any(h.tag == T.LIST_AND for h in self.hits[self.organ_from :]) and self.text[self.hits[-1].end :][:8].startswith((" In The ", " The ")):
            for earlier in self.hits[self.chunk_from : self.organ_from]:
                if earlier.tag == T.MENTION:
                    earlier.organ = "liver"
        for earlier in self.hits[self.organ_from :]:
            if earlier.chunk == self.chunk and not earlier.tag & (T.ORGAN | T.DUCT):
                earlier.organ = "liver"

    def size(self, token: SizeToken) -> None:
        if self.neg and self.neg_comma:
            self.neg = False
        hit = self._add(token)
        hit.axes_mm, hit.is_range, hit.listed = token.axes_mm, token.is_range, token.listed

    # -- mentions -----------------------------------------------------------------------
    def bright_word(self, token: Token) -> None:
        self.bright = token

    def noun(self, token: Token) -> None:
        bright = self.bright
        last = self.hits[-1] if self.hits else None
        if bright is not None and token.start - bright.end <= 48 and not self._mention_between(bright.end):
            self.bright = None
            joined = Token(bright.start, token.end, NEUTRAL)
            hit = self.mention(joined)
            if hit is not None:
                hit.count = token.lex.count
        elif (token.lex.name == "focus" or self._described(token)) and not self._adjective_before(token):
            hit = self.mention(Token(token.start, token.end, NEUTRAL))
            if hit is not None:
                hit.count = token.lex.count
        elif last is not None:
            adjective = next((h for h in reversed(self.hits[self.chunk_from :]) if h.tag == T.MENTION), None)
            if adjective is not None and adjective.lex.adjective and token.start - adjective.end <= 32 and adjective.count is None:
                adjective.end = token.end
                adjective.count = token.lex.count

    def _described(self, token: Token) -> bool:
        """"Shadowing echo", "linear echoes": an adjective of ours makes the noun a focus."""
        last = self.hits[-1] if self.hits else None
        if last is None or token.start - last.end > 2:
            return False
        return last.tag == T.SHADOW or (last.tag == T.ATTRIBUTE and last.lex.sign == "shape" and "Echo" in self.text[token.start : token.end])

    def _adjective_before(self, token: Token) -> bool:
        return any(h.tag == T.MENTION and h.lex.adjective and token.start - h.end <= 32 for h in self.hits[-4:])

    def _mention_between(self, at: int) -> bool:
        return any(h.tag & (T.MENTION | T.ORGAN | T.HOST) and h.start >= at for h in self.hits[-6:])

    def mention(self, token: Token) -> Hit | None:
        lex = token.lex
        written = self.text[token.start : token.end]
        side = _SIDES[("左" in written or "Left" in written), ("右" in written or "Right" in written)]
        if side is not None:
            place = self._add(Token(token.start, token.end, side), "liver")
            place.dropped = self.drop or self.section_drop
        if "Hepatic" in written or "Liver" in written or "肝" in written or "hepatic" in written:
            if self.cursor.organ not in ("liver", "duct"):
                self.cursor.organ = "liver"
        if self.prior and lex.value != "neutral" and any(h.prior and h.tag == T.MENTION and h.lex.value not in ("neutral", lex.value) for h in self.hits):
            self.prior = False
        hit = self._add(token, lex.organ or None)
        if lex.value != "neutral":
            self.cursor.last = lex
        hit.quoted = self.text[token.start - 1 : token.start] == '"'
        hit.count = lex.count or ("multiple" if "多发" in written else None)
        if lex.organ and self.cursor.organ not in LIVER_LIKE:
            self.cursor.organ = lex.organ
        if self.rather:
            hit.negated = hit.refuted = True
            hit.hedged = False
            self.rather = False
        if self.either or self.differential:
            self._join_either(hit)
            self.either = False
        return hit

    def _join_either(self, hit: Hit) -> None:
        for earlier in reversed(self.hits[:-1]):
            if earlier.tag == T.MENTION and earlier.lex.value != "neutral":
                if not hit.negated and not earlier.negated and earlier.lex.value != hit.lex.value:
                    hit.either = earlier.either = True
                    if "liver" in (hit.organ, earlier.organ) or "duct" in (hit.organ, earlier.organ):
                        hit.organ = hit.organ if hit.organ in LIVER_LIKE - {""} else "liver"
                        earlier.organ = earlier.organ if earlier.organ in LIVER_LIKE - {""} else "liver"
                elif earlier.negated and earlier.chunk == hit.chunk:
                    hit.negated = True
                return

    def differ(self, token: Token) -> None:
        named = [h for h in self.hits if h.tag == T.MENTION and h.lex.value != "neutral"]
        if len(named) >= 2 and named[-1].lex.value != named[-2].lex.value:
            named[-1].either = named[-2].either = True
        self.either = True
        self._add(token)


NEUTRAL = Lex(T.MENTION, value="neutral", language="en")
_INTO = re.compile(
    r"(?:^| )(?:In The Lumen Of|Within The Lumen Of|In|Within|Inside|Filling|Occupying|In To|Into|Containing)(?: (?:A|An|The|This|Its|Some|Of))?"
    r"(?: (?!And|Or|With|Is|Are|Of)[A-Z][a-z-]*){0,4} $"
)
_PREPOSITION = re.compile(
    r"(?:^| )(?:In|Within|Inside|Of|At|Along|Involving|Filling|On|From|To|Occupying|Throughout)(?: (?:A|An|The|This|Both|Each|Either|Its))?"
    r"(?: (?!And|Or|With|Is|Are)[A-Z][a-z-]*(?<!Segment)){0,3} $"
)
_SIDES = {
    (True, False): Lex(T.LOBE, "left"), (False, True): Lex(T.LOBE, "right"),
    (True, True): Lex(T.LOBE, "both"), (False, False): None,
}
_YIELDS = (T.COUNT | T.PAUSE | T.COMMA | T.SLASH | T.LIST_AND | T.DOT | T.EITHER_OR | T.NEG_POST | T.ANAPHOR)
_STEP = {
    int(tag): step
    for tag, step in {
        T.COMMA: Walk.comma, T.SEEN: Walk.seen, T.END: Walk.end, T.NEG: Walk.negation,
        T.NEG_POST: Walk.negation_after, T.HEDGE: Walk.hedge_before, T.HEDGE_POST: Walk.hedge_after,
        T.QUESTION: Walk.question, T.SLASH: Walk.slash, T.EITHER_OR: Walk.either_or,
        T.RATHER_THAN: Walk.rather_than, T.CORRECT: Walk.correct, T.PRIOR: Walk.prior_report, T.PRIOR_POST: Walk.prior_after,
        T.ADVICE: Walk.advice, T.PURPOSE: Walk.advice, T.HISTORY: Walk.history,
        T.HISTORY_POST: Walk.history_after, T.NOW: Walk.now, T.NEAR: Walk.near_mark,
        T.ORGAN: Walk.organ, T.DUCT: Walk.duct, T.LOBE: Walk.place, T.SEGMENT: Walk.segment,
        T.SIZE: Walk.size, T.BRIGHT: Walk.bright_word, T.NOUN: Walk.noun,
        T.SIGN: Walk.sign, T.MENTION: Walk.mention, T.DIFFER: Walk.differ, T.LANDMARK: Walk.landmark, T.GRADE: Walk.grade,
    }.items()
}
