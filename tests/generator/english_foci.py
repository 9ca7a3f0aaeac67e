"""English sentences on the foci of one case."""

from __future__ import annotations

import re
from typing import Any

from .background import fill, told_together
from .case import Case, Spot
from .english_places import place_words, size_words
from .sizes import draw_size
from .words import Dice, wordings

W: Any = wordings("english")
LARGE_MM = 10
"""From here on no one writes punctate or tiny."""


def joint_sentence(dice: Dice, case: Case) -> list[str]:
    """Two foci told in one distributive sentence, where they allow it."""
    sizes = told_together(dice, case)
    if not sizes:
        return []
    noun = dice.pick(W["noun"]["neutral"])[1]
    first, second = (f"the {spot.lobe}" for spot in case.spots)
    forms = ["{N} measuring {a} mm and {b} mm are seen in {x} and {y} lobes, respectively{t}."]
    forms += [
        "{N} are noted in {x} and {y} hepatic lobes, measuring {a} mm and {b} mm respectively{t}."
    ]
    tails = {
        "present": ", both with posterior shadowing",
        "absent": ", both without posterior shadowing",
    }
    tail = tails.get(case.spots[0].shadow or "", "")
    a, b = sizes
    return [
        dice.pick(forms).format(
            N=capital(noun), a=a, b=b, x=first, y=second.removeprefix("the "), t=tail
        )
    ]


def spot_sentences(dice: Dice, spot: Spot) -> list[str]:
    match spot.manner:
        case "correction":
            return [_correction(dice, spot)]
        case "gas":
            return _gas(dice, spot)
        case "host":
            return [_hosted(dice, spot)]
    spoken = spot.where != "impression"
    parts = _noun_phrase(dice, spot, spoken)
    clause = _clause(dice, spot) if spoken else ""
    sentences = [_sentence(dice, spot, *parts, clause)]
    return sentences + _trailing(dice, spot)


def _noun_phrase(dice: Dice, spot: Spot, spoken: bool) -> tuple[str, str]:
    """The noun phrase with its article, and what follows the place."""
    key = "neutral"
    if spoken and spot.manner in ("asserted", "not_excluded"):
        key = spot.first or "neutral"
    if spot.manner == "mimic":
        noun = dice.pick(W["mimic_noun"]["haemangioma"])
        noun = _plural(noun) if spot.many else noun
        spot.shape, spot.shadow = None, None
        spot.unsure |= {"shape"}
    else:
        noun = dice.pick(W["noun"][key])[1 if spot.many else 0]
    size = draw_size(dice, spot)
    if any(mm >= LARGE_MM for axes in spot.sizes_mm for mm in axes):
        noun = re.sub(r"^(?:punctate|tiny|small) ", "", noun)
    before, after = size_words(dice, size)
    adjectives = [before, *_shape_words(dice, spot), *_shadow_adjective(dice, spot)]
    number = dice.pick(W["number"]["several"]) if spot.many else ""
    if spot.many and not spot.alignment and dice.chance(0.2):
        number, spot.alignment = dice.pick(W["number"]["scattered"]), "scattered"
    phrase = " ".join(word for word in [number, *adjectives, noun] if word)
    return (phrase if spot.many else _article(dice, phrase)), after


def _plural(noun: str) -> str:
    return re.sub(r"(lesion|nodule)", r"\1s", noun, count=1)


def _article(dice: Dice, phrase: str) -> str:
    vowel = re.match(r"(?:[aeio]|u(?!ni)|8|11(?!\d)|18)", phrase, re.IGNORECASE)
    return f"{'an' if vowel else 'a'} {phrase}"


def _shape_words(dice: Dice, spot: Spot) -> list[str]:
    if spot.shape is None:
        return []
    return [dice.pick(W["shape"][spot.shape])]


def _shadow_adjective(dice: Dice, spot: Spot) -> list[str]:
    words = W["shadow_adjective"].get(spot.shadow)
    if not words or not dice.chance(0.15):
        return []
    spot.unsure.add("shadow said")
    return [dice.pick(words)]


def _sentence(dice: Dice, spot: Spot, phrase: str, size: str, clause: str) -> str:
    place = place_words(dice, spot)
    if spot.manner == "in_dilated_duct":
        place = dice.pick(W["in_dilated_duct"]["place"]).format(lobe=spot.lobe)
        spot.in_duct, spot.duct_local = "inside", None
        spot.landmarks, spot.part, spot.segments = [], False, []
        spot.unsure |= {"duct_local", "segments"}
    tail = ", ".join(
        part
        for part in [
            size,
            *_shadow_words(dice, spot),
            _row(dice, spot),
            _change(dice, spot),
            clause,
        ]
        if part
    )
    tail = re.sub(r"^, |(?<=\S), (?=\()", " ", tail)
    verb = "are" if spot.many else "is"
    joint = (
        ""
        if not tail
        else (
            " "
            if re.match(r"(?:with|measuring|of|\(|that|casting|arranged|aligned|distributed)", tail)
            else ", "
        )
    )
    forms = {
        f"There {verb} {phrase} {place}{joint}{tail}.": 5,
        f"{phrase} {verb} {dice.pick(['seen', 'noted', 'identified', 'visualized', 'present'])} {place}{joint}{tail}.": 5,
        f"{_bare(phrase)} {place}{joint}{tail}.": 2,
        f"{place}, there {verb} {phrase}{joint}{tail}.": 1,
        f"Again noted {verb} {phrase} {place}{joint}{tail}.": 0.6,
        f"Incidental note is made of {phrase} {place}{joint}{tail}.": 0.6,
    }
    if spot.manner in ("neutral", "asserted") and spot.alone:
        forms |= {f"No focal mass, but {phrase} {verb} seen {place}{joint}{tail}.": 0.3}
    text = dice.weighed(forms)
    return capital(text)


