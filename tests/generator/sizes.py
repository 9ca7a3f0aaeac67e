"""Sizes of foci as reports write them."""

from __future__ import annotations

from dataclasses import dataclass

from .case import Spot
from .words import Dice

MASKS = ("***", "_2DS_", "____", "[***]")


@dataclass(frozen=True)
class WrittenSize:
    """Axes as numerals in ``unit``; a range has its two ends, a masked size a mask."""

    kind: str
    numerals: tuple[str, ...]
    unit: str


def draw_size(dice: Dice, spot: Spot) -> WrittenSize | None:
    """A size for ``spot`` or none; the truth goes to the spot."""
    kind = dice.weighed({"none": 28, "one": 46, "two": 15, "three": 2, "mask": 2, "absurd": 0.4})
    if spot.many:
        kind = dice.weighed({"none": 40, "largest": 38, "range": 14, "mask": 1, "each": 4})
    if kind == "none":
        return None
    unit = dice.weighed({"mm": 7, "cm": 4})
    if kind == "mask":
        spot.size_masked = True
        return WrittenSize("mask", (dice.pick(MASKS),), unit)
    if kind == "absurd":
        spot.size_plausible = False
        return _write(dice, spot, "one", [float(dice.randrange(45, 90) * 10)], "cm")
    return _write(dice, spot, kind, _axes_mm(dice, kind), unit)


def _axes_mm(dice: Dice, kind: str) -> list[float]:
    longest = float(dice.weighed({n: 10 if n < 9 else 3 for n in range(2, 19)}))
    match kind:
        case "two":
            return [longest + 1, float(dice.randrange(1, int(longest) + 1))]
        case "three":
            return [longest + 3, longest + 1, float(dice.randrange(1, int(longest) + 1))]
        case "range":
            return [longest, longest + dice.randrange(2, 6)]
        case _:
            return [longest]


def _write(dice: Dice, spot: Spot, kind: str, axes: list[float], unit: str) -> WrittenSize:
    if unit == "cm" and kind == "one" and spot.size_plausible and dice.chance(0.15):
        axes = [round(axes[0] - 0.2, 1)]
    spot.sizes_mm = [axes]
    if unit == "cm":
        numerals = tuple(f"{axis / 10:.2f}".rstrip("0").rstrip(".") for axis in axes)
    else:
        numerals = tuple(f"{axis:g}" for axis in axes)
    return WrittenSize(kind, numerals, unit)
