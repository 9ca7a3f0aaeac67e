"""Noise of typing, dictation and export that leaves the meaning alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from .words import Dice, wordings

Noise = Callable[[Dice, str], str]


def add_noise(dice: Dice, language: str, text: str) -> str:
    """``text`` with each kind of noise struck at its own rate."""
    for kind, rate in wordings("noise")["rate"][language].items():
        if dice.chance(rate):
            text = NOISES[kind](dice, text)
    return text


def _wrapped(dice: Dice, text: str) -> str:
    width = dice.randrange(60, 90)
    return "\n".join(_wrap_line(line, width) for line in text.split("\n"))


def _wrap_line(line: str, width: int) -> str:
    return re.sub(rf"(.{{{width - 15},{width}}}) ", r"\1\n", line)


def _lost_space(dice: Dice, text: str) -> str:
    return re.sub(r"([a-z])\. (?=[A-Z])", lambda m: m[1] + dice.pick([".", ". "]), text)


def _control(dice: Dice, text: str) -> str:
    mark = dice.pick(["_x0004_", "_x000D_", "_x0004_\n"])
    ends = [m.end() for m in re.finditer(r"[.。]\s", text + " ")] or [len(text)]
    end = dice.pick(ends)
    return text[:end] + mark + text[end:]


def _misspelt(dice: Dice, text: str) -> str:
    slips = wordings("noise")["misspelling"]
    known = [word for word in slips if re.search(rf"\b{word}\b", text)]
    if not known:
        return text
    word = dice.pick(known)
    return re.sub(rf"\b{word}\b", dice.pick(slips[word]), text, count=1)


def _misheard(dice: Dice, text: str) -> str:
    slips = wordings("noise")["misheard"]
    known = [word for word in slips if word in text]
    if not known:
        return text
    word = dice.pick(known)
    return text.replace(word, dice.pick(slips[word]), 1)


HALF = str.maketrans("，。：；？（）、", ",.:;?(),")
FULL = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


def _half_width(dice: Dice, text: str) -> str:
    marks = dice.pick(["，：；？（）", "，。：；？（）", "：（）"])
    table = {key: value for key, value in HALF.items() if chr(key) in marks}
    return text.translate(table)


def _traditional(dice: Dice, text: str) -> str:
    pairs = wordings("noise")["traditional"]
    return text.translate(str.maketrans(pairs["simplified"], pairs["traditional"]))


def _spaced(dice: Dice, text: str) -> str:
    return re.sub(r"([。，；])", lambda m: m[1] + dice.pick(["", " ", "  "]), text)


def _glued(dice: Dice, text: str) -> str:
    return re.sub(r"\n(?=[(（]?\d[、.．)）])", "", text)


NOISES: dict[str, Noise] = {
    "upper": lambda _, text: text.upper(),
    "lower": lambda _, text: text.lower(),
    "wrapped": _wrapped,
    "double_spaces": lambda _, text: text.replace(". ", ".  "),
    "lost_space": _lost_space,
    "control": _control,
    "misspelt": _misspelt,
    "misheard": _misheard,
    "flattened": lambda _, text: text.replace("\n", " "),
    "half_width": _half_width,
    "full_width": lambda _, text: text.translate(FULL),
    "traditional": _traditional,
    "spaced": _spaced,
    "glued": _glued,
}
