"""What the page counts, as values; the unit is the exam."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hepaspot.archive.page.shares import Share


@dataclass(frozen=True)
class Group:
    """A share in one year, in one site, in persons of one age.

    The name of a site is None where none is told, and empty for all that are not shown by name.
    """

    name: str | None
    share: Share
    sex: str | None = None


@dataclass(frozen=True)
class Named:
    """Spots with one stated name and one leaning; None is no name, no leaning."""

    stated: str | None
    leaning: str | None
    foci: int


@dataclass(frozen=True)
class AlertKind:
    """How often one kind of alert was given, and in how many exams."""

    id: str
    rank: int
    alerts: int
    share: Share


@dataclass(frozen=True)
class Category:
    """Exams of one screening category; without one, with or without a spot.

    ``no_ducts`` of them have a spot that would need a word on the ducts for its category.
    """

    category: str | None
    judgement: str | None
    with_spot: bool
    exams: int
    no_ducts: int


@dataclass(frozen=True)
class Site:
    """Exams of one site (named as in `Group`), and in how many there is an alert of each rank."""

    name: str | None
    exams: int
    by_rank: tuple[int, ...]
    any: int


@dataclass(frozen=True)
class Reason:
    """Documents that could not be read for one reason."""

    kind: str
    reason: str
    documents: int


@dataclass(frozen=True)
class Figures:
    """Everything that the page counts.

    Exams are those of the liver; ``elsewhere`` counts those whose reports name no part of it.
    """

    exams: int
    elsewhere: int
    with_spot: int
    reports: int
    pictures: int
    foci: int
    alerts: int
    errors: int
    first: date | None
    last: date | None
    undated: int
    by_year: tuple[Group, ...]
    by_age: tuple[Group, ...]
    by_site: tuple[Group, ...]
    named: tuple[Named, ...]
    same_name: Share
    other_concluded: Share
    no_verdict: Share
    no_verdict_no_ducts: Share
    impression: tuple[Group, ...]
    impression_any: Share
    categories: tuple[Category, ...]
    kinds: tuple[AlertKind, ...]
    ranks: tuple[int, ...]
    flags: tuple[Group, ...]
    flag_any: Share
    no_ducts_by_year: tuple[Group, ...]
    no_ducts_by_site: tuple[Group, ...]
    no_ducts: Share
    sites: tuple[Site, ...]
    other_sites: int
    reasons: tuple[Reason, ...]
    other_reasons: int

    @property
    def prevalence(self) -> Share:
        """Exams with a bright spot."""
        return Share(self.with_spot, self.exams)
