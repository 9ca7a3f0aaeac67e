"""Which way a line of the ledger points, read off its figures for the wording."""

from __future__ import annotations

from typing import Final

from hepaspot.exam import Entity
from hepaspot.explain.document import Tone
from hepaspot.weigh.assessment import LedgerLine

MARKED_RATIO: Final = 1.1
"""A ratio nearer to 1 than this, either way, is worded as pointing nowhere."""

MIMIC_RATIO: Final = 2.0
"""Gas or another mimic is named when its factor is this many times both others'."""


def tone(line: LedgerLine) -> Tone:
    """The entity that ``line`` speaks for, or plain where it speaks for none."""
    if not line.weighs:
        return Tone.PLAIN
    mimic = _mimic(line)
    if mimic is not None:
        return Tone(mimic.value)
    if line.ratio > MARKED_RATIO:
        return Tone.CALCIFICATION
    return Tone.DUCT_STONE if line.ratio < 1 / MARKED_RATIO else Tone.PLAIN


def strength(line: LedgerLine) -> str:
    """``clear`` where the interval of the ratio leaves out 1, else ``slight``."""
    if _mimic(line) is not None or line.ratio_low > 1 or line.ratio_high < 1:
        return "clear"
    return "slight"


def rule(line: LedgerLine) -> str:
    """The last parts of the message id that words the leaning."""
    pointed = tone(line)
    return "none" if pointed is Tone.PLAIN else f"{pointed.value}.{strength(line)}"


def _mimic(line: LedgerLine) -> Entity | None:
    factors = line.factors
    pair = max(factors.get(Entity.CALCIFICATION, 0.0), factors.get(Entity.DUCT_STONE, 0.0))
    mimics = {e: factors.get(e, 0.0) for e in (Entity.DUCT_GAS, Entity.OTHER)}
    best = max(mimics, key=mimics.__getitem__)
    return best if pair > 0 and mimics[best] >= MIMIC_RATIO * pair else None
