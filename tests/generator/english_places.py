"""English words for where a focus lies and how large it is."""

from __future__ import annotations

from typing import Any

from .case import Spot
from .sizes import WrittenSize
from .words import Dice, wordings

W: Any = wordings("english")
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII")


def size_words(dice: Dice, size: WrittenSize | None) -> tuple[str, str]:
    if size is None:
        return "", ""
    space = dice.pick([" ", " ", " ", ""])
    unit, n = f"{space}{size.unit}", size.numerals
    by = dice.pick([" x ", "x", " × ", " by "])
    match size.kind:
        case "one" | "two" | "three" | "mask":
            value = f"{by.join(n)}{unit}"
            if len(n) > 1 and dice.chance(0.3):
                value = by.join(f"{x}{unit}" for x in n)
            if dice.chance(0.45) and size.kind != "mask":
                hyphen = f"{n[0]}-{size.unit}" if len(n) == 1 and dice.chance(0.3) else value
                return hyphen, ""
            lead = ["measuring {}", "measuring approximately {}", "measuring about {} in size"]
            lead += ["approximately {} in diameter", "of {}", "that measures {}", "({})"]
            return "", dice.pick(lead).format(value)
        case "range":
            form = ["ranging from {0} to {1}{u}", "measuring {0}-{1}{u}", "measuring {0} to {1}{u}"]
            form += [
                "{0}{u} to {1}{u} in size",
                "measuring {0}{u}~{1}{u}",
                "between {0} and {1}{u}",
            ]
            return "", dice.pick(form).format(*n, u=unit)
        case "each":
            return "", f"each measuring {n[0]}{unit}"
        case _:
            form = ["the largest measuring {}", "measuring up to {}", "the largest {}", "up to {}"]
            form += [
                "with the largest measuring {}",
                "the larger measuring {}",
                "the largest of which measures {}",
            ]
            return "", dice.pick(form).format(f"{n[0]}{unit}")


def place_words(dice: Dice, spot: Spot, coarse: bool = False) -> str:
    """Where the focus lies, as an adverbial with a leading preposition."""
    base = _segment_place(dice, spot) if spot.by_segment else _lobe_place(dice, spot, coarse)
    if spot.landmarks and not coarse:
        return str(dice.pick(W["landmark"][spot.landmarks[0]]).format(place=base))
    return base


def _segment_place(dice: Dice, spot: Spot) -> str:
    names = [dice.pick([str(n), ROMAN[n]]) for n in spot.segments[:1]]
    if len(spot.segments) > 1:
        names = dice.pick([[str(n) for n in spot.segments], [ROMAN[n] for n in spot.segments]])
        joined = dice.pick(["{}/{}", "{} and {}", "{}-{}"]).format(*names)
        return f"in segments {joined}"
    forms = ["in segment {n}", "in hepatic segment {n}", "within segment {n}", "at segment {n}"]
    if names[0].isdigit():
        forms += ["in S{n}", "in segment {n} of the liver"]
    if spot.lobe in ("left", "right"):
        forms += ["in the {lobe} lobe (segment {n})", "in the {lobe} hepatic lobe, segment {n}"]
    return dice.pick(forms).format(n=names[0], lobe=spot.lobe)


def _lobe_place(dice: Dice, spot: Spot, coarse: bool) -> str:
    if spot.lobe is None:
        return (
            ""
            if coarse
            else dice.pick(["in the liver", "within the liver", "in the hepatic parenchyma"])
        )
    if spot.lobe == "both":
        return dice.pick(["in both lobes", "in both hepatic lobes", "in both lobes of the liver"])
    if spot.lobe == "caudate":
        spot.unsure.add("segments")
        return dice.pick(["in the caudate lobe", "within the caudate lobe"])
    if spot.part:
        spot.unsure.add("segments")
        part = dice.pick(
            ["posterior", "anterior"] if spot.lobe == "right" else ["lateral", "medial"]
        )
        forms = [
            "in the {part} {lobe} lobe",
            "in the {part} {lobe} hepatic lobe",
            "in the {part} aspect of the {lobe} lobe",
        ]
        return dice.pick(forms).format(part=part, lobe=spot.lobe)
    forms = ["in the {lobe} lobe", "in the {lobe} hepatic lobe", "in the {lobe} lobe of the liver"]
    forms += [
        "within the {lobe} lobe",
        "in the {lobe} liver lobe",
        "within the {lobe} hepatic lobe",
    ]
    return dice.pick(forms).format(lobe=spot.lobe)