def _clause(dice: Dice, spot: Spot) -> str:
    """The diagnosis that follows a neutral description."""
    if spot.manner in ("neutral", "asserted", "in_dilated_duct"):
        return ""
    names = names_of(spot)
    first = dice.pick(names[spot.first])
    if spot.manner in ("hedged", "mimic"):
        if spot.certainty == "asserted":
            return f"representing {first}"
        return str(dice.pick(W["hedge"]["before"])).format(dx=first)
    second = dice.pick(names[spot.second])
    if spot.manner == "not_excluded":
        text = dice.pick(W["not_excluded"]["clause"]).format(a="", b=second)
        return re.sub(r"^[,;] ", "", text)
    return str(dice.pick(pair_clauses(spot))).format(a=first, b=second)


def names_of(spot: Spot) -> Any:
    return W["name_many"] if spot.many else W["name"]


def pair_clauses(spot: Spot) -> list[str]:
    if spot.manner == "either_or":
        return list(W["either_or"]["clause"])
    return list(W["rather"][spot.manner])


def _bare(phrase: str) -> str:
    return re.sub(r"^an? ", "", phrase)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shadow_words(dice: Dice, spot: Spot) -> list[str]:
    if spot.shadow is None or "shadow said" in spot.unsure:
        return []
    if spot.shadow in W["shadow_sentence"] and dice.chance(0.25):
        spot.unsure.add("shadow after")
        return []
    return [dice.pick(W["shadow"][spot.shadow])]


def _row(dice: Dice, spot: Spot) -> str:
    return str(dice.pick(W["alignment"]["along_duct"])) if spot.alignment == "along_duct" else ""


def _change(dice: Dice, spot: Spot) -> str:
    return fill(dice, dice.pick(W["change"][spot.change])) if spot.change else ""


def _trailing(dice: Dice, spot: Spot) -> list[str]:
    """Sentences that speak of the focus just named."""
    sentences = []
    if "shadow after" in spot.unsure and spot.shadow:
        sentences.append(dice.pick(W["shadow_sentence"][spot.shadow]))
    if spot.duct_local:
        sentences.append(dice.pick(W["duct_local"][spot.duct_local]))
    return sentences


def _correction(dice: Dice, spot: Spot) -> str:
    spot.shadow = spot.duct_local = spot.shape = spot.change = spot.alignment = None
    spot.landmarks, spot.part, spot.count = [], False, "single"
    spot.unsure |= {"count"}
    old = dice.pick(
        [
            "intrahepatic stone",
            "hepatolithiasis",
            "intrahepatic duct stone",
            "intrahepatic calculus",
        ]
    )
    place = f" {place_words(dice, spot, coarse=True)}".rstrip()
    names = [name for name in W["name"][spot.first] if name.startswith("a")]
    return str(dice.pick(W["correction"]["sentence"])).format(
        old=old, place=place, new=dice.pick(names)
    )


def _gas(dice: Dice, spot: Spot) -> list[str]:
    spot.shape = spot.duct_local = spot.change = spot.alignment = None
    spot.landmarks, spot.part = [], False
    spot.unsure |= {"count", "name", "in_duct"}
    spot.shadow = dice.weighed(
        {None: 4, "dirty": 2, "reverberation": 1, "comet_tail": 1, "ring_down": 1}
    )
    name = dice.pick(W["mass_noun"]["duct_gas"])
    name = (
        dice.pick(["possible ", "probable ", "likely "]) + name
        if spot.certainty == "hedged"
        else name
    )
    tail = f" {dice.pick(W['shadow'][spot.shadow])}" if spot.shadow else ""
    place = f" {place_words(dice, spot, coarse=True)}".rstrip()
    forms = [
        f"{capital(name)} is seen{place}{tail}.",
        f"There is {name}{place}{tail}.",
        f"{capital(name)}{place}{tail}.",
    ]
    return [dice.pick(forms)]


def _hosted(dice: Dice, spot: Spot) -> str:
    spot.shadow = spot.duct_local = spot.shape = spot.change = spot.alignment = None
    spot.landmarks, spot.part, spot.count = [], False, "single"
    spot.unsure |= {"sizes_mm", "segments", "shape", "count"}
    place = place_words(dice, spot)
    text = dice.pick(W["host"][spot.host])
    return str(text).format(Place=capital(place), place=place, host_mm=dice.randrange(14, 60))
