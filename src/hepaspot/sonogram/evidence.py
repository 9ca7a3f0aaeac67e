"""How strongly what was measured about a bright blob speaks for a focus.

Two sums of log odds: one for a focus with a shadow, one for a focus by itself. Each term
grows with one figure between two bounds, since physics gives it a direction and no figure
may outvote all others. The weights come from foci put into real livers
(``training/fit_evidence.py``), never below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from hepaspot.sonogram.field import Field
from hepaspot.sonogram.isolation import isolation
from hepaspot.sonogram.outline import Blob
from hepaspot.sonogram.scene import Scene
from hepaspot.sonogram.shadow import Drop


@dataclass(frozen=True)
class Figures:
    """What is weighed: see `Drop` and `Isolation`; ``liver_mm`` is how far inside the liver."""

    weaker_db: float
    lasting_db: float
    dark_share: float
    after_db: float
    brightest_db: float
    second_db: float
    rise: float
    fullness: float
    roundness: float
    width_mm: float
    closed: float
    liver_mm: float


class Term(NamedTuple):
    """``weight`` times a figure held between ``low`` and ``high``."""

    name: str
    low: float
    high: float
    weight: float

    def of(self, figures: Figures) -> float:
        """What it adds: log odds."""
        value: float = getattr(figures, self.name)
        return self.weight * (min(max(value, self.low), self.high) - self.low)


SHADOWING: Final = (
    Term("weaker_db", -3.0, 10.0, 0.102),
    Term("lasting_db", -3.0, 10.0, 0.17),
    Term("dark_share", 0.0, 1.0, 2.591),
    Term("brightest_db", 0.0, 24.0, 0.117),
    Term("second_db", 0.0, 24.0, 0.061),
    Term("rise", 0.0, 2.5, 0.114),
    Term("roundness", 0.2, 0.7, 2.344),
    Term("width_mm", 1.2, 5.0, 0.787),
    Term("closed", 0.0, 1.0, 0.842),
    Term("liver_mm", 0.0, 5.0, 0.939),
    Term("after_db", -3.0, 8.0, 0.206),
)
"""Log odds of a focus that shadows (fitted)."""

SHADOWING_FROM: Final = 15.1
"""A bright spot with its shadow is a focus from this sum on (fitted: 0.3 false ones a frame)."""

ALONE: Final = (
    Term("brightest_db", 0.0, 24.0, 0.124),
    Term("second_db", 0.0, 24.0, 0.164),
    Term("rise", 0.0, 2.5, 0.442),
    Term("fullness", 0.5, 0.9, 1.132),
    Term("roundness", 0.2, 0.7, 3.159),
    Term("width_mm", 1.2, 5.0, 1.228),
    Term("closed", 0.0, 1.0, 1.647),
    Term("liver_mm", 0.0, 5.0, 1.13),
)
"""Log odds of a focus by what it is itself (fitted)."""

ALONE_FROM: Final = 17.0
"""A bright spot is a focus by itself from this sum on (fitted: 0.5 a frame; many of these
livers do hold bright lesions)."""

LEAST_FULLNESS: Final = 0.5
"""What fills less of its ellipse is bent: a piece of a wall (one in 700 foci put in does)."""


def figures_of(field: Field, blob: Blob, drop: Drop | None, scene: Scene) -> Figures:
    """What is weighed about ``blob``; without a measured drop nothing speaks for a shadow."""
    alone = isolation(field, blob)
    ((x, y),) = scene.grid.to_pixels(np.array([[blob.row, blob.column]]))
    return Figures(
        weaker_db=drop.weaker_db if drop is not None else float("-inf"),
        lasting_db=drop.lasting_db if drop is not None else float("-inf"),
        dark_share=drop.dark_share if drop is not None else 0.0,
        after_db=drop.after_db if drop is not None else float("-inf"),
        brightest_db=alone.brightest_db,
        second_db=alone.second_db,
        rise=alone.rise,
        fullness=alone.fullness,
        roundness=alone.roundness,
        width_mm=blob.width_mm,
        closed=0.0 if blob.touches_edge else 1.0,
        liver_mm=scene.liver_insets.at(x, y),
    )


def speaks_for_focus(figures: Figures) -> bool:
    """Whether a bright spot is a focus, with its shadow or by itself."""
    if figures.fullness < LEAST_FULLNESS:
        return False
    with_shadow = total(SHADOWING, figures) >= SHADOWING_FROM
    return with_shadow or total(ALONE, figures) >= ALONE_FROM


def total(terms: tuple[Term, ...], figures: Figures) -> float:
    """The sum of ``terms``: log odds."""
    return sum(term.of(figures) for term in terms)
