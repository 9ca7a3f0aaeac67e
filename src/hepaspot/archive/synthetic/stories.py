"""Draws persons: what each exam of theirs tells, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Final

from hepaspot.archive.synthetic.facts import (
    CONFUSED,
    OTHER_SIDE,
    SEGMENTS,
    Ducts,
    Kind,
    Place,
    Spot,
    Told,
    Way,
)
from hepaspot.archive.synthetic.plants import PLANTS
from hepaspot.archive.synthetic.rates import Rates

SILENT: Final = Told()
NARROW: Final = Told(ducts=Ducts.NARROW)

SIZES_MM: Final = {
    Kind.CALCIFICATION: (3, 14),
    Kind.STONE: (3, 16),
    Kind.GAS: (6, 20),
    Kind.HAEMANGIOMA: (8, 30),
}
"""Sizes that spots are told in: mm (convention)."""

GROWTH_MM: Final = (4, 6)
"""Growth that is more than the doubt of two measurements, and less than twice the size: mm."""

GROWS_FROM_MM: Final = (7, 10)
"""A spot that grows is told in these sizes before: mm."""


def draw(random: Random, shares: Mapping[str, float]) -> str | None:
    """One of the keys by its share; None with what is left."""
    at = random.random()
    for key, share in shares.items():
        if at < share:
            return key
        at -= share
    return None


def visits(random: Random, rates: Rates) -> int:
    """How many exams a person has."""
    drawn = draw(random, {str(n + 1): share for n, share in enumerate(rates.visits.counts)})
    return int(drawn or 1)


def person(random: Random, rates: Rates, count: int) -> list[Told]:
    """What so many exams of one person tell, the first first."""
    at = random.random()
    spot = rates.spot
    for kind, share in (
        (Kind.CALCIFICATION, spot.calcification),
        (Kind.STONE, spot.stone),
        (Kind.GAS, spot.gas),
        (Kind.HAEMANGIOMA, spot.haemangioma),
    ):
        if at < share:
            return _Person(random, rates, kind).exams(count)
        at -= share
    return _without_spot(random, rates, count)


def _without_spot(random: Random, rates: Rates, count: int) -> list[Told]:
    ducts = rates.ducts
    if random.random() < ducts.wide_persons:
        return [Told(ducts=Ducts.WIDE) for _ in range(count)]
    unconcluded = rates.planted["dilatation_not_concluded"]
    if random.random() < unconcluded:
        return [Told(ducts=Ducts.WIDE, ducts_concluded=False) for _ in range(count)]
    return [_plain(random, rates) for _ in range(count)]


def _plain(random: Random, rates: Rates) -> Told:
    return NARROW if random.random() < rates.ducts.told_narrow else SILENT


def axes(random: Random, largest: int) -> tuple[int, ...]:
    """One axis or two."""
    if random.random() < 0.65:
        return (largest,)
    return largest, max(2, round(largest * random.uniform(0.6, 0.95)))


@dataclass
class _Person:
    """Someone with a spot; what is true of it stays the same unless it is planted."""

    random: Random
    rates: Rates
    kind: Kind

    def __post_init__(self) -> None:
        random = self.random
        self._side = random.choice(("left", "right"))
        self._segment = random.choice(SEGMENTS[self._side])
        self._tells_segment = random.random() < self.rates.told.segment
        self._several = self._may_be_group() and random.random() < self.rates.told.multiple
        self._size = random.randint(*SIZES_MM[self.kind])
        self._shadow = draw(random, self.rates.shadow)
        single = self.kind is Kind.CALCIFICATION and not self._several
        self._second = single and random.random() < self.rates.told.second
        self._second_mm = random.randint(3, 6)

    def _may_be_group(self) -> bool:
        return self.kind in (Kind.CALCIFICATION, Kind.STONE)

    def exams(self, count: int) -> list[Told]:
        """What so many exams tell."""
        told = [self._exam() for _ in range(count)]
        free = [each.spot is not None and self.kind in CONFUSED for each in told]
        if self.kind in CONFUSED and not self._several and not self._second:
            for before, after in pairwise(range(count)):
                if free[before] and free[after]:
                    self._plant_since(told, free, before, after)
        for at in range(count):
            if free[at]:
                told[at] = self._planted(told[at])
        return told

    def _exam(self) -> Told:
        if self.random.random() >= self.rates.told.seen_again:
            return _plain(self.random, self.rates)
        spot = self._spot()
        told = self._worded(spot)
        if self.kind is Kind.STONE:
            return replace(told, ducts=Ducts.WIDE, ducts_concluded=self.random.random() < 0.5)
        if self.kind is Kind.HAEMANGIOMA:
            return replace(told, ducts=_plain(self.random, self.rates).ducts)
        one = not self._several and not self._second
        beside = one and self.random.random() < self.rates.told.local_ducts
        return replace(told, ducts=Ducts.BESIDE if beside else Ducts.NARROW)

    def _spot(self) -> Spot:
        random, told = self.random, self.rates.told
        size = max(2, self._size + random.choice((-1, 0, 0, 1)))
        tells_shadow = self.kind in CONFUSED and random.random() < told.shadow
        return Spot(
            self.kind,
            Place(self._side, self._segment if self._tells_segment else None),
            self._several,
            axes(random, size) if random.random() < told.size else (),
            self._shadow if tells_shadow else None,
        )

    def _worded(self, spot: Spot) -> Told:
        random, rates = self.random, self.rates.told
        named = self.kind in CONFUSED and random.random() < rates.named_in_findings
        way = Way.NAMED
        if not named and self.kind in CONFUSED:
            shares = {w.value: getattr(rates, w) for w in (Way.HEDGED, Way.EITHER_OR, Way.NEUTRAL)}
            way = Way(draw(random, shares) or Way.NAMED)
        return Told(
            spot,
            findings=Way.NAMED if named else Way.NEUTRAL,
            findings_kind=self.kind if named else None,
            impression=way,
            impression_kind=self.kind,
            impression_place=self._concluded_place(spot),
            second=self._further(spot) if self._second else None,
        )

    def _concluded_place(self, spot: Spot) -> Place | None:
        if self._second or self.random.random() >= self.rates.told.impression_place:
            return None
        return spot.place if self.random.random() < 0.6 else Place(spot.place.side)

    def _further(self, spot: Spot) -> Spot:
        place = Place(OTHER_SIDE[spot.place.side])
        return Spot(spot.kind, place, axes_mm=(self._second_mm,))

    # ------------------------------------------------------------------------- what is planted

    def _plant_since(self, told: list[Told], free: list[bool], before: int, after: int) -> None:
        """What is only wrong beside the exam before."""
        earlier, later = told[before], told[after]
        planted = self.rates.planted
        if self._happens(planted["larger_since_prior"]):
            size = self.random.randint(*GROWS_FROM_MM)
            grown = size + self.random.randint(*GROWTH_MM)
            self._grow(told, before, size, grown)
        elif self.kind is Kind.STONE and self._happens(planted["dilated_since_prior"]):
            told[before] = replace(earlier, ducts=Ducts.NARROW)
        elif self._happens(planted["name_changed_since_prior"]):
            other = Kind.STONE if self.kind is Kind.CALCIFICATION else Kind.CALCIFICATION
            told[before], told[after] = _named(earlier, self.kind), _named(later, other)
        else:
            return
        free[before] = free[after] = False

    def _grow(self, told: list[Told], last_small: int, size_mm: int, grown_mm: int) -> None:
        """Give all exams up to one the one size, and those behind it the other."""
        for at, each in enumerate(told):
            if each.spot is not None and each.spot.axes_mm:
                told[at] = _sized(each, size_mm if at <= last_small else grown_mm)
        for at, size in ((last_small, size_mm), (last_small + 1, grown_mm)):
            told[at] = _sized(told[at], size)

    def _planted(self, told: Told) -> Told:
        """``told`` with at most one thing wrong in it."""
        for kind, plant in PLANTS.items():
            if self._happens(self.rates.planted[kind]):
                planted = plant(self.random, told)
                if planted is not None:
                    return planted
        return told

    def _happens(self, share: float) -> bool:
        return self.random.random() < share


def _sized(told: Told, size_mm: int) -> Told:
    return replace(told, spot=replace(told.told_spot, axes_mm=(size_mm,)))


def _named(told: Told, kind: Kind) -> Told:
    return replace(
        told,
        spot=replace(told.told_spot, kind=kind),
        findings=Way.NEUTRAL,
        findings_kind=None,
        impression=Way.NAMED,
        impression_kind=kind,
        ducts=Ducts.NARROW,
    )
