"""One lesion, one focus: join what findings and impression say of the same spot."""

from __future__ import annotations

from dataclasses import replace

from hepaspot.report.drafts import NEUTRAL, Draft
from hepaspot.report.tags import Tag

T = Tag
_SAME_SIZE_MM = 0.6


def merge(drafts: list[Draft]) -> list[Draft]:
    """Join drafts that speak of one lesion, in the order of first mention."""
    foci: list[Draft] = []
    for draft in drafts:
        partners = _partners(foci, draft)
        if len(partners) > 1:
            draft.hits = [h for h in draft.hits if h.tag != T.COUNT]
            draft.mentions = [replace(m, count=None) for m in draft.mentions]
        if not partners:
            draft.sections.add(draft.section)
            foci.append(draft)
        for partner in partners:
            _absorb(partner, draft)
    return foci


def _partners(foci: list[Draft], new: Draft) -> list[Draft]:
    if new.ordinal or not foci:
        return []
    later = new.section == "impression" and any("impression" not in f.sections for f in foci)
    fits = [f for f in foci if _compatible(f, new)]
    if fits and not new.entities and _only_a_suspicion(fits[-1]) and fits[-1].section == new.section:
        return [fits[-1]]
    if fits and not later and set(fits[-1].entities) == set(new.entities) and new.entities and _without_place(fits[-1]):
        return [fits[-1]]
    if _is_afterthought(new, foci[-1]):
        return [foci[-1]]
    if later:
        open_foci = [f for f in fits if "impression" not in f.sections] or fits
        if not open_foci:
            lone = [f for f in foci if "impression" not in f.sections]
            if len(lone) == 1 and len(foci) == 1 and _entities_fit(lone[0], new) and not new.sizes:
                return lone
            return []
        if len(open_foci) > 1 and not new.lobes and (_is_many(new) or not new.lobes):
            return open_foci
        return open_foci[:1]
    if not fits:
        return []
    last = fits[-1]
    if new.anaphor:
        return [last]
    if new.sizes and last.sizes:
        same = [f for f in fits if _sizes_equal(f, new)]
        return same[:1]
    introduces = new.seen or bool(new.sizes)
    if not introduces:
        if len(fits) > 1 and not new.lobes and new.entities and all(not f.entities for f in fits):
            return fits
        exact = [f for f in fits if f.lobes == new.lobes and new.lobes]
        return (exact or fits)[:1] if len(fits) > 1 else [last]
    if new.entities and not last.entities and new.line != last.line and not new.sizes:
        return [last]
    return []


def _only_a_suspicion(focus: Draft) -> bool:
    """A hedged name without place or size, waiting for the spot that it is about."""
    return not focus.lobes and not focus.sizes and all(m.hedged or m.either for m in focus.mentions)


def _is_afterthought(new: Draft, last: Draft) -> bool:
    """"…; a stone cannot be excluded": an alternative for the focus named just before."""
    return (
        last.line == new.line and last.section == new.section and bool(new.entities) and not new.seen
        and all(m.hedged for m in new.mentions) and not new.lobes and not new.sizes and bool(last.entities)
    )


def _without_place(focus: Draft) -> bool:
    return not focus.lobes and not focus.sizes and not focus.seen and len(focus.mentions) == 1


def _compatible(old: Draft, new: Draft) -> bool:
    return _entities_fit(old, new) and _places_fit(old, new) and _sizes_fit(old, new)


def _entities_fit(old: Draft, new: Draft) -> bool:
    a, b = set(old.entities), set(new.entities)
    if not a or not b or a & b:
        return True
    later = new.section == "impression" and "impression" not in old.sections
    return later and any(
        m.hedged or m.either for m in (*old.mentions, *new.mentions) if m.lex.value != NEUTRAL
    )


def _places_fit(old: Draft, new: Draft) -> bool:
    a, b = old.lobes, new.lobes
    if old.segments and new.segments and not old.segments & new.segments:
        return False
    if not a or not b or a & b:
        return True
    return "both" in a | b


def _sizes_fit(old: Draft, new: Draft) -> bool:
    if not old.sizes or not new.sizes:
        return True
    return _sizes_equal(old, new)


def _sizes_equal(old: Draft, new: Draft) -> bool:
    return any(
        abs(max(a.axes_mm) - max(b.axes_mm)) <= _SAME_SIZE_MM for a in old.sizes for b in new.sizes
    )


def _is_many(draft: Draft) -> bool:
    return any(m.count == "multiple" for m in draft.mentions) or any(
        h.lex.value == "multiple" for h in draft.of(T.COUNT)
    )


def _absorb(focus: Draft, new: Draft) -> None:
    focus.mentions += new.mentions
    focus.refuted += new.refuted
    focus.sections.add(new.section)
    focus.places.append(new.of((T.LOBE | T.SEGMENT | T.LANDMARK)))
    have_size = bool(focus.sizes)
    for hit in new.hits:
        if hit.tag & (T.LOBE | T.SEGMENT | T.LANDMARK):
            continue
        if hit.tag == T.SIZE and have_size:
            continue
        if hit.tag == T.COUNT and focus.of(T.COUNT):
            continue
        focus.hits.append(hit)
