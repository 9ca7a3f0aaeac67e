"""The bile ducts: three slots, each with a state and sometimes a width."""

from __future__ import annotations

from dataclasses import dataclass

from hepaspot.report.context import Hit
from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex

T = Tag
DILATED, NOT_DILATED = "dilated", "not_dilated"
_SLOTS = {
    "intra": ("intrahepatic",), "extra": ("extrahepatic",), "both": ("intrahepatic", "extrahepatic"),
    "any": ("intrahepatic", "extrahepatic"), "local": ("local",), "pancreatic": (),
}
_INTRAHEPATIC = Lex(T.DUCT, "intra", language="en")
_RESETS = (T.ORGAN | T.HOST | T.EXTENT)


@dataclass(slots=True)
class DuctFinding:
    """What one passage says of one slot."""

    slot: str
    state: str | None
    hit: Hit
    start: int
    end: int
    width_mm: float | None = None
    unseen: bool = False


def duct_findings(hits: list[Hit]) -> list[DuctFinding]:
    """Every state, width and "not seen" that the passage ties to a duct."""
    found: list[DuctFinding] = []
    subject: list[Hit] = []
    waiting: Hit | None = None
    unseen: Hit | None = None
    stated = False
    for k, h in enumerate(_with_intrahepatic(hits)):
        tag = h.tag
        if h.dropped or h.historical:
            continue
        if tag == T.DUCT:
            if along(hits, k) or _is_heading(hits, k):
                continue
            if h.lex.value == "any" and h.lex.language == "en" and h.end - h.start <= 5 and subject and subject[-1].lex.value == "intra":
                h = subject[-1]
            if subject and not stated and _listed(hits, subject[-1], h):
                subject = [*subject, h]
            else:
                subject = [h]
            stated = False
            if h.lex.name == "dilated":
                found += [DuctFinding(s, DILATED, h, h.start, h.end) for s in _slots(subject)]
            if waiting is not None and waiting.chunk == h.chunk and _reaches(hits, waiting, h):
                found += _states(subject, waiting)
                stated = waiting.lex.value == "normal"
                waiting = None if not _listing(hits, k) else waiting
            if unseen is not None and unseen.chunk == h.chunk:
                found += [DuctFinding(s, None, unseen, unseen.start, h.end, unseen=True) for s in _slots([h])]
                unseen = None
        elif tag == T.STATE:
            if subject and not (h.lex.value == "normal" and _another_follows(hits, k)):
                found += _states(subject, h)
                stated = True
                if _follows_directly(hits, k):
                    waiting = h
            else:
                waiting = h
        elif tag == T.UNSEEN or (tag == T.NEG_POST and subject and not any(x.tag & (T.STATE | T.MENTION) and x.chunk == h.chunk for x in hits)):
            if subject:
                if not any(x.tag == T.MENTION and x.chunk == h.chunk for x in hits[:k]):
                    found += [DuctFinding(s, None, h, subject[0].start, h.end, unseen=True) for s in _slots(subject)]
            else:
                unseen = h
        elif tag == T.SIZE and subject and _is_width(hits, k, subject[-1]):
            for slot in _slots(subject):
                found.append(DuctFinding(slot, None, h, subject[0].start, h.end, width_mm=max(h.axes_mm)))
        elif tag & _RESETS and not h.near:
            if not (tag == T.ORGAN and h.lex.value == "liver" and subject and h.chunk == subject[-1].chunk and h.lex.language == "en"):
                subject, waiting, stated = [], None, False
        elif tag == T.COMMA:
            waiting = None
    return found


def _is_heading(hits: list[Hit], k: int) -> bool:
    """"Ducts: dilatation of the left intrahepatic ducts": the heading is no subject."""
    after = hits[k + 1 :]
    return bool(after) and after[0].tag == T.COLON and hits[k].lex.value in ("any", "both") and any(
        h.tag == T.DUCT for h in after
    )


