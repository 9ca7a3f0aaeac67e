"""What stands around the foci: history, ducts, liver and the other organs."""

from __future__ import annotations

import re
from typing import Any

from .case import NEVER_STATED, Case
from .words import Dice

Wordings = Any
SYMPTOMS = {"pain": 5, "fever": 2, "jaundice": 2, "weight_loss": 1, "itch": 1, "liver_tests": 4}
GALLBLADDERS = {"normal": 55, "stone": 22, "polyp": 18, None: 5}
ORGANS = {
    "pancreas": 0.85, "spleen": 0.88, "kidney": 0.9, "aorta": 0.4, "bladder": 0.12, "prostate": 0.1,
    "thyroid": 0.05, "fluid": 0.45,
}  # fmt: skip
WIDE_IN_NUMBERS_MM = (5, 9)
"""Intrahepatic widths that are dilated by any rule."""


def fill(dice: Dice, text: str) -> str:
    """``text`` with its figures thrown."""
    text = text.format_map(_Figures(dice))
    return re.sub(r"\b([Aa]) (?=(?:8|11|18)\b)", r"\1n ", text)


class _Figures(dict[str, str]):
    """Figures of the rest of the abdomen, each thrown when a wording asks for it."""

    def __init__(self, dice: Dice) -> None:
        super().__init__()
        self.dice = dice

    def __missing__(self, key: str) -> str:
        low, high, scale = FIGURES.get(key, (0, 0, 0))
        if scale:
            return f"{self.dice.randrange(low, high) / scale:g}"
        if key in CHOICES:
            return self.dice.pick(CHOICES[key])
        month, day = self.dice.randrange(1, 13), self.dice.randrange(1, 29)
        return f"{month}/{day}/{self.dice.randrange(2016, 2024)}"


FIGURES = {
    "mm": (3, 25, 1), "mm2": (3, 14, 1), "pv": (9, 14, 1), "v": (15, 30, 1), "gbw": (1, 4, 1),
    "kid": (90, 125, 10), "kid2": (90, 125, 10), "spl": (80, 118, 10), "ao": (14, 26, 10),
    "pd": (4, 8, 1), "year": (2008, 2023, 1), "years": (2, 15, 1), "week": (18, 36, 1),
    "span": (120, 175, 10), "span_mm": (115, 165, 1), "left_mm": (50, 75, 1), "spl_mm": (28, 40, 1),
    "spl_wide_mm": (41, 60, 1), "gba": (45, 75, 1), "gbb": (18, 32, 1), "v_m": (15, 30, 100),
}  # fmt: skip
CHOICES = {
    "lobe": ("left", "right"),
    "叶": ("肝左叶", "肝右叶", "左叶", "肝S6"),
    "months": ("3", "6", "12"),
}


def draw_history(dice: Dice, case: Case, words: Wordings) -> list[str]:
    """Sentences of the history and complaint; the signs they state go to ``case``."""
    lines = []
    if dice.chance(0.45):
        lines.append(dice.pick(words["indication"]["other"]))
    for sign in list(SYMPTOMS) if dice.chance(0.45) else []:
        if dice.chance(SYMPTOMS[sign] / 10):
            state = dice.pick([*words["symptom"][sign]][:1] * 3 + [*words["symptom"][sign]][1:])
            case.signs[sign] = state
            lines.append(dice.pick(words["symptom"][sign][state]))
    histories = [key for key in words["history"] if key != "removed_stone"]
    if dice.chance(0.3):
        sign = dice.pick(histories)
        case.signs[sign] = "present"
        lines.append(fill(dice, dice.pick(words["history"][sign])))
    if dice.chance(0.05) and not case.names("duct_stone"):
        case.signs["history_duct_stone"] = "present"
        case.historical.add("duct_stone")
        lines.append(fill(dice, dice.pick(words["history"]["removed_stone"])))
    return lines


def describe_case(dice: Dice, case: Case, words: Wordings) -> list[str]:
    """Sentences on the ducts; the slots they fill go to ``case``."""
    local = {s.duct_local for s in case.spots} - {None}
    inside = any(s.in_duct == "inside" for s in case.spots)
    if inside:
        case.ducts["ducts.intrahepatic"] = "dilated"
    lines: list[str] = []
    manner = dice.weighed({"none": 35, "both": 25, "slots": 40})
    if inside or local:
        manner = dice.pick(["none", "extrahepatic"])
        if not inside:
            case.unsure.add("ducts.intrahepatic")
    if manner == "both":
        state = dice.weighed({"not_dilated": 9, "dilated": 1})
        case.ducts |= {"ducts.intrahepatic": state, "ducts.extrahepatic": state}
        lines.append(dice.pick(words["ducts_both"][state]))
        if state == "not_dilated" and not case.names("duct_stone") and dice.chance(0.12):
            case.refuted.add("duct_stone")
            lines = [dice.pick(words["ducts_both"]["and_no_stone"])]
    if manner == "none" and not local and not inside and dice.chance(0.05):
        case.caveats.add("ducts_not_seen")
        lines.append(dice.pick(words["ducts_both"]["not_seen"]))
    if manner == "slots" and dice.chance(0.7):
        lines.append(_slot(dice, case, words, "intrahepatic", WIDE_IN_NUMBERS_MM))
    if manner in ("slots", "extrahepatic") and dice.chance(0.75):
        lines.append(_slot(dice, case, words, "extrahepatic", (11, 17)))
    if dice.chance(0.12):
        lines.append(fill(dice, dice.pick(words["cbd_distractor"]["all"])))
    return lines


