"""Composes English reports: findings, impression and what frames them."""

from __future__ import annotations

import re
from typing import Any

from .background import abdomen_lines, describe_case, draw_history, fill, liver_lines
from .case import Case, Spot
from .english_foci import capital, joint_sentence, names_of, pair_clauses, spot_sentences
from .english_places import place_words
from .words import Dice, wordings

W: Any = wordings("english")


def compose(dice: Dice, case: Case) -> str:
    """The text of ``case``; what the words chosen settle is noted in it."""
    indication = draw_history(dice, case, W)
    spots = joint_sentence(dice, case)
    spots = spots or [line for spot in case.spots for line in spot_sentences(dice, spot)]
    spots += [fill(dice, dice.pick(W["refuted"][key])) for key in _denials(dice, case)]
    findings = _findings(dice, case, spots)
    impression = _impression(dice, case) if case.impression else []
    return _lay_out(dice, case, indication, findings, impression)


def _denials(dice: Dice, case: Case) -> list[str]:
    keys = [key for key in W["refuted"] if not any(case.names(e) for e in key.split())]
    if case.spots:
        keys = [key for key in keys if "calcification" not in key]
    if not keys or not dice.chance(0.2):
        return []
    key = dice.pick(keys)
    case.refuted |= set(key.split())
    return [key]


def _findings(dice: Dice, case: Case, spots: list[str]) -> dict[str, list[str]]:
    parts = {"liver": liver_lines(dice, case, W, spots)}
    parts["ducts"] = describe_case(dice, case, W)
    return parts | abdomen_lines(dice, case, W)


def _impression(dice: Dice, case: Case) -> list[str]:
    lines = [_impression_line(dice, s) for s in case.spots if s.where in ("impression", "both")]
    others = ["other", "other", "other", "gallstone", "polyp"]
    lines += [dice.pick(W["impression"][dice.pick(others)]) for _ in range(dice.randrange(0, 3))]
    lines = list(dict.fromkeys(lines)) or [dice.pick(W["impression"]["nothing"])]
    if len(lines) > 1 and dice.chance(0.4):
        dice.shuffle(lines)
    if dice.chance(0.3):
        lines.append(fill(dice, dice.pick(W["advice"]["all"])))
    return lines


def _impression_line(dice: Dice, spot: Spot) -> str:
    place = f" {place_words(dice, spot, coarse=True)}" if not spot.alone or dice.chance(0.6) else ""
    place = place.rstrip()
    if spot.manner in ("asserted", "hedged"):
        noun = _impression_noun(dice, spot)
        if spot.manner == "asserted":
            return dice.pick([f"{capital(noun)}{place}.", f"{capital(noun)}{place}."])
        return capital(
            str(dice.pick(W["hedge"]["line"])).format(np=noun, Np=capital(noun), place=place)
        )
    bright = dice.pick(W["noun"]["neutral"])[1 if spot.many else 0]
    first, second = dice.pick(names_of(spot)[spot.first]), dice.pick(names_of(spot)[spot.second])
    if spot.manner == "either_or":
        line = dice.pick(W["either_or"]["line"])
        return str(line).format(Bright=capital(bright), place=place, a=first, b=second)
    if spot.manner == "not_excluded":
        clause = dice.pick(W["not_excluded"]["clause"]).format(
            a=_impression_noun(dice, spot) + place, b=second
        )
        return capital(f"{clause}.")
    clause = dice.pick(pair_clauses(spot)).format(a=first, b=second)
    return f"{capital(bright)}{place}, {clause}."


def _impression_noun(dice: Dice, spot: Spot) -> str:
    if spot.first in W["mass_noun"] and dice.chance(0.4):
        return str(dice.pick(W["mass_noun"][spot.first]))
    noun = str(dice.pick(W["noun"][spot.first])[1 if spot.many else 0])
    return (
        noun
        if spot.first == "duct_stone" or "hepatic" in noun or "liver" in noun
        else f"hepatic {noun}"
    )


def _lay_out(
    dice: Dice,
    case: Case,
    indication: list[str],
    findings: dict[str, list[str]],
    impression: list[str],
) -> str:
    frame, blocks = W["frame"], []
    upper = dice.chance(0.6)
    if dice.chance(0.5):
        blocks.append(dice.pick(frame["title"]))
    if indication:
        blocks.append(
            _headed(dice, dice.pick(frame["indication_heading"]), " ".join(indication), upper)
        )
    if case.sectioned and dice.chance(0.65):
        blocks.append(_headed(dice, dice.pick(frame["technique_heading"]), _technique(dice), upper))
    if case.sectioned and dice.chance(0.65):
        blocks.append(
            _headed(
                dice,
                dice.pick(frame["comparison_heading"]),
                fill(dice, dice.pick(frame["comparison"])),
                upper,
            )
        )
    body = _body(dice, findings)
    blocks.append(
        _headed(dice, dice.pick(frame["findings_heading"]), body, upper) if case.sectioned else body
    )
    if impression:
        lines = _numbered(dice, impression)
        if case.sectioned:
            lines = _headed(dice, dice.pick(frame["impression_heading"]), lines, upper)
        blocks.append(lines)
    if dice.chance(0.4):
        blocks.append(fill(dice, dice.pick(frame["closing"])))
    return dice.pick(["\n\n", "\n"]).join(blocks)


def _technique(dice: Dice) -> str:
    quality = dice.sample(W["frame"]["quality"], dice.randrange(1, 4))
    return " ".join([dice.pick(W["frame"]["technique"]), *quality])


def _headed(dice: Dice, heading: str, text: str, upper: bool) -> str:
    heading = heading.upper() if upper else heading
    return f"{heading}:{dice.pick([' ', chr(10)])}{text}"


def _body(dice: Dice, findings: dict[str, list[str]]) -> str:
    headed = dice.chance(0.4)
    paragraphs = []
    for organ, sentences in findings.items():
        if not sentences:
            continue
        text = " ".join(sentences)
        named = re.match(r"\w+(?: \w+)?:", text)
        paragraphs.append(
            f"{dice.pick(W['heading'][organ])}: {text}" if headed and not named else text
        )
    return ("\n" if headed else dice.pick([" ", "\n"])).join(paragraphs)


def _numbered(dice: Dice, lines: list[str]) -> str:
    mark = dice.pick(["{n}. ", "{n}. ", "{n}) ", "{n}.", "", "- ", "({n}) "])
    if not mark:
        return dice.pick([" ", "\n"]).join(lines)
    return "\n".join(f"{mark.format(n=n)}{line}" for n, line in enumerate(lines, 1))
