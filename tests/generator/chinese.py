"""Composes Chinese reports: findings, impression and what frames them."""

from __future__ import annotations

from typing import Any

from .background import abdomen_lines, describe_case, draw_history, fill, liver_lines
from .case import Case, Spot
from .chinese_foci import joint_sentence, pair_clauses, spot_sentence, tied_name
from .chinese_places import place_words
from .words import Dice, wordings

W: Any = wordings("chinese")


def compose(dice: Dice, case: Case) -> str:
    """The text of ``case``; what the words chosen settle is noted in it."""
    indication = draw_history(dice, case, W)
    spots = joint_sentence(dice, case) or [spot_sentence(dice, spot) for spot in case.spots]
    liver = liver_lines(dice, case, W, spots)
    ducts = describe_case(dice, case, W) + _denials(dice, case)
    parts = {"liver": liver, "ducts": ducts} | abdomen_lines(dice, case, W)
    impression = _impression(dice, case) if case.impression else []
    return _lay_out(dice, case, indication, parts, impression)


def _denials(dice: Dice, case: Case) -> list[str]:
    keys = [key for key in W["refuted"] if not any(case.names(e) for e in key.split())]
    if case.spots:
        keys = [key for key in keys if "calcification" not in key]
    if not keys or not dice.chance(0.2):
        return []
    key = dice.pick(keys)
    case.refuted |= set(key.split())
    return [dice.pick(W["refuted"][key])]


def _impression(dice: Dice, case: Case) -> list[str]:
    lines = [_impression_line(dice, s) for s in case.spots if s.where in ("impression", "both")]
    others = ["other", "other", "other", "gallstone", "polyp", "cyst"]
    lines += [dice.pick(W["impression"][dice.pick(others)]) for _ in range(dice.randrange(0, 3))]
    lines = list(dict.fromkeys(lines)) or [
        dice.pick(W["impression"]["other" if case.spots else "nothing"])
    ]
    if len(lines) > 1 and dice.chance(0.4):
        dice.shuffle(lines)
    if dice.chance(0.3):
        lines.append(fill(dice, dice.pick(W["advice"]["all"])))
    return lines


def _impression_line(dice: Dice, spot: Spot) -> str:
    name = _impression_noun(dice, spot)
    if spot.alone and dice.chance(0.35):
        place = "肝内"
        tied = name if name.startswith("肝") else f"肝内{name}"
    else:
        place, tied = place_words(dice, spot, coarse=True), tied_name(dice, spot, name)
    if spot.manner == "asserted":
        return tied
    if spot.manner == "hedged":
        line = str(dice.pick(W["hedge"]["line"]))
        joined = line.replace("{place}{dx}", "{tied}")
        return joined.format(place=place, dx=name, tied=tied)
    first, second = dice.pick(W["name"][spot.first]), dice.pick(W["name"][spot.second])
    first = first.replace("肝内钙化灶", "钙化灶")
    if spot.manner == "either_or":
        return str(dice.pick(W["either_or"]["line"])).format(place=place, a=first, b=second)
    if spot.manner == "not_excluded":
        return str(dice.pick(W["not_excluded"]["clause"])).format(a=tied, b=second)
    return f"{place}强回声，{dice.pick(pair_clauses(spot)).format(a=first, b=second)}"


def _impression_noun(dice: Dice, spot: Spot) -> str:
    nouns = [noun for noun in W["noun"][spot.first] if spot.many or "多发" not in noun]
    return str(("多发" if spot.many and dice.chance(0.3) else "") + dice.pick(nouns))


def _lay_out(
    dice: Dice,
    case: Case,
    indication: list[str],
    parts: dict[str, list[str]],
    impression: list[str],
) -> str:
    frame, blocks = W["frame"], []
    colon = dice.pick(["：", "：", ":", "：\n"])
    if dice.chance(0.25):
        blocks.append(dice.pick(frame["title"]))
    if indication:
        blocks.append(f"{dice.pick(frame['indication_heading'])}{colon}{'，'.join(indication)}。")
    body = _body(dice, parts)
    blocks.append(
        f"{dice.pick(frame['findings_heading'])}{colon}{body}" if case.sectioned else body
    )
    if impression:
        lines = _numbered(dice, impression)
        if case.sectioned:
            lines = f"{dice.pick(frame['impression_heading'])}{colon}{lines}"
        blocks.append(lines)
    return "\n".join(blocks)


def _body(dice: Dice, parts: dict[str, list[str]]) -> str:
    style = dice.pick(["，", "。", "；", "。"])
    texts = [style.join(lines) + "。" for lines in parts.values() if lines]
    return dice.pick(["", "", "\n"]).join(texts)


def _numbered(dice: Dice, lines: list[str]) -> str:
    mark = dice.pick(["{n}、", "{n}.", "{n}．", "{n}. ", "", "（{n}）", "{n})"])
    end = dice.pick(["。", "；", ""])
    if not mark:
        return dice.pick(["\n", "。", "；", " "]).join(lines) + "。"
    return dice.pick(["\n", "\n", " "]).join(
        f"{mark.format(n=n)}{_ended(line, end)}" for n, line in enumerate(lines, 1)
    )


def _ended(line: str, end: str) -> str:
    return line if line.endswith(("？", "?")) else line + end
