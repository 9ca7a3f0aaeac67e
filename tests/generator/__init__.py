"""Made-up liver reports with known truth, independent of the reader's own word lists.

`generate` recombines wordings (``english.toml``, ``chinese.toml``) into full reports and
keeps what a careful reader takes from each, in the flat form of ``tests/golden/README.md``.
A key that the words leave open is left out of the truth and not compared.
"""

from __future__ import annotations

from typing import Any

from . import chinese, english
from .background import fill
from .case import draw_case
from .noise import add_noise
from .words import Dice, wordings

__all__ = ["generate"]

COMPOSERS = {"en": english.compose, "zh": chinese.compose}
TABLES = {"en": "english", "zh": "chinese"}
OUT_OF_SCOPE = 0.012


def generate(language: str, seed: int, n: int) -> list[tuple[str, dict[str, Any]]]:
    """``n`` pairs of text and truth; the same arguments give the same reports."""
    return [_one(Dice(f"{language} {seed} {index}"), language) for index in range(n)]


def _one(dice: Dice, language: str) -> tuple[str, dict[str, Any]]:
    if dice.chance(OUT_OF_SCOPE):
        kind = dice.pick(["foetal", "animal"])
        text = dice.pick(wordings(TABLES[language])["caveat"][kind])
        return fill(dice, text), {"caveats": [kind]}
    case = draw_case(dice)
    text = COMPOSERS[language](dice, case)
    return add_noise(dice, language, text), case.truth()
