"""What one report says, before it is worded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a spot is, or is called."""

    CALCIFICATION = "calcification"
    STONE = "stone"
    GAS = "gas"
    HAEMANGIOMA = "haemangioma"


class Ducts(StrEnum):
    """What is said of the ducts in the liver."""

    NARROW = "narrow"
    BESIDE = "beside"
    WIDE = "wide"


class Way(StrEnum):
    """How a section speaks of the spot."""

    NAMED = "named"
    HEDGED = "hedged"
    EITHER_OR = "either_or"
    NEUTRAL = "neutral"
    DENIED = "denied"


CONFUSED: Final = (Kind.CALCIFICATION, Kind.STONE)
"""Kinds that reports confuse with each other, and that tell of a shadow."""

SEGMENTS: Final = {"left": (2, 3, 4), "right": (5, 6, 7, 8)}
"""Couinaud segments of each lobe, without the caudate one."""

OTHER_SIDE: Final = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class Place:
    """A lobe, and a segment where one is told."""

    side: str
    segment: int | None = None

    @property
    def key(self) -> str:
        """Under which the wordings have it."""
        return self.side if self.segment is None else f"s{self.segment}"


@dataclass(frozen=True, slots=True)
class Spot:
    """A bright spot, or a group of them, as the findings tell it."""

    kind: Kind
    place: Place
    several: bool = False
    axes_mm: tuple[int, ...] = ()
    shadow: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One report.

    Attributes
    ----------
    spot
        None where no spot is told.
    findings, findings_kind
        How the findings speak of it, and what they call or deny it.
    impression, impression_kind, impression_place
        The same of the impression; its place may be left out.
    ducts
        None where nothing is said.
    ducts_concluded
        Whether the impression takes wide ducts up.
    second
        A further calcification in the other lobe.
    """

    spot: Spot | None = None
    findings: Way = Way.NEUTRAL
    findings_kind: Kind | None = None
    impression: Way = Way.NAMED
    impression_kind: Kind | None = None
    impression_place: Place | None = None
    ducts: Ducts | None = None
    ducts_concluded: bool = True
    second: Spot | None = None

    @property
    def told_spot(self) -> Spot:
        """The spot of a report that tells one; asked of others, it is a fault of this package."""
        if self.spot is None:
            raise ValueError("told_spot: the report tells no spot")
        return self.spot

    @property
    def is_bare(self) -> bool:
        """Whether wide ducts stand in the findings alone, and nothing that could explain them."""
        return self.spot is None and self.ducts is Ducts.WIDE and not self.ducts_concluded

    @property
    def tells_size(self) -> bool:
        """Whether one spot is told with its size."""
        one = self.spot is not None and not self.spot.several and self.second is None
        return one and self.findings is not Way.DENIED and bool(self.spot and self.spot.axes_mm)

    @property
    def concludes(self) -> bool:
        """Whether the impression speaks of ducts, of a stone or of what else may widen them."""
        if self.ducts_concluded or self.impression in (Way.EITHER_OR, Way.DENIED):
            return True
        if self.spot is None or self.impression is Way.NEUTRAL:
            return False
        return self.impression_kind is not Kind.CALCIFICATION

    def names(self) -> set[Kind]:
        """What the spot is plainly called, in either section."""
        found = set()
        if self.spot is not None and self.spot.kind is Kind.HAEMANGIOMA:
            return {Kind.HAEMANGIOMA}
        if self.findings is Way.NAMED and self.findings_kind is not None:
            found.add(self.findings_kind)
        if self.impression is Way.NAMED and self.impression_kind is not None:
            found.add(self.impression_kind)
        return found
