"""What typing, dictation and databases do to a report."""

from __future__ import annotations

from random import Random
from typing import Final

from hepaspot.archive.synthetic.rates import table

FULL_DIGITS: Final = str.maketrans("0123456789", "０１２３４５６７８９")
HALF_MARKS: Final = str.maketrans("，；：（）", ",;:()")
STRAY: Final = ("_x0004_", "_x000D_")


class Noise:
    """Goes over reports; at most one thing befalls each."""

    def __init__(self) -> None:
        told = table("noise.toml")
        self._rates: dict[str, float] = told["rates"]
        self._all = sum(self._rates.values())
        self._misspelled: dict[str, list[str]] = told["misspelled"]
        self._traditional = str.maketrans(told["traditional"])

    def over(self, random: Random, text: str, language: str) -> str:
        """``text``, or what became of it."""
        at = random.random()
        if at >= self._all:
            return text
        for kind, share in self._rates.items():
            if at < share:
                return self._one(kind, random, text, language)
            at -= share
        return text

    def _one(self, kind: str, random: Random, text: str, language: str) -> str:
        match kind:
            case "misspelling":
                return self._misspelt(random, text)
            case "space":
                return _spaced(random, text)
            case "stray":
                return text.replace("\n", f"{random.choice(STRAY)}\n", 1)
            case "no_stop":
                return text.rstrip(".。；; \n")
        if language == "en":
            return text
        known = {
            "full_width": FULL_DIGITS,
            "half_width": HALF_MARKS,
            "traditional": self._traditional,
        }
        return text.translate(known[kind])

    def _misspelt(self, random: Random, text: str) -> str:
        present = [word for word in self._misspelled if word in text]
        if not present:
            return text
        word = random.choice(present)
        return text.replace(word, random.choice(self._misspelled[word]), 1)


def _spaced(random: Random, text: str) -> str:
    mark = random.choice((",", "，", "。", ". "))
    before, found, behind = text.partition(mark)
    return before + (mark.strip() if mark.endswith(" ") else f"{mark} ") * bool(found) + behind
