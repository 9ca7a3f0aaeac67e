"""A focus in the making, and which mentions can stand for one at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from hepaspot.report.hits import Hit
from hepaspot.report.tags import Tag
from hepaspot.report.told import is_liver, is_neutral, lobes_of, segments_of

MOST_FOCI = 200
"""Foci kept of one report, so that joining them stays quick; no real report has as many."""
NOT_FOCI = frozenset(
    {
        "adenoma",
        "arterial_calcification",
        "drain",
        "focal_fat",
        "focal_nodular_hyperplasia",
        "ligamentum_teres",
        "lipiodol",
        "malignancy",
        "metastasis",
        "regenerative_nodule",
        "stent",
        "surgical_clip",
        "worm",
    }
)
"""Other things in a liver, noted by themselves unless they explain a bright echo."""


@dataclass(slots=True)
class Draft:
    """A focus in the making: its mentions and everything bound to it.

    ``places`` holds, a list for each, the places that later passages give of the same focus.
    ``ordinal`` says that the words count it as one more ("another", "the second").
    """

    section: str
    line: int
    mentions: list[Hit] = field(default_factory=list)
    refuted: list[Hit] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    places: list[list[Hit]] = field(default_factory=list)
    ordinal: bool = False
    anaphor: bool = False
    seen: bool = False
    sections: set[str] = field(default_factory=set)

    @property
    def entities(self) -> list[str]:
        """Diagnoses in the order named, without the neutral ones."""
        return [m.lex.value for m in self.mentions if not is_neutral(m)]

    def of(self, tags: int) -> list[Hit]:
        """The bound hits that carry one of ``tags``."""
        return [h for h in self.hits if h.tag & tags]

    @property
    def lobes(self) -> set[str]:
        """Lobes named for this focus, in words or by segment."""
        return lobes_of(self.hits)

    @property
    def segments(self) -> set[int]:
        """Couinaud segments named for this focus."""
        return segments_of(self.hits)

    @property
    def sizes(self) -> list[Hit]:
        """The written sizes bound to this focus."""
        return self.of(Tag.SIZE)


class Group(NamedTuple):
    """The mentions of one focus: ``own`` are their indices among a passage's ``hits``."""

    hits: list[Hit]
    own: list[int]

    @property
    def first(self) -> Hit:
        """The mention named first."""
        return self.hits[self.own[0]]

    @property
    def last(self) -> Hit:
        """The mention named last."""
        return self.hits[self.own[-1]]

    def between(self, k: int) -> list[Hit]:
        """The terms between the one at ``k`` and the first mention."""
        first = self.own[0]
        return self.hits[min(k, first) + 1 : max(k, first)]


def is_usable(hit: Hit, hits: list[Hit]) -> bool:
    """Whether a mention can stand for something in the liver at all."""
    if hit.tag != Tag.MENTION or hit.near or (hit.dropped and not hit.historical):
        return False
    if not is_liver(hit):
        return False
    if _stands_by_itself(hit) and not _explains(hit, hits):
        return False
    return _place_allows(hit, hits)


def _stands_by_itself(hit: Hit) -> bool:
    return hit.lex.value == "other" and hit.lex.name in NOT_FOCI and not hit.negated


def _explains(hit: Hit, hits: list[Hit]) -> bool:
    """Whether a clip or the like is named as what a bright echo is, not by itself."""
    return any(
        h.tag == Tag.MENTION and h.start < hit.start and (is_neutral(h) or h.prior or h.refuted)
        for h in hits
    )


def _place_allows(hit: Hit, hits: list[Hit]) -> bool:
    """Whether the mention stands where its lexicon entry asks for it."""
    match hit.lex.place:
        case "needed":
            return _is_in_hepatic_duct(hit)
        case "duct":
            return hit.organ == "duct"
        case "focus":
            return any(h.tag == Tag.MENTION and h.start < hit.start for h in hits if h is not hit)
        case _:
            return True


def _is_in_hepatic_duct(hit: Hit) -> bool:
    if hit.organ in ("duct", "liver"):
        return True
    told = hit.refuted or hit.either or hit.hedged or hit.lex.refine is not None
    return hit.organ == "" and told
