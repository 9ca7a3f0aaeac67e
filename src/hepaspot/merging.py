"""What two sources say of one examination, put together: one `Exam` in which nothing is lost.

Foci of two exams are taken for one where nothing speaks against it: their lobes, where both
are known, agree, and their sizes, where both are known in millimetres, are within 3 mm or
35 %. Where each exam holds just one focus these two are one whatever their sizes, since a
report and its picture name one thing; that they differ is then told. A group that a report
describes together takes every focus of the picture that is left, unless the other side has a
group of its own that could be meant as well. All else stays side by side.

A focus keeps what each source said of it, with its own place. The same sign said twice is
weighed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Final, TypeVar, cast

import msgspec

from hepaspot.exam import ByHand, Count, Exam, Focus, Region, Setting, Source, Value, Words

Part = TypeVar("Part")

SAME_SIZE_MM: Final = 3.0
"""Sizes of one focus differ by at most this between report and picture: mm (convention)."""

SAME_SIZE_SHARE: Final = 0.35
"""Or by at most this share of the larger one (convention)."""


def merge_exams(exams: Sequence[Exam]) -> Exam:
    """One exam of all, in the order of ``exams``; see `hepaspot.exam.Exam.merge`."""
    merged = exams[0]
    for exam in exams[1:]:
        merged = _two(merged, _renamed(exam, merged))
    return merged


def _two(first: Exam, second: Exam) -> Exam:
    return Exam(
        setting=_setting(first.setting, second.setting),
        sources=(*first.sources, *second.sources),
        foci=_foci(first.foci, second.foci),
        observations=(*first.observations, *second.observations),
        statements=(*first.statements, *second.statements),
        caveats=(*first.caveats, *second.caveats),
    )


def _setting(first: Setting, second: Setting) -> Setting:
    """What either knows; the first where both do."""
    return Setting(
        kind=first.kind or second.kind,
        region=first.region or second.region,
        age_years=second.age_years if first.age_years is None else first.age_years,
    )


def _foci(first: tuple[Focus, ...], second: tuple[Focus, ...]) -> tuple[Focus, ...]:
    if _leads(second) > _leads(first):
        first, second = second, first  # words lead, and a group among them, whichever came first
    pairs = _pairs(first, second)
    taken = {two for _, two in pairs}
    own: list[list[Focus]] = [[focus] for focus in first]
    for one, two in pairs:
        own[one].append(second[two])
    left = [focus for place, focus in enumerate(second) if place not in taken]
    return (*(_joined(group) for group in own), *left)


def _leads(foci: tuple[Focus, ...]) -> int:
    """Which of two exams gives the foci their names and places in the list: the higher one."""
    if _group(foci) is not None:
        return 2
    return 0 if all(map(_is_picture, foci)) else 1


def _pairs(first: tuple[Focus, ...], second: tuple[Focus, ...]) -> list[tuple[int, int]]:
    """Places of the foci that are one and the same."""
    if len(first) == len(second) == 1:
        return [(0, 0)] if _are_one(first[0], second[0]) else []
    pairs = _of_like_size(first, second)
    group = _group(first)
    if group is not None and _group(second) is None:
        taken = {two for _, two in pairs}
        left = [j for j, focus in enumerate(second) if _is_picture(focus) and j not in taken]
        pairs += [(group, j) for j in left]
    return pairs


def _are_one(one: Focus, two: Focus) -> bool:
    """Whether the only focus here is the only one there; two stills must agree on its size."""
    both_pictures = _is_picture(one) and _is_picture(two)
    return _same_lobe(one, two) and not (both_pictures and _size_gap_mm(one, two) > 0)


def _group(foci: tuple[Focus, ...]) -> int | None:
    """Place of the one group that is told in words."""
    several = [
        place
        for place, focus in enumerate(foci)
        if focus.count is Count.MULTIPLE and not _is_picture(focus)
    ]
    return several[0] if len(several) == 1 else None


def _of_like_size(first: tuple[Focus, ...], second: tuple[Focus, ...]) -> list[tuple[int, int]]:
    """Single foci whose sizes agree, the likest first; those pointed at before others."""
    gaps = [
        (not (one.pointed_at or two.pointed_at), _apart_mm(one, two), i, j)
        for i, one in enumerate(first)
        for j, two in enumerate(second)
        if _may_be_same(one, two)
    ]
    pairs: list[tuple[int, int]] = []
    for _, _, i, j in sorted(gaps):
        if all(i != one and j != two for one, two in pairs):
            pairs.append((i, j))
    return pairs


def _may_be_same(one: Focus, two: Focus) -> bool:
    several = Count.MULTIPLE in (one.count, two.count)
    sized = _largest_mm(one) is not None and _largest_mm(two) is not None
    return not several and sized and _same_lobe(one, two) and _size_gap_mm(one, two) <= 0


def _is_picture(focus: Focus) -> bool:
    return isinstance(focus.provenance, Region)


def _same_lobe(one: Focus, two: Focus) -> bool:
    return one.lobe is None or two.lobe is None or one.lobe is two.lobe


def _largest_mm(focus: Focus) -> float | None:
    told = [max(size.axes_mm) for size in focus.sizes if size.axes_mm and size.plausible]
    return max(told, default=None)


def _apart_mm(one: Focus, two: Focus) -> float:
    first, second = _largest_mm(one), _largest_mm(two)
    return 0.0 if first is None or second is None else abs(first - second)


def _size_gap_mm(one: Focus, two: Focus) -> float:
    """By how much two sizes differ beyond what one focus may, in mm; 0 where one is unknown."""
    allowed = max((_largest_mm(one) or 0.0), (_largest_mm(two) or 0.0)) * SAME_SIZE_SHARE
    return max(0.0, _apart_mm(one, two) - max(SAME_SIZE_MM, allowed))


def _joined(group: list[Focus]) -> Focus:
    """One focus of several looks at it; the words, where there are any, name it."""
    if len(group) == 1:
        return group[0]
    lead = next((focus for focus in group if not _is_picture(focus)), group[0])
    return msgspec.structs.replace(
        lead,
        count=_first(f.count for f in (lead, *group)),
        number=_first(f.number for f in (lead, *group)),
        places=_all(group, lambda focus: focus.places),
        sizes=_all(group, lambda focus: focus.sizes),
        host=_first(f.host for f in (lead, *group)),
        observations=_all(group, lambda focus: focus.observations),
        statements=_all(group, lambda focus: focus.statements),
        pointed_at=any(focus.pointed_at for focus in group),
    )


def _first(values: Iterable[Part | None]) -> Part | None:
    return next((value for value in values if value is not None), None)


def _all(group: Iterable[Focus], part: Callable[[Focus], tuple[Part, ...]]) -> tuple[Part, ...]:
    return tuple(value for focus in group for value in part(focus))


def _renamed(exam: Exam, beside: Exam) -> Exam:
    """``exam`` with ids of sources and foci that ``beside`` does not use."""
    sources = _free([source.id for source in exam.sources], [s.id for s in beside.sources])
    foci = _free([focus.id for focus in exam.foci], [f.id for f in beside.foci])
    if sources:
        exam = with_sources(exam, sources)
    renamed = tuple(
        msgspec.structs.replace(focus, id=foci.get(focus.id, focus.id)) for focus in exam.foci
    )
    return msgspec.structs.replace(exam, foci=renamed)


def _free(wanted: list[str], used: list[str]) -> dict[str, str]:
    """New ids for those that are in use: ``report`` becomes ``report-2``."""
    taken, new = {*wanted, *used}, {}
    for name in wanted:
        if name not in used:
            continue
        number = next(n for n in count(2) if f"{name}-{n}" not in taken)
        new[name] = f"{name}-{number}"
        taken.add(new[name])
    return new


def with_sources(part: Part, names: dict[str, str]) -> Part:
    """``part`` of an exam, or all of one, with every source it names called by its new name."""
    if isinstance(part, tuple):
        if not part or not isinstance(part[0], Value):
            return part
        return cast("Part", tuple(with_sources(each, names) for each in part))
    if not isinstance(part, Value):
        return part
    changed: dict[str, object] = {}
    if isinstance(part, Words | Region | ByHand):
        changed["source"] = names.get(part.source, part.source)
    elif isinstance(part, Source):
        changed["id"] = names.get(part.id, part.id)
    else:
        for field in part.__struct_fields__:
            value = getattr(part, field)
            changed[field] = with_sources(value, names)
    return msgspec.structs.replace(part, **changed)
