"""What one made-up examination found, before any word is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .words import Dice

LOBE_OF_SEGMENT = {1: "caudate", 2: "left", 3: "left", 4: "left"} | dict.fromkeys(
    (5, 6, 7, 8), "right"
)


@dataclass
class Spot:
    """One focus: its truth in the flat form, and how the text will speak of it."""

    manner: str
    where: str = "findings"
    entity: str | None = None
    certainty: str | None = None
    alternatives: list[str] = field(default_factory=list)
    refuted: list[str] = field(default_factory=list)
    name: str | None = None
    count: str | None = None
    sizes_mm: list[list[float]] = field(default_factory=list)
    size_masked: bool = False
    size_plausible: bool = True
    lobe: str | None = None
    segments: list[int] = field(default_factory=list)
    landmarks: list[str] = field(default_factory=list)
    host: str | None = None
    shadow: str | None = None
    duct_local: str | None = None
    shape: str | None = None
    alignment: str | None = None
    in_duct: str | None = None
    mobility: str | None = None
    change: str | None = None
    first: str | None = None
    """Key of the wording of ``entity``: the finer name where there is one."""
    second: str | None = None
    part: bool = False
    """The lobe is named by a part without a Couinaud number."""
    by_segment: bool = False
    alone: bool = True
    unsure: set[str] = field(default_factory=set)
    """Fields that the words chosen leave open: not compared."""

    def truth(self) -> dict[str, Any]:
        """The flat form of this focus, without what its words leave open."""
        fields = {key: getattr(self, key) for key in COMPARED if key not in self.unsure}
        for key in ("alternatives", "refuted", "segments", "landmarks"):
            if key in fields:
                fields[key] = sorted(fields[key])
        return fields

    @property
    def many(self) -> bool:
        return self.count == "multiple"


COMPARED = (
    "entity", "certainty", "alternatives", "refuted", "name", "count", "sizes_mm", "size_masked",
    "size_plausible", "lobe", "segments", "landmarks", "host", "shadow", "duct_local", "shape",
    "alignment", "in_duct", "mobility", "change",
)  # fmt: skip


@dataclass
class Case:
    """One examination: foci, ducts, history and the rest of the abdomen."""

    spots: list[Spot]
    ducts: dict[str, Any] = field(
        default_factory=lambda: {
            "ducts.intrahepatic": None,
            "ducts.extrahepatic": None,
            "ducts.intrahepatic_mm": None,
            "ducts.extrahepatic_mm": None,
        }
    )
    signs: dict[str, str | None] = field(default_factory=dict)
    refuted: set[str] = field(default_factory=set)
    historical: set[str] = field(default_factory=set)
    caveats: set[str] = field(default_factory=set)
    sectioned: bool = True
    impression: bool = True
    unsure: set[str] = field(default_factory=set)

    def truth(self) -> dict[str, Any]:
        """What `hepaspot.report.fields` should give, without what the words leave open."""
        refuted = self.refuted.union(*(spot.refuted for spot in self.spots))
        flat = {
            "foci": [spot.truth() for spot in self.spots],
            **self.ducts,
            "refuted": sorted(refuted),
            "historical": sorted(self.historical),
            "caveats": sorted(self.caveats),
            "signs": {k: v for k, v in self.signs.items() if k not in self.unsure},
        }
        return {key: value for key, value in flat.items() if key not in self.unsure}

    def names(self, entity: str) -> bool:
        """Whether any focus is said to be, or perhaps to be, ``entity``."""
        return any(entity == s.entity or entity in s.alternatives for s in self.spots)


MANNERS = {
    "neutral": 21, "asserted": 36, "hedged": 19, "either_or": 7, "not_excluded": 4, "favoured": 3,
    "settled": 1.5, "correction": 1.5, "mimic": 3, "gas": 4, "host": 2, "in_dilated_duct": 2,
}  # fmt: skip
KINDS = {"calcification": 62, "granuloma": 10, "duct_stone": 28}
PAIRS = {
    ("calcification", "duct_stone"): 5,
    ("duct_stone", "calcification"): 4,
    ("granuloma", "duct_stone"): 1,
}
RARE_PAIRS = {("duct_gas", "duct_stone"): 1, ("calcification", "haemangioma"): 0.5}
NEVER_STATED = (
    "fever", "weight_loss", "itch", "jaundice", "atrophy", "ascites", "history_dialysis",
    "history_trauma", "history_hydatid", "history_cholecystectomy", "mass",
)  # fmt: skip


def entity_of(first: str) -> tuple[str, str | None]:
    """Entity and finer name behind the wording key ``first``."""
    match first:
        case "granuloma":
            return "calcification", "granuloma"
        case "haemangioma":
            return "other", "haemangioma"
        case _:
            return first, None


def draw_case(dice: Dice) -> Case:
    """A case whose foci lie in places that tell them apart."""
    case = Case([], sectioned=dice.chance(0.85), impression=dice.chance(0.8))
    number = dice.weighed({0: 22, 1: 50, 2: 22, 3: 6})
    by_segment = dice.chance(0.4)
    for place in _places(dice, number, by_segment):
        spot = _draw_spot(dice, place if number else None, number == 1)
        spot.by_segment = by_segment
        if case.impression and spot.manner in DIAGNOSED:
            spot.where = dice.weighed({"findings": 35, "impression": 48, "both": 17})
        case.spots.append(spot)
    return case


DIAGNOSED = ("asserted", "hedged", "either_or", "not_excluded", "favoured", "settled")


def _places(dice: Dice, number: int, by_segment: bool) -> list[Any]:
    if by_segment:
        return dice.sample(range(1 if number > 2 else 2, 9), number)
    lobes = [*dice.sample(["left", "right"], 2), "caudate"]
    if number == 1:
        return [dice.weighed({"left": 30, "right": 50, "both": 8, "caudate": 2, None: 18})]
    return lobes[:number]


def _draw_spot(dice: Dice, place: Any, alone: bool) -> Spot:
    spot = Spot(dice.weighed(MANNERS), alone=alone)
    if isinstance(place, int):
        _put_in_segments(dice, spot, place, alone)
    else:
        spot.lobe = place
        spot.part = place in ("left", "right") and alone and dice.chance(0.15)
    if spot.manner in ("host", "in_dilated_duct") and spot.lobe not in ("left", "right"):
        spot.manner = "asserted"
    _draw_diagnosis(dice, spot)
    spot.count = "multiple" if spot.lobe == "both" or dice.chance(0.27) else "single"
    if dice.chance(0.12) and spot.lobe in ("left", "right") and not spot.part:
        mark = dice.weighed({"subcapsular": 4, "dome": 2, "periportal": 1, "near_gallbladder": 2})
        spot.landmarks = [mark]
    if spot.many and dice.chance(0.06):
        spot.alignment, spot.landmarks = "along_duct", []
        spot.unsure.add("landmarks")
    if dice.chance(0.55):
        spot.shadow = dice.weighed({"present": 60, "faint": 8, "absent": 30, "comet_tail": 2})
    if dice.chance(0.1):
        spot.duct_local = dice.weighed({"not_dilated": 3, "dilated": 1})
    if dice.chance(0.1):
        spot.shape = dice.weighed({"round": 3, "linear": 4, "branching": 1, "irregular": 2})
    if dice.chance(0.12):
        spot.change = dice.weighed({"stable": 8, "larger": 1, "smaller": 1, "new": 2})
    return spot


def _put_in_segments(dice: Dice, spot: Spot, segment: int, alone: bool) -> None:
    spot.segments = [segment]
    if alone and segment in (5, 6, 7) and dice.chance(0.15):
        spot.segments.append(segment + 1)
    spot.lobe = LOBE_OF_SEGMENT[segment]


def _draw_diagnosis(dice: Dice, spot: Spot) -> None:
    spot.first = dice.weighed(KINDS)
    match spot.manner:
        case "neutral" | "in_dilated_duct":
            return
        case "asserted" | "hedged":
            spot.certainty = spot.manner
        case "gas":
            spot.first, spot.certainty = "duct_gas", dice.weighed({"asserted": 3, "hedged": 1})
        case "mimic":
            spot.first, spot.certainty = "haemangioma", dice.weighed({"asserted": 1, "hedged": 2})
        case "host":
            spot.first, spot.certainty = "calcification", "asserted"
            spot.host = dice.weighed({"cyst": 3, "mass": 1})
        case _:
            _draw_pair(dice, spot)
    spot.entity, spot.name = entity_of(spot.first)
    if "duct_stone" in (spot.entity, *spot.alternatives):
        spot.unsure.add("in_duct")
    if "other" in spot.alternatives:
        spot.unsure.add("name")


def _draw_pair(dice: Dice, spot: Spot) -> None:
    if spot.manner == "correction":
        spot.first, spot.second = dice.pick(["calcification", "granuloma"]), "duct_stone"
    else:
        pairs = PAIRS | (RARE_PAIRS if spot.manner == "either_or" else {})
        spot.first, spot.second = dice.weighed(pairs)
    other = [entity_of(spot.second)[0]]
    if spot.manner in ("either_or", "not_excluded"):
        spot.alternatives = other
        if spot.manner == "not_excluded":
            spot.unsure.add("certainty")
        spot.certainty = "either_or" if spot.manner == "either_or" else "asserted"
    else:
        spot.refuted = other
        spot.certainty = "hedged" if spot.manner == "favoured" else "asserted"
