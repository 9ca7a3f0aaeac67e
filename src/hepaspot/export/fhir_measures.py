"""Sizes, measurements and probabilities as FHIR quantities in units of UCUM."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Final

from hepaspot.exam import Observation as Seen
from hepaspot.exam import Size, SizeBound, Value
from hepaspot.export.fhir_codes import Codes, of_hl7
from hepaspot.export.fhir_resources import CodeableConcept, Component, Quantity, Range
from hepaspot.weigh.assessment import Probability

UCUM: Final = "http://unitsofmeasure.org"
"""System of the codes of units."""

DECIMALS: Final = 2
"""Decimals of a percentage; intervals are wider than one (convention)."""

SHARE_DECIMALS: Final = 4
"""Decimals of a likelihood, which is a share of 1 (convention)."""

_WRITTEN: Final = {"1": "1", "{pixels}": "pixels", "{frames}": "frames"}
"""How a unit of UCUM is shown where that is not its code."""

_COMPARATORS: Final = {SizeBound.LESS_THAN: "<", SizeBound.UP_TO: "<="}

_MEASURED: Final = {
    "shadow": "measured:shadow",
    "echo": "measured:echo",
    "duct_local": "measured:tube",
    "duct_intrahepatic": "measured:duct",
    "duct_extrahepatic": "measured:duct",
    "upstream": "measured:duct",
}
"""What the measurement of a sign is of."""


_MASKED: Final = of_hl7("data-absent-reason", "masked", "masked")
"""Of a size that is there, but was made unreadable."""

_UNKNOWN: Final = of_hl7("data-absent-reason", "unknown", "unknown")


class SizeValue(Value, frozen=True):
    """A size as the elements of an observation: one of the first three, and its axes."""

    quantity: Quantity | None = None
    range: Range | None = None
    absent: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    components: tuple[Component, ...] = ()


def quantity(value: float, unit: str, comparator: str | None = None) -> Quantity:
    """A number with its unit."""
    return Quantity(
        value=value,
        comparator=comparator,
        unit=_WRITTEN.get(unit, unit),
        system=UCUM,
        code=unit,
    )


def size_value(size: Size, codes: Codes) -> SizeValue:
    """A size by its longest axis; all axes in the order written, where it has several."""
    axes, unit = (size.axes_mm, "mm") if size.axes_mm else (size.axes_pixels, "{pixels}")
    doubt = () if size.plausible else (codes.own("implausible"),)
    if not axes:
        return SizeValue(absent=_MASKED if size.masked else _UNKNOWN, interpretation=doubt)
    if size.bound is SizeBound.RANGE and len(axes) == 2:
        ends = Range(low=quantity(min(axes), unit), high=quantity(max(axes), unit))
        return SizeValue(range=ends, interpretation=doubt)
    comparator = None if size.bound is None else _COMPARATORS.get(size.bound)
    return SizeValue(
        quantity=quantity(max(axes), unit, comparator),
        interpretation=doubt,
        components=(
            *_axes(axes, unit, codes),
            *_part(codes.own("deviation"), size.sd_mm, "mm"),
        ),
    )


def _axes(axes: tuple[float, ...], unit: str, codes: Codes) -> Iterator[Component]:
    if len(axes) > 1:
        for number, axis in enumerate(axes, start=1):
            yield from _part(codes.about("axis", "axis", str(number)), axis, unit)


def measures(seen: Seen, codes: Codes) -> Iterator[Component]:
    """What was measured for a sign, and on the way to it."""
    told = seen.measurement
    if told is not None:
        yield from _part(codes.own(_MEASURED.get(seen.sign, "measured")), told.value, told.unit)
        yield from _part(codes.own("deviation"), told.sd, told.unit)
    for detail in seen.details:
        yield from _part(
            codes.detail(detail.name), detail.measurement.value, detail.measurement.unit
        )


def _part(code: CodeableConcept, value: float | None, unit: str) -> Iterator[Component]:
    """A number beside an observation; none where there is none that JSON can hold."""
    if value is not None and isfinite(value):
        yield Component(code=code, value_quantity=quantity(value, unit))


def likelihoods(seen: Seen, codes: Codes) -> Iterator[Component]:
    """How a sign measured in a picture spreads over its states; none for a plain reading."""
    if len(seen.likelihood) > 1:
        for state, share in seen.likelihood.items():
            code = codes.about("likelihood", f"state.{seen.sign}", state)
            yield from _part(code, round(share, SHARE_DECIMALS), "1")


def probability(told: Probability, codes: Codes) -> tuple[Quantity, Component]:
    """A probability in per cent, and its 95 % interval."""
    low, mean, high = (
        quantity(round(100 * p, DECIMALS), "%") for p in (told.low, told.mean, told.high)
    )
    interval = Component(code=codes.own("interval"), value_range=Range(low=low, high=high))
    return mean, interval
