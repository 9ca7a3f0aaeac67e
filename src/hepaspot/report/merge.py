"""One lesion, one focus: join what findings and impression say of the same spot."""

from __future__ import annotations

from dataclasses import replace

from hepaspot.report.drafts import Draft
from hepaspot.report.hits import Hit
from hepaspot.report.tags import Tag
from hepaspot.report.told import PLACES, is_neutral

SAME_SIZE_MM = 0.6
"""Two sizes that differ by no more than this are one size, once rounded (convention)."""
IMPRESSION = "impression"
_WHERE = PLACES | Tag.LANDMARK


def merge(drafts: list[Draft]) -> list[Draft]:
    """Join drafts that speak of one lesion, in the order of first mention."""
    foci: list[Draft] = []
    before: Draft | None = None
    told_before: list[Draft] = []
    for draft in drafts:
        is_afterthought = before is not None and _is_afterthought(draft, before)
        partners = told_before[-1:] if is_afterthought else _partners(foci, draft)
        if len(partners) > 1:
            _forget_number(draft)
        if not partners:
            draft.sections.add(draft.section)
            foci.append(draft)
        for partner in partners:
            _absorb(partner, draft)
        before, told_before = draft, partners or [draft]
    return foci


def _forget_number(draft: Draft) -> None:
    """A sum over several foci ("calcifications") counts none of them."""
    draft.hits = [h for h in draft.hits if h.tag != Tag.COUNT]
    draft.mentions = [replace(m, count=None) for m in draft.mentions]


def _partners(foci: list[Draft], new: Draft) -> list[Draft]:
    """The foci, told earlier, that ``new`` speaks of once more."""
    concludes = new.section == IMPRESSION and any(IMPRESSION not in f.sections for f in foci)
    if not foci or (new.ordinal and not concludes):
        return []
    fits = [f for f in foci if _is_compatible(f, new)]
    if fits and _takes_up(fits[-1], new, concludes=concludes):
        return fits[-1:]
    if concludes:
        return _concluded(foci, fits, new)
    return _told_again(fits, new) if fits else []


def _takes_up(last: Draft, new: Draft, *, concludes: bool) -> bool:
    """The spot that a bare name waited for, or the bare name said once more."""
    if not new.entities:
        return last.section == new.section and _is_only_a_suspicion(last)
    return not concludes and set(last.entities) == set(new.entities) and _is_bare(last)


def _is_only_a_suspicion(focus: Draft) -> bool:
    """A hedged name without place or size, waiting for the spot that it is about."""
    if focus.lobes or focus.sizes:
        return False
    return all(m.hedged or m.either for m in focus.mentions)


def _is_bare(focus: Draft) -> bool:
    """A name without place, size or verb: a heading or a list of names."""
    if focus.lobes or focus.sizes or focus.seen:
        return False
    return len(focus.mentions) == 1


def _is_afterthought(new: Draft, last: Draft) -> bool:
    """“…; a stone cannot be excluded”: an alternative for the focus named just before."""
    if last.line != new.line or last.section != new.section or new.seen:
        return False
    if new.ordinal or new.lobes or new.sizes or not (new.entities and last.entities):
        return False
    return all(m.hedged for m in new.mentions)


def _concluded(foci: list[Draft], fits: list[Draft], new: Draft) -> list[Draft]:
    """What of the findings a line of the impression is about."""
    if not fits:
        is_lone = len(foci) == 1 and IMPRESSION not in foci[0].sections
        return foci[:1] if is_lone and _entities_fit(foci[0], new) and not new.sizes else []
    still_open = [f for f in fits if IMPRESSION not in f.sections] or fits
    return still_open if not new.lobes else still_open[:1]


def _told_again(fits: list[Draft], new: Draft) -> list[Draft]:
    """A later sentence of the same section on a focus that was described before."""
    last = fits[-1]
    if new.anaphor:
        return [last]
    if new.sizes and last.sizes:
        return [f for f in fits if _sizes_equal(f, new)][:1]
    if not (new.seen or new.sizes):
        return _named_again(fits, new)
    names_it = bool(new.entities) and not last.entities and new.line != last.line
    return [last] if names_it and not new.sizes else []


def _named_again(fits: list[Draft], new: Draft) -> list[Draft]:
    if len(fits) == 1:
        return fits
    if not new.lobes and new.entities and not any(f.entities for f in fits):
        return fits
    exact = [f for f in fits if f.lobes == new.lobes and new.lobes]
    return (exact or fits)[:1]


def _is_compatible(old: Draft, new: Draft) -> bool:
    return _entities_fit(old, new) and _places_fit(old, new) and _sizes_fit(old, new)


def _entities_fit(old: Draft, new: Draft) -> bool:
    a, b = set(old.entities), set(new.entities)
    if not a or not b or a & b:
        return True
    if new.section != IMPRESSION or IMPRESSION in old.sections:
        return False
    named = (m for m in (*old.mentions, *new.mentions) if not is_neutral(m))
    return any(m.hedged or m.either for m in named)


def _places_fit(old: Draft, new: Draft) -> bool:
    a, b = old.segments, new.segments
    if a and b and not a & b:
        return False
    lobes = old.lobes, new.lobes
    if not all(lobes) or lobes[0] & lobes[1]:
        return True
    return "both" in lobes[0] | lobes[1]


def _sizes_fit(old: Draft, new: Draft) -> bool:
    return not old.sizes or not new.sizes or _sizes_equal(old, new)


def _sizes_equal(old: Draft, new: Draft) -> bool:
    return any(_is_same_size(a, b) for a in old.sizes for b in new.sizes)


def _is_same_size(a: Hit, b: Hit) -> bool:
    return abs(max(a.axes_mm) - max(b.axes_mm)) <= SAME_SIZE_MM


def _absorb(focus: Draft, new: Draft) -> None:
    """Add what ``new`` says; the first size and number stand, places are kept apart."""
    focus.mentions += new.mentions
    focus.refuted += new.refuted
    focus.sections.add(new.section)
    focus.places.append(new.of(_WHERE))
    known = _WHERE | (Tag.SIZE if focus.sizes else 0)
    for hit in new.hits:
        if not hit.tag & known and not (hit.tag == Tag.COUNT and focus.of(Tag.COUNT)):
            focus.hits.append(hit)