def _with_intrahepatic(hits: list[Hit]) -> list[Hit]:
    """"Intrahepatic" alone stands for its ducts before a state or another duct."""
    for k, h in enumerate(hits):
        if h.tag == T.ORGAN and h.lex.name == "intrahepatic":
            after = [x for x in hits[k + 1 : k + 6] if not x.tag & (T.COMMA | T.LIST_AND | T.EITHER_OR | T.NEG | T.SEEN)][:1]
            if after and after[0].tag & (T.STATE | T.DUCT) and after[0].start - h.end <= 24:
                h.lex = _INTRAHEPATIC
                h.tag = _INTRAHEPATIC.tag
    return hits


def along(hits: list[Hit], k: int) -> bool:
    """Whether the duct is only a course that foci follow ("along the left duct")."""
    return bool(k) and hits[k - 1].tag == T.ALONG and hits[k].start - hits[k - 1].end <= 2


def _slots(subject: list[Hit]) -> list[str]:
    return list(dict.fromkeys(s for h in subject for s in _SLOTS[h.lex.value]))


def _states(subject: list[Hit], state: Hit) -> list[DuctFinding]:
    value = state.lex.value
    if value == "normal":
        value = DILATED if state.negated else NOT_DILATED
        if state.negated:
            return []
    elif state.negated:
        value = NOT_DILATED
    start = min(subject[0].start, state.start)
    end = max(subject[-1].end, state.end)
    return [DuctFinding(slot, value, state, start, end) for slot in _slots(subject)]


def _listed(hits: list[Hit], last: Hit, new: Hit) -> bool:
    between = [h for h in hits if last.end <= h.start < new.start]
    return new.start - last.end <= 14 and all(h.tag & (T.LIST_AND | T.PAUSE | T.COMMA | T.EITHER_OR | T.SLASH | T.ANAPHOR | T.NEG | T.COUNT) for h in between) and (
        any(h.tag & (T.LIST_AND | T.PAUSE | T.EITHER_OR | T.SLASH) for h in between) or new.lex.language == "zh" and bool(between)
    ) and not any(h.tag == T.NEG for h in between)


def _listing(hits: list[Hit], k: int) -> bool:
    nxt = hits[k + 1 : k + 3]
    return any(h.tag & (T.LIST_AND | T.EITHER_OR | T.PAUSE) for h in nxt)


def _reaches(hits: list[Hit], state: Hit, duct: Hit) -> bool:
    """A state before its duct: "dilatation of the …", "normal calibre …", "normal bile ducts"."""
    gap = duct.start - state.end
    if state.lex.value == "normal":
        return gap <= 6
    return gap <= 40


def _another_follows(hits: list[Hit], k: int) -> bool:
    nxt = hits[k + 1] if k + 1 < len(hits) else None
    return nxt is not None and nxt.tag == T.DUCT and nxt.chunk == hits[k].chunk and nxt.start - hits[k].end <= 1 and nxt.lex.language == "en"


def _follows_directly(hits: list[Hit], k: int) -> bool:
    nxt = hits[k + 1 : k + 3]
    h = hits[k]
    return h.lex.language == "en" and any(x.tag == T.DUCT and x.chunk == h.chunk and x.start - h.end <= 12 for x in nxt) and " Of " in " Of "


def _is_width(hits: list[Hit], k: int, duct: Hit) -> bool:
    h = hits[k]
    if k and hits[k - 1].tag == T.STATE and h.start - hits[k - 1].end <= 10 and hits[k - 1].lex.value == DILATED:
        return True
    if duct.near_preposition and duct.chunk != h.chunk and any(x.tag == T.MENTION and x.start < duct.start for x in hits):
        return False
    if len(h.axes_mm) > 1 and not h.is_range:
        return False
    after = next((x for x in hits[k + 1 :] if x.tag & (T.MENTION | T.DUCT | T.ORGAN)), None)
    gap = [x for x in hits[k + 1 :] if after is not None and x.start < after.start]
    if after is not None and after.tag == T.MENTION and after.chunk == h.chunk and after.start - h.end <= 40 and not any(
        x.tag & (T.SEEN | T.NEG | T.LIST_AND) for x in gap
    ):
        return False
    return not any(x.tag & T.MENTION and duct.end <= x.start < h.start for x in hits) and max(h.axes_mm) <= 60
