"""Which sizes of two foci can be held against each other, like with like."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, isfinite

from hepaspot.exam import Focus, Region, Size, SizeBound

DOUBT_SDS = 2.0
"""A measured difference under so many of its standard deviations is none (convention)."""


def like_sizes(earlier: Focus, later: Focus) -> tuple[Size, Size] | None:
    """The largest size of each focus, or None where one of them has no size to compare.

    A person's size is compared with a person's and a picture's with a picture's where both
    exams have one: that the two ways of measuring differ is no growth.
    """
    for kind in (_is_told, _is_measured, _is_any):
        first, second = _largest(earlier, kind), _largest(later, kind)
        if first is not None and second is not None:
            return first, second
    return None


def size_mm(size: Size) -> float:
    """The longest axis of a size; the upper end of a range."""
    return max(size.axes_mm)


def doubt_mm(first: Size, second: Size) -> float:
    """By how much two measured sizes may differ by the doubt of their measuring alone."""
    return DOUBT_SDS * hypot(first.sd_mm or 0.0, second.sd_mm or 0.0)


def _largest(focus: Focus, kind: Callable[[Size], bool]) -> Size | None:
    told = [size for size in focus.sizes if _is_comparable(size) and kind(size)]
    return max(told, key=size_mm, default=None)


def _is_comparable(size: Size) -> bool:
    known = bool(size.axes_mm) and size.plausible and not size.masked
    return known and isfinite(size_mm(size)) and size.bound is not SizeBound.LESS_THAN


def _is_measured(size: Size) -> bool:
    return isinstance(size.provenance, Region)


def _is_told(size: Size) -> bool:
    return not _is_measured(size)


def _is_any(size: Size) -> bool:
    return True
