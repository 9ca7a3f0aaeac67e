"""One focus of the exam, from the draft that gathers its words."""

from __future__ import annotations

from hepaspot.exam import Count, Focus, Lobe, Observation, Place, Size, SizeBound, Statement, plain
from hepaspot.report.drafts import Draft
from hepaspot.report.ducts import DILATED, NOT_DILATED, DuctFinding
from hepaspot.report.focus_signs import focus_observations
from hepaspot.report.hits import Hit
from hepaspot.report.limits import limit_mm
from hepaspot.report.spans import Spans
from hepaspot.report.statements import statement
from hepaspot.report.tags import Tag
from hepaspot.report.told import PLACES, is_english, is_neutral, lobe_of, segments_of

LARGEST_FOCUS_MM = 150.0
"""No bright focus in a liver is larger; a size above is kept and flagged (convention)."""
SMALLEST_FOCUS_MM = 0.5
"""No ultrasound or CT shows a smaller focus; a size below is kept and flagged (convention)."""
ARTICLE_REACH = 24
"""Characters before a mention among which its article stands."""
LONGEST_PLACE = 80
"""Characters that the words of one place may span."""


def build_focus(number: int, draft: Draft, ducts: list[DuctFinding], spans: Spans) -> Focus:
    """The focus that a draft amounts to; ``ducts`` are all findings on ducts."""
    return Focus(
        id=f"F{number}",
        provenance=spans.at(draft.mentions[0]),
        count=_count(draft, spans),
        places=_places(draft, spans),
        sizes=_sizes(draft, spans),
        host=_host(draft),
        observations=(*focus_observations(draft, spans), *_local_duct(draft, ducts, spans)),
        statements=_statements(draft, spans),
    )


def _local_duct(draft: Draft, ducts: list[DuctFinding], spans: Spans) -> list[Observation]:
    own = [f for f in ducts if (f.state or f.width_mm) and _is_of(draft, f.draft)]
    if not own:
        return []
    is_wide = any(f.state == DILATED or _is_wide(f) for f in own)
    words = spans.words(own[0].start, own[0].end)
    return [plain("duct_local", DILATED if is_wide else NOT_DILATED, words)]


def _is_wide(finding: DuctFinding) -> bool:
    return finding.width_mm is not None and finding.width_mm > limit_mm("intrahepatic")


def _is_of(focus: Draft, part: Draft | None) -> bool:
    """Whether a draft went into this focus when foci were merged."""
    if part is None:
        return False
    return part is focus or any(part.mentions[0] is mention for mention in focus.mentions)


def _count(draft: Draft, spans: Spans) -> Count | None:
    counts = {h.lex.value for h in draft.of(Tag.COUNT)} | {m.count for m in draft.mentions}
    if "multiple" in counts or draft.of(Tag.LARGEST):
        return Count.MULTIPLE
    is_counted = draft.ordinal and is_english(draft.mentions[0])
    if "single" in counts or is_counted or _is_one_by_grammar(draft, spans):
        return Count.SINGLE
    return None


def _is_one_by_grammar(draft: Draft, spans: Spans) -> bool:
    """An English singular with a size, or with "the", is one calcification."""
    mention = draft.mentions[0]
    if not is_english(mention) or is_neutral(mention):
        return False
    has_one_size = len(draft.sizes) == 1 and not draft.sizes[0].is_range
    return has_one_size or "The " in spans.before(mention.start, ARTICLE_REACH)


def _places(draft: Draft, spans: Spans) -> tuple[Place, ...]:
    groups = [draft.of(PLACES | Tag.LANDMARK), *draft.places]
    return tuple(_place(group, spans) for group in groups if group)


def _place(hits: list[Hit], spans: Spans) -> Place:
    segments = tuple(sorted(segments_of(hits)))
    named = {h.lex.value for h in hits if h.tag == Tag.LOBE}
    lobes = named or {lobe_of(segment) for segment in segments}
    landmarks = sorted({h.lex.value for h in hits if h.tag == Tag.LANDMARK})
    first = min(h.start for h in hits)
    near = [h.end for h in hits if h.start - first <= LONGEST_PLACE]
    return Place(spans.words(first, max(near)), _lobe(lobes), segments, tuple(landmarks))


def _lobe(lobes: set[str]) -> Lobe | None:
    if len(lobes) > 1:
        return Lobe.BOTH
    return Lobe(next(iter(lobes))) if lobes else None


def _sizes(draft: Draft, spans: Spans) -> tuple[Size, ...]:
    written = [_size(h, axes, spans) for h in draft.sizes for axes in _axes(h)]
    masked = [Size(spans.at(h), masked=True) for h in draft.of(Tag.MASKED)]
    return (*written, *masked)


def _axes(size: Hit) -> list[tuple[float, ...]]:
    """“2 and 3 mm” are two sizes, “2 x 3 mm” is one."""
    return [(axis,) for axis in size.axes_mm] if size.listed else [size.axes_mm]


def _size(hit: Hit, axes_mm: tuple[float, ...], spans: Spans) -> Size:
    bound = SizeBound.RANGE if hit.is_range else None
    plausible = SMALLEST_FOCUS_MM <= max(axes_mm) <= LARGEST_FOCUS_MM
    return Size(spans.at(hit), axes_mm, bound=bound, plausible=plausible)


def _host(draft: Draft) -> str | None:
    """What holds the focus; "duct wall" is said by the mention itself and gives way."""
    of_mentions = [m.lex.host for m in draft.mentions if m.lex.host]
    hosts = [h.lex.value for h in draft.of(Tag.HOST)]
    hosts += [host for host in of_mentions if host != "wall"]
    if hosts:
        return hosts[-1]
    return "duct_wall" if of_mentions else None


def _statements(draft: Draft, spans: Spans) -> tuple[Statement, ...]:
    said = (*draft.mentions, *draft.refuted)
    return tuple(statement(m, spans) for m in said if not is_neutral(m))
