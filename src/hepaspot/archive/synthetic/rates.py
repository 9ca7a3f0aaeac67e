"""How often things are, as `rates.toml` has them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hepaspot.exam import Value

HERE = Path(__file__).parent

MOST = 0.95
"""Share that no rate is raised beyond, so that some of each stay clean (convention)."""


class SpotRates(Value, frozen=True):
    """Shares of persons with a spot of each kind."""

    calcification: float
    stone: float
    gas: float
    haemangioma: float


class ToldRates(Value, frozen=True):
    """Shares of the reports of a spot that say so much of it."""

    seen_again: float
    multiple: float
    second: float
    size: float
    shadow: float
    segment: float
    impression_place: float
    named_in_findings: float
    hedged: float
    either_or: float
    neutral: float
    local_ducts: float


class DuctRates(Value, frozen=True):
    """What reports without a spot say of the ducts."""

    told_narrow: float
    wide_persons: float
    wide_common: float


class VisitRates(Value, frozen=True):
    """Shares of persons with one exam, two, and so on."""

    counts: tuple[float, ...]


class Rates(Value, frozen=True):
    """All of `rates.toml`."""

    spot: SpotRates
    told: ToldRates
    shadow: dict[str, float]
    ducts: DuctRates
    visits: VisitRates
    planted: dict[str, float]
    pictured: dict[str, float]
    organ: dict[str, dict[str, float]]

    def times(self, factor: float) -> Rates:
        """The same archive with contradictions so many times as often."""
        more = {kind: min(MOST, share * factor) for kind, share in self.planted.items()}
        pictured = {kind: min(0.3, share * factor) for kind, share in self.pictured.items()}
        return msgspec.structs.replace(self, planted=more, pictured=pictured)


def table(name: str) -> Any:
    """What a TOML file beside this module holds."""
    with (HERE / name).open("rb") as file:
        return tomllib.load(file)


@cache
def usual_rates() -> Rates:
    """The rates of a realistic archive."""
    return msgspec.convert(table("rates.toml"), Rates)
