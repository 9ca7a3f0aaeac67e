"""Words what a report says of a spot and of the ducts, with marks beside what matters."""

from __future__ import annotations

import re
from random import Random
from typing import Final

from hepaspot.archive.synthetic.facts import Ducts, Kind, Place, Spot, Told, Way
from hepaspot.archive.synthetic.passages import CLOSE, FIRST, Role, marked
from hepaspot.archive.synthetic.wordings import House, capital, expanded

NAME: Final = re.compile(r"<([^<>]+)>")
ARTICLE: Final = re.compile(r"\b([Aa])n (?=[bcdfghjklmnpqrstvwxyz])")

CENTIMETRES: Final = 0.35
"""Share of sizes that are told in centimetres (convention)."""


def finding(random: Random, house: House, told: Told) -> str:
    """The sentence on the spot in the findings, and that on a second one."""
    if told.findings is Way.DENIED:
        kind = told.findings_kind or told.told_spot.kind
        words = random.choice(house.phrases["denied", kind.value])
        return _names(words, Role.DENIED_IN_FINDINGS)
    template = random.choice(house.phrases[_wording(told)])
    sentence = _sentence(random, house, template, told.told_spot)
    if told.second is not None:
        further = random.choice(house.phrases["spot", "single"])
        sentence += house.site.join + _sentence(random, house, further, told.second)
    return sentence


def _wording(told: Told) -> tuple[str, str]:
    spot = told.told_spot
    if spot.kind in (Kind.HAEMANGIOMA, Kind.GAS):
        return "spot", spot.kind.value
    if told.findings is Way.NAMED and told.findings_kind is not None:
        kind = told.findings_kind.value
        return "named_findings", f"several_{kind}" if spot.several else kind
    return "spot", "several" if spot.several else "single"


def _sentence(random: Random, house: House, template: str, spot: Spot) -> str:
    told = {
        "place": marked(Role.PLACE_IN_FINDINGS, _place(random, house, spot.place)),
        "size": _size(random, house, spot),
        "shadow": "",
    }
    if spot.shadow is not None:
        words = random.choice(house.phrases["shadow", spot.shadow])
        told["shadow"] = marked(Role.SHADOW, words)
    sentence = expanded(random, template, told, house.words)
    return marked(Role.SPOT, _grammar(_names(sentence, Role.NAME_IN_FINDINGS)))


def _grammar(sentence: str) -> str:
    """Plurals and articles that slots got wrong; nothing in Chinese."""
    return ARTICLE.sub(r"\1 ", sentence.replace("focuss", "foci"))


def _place(random: Random, house: House, place: Place) -> str:
    return random.choice(house.phrases["place", place.key])


def _size(random: Random, house: House, spot: Spot) -> str:
    if not spot.axes_mm:
        return ""
    template = random.choice(house.phrases["spot", "group_size" if spot.several else "large_size"])
    axes = spot.axes_mm[:1] if "diameter" in template or "直径" in template else spot.axes_mm
    return template.replace("{axes}", marked(Role.SIZE, _axes(random, house, axes)))


def _axes(random: Random, house: House, axes: tuple[int, ...]) -> str:
    chinese = house.site.language == "zh"
    space, cross = ("", "×") if chinese else (" ", " x ")
    if random.random() < CENTIMETRES:
        return cross.join(f"{each / 10:.1f}" for each in axes) + space + "cm"
    if chinese and random.random() < 0.5:
        return cross.join(f"{each}mm" for each in axes)
    return cross.join(map(str, axes)) + space + "mm"


def _names(sentence: str, role: Role) -> str:
    return NAME.sub(lambda name: f"{chr(FIRST + role)}{name[1]}{CLOSE}", sentence)


def line(random: Random, house: House, told: Told) -> str:
    """The line on the spot in the impression."""
    if told.impression is Way.DENIED:
        words = random.choice(house.phrases["denied", "stone_concluded"])
        return _names(words, Role.DENIED_IN_IMPRESSION)
    if told.impression is not Way.NAMED:
        return marked(Role.SPOT, random.choice(house.phrases["hedged", _hedge(told)]))
    group = "named" if told.impression_place else "named_unplaced"
    kind = told.impression_kind or told.told_spot.kind
    several = told.told_spot.several or told.second is not None
    prefix = "several_" if several and kind in _GROUPED else ""
    template = random.choice(house.phrases[group, prefix + kind.value])
    place = ""
    if told.impression_place is not None:
        place = _place(random, house, told.impression_place)
    slots = {"place": marked(Role.PLACE_IN_IMPRESSION, place)}
    sentence = expanded(random, template, slots, house.words)
    return marked(Role.SPOT, capital(_names(sentence, Role.NAME_IN_IMPRESSION)))


_GROUPED: Final = (Kind.CALCIFICATION, Kind.STONE)


def _hedge(told: Told) -> str:
    if told.impression is Way.HEDGED and told.impression_kind is not None:
        return told.impression_kind.value
    return told.impression.value


def ducts(random: Random, house: House, told: Told, *, common_is_wide: bool) -> tuple[str, str]:
    """The sentence on the ducts, and the line of the impression that takes it up."""
    if told.ducts is Ducts.WIDE:
        row = random.choice(house.wide)
        concluded = row.line if told.ducts_concluded else ""
        return marked(Role.DUCTS, row.finding), concluded
    if told.ducts is None:
        return "", ""
    key = "narrow_beside" if told.ducts is Ducts.BESIDE else "narrow"
    if common_is_wide and key == "narrow":
        key = "narrow_inside"
    words = random.choice(house.phrases["ducts", key])
    return marked(Role.DUCTS, words), ""
