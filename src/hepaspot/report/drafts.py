"""Gather the terms of one passage into foci: which mentions are one, and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hepaspot.report.context import LIVER_LIKE, Hit
from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex

T = Tag
NEUTRAL = "neutral"
_NOT_FOCI = frozenset({"focal_fat", "adenoma", "focal_nodular_hyperplasia", "malignancy", "regenerative_nodule",
                       "stent", "drain", "lipiodol", "ligamentum_teres", "metastasis", "worm", "arterial_calcification", "surgical_clip"})
_LINKS = (T.HEDGE | T.HEDGE_POST | T.CORRECT | T.RATHER_THAN | T.QUESTION | T.EITHER_OR | T.DIFFER | T.ANAPHOR | T.OPEN | T.SLASH)
_PLACES = (T.LOBE | T.SEGMENT)


@dataclass(slots=True)
class Draft:
    """A focus in the making: its mentions and everything bound to it."""

    section: str
    line: int
    mentions: list[Hit] = field(default_factory=list)
    refuted: list[Hit] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    places: list[list[Hit]] = field(default_factory=list)
    ordinal: bool = False
    anaphor: bool = False
    seen: bool = False
    sections: set[str] = field(default_factory=set)

    @property
    def entities(self) -> list[str]:
        """Diagnoses in the order named, without the neutral ones."""
        return [m.lex.value for m in self.mentions if m.lex.value != NEUTRAL]

    def of(self, tags: int) -> list[Hit]:
        """The bound hits that carry one of ``tags``."""
        return [h for h in self.hits if h.tag & tags]

    @property
    def lobes(self) -> set[str]:
        """Sides named for this focus."""
        return {h.lex.value for h in self.of(T.LOBE)} | {
            "caudate" if s == 1 else "left" if s <= 4 else "right" for h in self.of(T.SEGMENT) for s in h.segments
        }

    @property
    def segments(self) -> set[int]:
        return {s for h in self.of(T.SEGMENT) for s in h.segments}

    @property
    def sizes(self) -> list[Hit]:
        return self.of(T.SIZE)


def is_liver(hit: Hit) -> bool:
    """Whether the report was talking of the liver or its ducts here."""
    return hit.organ in LIVER_LIKE


def usable(hit: Hit, hits: list[Hit]) -> bool:
    """Whether a mention can stand for something in the liver at all."""
    if hit.tag != T.MENTION or (hit.dropped and not hit.historical):
        return False
    lex = hit.lex
    if lex.value == "other" and lex.name in _NOT_FOCI and not hit.negated and not _explains(hit, hits):
        return False
    if not is_liver(hit):
        return False
    if lex.place == "needed":
        return _in_hepatic_duct(hit, hits)
    if lex.place == "duct":
        return hit.organ == "duct"
    if lex.place == "focus":
        return any(h.tag == T.MENTION and h is not hit and h.start < hit.start for h in hits)
    return True


def _in_hepatic_duct(hit: Hit, hits: list[Hit]) -> bool:
    if hit.organ in ("duct", "liver"):
        return True
    return hit.organ == "" and (hit.refuted or hit.either or hit.hedged or hit.lex.refine is not None)


def _explains(hit: Hit, hits: list[Hit]) -> bool:
    """Whether a clip or the like is named as what a bright echo is, not by itself."""
    return any(h.tag == T.MENTION and h.start < hit.start and (h.lex.value == NEUTRAL or h.prior or h.refuted) for h in hits)


def draft_passage(hits: list[Hit], section: str, line: int) -> list[Draft]:
    """The foci that a passage speaks of, with what it says of each."""
    live = [
        i for i, h in enumerate(hits)
        if usable(h, hits) and not h.negated and not h.historical and not h.refuted and not h.prior
    ]
    if not live:
        return []
    drafts: list[Draft] = []
    owners: list[list[int]] = []
    for i in live:
        if drafts and _same_focus(hits, owners[-1], i):
            owners[-1].append(i)
        else:
            drafts.append(Draft(section, line))
            owners.append([i])
        drafts[-1].mentions.append(hits[i])
    bounds = _bounds(hits, owners)
    for draft, (lo, hi), own in zip(drafts, bounds, owners, strict=True):
        _bind(draft, hits, lo, hi, own)
    _share(drafts, hits)
    return [split for draft in drafts for split in _distribute(draft, hits)]


def _same_focus(hits: list[Hit], owned: list[int], i: int) -> bool:
    first, last, new = hits[owned[0]], hits[owned[-1]], hits[i]
    between = hits[owned[-1] + 1 : i]
    mask = 0
    for h in between:
        mask |= h.tag
    if mask & T.ORDINAL:
        return False
    a, b = last.lex.value, new.lex.value
    if last.lex.adjective and new.start - last.end <= 24:
        return True
    linked = bool(mask & _LINKS) or new.hedged or new.either or new.refuted
    if a != b and NEUTRAL not in (a, b) and not linked:
        return False
    if mask & T.DUCT and mask & T.STATE and not mask & T.COMMA and not new.hedged:
        return False
    new_place = _place_after_comma(between)
    before = [*hits[: owned[-1]], *(h for h in between if h.chunk == last.chunk)]
    old_place = _lobes(before)
    if new_place and old_place and not (new_place & old_place):
        return False
    old_segments, new_segments = _segments(before), _segments(between[_last_comma(between) :])
    if old_segments and new_segments and not old_segments & new_segments:
        return False
    if mask & T.LARGEST and not (new_segments or new_place):
        return True
    if (mask & T.LIST_AND) and a == b and a != NEUTRAL and _lobes(between):
        return False
    if new_place and mask & T.SEEN and not new.hedged:
        return not old_place and (a == NEUTRAL) != (b == NEUTRAL) and (a == NEUTRAL or last.hedged or last.either)
    if a == b and mask & T.SIZE and mask & T.SEEN:
        return False
    if a == b == NEUTRAL and mask & (T.SEEN | T.COUNT) and mask & (T.COMMA | T.LIST_AND):
        return first is last and not mask & T.COUNT
    return True


def _place_after_comma(between: list[Hit]) -> set[str]:
    return _lobes(between[_last_comma(between) :])


def _last_comma(between: list[Hit]) -> int:
    return max(
        (k for k, h in enumerate(between) if h.tag & (T.COMMA | T.END | T.LIST_AND | T.PAUSE)),
        default=len(between),
    )


def _segments(hits: list[Hit]) -> set[int]:
    return {s for h in hits for s in h.segments}


def _lobes(hits: list[Hit]) -> set[str]:
    lobes: set[str] = set()
    for h in hits:
        if h.tag == T.LOBE and is_liver(h):
            lobes.add(h.lex.value)
        elif h.tag == T.SEGMENT:
            lobes |= {"caudate" if s == 1 else "left" if s <= 4 else "right" for s in h.segments}
    return lobes


def _bounds(hits: list[Hit], owners: list[list[int]]) -> list[tuple[int, int]]:
    """For each focus the range of hits that may belong to it."""
    cuts = [0]
    for before, after in zip(owners, owners[1:], strict=False):
        lo, hi = before[-1] + 1, after[0]
        cut = hi
        marks = [k for k in range(lo, hi) if hits[k].tag & (T.COMMA | T.END)]
        if marks:
            cut = marks[-1]
            while len(marks) > 1 and _only_place(hits[marks[-2] : marks[-1]]):
                marks.pop()
                cut = marks[-1]
        else:
            marks = [k for k in range(lo, hi) if hits[k].tag & (T.LIST_AND | T.PAUSE | T.ORDINAL | T.SEEN)]
            if marks:
                cut = marks[-1]
            else:
                cut = next((k for k in range(hi - 1, lo - 1, -1) if not hits[k].tag & (T.SIZE | T.COUNT | T.ATTRIBUTE | T.LOBE | T.SEGMENT)), lo - 1) + 1
        cuts.append(max(lo, cut))
    cuts.append(len(hits))
    return list(zip(cuts, cuts[1:], strict=False))


def _only_place(hits: list[Hit]) -> bool:
    rest = [h for h in hits if not h.tag & (T.COMMA | T.ORGAN | T.PAUSE)]
    return bool(rest) and all(h.tag & _PLACES for h in rest)


_INSIDE_LEX = Lex(Tag.ATTRIBUTE, "inside", sign="in_duct")


def inside_hit(duct: Hit) -> Hit:
    return replace(duct, lex=_INSIDE_LEX, tag=_INSIDE_LEX.tag, negated=False)


_INTRODUCES = 30
"""Characters before a mention within which "见" or "there is" introduces it."""
_BOUND = int(
    T.SHADOW | T.LOBE | T.SEGMENT | T.LANDMARK | T.COUNT | T.LARGEST | T.CHANGE | T.HOST | T.ATTRIBUTE
    | T.SIZE | T.MASKED | T.DISTRIB | T.ALL_OF | T.BRIGHTNESS | T.ALONG
)
_SUBJECT = (T.MENTION | T.DUCT | T.EXTENT | T.ORGAN | T.HOST)


def _bind(draft: Draft, hits: list[Hit], lo: int, hi: int, own: list[int]) -> None:
    for k in range(lo, hi):
        h = hits[k]
        tag = h.tag
        if tag == T.ORDINAL and k < own[0]:
            draft.ordinal = True
        elif tag == T.ANAPHOR and k < own[0] and h.chunk == hits[own[0]].chunk:
            draft.anaphor = True
        elif tag == T.SEEN and k < own[0] and hits[own[0]].start - h.start <= _INTRODUCES:
            draft.seen = True
        elif tag == T.MENTION and k not in own and h.refuted and usable(h, hits):
            draft.refuted.append(h)
        if tag == T.DUCT and _inside(hits, k, own):
            draft.hits.append(inside_hit(h))
        if not tag & _BOUND or h.near or h.dropped or not (is_liver(h) or _leads(h, hits[own[0]])):
            continue
        if tag & (T.SIZE | T.MASKED) and not size_belongs(hits, k, own):
            continue
        if tag == T.COUNT and not _counts(hits, k, own):
            continue
        if tag == T.LANDMARK and h.lex.value == "hilar" and k > own[-1] and hits[k - 1].tag == T.DUCT:
            continue
        if tag == T.HOST and not _hosts(hits, k, own):
            continue
        if tag == T.ATTRIBUTE and h.lex.sign == "in_duct" and h.lex.value == "inside" and not _in_a_duct(h, hits, k):
            continue
        if tag == T.SIZE and k and hits[k - 1].tag == T.SECOND_AXIS and draft.sizes and len(draft.sizes[-1].axes_mm) == 1:
            draft.sizes[-1].axes_mm += h.axes_mm
            continue
        if tag & (T.LOBE | T.SEGMENT | T.LANDMARK | T.COUNT) and _of_another(hits, k, own):
            continue
        if tag == T.ALONG and k + 1 < hi and hits[k + 1].tag == T.DUCT:
            side = _along_side(hits, k)
            if side is not None:
                draft.hits.append(side)
        draft.hits.append(h)


def _along_side(hits: list[Hit], k: int) -> Hit | None:
    """"Along the left hepatic duct" is also a place."""
    lobe = next((x for x in hits[k + 1 : k + 4] if x.tag == T.LOBE and x.start == hits[k + 1].start), None)
    if lobe is None or lobe.lex.value not in ("left", "right"):
        return None
    lex = Lex(T.LANDMARK, f"along_{lobe.lex.value}_duct")
    return replace(hits[k + 1], lex=lex, tag=lex.tag, negated=False)


def _inside(hits: list[Hit], k: int, own: list[int]) -> bool:
    """Whether the focus lies in the lumen of the duct at ``k``."""
    duct, mention = hits[k], hits[own[0]]
    if duct.lex.value not in ("intra", "any", "local") or (k and hits[k - 1].tag == T.ALONG):
        return False
    if k < own[0]:
        between = hits[k + 1 : own[0]]
        if any(h.tag & (T.ORGAN | T.SEGMENT | T.END) or h.tag == T.LOBE and h.start != duct.start and h.start != mention.start for h in between):
            return False
        if duct.lex.language == "en":
            return any(h.lex.sign == "in_duct" for h in between) or _held_by(duct, between, mention)
        if duct.chunk == mention.chunk:
            return not any(h.tag & (T.STATE | T.UNSEEN | T.NEG) for h in between if not h.negated) or any(h.tag == T.SEEN for h in between)
        return any(h.lex.sign == "in_duct" and h.lex.value == "inside" for h in between)
    return duct.lex.language == "en" and duct.chunk == mention.chunk and duct.near_preposition


def _leads(h: Hit, mention: Hit) -> bool:
    """Whether a size or number stands right before its noun ("… and a 6 mm stone")."""
    return bool(h.tag & (T.SIZE | T.COUNT)) and h.chunk == mention.chunk and 0 <= mention.start - h.end <= 40


def _in_a_duct(h: Hit, hits: list[Hit], k: int) -> bool:
    if h.lex.language == "en":
        return h.organ == "duct" or _own_word(h)
    subject = next((x for x in reversed(hits[: k + 1]) if x.tag & (T.DUCT | T.ORGAN | T.HOST)), None)
    return subject is not None and subject.tag == T.DUCT and subject.lex.value != "extra"


def _own_word(h: Hit) -> bool:
    """Words that say "in a duct" by themselves, such as "intraductal"."""
    return h.lex.name == "ductal"


def _held_by(duct: Hit, between: list[Hit], mention: Hit) -> bool:
    """"Within a dilated duct lies …", "ducts dilated with several stones"."""
    if duct.lex.value == "local" or any(h.tag == T.COMMA for h in between) and not duct.near_preposition:
        return False
    held = any(h.tag == T.SEEN and h.lex.name == "holds" for h in between)
    return (duct.near_preposition and duct.chunk == mention.chunk) or held


def _of_another(hits: list[Hit], k: int, own: list[int]) -> bool:
    """Whether the chunk of a place tells of something else: a cyst, or a part not seen."""
    chunk = [(j, h) for j, h in enumerate(hits) if h.chunk == hits[k].chunk]
    if any(j in own for j, _ in chunk) or hits[k].chunk > hits[own[-1]].chunk and any(h.tag == T.MENTION for _, h in chunk):
        return False
    return any(
        h.tag == T.UNSEEN or (h.tag == T.HOST and not h.negated and not _hosts(hits, j, own) and not _same_host(hits, h, own))
        for j, h in chunk
    )


def _same_host(hits: list[Hit], host: Hit, own: list[int]) -> bool:
    """Whether the focus is bound to this host further on ("cyst …, wall calcified")."""
    return any(
        h.tag == T.HOST and h is not host and h.lex.value == host.lex.value and _hosts(hits, j, own)
        for j, h in enumerate(hits)
    )


def _hosts(hits: list[Hit], k: int, own: list[int]) -> bool:
    """A host holds a focus only where words tie the two closely together."""
    host, mention = hits[k], hits[own[0]]
    if host.negated:
        return False
    if k < own[0] and any(h.lex.sign == "in_duct" and h.lex.value == "inside" for h in hits[k + 1 : own[0]]):
        return True
    gap = mention.start - host.end if k < own[0] else host.start - mention.end
    between = hits[min(k, own[0]) + 1 : max(k, own[0])]
    if any(h.tag & (T.COMMA | T.END | T.ORDINAL) for h in between):
        return (
            host.lex.language == "zh" and host.lex.name != "loose" and host.end - host.start > 2 and gap < 8
            and not any(h.tag & _PLACES for h in between)
        )
    if host.lex.language == "en":
        return gap <= (64 if any(h.tag == T.SEEN for h in between) else 40)
    return gap <= 14


def _counts(hits: list[Hit], k: int, own: list[int]) -> bool:
    """A number word counts the focus it stands before, in the same chunk."""
    h = hits[k]
    mention = hits[own[0]]
    if k > own[-1]:
        near = h.start - hits[own[-1]].end <= 8
        alone = h.lex.value == "multiple" and all(x.chunk != h.chunk or x.tag & (T.COUNT | T.COMMA) for x in hits)
        return h.lex.language == "zh" and h.end - h.start > 1 and (near and h.chunk == hits[own[-1]].chunk or alone)
    if h.chunk != mention.chunk and not (h.lex.value == "multiple" and mention.start - h.end < 30):
        return False
    between = hits[k + 1 : own[0]]
    if any(x.tag & (T.DUCT | T.ORGAN | T.HOST) and not x.tag & T.LOBE for x in between if not is_liver(x)):
        return False
    if h.lex.language == "en":
        if any(x.tag & (T.SEEN | T.HOST) for x in between):
            return False
        return mention.start - h.end <= 60 and not any(x.tag & (T.LOBE | T.LANDMARK) and x.lex.language == "en" for x in between)
    return True


def size_belongs(hits: list[Hit], k: int, own: list[int]) -> bool:
    """Whether the size at ``k`` measures the focus rather than a duct, a vessel or the liver."""
    h = hits[k]
    if k and hits[k - 1].tag == T.STATE and h.start - hits[k - 1].end <= 10 and hits[k - 1].lex.value == "dilated":
        return False
    follower = hits[k + 1] if k + 1 < len(hits) else None
    if follower is not None and follower.tag & (T.HOST | T.DUCT) and follower.start - h.end <= 4 and follower.lex.language == "en":
        return False
    if follower is not None and follower.tag == T.EXTENT and follower.start - h.end <= 3:
        return False
    after = next((x for x in hits[k + 1 :] if x.tag & _SUBJECT), None)
    if after is not None and after.tag == T.MENTION and after.start - h.end <= (14 if _cjk(after) else 45):
        j = hits.index(after)
        gap = hits[k + 1 : j]
        if not any(x.tag & (T.COMMA | T.SEEN | T.LIST_AND | T.END) for x in gap) or (
            not any(x.tag & (T.COMMA | T.END | T.LIST_AND) for x in gap) and _cjk(after)
        ):
            return j in own
    if after is not None and after.tag == T.HOST and after.chunk == h.chunk and after.start - h.end <= (14 if _cjk(after) else 40) and not any(
        x.tag == T.MENTION and x.chunk == h.chunk and x.start < h.start for x in hits
    ):
        return False
    for j in range(k - 1, -1, -1):
        x = hits[j]
        if x.tag & _SUBJECT:
            if x.tag == T.MENTION:
                if j in own:
                    return True
                if x.negated or x.refuted or x.prior:
                    continue
                return False
            if x.tag == T.ORGAN:
                if x.near or x.lex.value == "liver" and not (max(h.axes_mm, default=0) >= 60 and h.start - x.end <= 20):
                    continue
                return False
            if x.tag == T.DUCT:
                if x.near_preposition and j > own[-1] and (x.chunk != h.chunk or len(h.axes_mm) > 1 or hits[k - 1].tag == T.OPEN):
                    continue
                if not any(y.tag & T.SEEN and y.lex.language == "zh" and y.chunk == h.chunk for y in hits[j:k]):
                    return j < own[0] < k
                continue
            if x.tag == T.HOST:
                return j < own[0] < k
            if x.tag == T.EXTENT:
                if h.start - x.end > 14:
                    continue
                return False
    return True


def _cjk(hit: Hit) -> bool:
    return hit.lex.language == "zh"


def _share(drafts: list[Draft], hits: list[Hit]) -> None:
    """What is said of all ("both with shadowing", 均伴声影) belongs to each."""
    for k, h in enumerate(hits):
        if h.tag & (T.FORMER | T.LATTER) and len(drafts) >= 2:
            target = drafts[-2 if h.tag == T.FORMER else -1]
            for x in hits[k:]:
                if x.chunk == h.chunk and x.tag & (T.SHADOW | T.ATTRIBUTE | T.SIZE | T.CHANGE):
                    for draft in drafts:
                        draft.hits = [y for y in draft.hits if y is not x]
                    target.hits.append(x)
    everyone = [h for h in hits if h.tag == T.ALL_OF]
    if not everyone or len(drafts) < 2:
        return
    for h in hits:
        if h.tag == T.SHADOW and h.start >= everyone[0].start:
            for draft in drafts:
                if h not in draft.hits:
                    draft.hits.append(h)


def _distribute(draft: Draft, hits: list[Hit]) -> list[Draft]:
    """Split "one in each of A and B" (各见一) into a focus for each place."""
    if not draft.of(T.DISTRIB):
        return [draft]
    places = [h for h in draft.of(_PLACES) if h.lex.value != "both"]
    if any(h.lex.value == "both" for h in draft.of(T.LOBE)) and not places:
        parts: list[Hit | None] = [None, None]
        both = next(h for h in draft.of(T.LOBE) if h.lex.value == "both")
        lobes = ["right", "left"] if both.lex.name == "right_first" else ["left", "right"]
    elif len(places) >= 2:
        parts = list(places)
        lobes = []
    else:
        seg = next((h for h in places if len(h.segments) > 1), None)
        if seg is None:
            return [draft]
        parts = [seg] * len(seg.segments)
        lobes = []
    sizes = [a for h in draft.sizes for a in ([(x,) for x in h.axes_mm] if h.listed else [h.axes_mm])]
    result = []
    del hits
    for n, part in enumerate(parts):
        rest = [h for h in draft.hits if not h.tag & (T.LOBE | T.SEGMENT | T.SIZE | T.DISTRIB | T.COUNT)]
        if part is None:
            both = draft.of(T.LOBE)[0]
            rest.append(replace(both, lex=both.lex._replace(value=lobes[n])))
        elif parts.count(part) > 1:
            rest.append(replace(part, segments=(part.segments[n],)))
        else:
            rest.append(part)
            extra = [h for h in draft.of(_PLACES) if h is not part and h.chunk == part.chunk and h.tag != part.tag]
            if len(places) == 2 * len(parts):
                rest += extra
        if len(sizes) == len(parts):
            size = draft.sizes[0]
            rest.append(replace(size, axes_mm=sizes[n], listed=False, is_range=False))
        elif len(sizes) == 1:
            rest += draft.sizes
        counts = [h for h in draft.of(T.COUNT) if h.lex.value == "multiple" and "各" not in (h.lex.name or "")]
        rest += [h for h in counts if h.lex.language == "zh" and h.end - h.start > 1][:0]
        new = replace(draft, hits=rest, places=[], refuted=list(draft.refuted), sections=set(), ordinal=draft.ordinal or n > 0, mentions=[replace(m, count="single") for m in draft.mentions])
        result.append(new)
    return result
