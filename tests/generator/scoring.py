"""Compares what a reader took from a report with the truth, field by field.

Every expected scalar field is one unit; foci are aligned in order, and a missing or an
extra focus costs all its fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]
Reader = Callable[[str], Fields]
MM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Miss:
    """One field that came out otherwise than written."""

    text: str
    key: str
    expected: Any
    got: Any

    def __str__(self) -> str:
        return f"{self.key}: expected {self.expected!r}, got {self.got!r}\n    {self.text!r}"


@dataclass
class Score:
    """Units compared and missed, by field."""

    compared: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    misses: list[Miss] = field(default_factory=list)
    texts: int = 0
    texts_right: int = 0

    @property
    def accuracy(self) -> float:
        return 1 - self.missed.total() / max(1, self.compared.total())

    def table(self) -> str:
        """Accuracy by field, the worst first."""
        lines = [f"fields {self.accuracy:.4f}, whole reports {self.texts_right}/{self.texts}"]
        worst = sorted(self.compared, key=lambda key: (-self.missed[key], key))
        for key in worst:
            share = 1 - self.missed[key] / self.compared[key]
            lines.append(f"{key:28} {share:.4f}  {self.missed[key]} of {self.compared[key]} missed")
        return "\n".join(lines)


def score(pairs: Iterable[tuple[str, Fields]], read: Reader) -> Score:
    """The score of ``read`` over pairs of text and truth."""
    total = Score()
    for text, truth in pairs:
        missed = 0
        for key, expected, got in units(truth, read(text)):
            total.compared[key] += 1
            if not same(expected, got):
                missed += 1
                total.missed[key] += 1
                total.misses.append(Miss(text, key, expected, got))
        total.texts += 1
        total.texts_right += missed == 0
    return total


def units(truth: Fields, got: Fields) -> Iterator[tuple[str, Any, Any]]:
    """Key, expected and got value of every unit of ``truth``."""
    for key, expected in truth.items():
        if key == "foci":
            yield from _focus_units(expected, got.get("foci", []))
        elif key == "signs":
            for sign, state in expected.items():
                yield f"signs.{sign}", state, got.get("signs", {}).get(sign)
        else:
            yield key, expected, got.get(key)


def _focus_units(expected: list[Fields], got: list[Fields]) -> Iterator[tuple[str, Any, Any]]:
    for index in range(max(len(expected), len(got))):
        if index >= len(got):
            yield from (
                ("foci." + key, value, "no such focus") for key, value in expected[index].items()
            )
        elif index >= len(expected):
            yield from (
                ("foci." + key, "no such focus", value) for key, value in got[index].items()
            )
        else:
            for key, value in expected[index].items():
                yield "foci." + key, value, got[index].get(key, "no such field")


def same(expected: Any, got: Any) -> bool:
    """Equal, numbers within a rounding error and sequences of either kind."""
    if isinstance(expected, list | tuple):
        if not isinstance(got, list | tuple) or len(expected) != len(got):
            return False
        return all(same(one, other) for one, other in zip(expected, got, strict=True))
    if isinstance(expected, float) and isinstance(got, int | float):
        return abs(expected - got) <= MM_TOLERANCE
    return bool(expected == got)
