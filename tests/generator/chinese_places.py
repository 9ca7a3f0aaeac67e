"""Chinese words for where a focus lies and how large it is."""

from __future__ import annotations

from typing import Any

from .case import Spot
from .sizes import WrittenSize
from .words import Dice, wordings

W: Any = wordings("chinese")
ROMAN = ("", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ", "Ⅶ", "Ⅷ")
SIDE = {"left": "左", "right": "右"}


def size_words(dice: Dice, size: WrittenSize | None) -> tuple[str, str]:
    if size is None:
        return "", ""
    unit = dice.weighed({size.unit: 12, size.unit.upper(): 1, f" {size.unit}": 1})
    n, by = size.numerals, dice.pick(["×", "x", "*", "×"])
    match size.kind:
        case "one" | "two" | "three" | "mask":
            value = f"{by.join(n)}{unit}"
            if len(n) > 1 and dice.chance(0.35):
                value = by.join(f"{x}{unit}" for x in n)
            if dice.chance(0.3):
                return dice.pick(["大小约{}", "直径约{}", "约{}", "{}", "大小{}"]).format(value), ""
            lead = [
                "大小约{}",
                "直径约{}",
                "约{}",
                "大小为{}",
                "大小约为{}",
                "长径约{}",
                "大小{}",
                "范围约{}",
            ]
            if size.kind == "one":
                lead.append("直径不足{}")
            return "", dice.pick(lead).format(value)
        case "range":
            form = [
                "大小约{0}{u}~{1}{u}",
                "直径约{0}-{1}{u}",
                "大小{0}～{1}{u}",
                "直径{0}{u}-{1}{u}",
                "大小约{0}至{1}{u}",
            ]
            return "", dice.pick(form).format(*n, u=unit)
        case "each":
            return "", dice.pick(["大小均约{}", "直径均约{}"]).format(f"{n[0]}{unit}")
        case _:
            form = [
                "较大者约{}",
                "最大者约{}",
                "较大者直径约{}",
                "其中较大者约{}",
                "最大约{}",
                "较大者大小约{}",
                "大者约{}",
                "较大的约{}",
            ]
            return "", dice.pick(form).format(f"{n[0]}{unit}")


def place_words(dice: Dice, spot: Spot, coarse: bool = False) -> str:
    if spot.by_segment:
        base = _segment_place(dice, spot)
    elif spot.lobe is None:
        base = dice.pick(W["lobe"]["none"])
    elif spot.part and not coarse:
        spot.unsure.add("segments")
        base = dice.pick(W["lobe"][f"{spot.lobe}_part"])
    else:
        if spot.lobe == "caudate":
            spot.unsure.add("segments")
        base = dice.pick(W["lobe"][spot.lobe])
    if spot.landmarks and not coarse:
        base = base.removesuffix("内").removesuffix("实质")
        return str(dice.pick(W["landmark"][spot.landmarks[0]])).format(place=base)
    return str(base)


def _segment_place(dice: Dice, spot: Spot) -> str:
    if len(spot.segments) > 1:
        a, b = spot.segments
        return dice.pick([f"肝S{a}、S{b}", f"肝S{a}/{b}段", f"肝S{a}、{b}段"])
    (n,) = spot.segments
    forms = [
        f"肝S{n}",
        f"肝S{n}段",
        f"肝{ROMAN[n]}段",
        f"S{n}段",
        f"s{n}段",
        f"肝脏S{n}",
        f"肝脏{ROMAN[n]}段",
    ]
    if spot.lobe in SIDE:
        forms += [
            f"肝{SIDE[spot.lobe]}叶S{n}",
            f"肝{SIDE[spot.lobe]}叶S{n}段",
            f"肝{SIDE[spot.lobe]}叶（S{n}）",
        ]
    return dice.pick(forms)
