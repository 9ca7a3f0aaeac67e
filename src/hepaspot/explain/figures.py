"""Numbers as readers meet them: of 100, with a range, the same in every language."""

from __future__ import annotations

from collections.abc import Sequence

from hepaspot.exam import Size, SizeBound, Value
from hepaspot.explain.words import Words
from hepaspot.weigh.assessment import Probability


class Of100(Value, frozen=True):
    """A probability and its interval as whole numbers of 100."""

    mean: int
    low: int
    high: int


def of_100(probabilities: Sequence[Probability]) -> tuple[Of100, ...]:
    """The probabilities rounded so that the means of one focus add up to 100.

    The largest remainders are rounded up; ranges are widened where rounding would leave
    a mean outside of its own range.
    """
    means = _largest_remainder([p.mean * 100 for p in probabilities])
    return tuple(
        Of100(mean, min(round(p.low * 100), mean), max(round(p.high * 100), mean))
        for mean, p in zip(means, probabilities, strict=True)
    )


def _largest_remainder(values: Sequence[float]) -> list[int]:
    whole = [int(value) for value in values]
    short = min(round(sum(values)) - sum(whole), len(values))
    order = sorted(range(len(values)), key=lambda i: whole[i] - values[i])
    for i in order[: max(short, 0)]:
        whole[i] += 1
    return whole


def number(value: int, words: Words) -> str:
    """A number of 100; neither end of the scale is ever certain."""
    if value <= 0:
        return words.say("term.number.under", n="1")
    if value >= 100:
        return words.say("term.number.over", n="99")
    return str(value)


def ratio(value: float) -> str:
    """A likelihood ratio to two significant digits: 0.14, 4.2, 10."""
    return f"{value:.2g}" if value < 100 else f"{value:.0f}"


def size(value: Size, words: Words) -> str:
    """A size as written, in millimetres."""
    if value.masked or not value.axes_mm:
        return words.say("term.size.masked")
    axes = [f"{axis:g}" for axis in value.axes_mm]
    if value.bound is SizeBound.RANGE and len(axes) == 2:
        return words.say("term.size.range", low=axes[0], high=axes[1])
    bound = value.bound.value if value.bound and value.bound is not SizeBound.RANGE else "exact"
    return words.say(f"term.size.{bound}", mm=" × ".join(axes))
