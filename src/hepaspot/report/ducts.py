"""The bile ducts: three slots, each with a state and sometimes a width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hepaspot.report.calibre import is_width
from hepaspot.report.drafts import Draft
from hepaspot.report.hits import Hit
from hepaspot.report.lumen import is_course
from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex
from hepaspot.report.told import is_chinese, is_english

DILATED, NOT_DILATED = "dilated", "not_dilated"
SLOTS = {
    "intra": ("intrahepatic",),
    "extra": ("extrahepatic",),
    "both": ("intrahepatic", "extrahepatic"),
    "any": ("intrahepatic", "extrahepatic"),
    "local": ("local",),
    "pancreatic": (),
}
"""The slots that each kind of duct word fills."""
BARE_DUCT = len("Ducts")
"""Characters of the longest English word for a duct without any adjective."""
INTRAHEPATIC_REACH = 24
"""Characters from "intrahepatic" alone to the state or duct that it goes with."""
INTRAHEPATIC_LOOKAHEAD = 5
"""Terms within which that state or duct stands."""
LIST_REACH = 14
"""Characters between two ducts of one list ("intra- and extrahepatic")."""
STATE_REACH = 40
"""Characters from a state to the duct behind it ("dilatation of the left hepatic duct")."""
NORMAL_REACH = 6
"""The same for "normal", which more often closes what stands before it."""
NEXT_DUCT_REACH = 12
"""Characters from an English state to a second duct that it may be meant for as well."""
NEXT_WORD_REACH = 1
"""Characters between "normal" and the noun that it stands before."""
_INTRAHEPATIC = Lex(Tag.DUCT, "intra", language="en")
_LIST_MARKS = Tag.LIST_AND | Tag.PAUSE | Tag.EITHER_OR | Tag.SLASH
_LIST_FILLERS = _LIST_MARKS | Tag.COMMA | Tag.ANAPHOR | Tag.COUNT
_NEXT_IN_LIST = Tag.LIST_AND | Tag.EITHER_OR | Tag.PAUSE
_PASSED_OVER = Tag.COMMA | Tag.LIST_AND | Tag.EITHER_OR | Tag.NEG | Tag.SEEN


@dataclass(frozen=True, slots=True)
class DuctFinding:
    """What one passage says of one slot, and of which focus where the slot is local."""

    slot: str
    state: str | None
    hit: Hit
    start: int
    end: int
    width_mm: float | None = None
    unseen: bool = False
    draft: Draft | None = None


def duct_findings(hits: list[Hit]) -> list[DuctFinding]:
    """Every state, width and "not seen" that the passage ties to a duct."""
    return _DuctWalk(hits).run()


def name_intrahepatic(hits: list[Hit]) -> bool:
    """Let "intrahepatic" alone stand for its ducts before a state or another duct."""
    found = False
    for k, hit in enumerate(hits):
        if hit.tag == Tag.ORGAN and hit.lex.name == "intrahepatic" and _goes_on(hits, k):
            hit.lex, hit.tag = _INTRAHEPATIC, _INTRAHEPATIC.tag
            found = True
    return found


def _goes_on(hits: list[Hit], k: int) -> bool:
    ahead = hits[k + 1 : k + 1 + INTRAHEPATIC_LOOKAHEAD]
    after = next((h for h in ahead if not h.tag & _PASSED_OVER), None)
    if after is None or not after.tag & (Tag.STATE | Tag.DUCT):
        return False
    return after.start - hits[k].end <= INTRAHEPATIC_REACH


class _DuctWalk:
    """One walk over a passage with the duct that is talked about."""

    def __init__(self, hits: list[Hit]) -> None:
        self.hits = hits
        self.found: list[DuctFinding] = []
        self.subject: list[Hit] = []
        self.waiting: Hit | None = None  # a state before its duct
        self.unseen: Hit | None = None  # "not displayed" before its duct
        self.is_told = False

    def run(self) -> list[DuctFinding]:
        """The findings, in reading order."""
        for k, hit in enumerate(self.hits):
            step = _STEPS.get(hit.tag)
            if step is not None and not (hit.dropped or hit.historical):
                step(self, k)
        return self.found

    def duct(self, k: int) -> None:
        """A duct becomes the subject, or joins the ducts listed before it."""
        if is_course(self.hits, k) or _is_heading(self.hits, k):
            return
        duct = self._taken_up(self.hits[k])
        joins = bool(self.subject) and not self.is_told and self._is_listed(duct)
        self.subject = [*self.subject, duct] if joins else [duct]
        self.is_told = False
        if duct.lex.name == DILATED:
            self._add(self.subject, DILATED, duct, duct.start, duct.end)
        self._settle_waiting(duct, k)
        self._settle_unseen(duct)

    def _taken_up(self, duct: Hit) -> Hit:
        """“Intrahepatic … the ducts”: a bare “ducts” means those named just before."""
        is_bare = is_english(duct) and duct.end - duct.start <= BARE_DUCT
        if is_bare and duct.lex.value == "any" and self.subject:
            last = self.subject[-1]
            return last if last.lex.value == "intra" else duct
        return duct

    def _settle_waiting(self, duct: Hit, k: int) -> None:
        state = self.waiting
        if state is None or state.chunk != duct.chunk or not _reaches(state, duct):
            return
        self._add_state(state)
        self.is_told = state.lex.value == "normal"
        if not any(h.tag & _NEXT_IN_LIST for h in self.hits[k + 1 : k + 3]):
            self.waiting = None

    def _settle_unseen(self, duct: Hit) -> None:
        mark = self.unseen
        if mark is not None and mark.chunk == duct.chunk:
            self._add([duct], None, mark, mark.start, duct.end, unseen=True)
            self.unseen = None

    def state(self, k: int) -> None:
        """A state tells of the subject, or waits for the duct behind it."""
        state = self.hits[k]
        if not self.subject or (state.lex.value == "normal" and self._is_of_next(k)):
            self.waiting = state
            return
        self._add_state(state)
        self.is_told = True
        if self._precedes_duct(k):
            self.waiting = state

    def not_seen(self, k: int) -> None:
        """“Not displayed” tells of the subject unless a mention takes it up."""
        mark = self.hits[k]
        if not self.subject:
            self.unseen = mark
        elif not any(h.tag == Tag.MENTION and h.chunk == mark.chunk for h in self.hits[:k]):
            self._add(self.subject, None, mark, self.subject[0].start, mark.end, unseen=True)

    def denied_after(self, k: int) -> None:
        """“Ducts (-)” says not seen where nothing else in the chunk is denied."""
        mark = self.hits[k]
        chunk = (h for h in self.hits if h.chunk == mark.chunk)
        if self.subject and not any(h.tag & (Tag.STATE | Tag.MENTION) for h in chunk):
            self.not_seen(k)

    def size(self, k: int) -> None:
        """A width of the subject."""
        size = self.hits[k]
        if self.subject and is_width(self.hits, k, self.subject[-1]):
            width = max(size.axes_mm)
            self._add(self.subject, None, size, self.subject[0].start, size.end, width_mm=width)

    def leave(self, k: int) -> None:
        """Another organ, host or extent ends the talk of ducts."""
        hit = self.hits[k]
        if not (hit.near or self._is_still_ducts(hit)):
            self.subject, self.waiting, self.is_told = [], None, False

    def _is_still_ducts(self, hit: Hit) -> bool:
        """“Ducts of the liver”: the liver does not change the subject in English."""
        is_the_liver = hit.tag == Tag.ORGAN and hit.lex.value == "liver" and is_english(hit)
        return is_the_liver and bool(self.subject) and hit.chunk == self.subject[-1].chunk

    def comma(self, k: int) -> None:
        """No state waits for a duct beyond a comma."""
        self.waiting = None

    def _add_state(self, state: Hit) -> None:
        value = _state_value(state)
        if value is not None:
            start = min(self.subject[0].start, state.span[0])
            end = max(self.subject[-1].end, state.span[1])
            self._add(self.subject, value, state, start, end)

    def _add(
        self,
        ducts: list[Hit],
        state: str | None,
        hit: Hit,
        start: int,
        end: int,
        *,
        width_mm: float | None = None,
        unseen: bool = False,
    ) -> None:
        slots = dict.fromkeys(slot for duct in ducts for slot in SLOTS[duct.lex.value])
        for slot in slots:
            self.found.append(DuctFinding(slot, state, hit, start, end, width_mm, unseen))

    def _is_listed(self, new: Hit) -> bool:
        last = self.subject[-1]
        if new.start - last.end > LIST_REACH:
            return False
        between = [h for h in self.hits if last.end <= h.start < new.start]
        if not all(h.tag & _LIST_FILLERS for h in between):
            return False
        return any(h.tag & _LIST_MARKS for h in between) or (is_chinese(new) and bool(between))

    def _is_of_next(self, k: int) -> bool:
        """“Liver, normal bile ducts”: “normal” right before an English duct is its own."""
        state, after = self.hits[k], self.hits[k + 1 : k + 2]
        return any(
            h.tag == Tag.DUCT
            and is_english(h)
            and h.chunk == state.chunk
            and h.start - state.end <= NEXT_WORD_REACH
            for h in after
        )

    def _precedes_duct(self, k: int) -> bool:
        state = self.hits[k]
        return is_english(state) and any(
            h.tag == Tag.DUCT and h.chunk == state.chunk and h.start - state.end <= NEXT_DUCT_REACH
            for h in self.hits[k + 1 : k + 3]
        )


def _is_heading(hits: list[Hit], k: int) -> bool:
    """“Ducts: dilatation of the left intrahepatic ducts”: the heading is no subject."""
    after = hits[k + 1 :]
    if not after or after[0].tag != Tag.COLON or hits[k].lex.value not in ("any", "both"):
        return False
    return any(h.tag == Tag.DUCT for h in after)


def _state_value(state: Hit) -> str | None:
    """The state said of a duct; "not normal" does not say how."""
    if state.lex.value == "normal":
        return None if state.negated else NOT_DILATED
    return NOT_DILATED if state.negated else state.lex.value


def _reaches(state: Hit, duct: Hit) -> bool:
    """A state before its duct: "dilatation of the …", "normal calibre …", "normal bile ducts"."""
    limit = NORMAL_REACH if state.lex.value == "normal" else STATE_REACH
    return duct.start - state.end <= limit


_STEPS: dict[int, Callable[[_DuctWalk, int], None]] = {
    Tag.DUCT: _DuctWalk.duct,
    Tag.STATE: _DuctWalk.state,
    Tag.UNSEEN: _DuctWalk.not_seen,
    Tag.NEG_POST: _DuctWalk.denied_after,
    Tag.SIZE: _DuctWalk.size,
    Tag.ORGAN: _DuctWalk.leave,
    Tag.HOST: _DuctWalk.leave,
    Tag.EXTENT: _DuctWalk.leave,
    Tag.COMMA: _DuctWalk.comma,
}
