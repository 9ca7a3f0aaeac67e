"""How many of how many, with the interval that such a share is known to."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

Z: Final = 1.959964
"""Standard deviations of a normal distribution that hold 95 % of it."""


@dataclass(frozen=True)
class Share:
    """``count`` of ``total``."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval by Wilson (1927), 0 to 1; of nothing, everything is possible."""
        if not self.total:
            return 0.0, 1.0
        spread = Z * Z / self.total
        middle = (self.value + spread / 2) / (1 + spread)
        half = Z * sqrt(self.value * (1 - self.value) / self.total + spread / (4 * self.total))
        half /= 1 + spread
        low = 0.0 if self.count == 0 else max(0.0, middle - half)
        high = 1.0 if self.count == self.total else min(1.0, middle + half)
        return low, high
