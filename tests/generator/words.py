"""Wordings by language, and the dice that choose among them."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


@cache
def wordings(name: str) -> Mapping[str, Any]:
    """The table ``name``.toml beside this file."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


class Dice(random.Random):
    """Random choices that read as sentences."""

    def pick(self, options: Sequence[T]) -> T:
        """One of ``options``, all equally likely."""
        return options[self.randrange(len(options))]

    def weighed(self, weights: Mapping[T, float]) -> T:
        """One key of ``weights``, as likely as its weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def chance(self, probability: float) -> bool:
        """True with ``probability``."""
        return self.random() < probability