def told_together(dice: Dice, case: Case) -> list[str]:
    """Sizes in mm of two foci that one distributive sentence can tell, or nothing."""
    quiet = all(s.manner == "neutral" or s.where == "impression" for s in case.spots)
    if len(case.spots) != 2 or not quiet or case.spots[0].by_segment or not dice.chance(0.5):
        return []
    shadow = dice.pick(["present", "absent", None])
    for spot in case.spots:
        spot.shape = spot.change = spot.duct_local = spot.alignment = None
        spot.count, spot.shadow, spot.landmarks = "single", shadow, []
        spot.sizes_mm = [[float(dice.randrange(3, 12))]]
    return [f"{spot.sizes_mm[0][0]:g}" for spot in case.spots]


def _slot(dice: Dice, case: Case, words: Wordings, slot: str, wide: tuple[int, int]) -> str:
    forms = words[f"ducts_{slot}"]
    weights = {
        "not_dilated": 5,
        "not_dilated_mm": 6,
        "dilated": 1,
        "dilated_mm": 1,
        "not_seen": 0.7,
    }
    key = dice.weighed({k: w for k, w in weights.items() if k in forms})
    if key == "not_seen":
        case.caveats.add("extrahepatic_duct_not_seen")
        return str(dice.pick(forms[key]))
    case.ducts[f"ducts.{slot}"] = key.removesuffix("_mm")
    if not key.endswith("_mm"):
        return str(dice.pick(forms[key]))
    width = dice.randrange(*wide) if key.startswith("dilated") else dice.randrange(6, 12) / 2
    case.ducts[f"ducts.{slot}_mm"] = float(width)
    text = str(dice.pick(forms[key])).format(w=f"{width:g}", cm=f"{width / 10:g}")
    if key == "not_dilated_mm" and dice.chance(0.12):
        case.unsure.add("caveats")
        joint = " " if text.endswith(".") else "，"
        text += joint + dice.pick(forms["lower_not_seen"])
    return text


def liver_lines(dice: Dice, case: Case, words: Wordings, spots: list[str]) -> list[str]:
    """Sentences on the liver with those on its foci among them."""
    lines = [fill(dice, dice.pick(words["liver"]["opening"]))] if dice.chance(0.85) else []
    lines += dice.sample(words["liver"]["more"], dice.weighed({0: 3, 1: 4, 2: 3}))
    if dice.chance(0.4):
        lines.append(fill(dice, dice.pick(words["liver"]["vessel"])))
    if dice.chance(0.03):
        case.caveats.add("liver_obscured")
        lines.append(dice.pick(words["caveat"]["liver_obscured"]))
    lines += spots
    if dice.chance(0.12):
        lines.append(fill(dice, dice.pick(words["liver"]["cyst"])))
    mass = any(s.host == "mass" for s in case.spots)
    for sign, rate in {"mass": 0.25, "atrophy": 0.02, "portal_hypertension": 0.05}.items():
        if dice.chance(rate) and not (sign == "mass" and mass) and words[sign]:
            lines.append(_state(dice, case, words, sign))
    if mass or any("but" in line for line in spots):
        case.unsure.add("mass")
    return lines


def _state(dice: Dice, case: Case, words: Wordings, sign: str) -> str:
    state = dice.pick([state for state, forms in words[sign].items() if forms])
    case.signs[sign] = state
    return str(dice.pick(words[sign][state]))


def abdomen_lines(dice: Dice, case: Case, words: Wordings) -> dict[str, list[str]]:
    """Sentences on the other organs, by organ: all distractors."""
    parts: dict[str, list[str]] = {}
    gallbladder = dice.weighed(GALLBLADDERS)
    if case.signs.get("history_cholecystectomy") or (gallbladder and dice.chance(0.07)):
        gallbladder = "absent"
        case.signs["history_cholecystectomy"] = "present"
    if gallbladder:
        parts["gallbladder"] = [fill(dice, dice.pick(words["gallbladder"][gallbladder]))]
        if gallbladder != "absent" and dice.chance(0.4):
            parts["gallbladder"].append(fill(dice, dice.pick(words["gallbladder"]["more"])))
    for organ, rate in ORGANS.items():
        if dice.chance(rate):
            most = 2 if organ == "kidney" and dice.chance(0.4) else 1
            forms = dice.sample(words["organ"][organ], most)
            parts[organ] = [fill(dice, form) for form in forms]
    if dice.chance(0.25):
        parts.setdefault("fluid", []).append(_state(dice, case, words, "ascites"))
    for sign in dice.sample(NEVER_STATED, 3):
        if _settled(parts, sign):
            case.signs.setdefault(sign, None)
    return parts


def _settled(parts: dict[str, list[str]], sign: str) -> bool:
    """Whether silence on ``sign`` is sure: free fluid is near enough to ascites to be left out."""
    text = " ".join(line for lines in parts.values() for line in lines)
    return not (sign in ("ascites", "mass") and re.search("fluid|积液|mass", text))
