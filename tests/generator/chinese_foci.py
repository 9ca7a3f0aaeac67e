"""Chinese sentences on the foci of one case."""

from __future__ import annotations

from typing import Any

from .background import fill, told_together
from .case import Case, Spot
from .chinese_places import SIDE, place_words, size_words
from .sizes import draw_size
from .words import Dice, wordings

W: Any = wordings("chinese")


def joint_sentence(dice: Dice, case: Case) -> list[str]:
    """Two foci told in one distributive sentence, where they allow it."""
    sizes = told_together(dice, case)
    if not sizes:
        return []
    lobes = [f"{SIDE[spot.lobe or 'left']}叶" for spot in case.spots]
    noun = dice.pick(W["noun"]["neutral"])
    tail = {"present": "，后方均伴声影", "absent": "，后方均无声影", None: ""}[case.spots[0].shadow]
    lead = dice.pick(["肝{}、{}各见一", "肝{}及{}各见一枚", "肝{}、{}各可见一"]).format(*lobes)
    return [
        f"{lead}{noun}，{dice.pick(['大小', '直径', ''])}分别约{sizes[0]}mm、{sizes[1]}mm{tail}"
    ]


def spot_sentence(dice: Dice, spot: Spot) -> str:
    match spot.manner:
        case "correction":
            return _correction(dice, spot)
        case "gas":
            return _gas(dice, spot)
        case "host":
            return _hosted(dice, spot)
    spoken = spot.where != "impression"
    place = place_words(dice, spot)
    if spot.manner == "in_dilated_duct":
        place = dice.pick(W["in_dilated_duct"]["place"]).format(
            lobe=dice.pick(W["lobe"][spot.lobe or "left"][:2])
        )
        spot.in_duct, spot.duct_local, spot.landmarks, spot.segments = "inside", None, [], []
        spot.unsure |= {"duct_local", "segments"}
    inside = bool(spot.landmarks) or place.endswith(("内", "质", "旁", "）"))
    pieces = [place + _noun_phrase(dice, spot, spoken, inside)]
    pieces += [*_look(dice, spot), *_shadow(dice, spot)]
    if spot.alignment == "along_duct":
        pieces.append(dice.pick(W["alignment"]["along_duct"]))
    if spot.duct_local:
        pieces.append(dice.pick(W["duct_local"][spot.duct_local]))
    if spot.change:
        pieces.append(fill(dice, dice.pick(W["change"][spot.change])))
    if spoken and (clause := _clause(dice, spot)):
        pieces.append(clause)
    return "，".join(piece for piece in pieces if piece)


def _noun_phrase(dice: Dice, spot: Spot, spoken: bool, inside: bool) -> str:
    """The verb of seeing, number, size and noun of a focus."""
    noun = _noun(dice, spot, spoken)
    number, see = "", dice.pick(W["verb"]["see"]).removeprefix("内" if inside else "")
    if spot.many:
        key = "scattered" if not spot.alignment and dice.chance(0.3) else "several"
        number = dice.pick(W["number"][key])
        spot.alignment = spot.alignment or ("scattered" if key == "scattered" else None)
    elif dice.chance(0.75):
        number = dice.pick(W["number"]["single"])
    else:
        spot.unsure.add("count")
    before, after = size_words(dice, draw_size(dice, spot))
    shape = dice.pick(W["shape"][spot.shape]) if spot.shape else ""
    if before:
        tie = dice.pick(["", "的"]) if before[-1] in "mMｍ" else "的"
        return f"{see}{number}{before}{tie}{shape}{noun}"
    return f"{see}{number}{shape}{noun}" + (
        f"{dice.pick(['，', '，', ''])}{after}" if after else ""
    )


def _noun(dice: Dice, spot: Spot, spoken: bool) -> str:
    if spot.manner == "mimic":
        spot.shape = spot.shadow = None
        spot.unsure |= {"shape"}
        return str(dice.pick(W["mimic_noun"]["haemangioma"]))
    key = "neutral"
    if spoken and spot.manner in ("asserted", "not_excluded"):
        key = spot.first or "neutral"
    nouns = [n for n in W["noun"][key] if spot.many or "多发" not in n]
    if spot.shape:
        nouns = [n for n in nouns if "状" not in n]
    return str(dice.pick(nouns))


def _look(dice: Dice, spot: Spot) -> list[str]:
    return [dice.pick(W["mimic_noun"]["haemangioma_look"])] if spot.manner == "mimic" else []


def _shadow(dice: Dice, spot: Spot) -> list[str]:
    return [dice.pick(W["shadow"][spot.shadow])] if spot.shadow else []


def _clause(dice: Dice, spot: Spot) -> str:
    """The diagnosis that follows a neutral description."""
    if spot.manner in ("neutral", "asserted", "in_dilated_duct"):
        return ""
    first = dice.pick(W["name"][spot.first])
    if spot.manner in ("hedged", "mimic"):
        if spot.certainty == "asserted":
            return dice.pick(["为{}", "提示{}"]).format(first)
        return str(dice.pick(W["hedge"]["before"])).format(dx=first)
    second = dice.pick(W["name"][spot.second])
    if spot.manner == "not_excluded":
        return str(dice.pick(W["not_excluded"]["clause"])).format(a="", b=second).removeprefix("，")
    return str(dice.pick(pair_clauses(spot))).format(a=first, b=second)


def pair_clauses(spot: Spot) -> list[str]:
    if spot.manner == "either_or":
        return list(W["either_or"]["clause"])
    return list(W["rather"][spot.manner])


def _plain(spot: Spot) -> None:
    """Leave out what the short forms do not say."""
    spot.shadow = spot.duct_local = spot.shape = spot.change = spot.alignment = None
    spot.landmarks, spot.part = [], False
    spot.unsure |= {"count"}


def _correction(dice: Dice, spot: Spot) -> str:
    _plain(spot)
    place = place_words(dice, spot, coarse=True)
    old = dice.pick(["胆管结石", "结石"] if spot.lobe else ["胆管结石"])
    return str(dice.pick(W["correction"]["sentence"])).format(
        place=place, old=old, new=dice.pick(W["name"][spot.first])
    )


def _gas(dice: Dice, spot: Spot) -> str:
    _plain(spot)
    spot.unsure |= {"name", "in_duct"}
    spot.shadow = dice.weighed(
        {None: 4, "dirty": 2, "reverberation": 1, "comet_tail": 1, "ring_down": 1}
    )
    text = tied_name(dice, spot, dice.pick(W["noun"]["duct_gas"]))
    if spot.certainty == "hedged":
        text = dice.pick(["考虑{}", "{}可能", "{}可能性大"]).format(text)
    return "，".join([text, *_shadow(dice, spot)])


def _hosted(dice: Dice, spot: Spot) -> str:
    _plain(spot)
    spot.unsure |= {"sizes_mm", "segments", "shape", "count"}
    place = place_words(dice, spot)
    return str(dice.pick(W["host"][spot.host])).format(place=place, host=dice.randrange(14, 60))


def tied_name(dice: Dice, spot: Spot, name: str) -> str:
    """Place and diagnosis grown together as impressions write them."""
    if name.startswith("肝") and not spot.by_segment:
        return f"{SIDE[spot.lobe]}{name}" if spot.lobe in SIDE else _led(dice, spot, name)
    return place_words(dice, spot, coarse=True) + name


def _led(dice: Dice, spot: Spot, name: str) -> str:
    return (
        name
        if spot.lobe is None
        else place_words(dice, spot, coarse=True) + name.removeprefix("肝内")
    )
