"""Bars with intervals on one scale, laid out in per cent of its width; words stand beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, log10
from typing import Final

from hepaspot.archive.page.shares import Share

STEPS: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Ends that a scale may have, times a power of ten."""

SURE_TOTAL: Final = 20
"""Groups smaller than this do not set the scale (convention): one person of one is 100 %."""

LEAST_END: Final = 0.001
"""Shortest scale: 1 of 1,000, for where nothing was found."""


@dataclass(frozen=True)
class Bar:
    """One bar: its length, and the ends of its interval, in per cent of the scale.

    ``high`` is None where the interval goes on beyond the scale, and ``is_cut`` tells that the bar
    does too.
    """

    length: float
    low: float
    high: float | None
    is_cut: bool


def scale_of(shares: Iterable[Share]) -> float:
    """The end of a scale that ``shares`` fit on, 0 to 1; only small groups may not."""
    known = list(shares)
    sure = [share for share in known if share.total >= SURE_TOTAL] or known
    most = max([LEAST_END, *(share.interval[1] for share in sure)])
    power = 10.0 ** floor(log10(most))
    end = next(step * power for step in STEPS if step * power >= most * (1 - 1e-9))
    return min(1.0, end)


def bar_of(share: Share, end: float) -> Bar:
    """The bar of ``share`` on a scale from 0 to ``end``."""
    low, high = share.interval
    return Bar(
        length=min(100.0, 100 * share.value / end),
        low=min(100.0, 100 * low / end),
        high=100 * high / end if high <= end else None,
        is_cut=share.value > end,
    )
