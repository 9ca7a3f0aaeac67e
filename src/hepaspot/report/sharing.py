"""Words about several foci at once: "the former", "both", "one in each of A and B"."""

from __future__ import annotations

from dataclasses import replace

from hepaspot.report.drafts import Draft
from hepaspot.report.hits import Hit
from hepaspot.report.tags import Tag
from hepaspot.report.told import PLACES, mask_of

_OF_ONE = Tag.SHADOW | Tag.ATTRIBUTE | Tag.SIZE | Tag.CHANGE
_TOLD_EACH = PLACES | Tag.SIZE | Tag.DISTRIB | Tag.COUNT


def share(drafts: list[Draft], hits: list[Hit]) -> None:
    """Give "the former" and "both" to the foci that they mean."""
    if len(drafts) < 2:
        return
    mask = mask_of(hits)
    if mask & (Tag.FORMER | Tag.LATTER):
        _give_to_former_and_latter(drafts, hits)
    if mask & Tag.ALL_OF:
        _give_to_all(drafts, hits)


def _give_to_former_and_latter(drafts: list[Draft], hits: list[Hit]) -> None:
    for k, mark in enumerate(hits):
        if mark.tag & (Tag.FORMER | Tag.LATTER):
            target = drafts[-2 if mark.tag == Tag.FORMER else -1]
            for hit in hits[k:]:
                if hit.chunk == mark.chunk and hit.tag & _OF_ONE:
                    _move(hit, drafts, target)


def _move(hit: Hit, drafts: list[Draft], target: Draft) -> None:
    for draft in drafts:
        draft.hits = [h for h in draft.hits if h is not hit]
    target.hits.append(hit)


def _give_to_all(drafts: list[Draft], hits: list[Hit]) -> None:
    """“Both with shadowing”, 均伴声影: the shadow is each one's."""
    since = next(h.start for h in hits if h.tag == Tag.ALL_OF)
    for hit in hits:
        if hit.tag == Tag.SHADOW and hit.start >= since:
            for draft in drafts:
                if not any(h is hit for h in draft.hits):
                    draft.hits.append(hit)


def distribute(draft: Draft) -> list[Draft]:
    """Split "one in each of A and B" (各见一) into a focus for each place."""
    if not draft.of(Tag.DISTRIB):
        return [draft]
    places = _places_each(draft)
    if len(places) < 2:
        return [draft]
    sizes = _sizes_each(draft, len(places))
    kept = [h for h in draft.hits if not h.tag & _TOLD_EACH]
    return [
        _part(draft, [*kept, place, *sizes[n]], ordinal=draft.ordinal or n > 0)
        for n, place in enumerate(places)
    ]


def _part(draft: Draft, hits: list[Hit], *, ordinal: bool) -> Draft:
    return replace(
        draft,
        mentions=[replace(m, count="single") for m in draft.mentions],
        refuted=list(draft.refuted),
        hits=hits,
        places=[],
        ordinal=ordinal,
        sections=set(),
    )


def _places_each(draft: Draft) -> list[Hit]:
    named = [h for h in draft.of(PLACES) if h.lex.value != "both"]
    if len(named) >= 2:
        return named
    both = next(iter(draft.of(Tag.LOBE)), None)
    if both is not None and not named:
        sides = ("right", "left") if both.lex.name == "right_first" else ("left", "right")
        return [replace(both, lex=both.lex._replace(value=side)) for side in sides]
    many = next((h for h in named if len(h.segments) > 1), None)
    return [replace(many, segments=(s,)) for s in many.segments] if many else []


def _sizes_each(draft: Draft, parts: int) -> list[list[Hit]]:
    """A size for each part where as many are written, one size for all, or none."""
    single = [size for hit in draft.sizes for size in _unlisted(hit)]
    if len(single) == parts:
        return [[size] for size in single]
    return [list(draft.sizes) if len(single) == 1 else []] * parts


def _unlisted(size: Hit) -> list[Hit]:
    if not size.listed:
        return [size]
    return [replace(size, axes_mm=(axis,), listed=False, is_range=False) for axis in size.axes_mm]
