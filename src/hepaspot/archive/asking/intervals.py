"""Shares, sensitivities and agreement with their intervals; nothing here draws at random.

Every interval holds its own estimate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from math import sqrt
from statistics import NormalDist
from typing import Final, NamedTuple

LEVEL: Final = 0.95
"""Share of intervals that are to hold the truth (convention)."""

Z: Final = NormalDist().inv_cdf((1 + LEVEL) / 2)
"""Standard deviations on either side: 1.96."""

FEW: Final[dict[float, float]] = {1: 0.0513, 2: 0.3554, 3: 0.8177}
"""Lower end of the mean of a Poisson number, where so few were found (chi-square, 2 x the number
of degrees of freedom, its 0.05 quantile, halved): the score interval alone is too short there."""

STEPS: Final = 60
"""Halvings of an interval of length 1: more than a double can tell apart."""


class Estimate(NamedTuple):
    """A figure and the ends of its interval."""

    value: float
    low: float
    high: float


class Counted(NamedTuple):
    """One layer: how many exams it holds, how many were decided, how many have the problem."""

    size: int
    decided: int
    found: int

    @property
    def weight(self) -> float:
        """For how many exams of the archive each decided one stands."""
        return self.size / self.decided

    @property
    def total(self) -> Estimate:
        """Exams of the layer that have the problem."""
        share = wilson(self.found, self.decided)
        return Estimate(*(self.size * each for each in share))


def wilson(found: float, n: float) -> Estimate:
    """A share with its score interval; ``n`` is above 0, and both may be effective numbers.

    Source: Wilson EB. Probable inference, the law of succession, and statistical inference.
    J Am Stat Assoc 1927;22:209-212; with the end for very few (or all but very few) cases of
    Brown LD, Cai TT, DasGupta A. Interval estimation for a binomial proportion. Stat Sci
    2001;16:101-133, section 4.1.1.
    """
    share = found / n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(max(0.0, share * (1 - share) / n + Z * Z / (4 * n * n)))
    low, high = middle - half, middle + half
    if (few := FEW.get(found)) is not None and few / n < low:
        low = few / n
    if (few := FEW.get(n - found)) is not None and 1 - few / n > high:
        high = 1 - few / n
    # At 0 and 1 the end is the estimate itself; rounding must not put it beside.
    return Estimate(share, max(0.0, min(share, low)), min(1.0, max(share, high)))


def sensitivity(flagged: Counted, clean: Iterable[Counted]) -> Estimate | None:
    """The share of all exams with a problem that have its alert.

    Each layer counts by its weight: exams that it holds to exams decided. The interval joins the
    score intervals of the layers by the method of variance estimates recovery, and asks for which
    sensitivities s the contrast (1 - s) * alerted - s * missed may be 0.

    Parameters
    ----------
    flagged : Counted
        Exams with the alert.
    clean : iterable of Counted
        The layers without it; each has a decided exam.

    Returns
    -------
    Estimate or None
        None where no exam of any layer has the problem.

    Notes
    -----
    Source: Zou GY, Donner A. Construction of confidence limits about effect measures.
    Stat Med 2008;27:1693-1702; for ratios Donner A, Zou GY. Stat Methods Med Res
    2012;21:347-359.
    """
    alerted, missed = flagged.total, _sum([layer.total for layer in clean])
    if not alerted.value + missed.value:
        return None
    value = alerted.value / (alerted.value + missed.value)

    def above(s: float) -> float:
        gap = (1 - s) * alerted.value - s * missed.value
        doubt = ((1 - s) * (alerted.value - alerted.low), s * (missed.high - missed.value))
        return gap - sqrt(doubt[0] ** 2 + doubt[1] ** 2)

    def below(s: float) -> float:
        gap = (1 - s) * alerted.value - s * missed.value
        doubt = ((1 - s) * (alerted.high - alerted.value), s * (missed.value - missed.low))
        return gap + sqrt(doubt[0] ** 2 + doubt[1] ** 2)

    return Estimate(value, _root(above, 0.0, value), _root(below, value, 1.0))


def _sum(totals: Sequence[Estimate]) -> Estimate:
    value = sum(each.value for each in totals)
    down = sqrt(sum((each.value - each.low) ** 2 for each in totals))
    up = sqrt(sum((each.high - each.value) ** 2 for each in totals))
    return Estimate(value, max(0.0, value - down), value + up)


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function is 0; an end where it is so nowhere between."""
    if falling(low) <= 0:
        return low
    if falling(high) >= 0:
        return high
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Estimate | None:
    """Agreement of two reviewers beyond chance, with its large-sample interval.

    Returns
    -------
    Estimate or None
        None where both always said one and the same: chance alone then agrees.

    Notes
    -----
    Source: Cohen J. Educ Psychol Meas 1960;20:37-46; standard error by Fleiss JL, Cohen J,
    Everitt BS. Psychol Bull 1969;72:323-327.
    """
    n = len(pairs)
    first = Counter(a for a, _ in pairs)
    second = Counter(b for _, b in pairs)
    chance = sum(first[each] * second[each] for each in first) / max(1, n * n)
    if not n or chance == 1:
        return None
    agreed = sum(a == b for a, b in pairs) / n
    value = (agreed - chance) / (1 - chance)
    spread = 0.0
    for (a, b), count in Counter(pairs).items():
        if a == b:
            side = (first[a] + second[a]) / n
            spread += count / n * (1 - side * (1 - value)) ** 2
        else:
            side = (second[a] + first[b]) / n
            spread += count / n * (1 - value) ** 2 * side**2
    spread -= (value - chance * (1 - value)) ** 2
    half = Z * sqrt(max(0.0, spread) / n) / (1 - chance)
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half))


def effective(weights: Sequence[float]) -> float:
    """How many exams of equal weight know as much (Kish L. Survey Sampling, 1965)."""
    return sum(weights) ** 2 / sum(weight * weight for weight in weights)
