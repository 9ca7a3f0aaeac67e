"""How well the packaged network outlines livers it has never seen.

::

    python training/evaluate_liver.py --data ../shared/data/liver-sonograms

Only the held-back part counts. ``--overlays`` draws the worst ones to be looked at.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from split import Part
from stills import Still, bounds, read_stills

from hepaspot.intake.frames import Grey, Mask
from hepaspot.sonogram.liver import LiverOutline, outline_liver

BOXED_COLUMNS: Final = 4
"""Overlays in a row of the sheet."""

GREEN: Final = (0, 200, 0)
"""Blue, green, red of the outline drawn by a person."""

ORANGE: Final = (0, 150, 255)
"""Blue, green, red of the network's outline."""


@dataclass(frozen=True)
class Score:
    """Dice of one still: twice the overlap over both areas, at image resolution."""

    file: str
    study: str
    dice: float


@dataclass(frozen=True)
class LiverFigures:
    """Dice of every still of a part, in the order of the list."""

    scores: tuple[Score, ...]

    @property
    def mean(self) -> float:
        """Mean over stills: the figure that is quoted."""
        return float(np.mean([score.dice for score in self.scores]))

    @property
    def median(self) -> float:
        """Median over stills."""
        return self.percentile(50)

    @property
    def worst(self) -> tuple[Score, ...]:
        """Ascending Dice."""
        return tuple(sorted(self.scores, key=lambda score: score.dice))

    def percentile(self, share: float) -> float:
        """Dice that ``share`` percent of the stills stay under."""
        return float(np.percentile([score.dice for score in self.scores], share))

    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean, from 10,000 bootstrap draws of stills (fixed seed)."""
        dices = np.array([score.dice for score in self.scores])
        drawn = np.random.default_rng(0).integers(0, dices.size, (10_000, dices.size))
        low, high = np.percentile(dices[drawn].mean(axis=1), [2.5, 97.5])
        return float(low), float(high)

    def by_study(self) -> dict[str, LiverFigures]:
        """The figures of normal, benign and malignant stills apart."""
        names = sorted({score.study for score in self.scores})
        return {
            name: LiverFigures(tuple(score for score in self.scores if score.study == name))
            for name in names
        }


def evaluate(folder: Path, part: Part = Part.HELD_BACK) -> LiverFigures:
    """Outline every still of a part with the packaged network and compare.

    Raises
    ------
    ImportError
        If onnxruntime is not installed.
    """
    return LiverFigures(tuple(_scored(still) for still in read_stills(folder, part)))


def _scored(still: Still) -> Score:
    return Score(still.file, still.study, dice(_outlined(still), still.liver_mask))


def _outlined(still: Still) -> Mask:
    found = _found(still)
    return found.mask(still.grey.shape) & still.fan_mask


def _found(still: Still) -> LiverOutline:
    found = outline_liver(still.grey, still.fan_mask, bounds(still.fan_mask))
    if found is None:
        raise ImportError("onnxruntime is not installed; pip install onnxruntime")
    return found


def dice(found: Mask, drawn: Mask) -> float:
    """Twice the overlap over both areas; 1 where both are empty."""
    total = int(found.sum()) + int(drawn.sum())
    return 2 * int((found & drawn).sum()) / total if total else 1.0


def table(figures: LiverFigures) -> str:
    """The figures as lines of text."""
    low, high = figures.interval()
    lines = [f"mean Dice {figures.mean:.4f} (95 % interval {low:.3f} to {high:.3f})"]
    lines.append(f"{'':10s}    n    mean  median     5 %")
    for name, group in {"all": figures, **figures.by_study()}.items():
        row = (group.mean, group.median, group.percentile(5))
        lines.append(f"{name:10s} {len(group.scores):4d}" + "".join(f"{x:8.4f}" for x in row))
    return "\n".join(lines) + "\n"


def sheet(folder: Path, scores: tuple[Score, ...], part: Part = Part.HELD_BACK) -> Grey:
    """``(H, W, 3) uint8``: overlays of stills, a person's outline green, ours orange."""
    stills = {still.file: still for still in read_stills(folder, part)}
    tiles = [_overlay(stills[score.file], score) for score in scores]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % BOXED_COLUMNS)
    rows = [tiles[at : at + BOXED_COLUMNS] for at in range(0, len(tiles), BOXED_COLUMNS)]
    return np.vstack([np.hstack(row) for row in rows])


def _overlay(still: Still, score: Score) -> Grey:
    picture = cv2.cvtColor(still.grey, cv2.COLOR_GRAY2BGR)
    for outline, colour in ((still.liver, GREEN), (_found(still).outline, ORANGE)):
        cv2.polylines(picture, [np.rint(outline).astype(np.int32)], True, colour, 2, cv2.LINE_AA)
    box = bounds(still.fan_mask)
    tile = cv2.resize(picture[box.top : box.bottom, box.left : box.right], (480, 384))
    label = f"{Path(score.file).stem}  {score.dice:.3f}"
    cv2.putText(tile, label, (8, 376), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 1)
    return np.asarray(tile, np.uint8)


def main() -> None:
    """Print the figures of the held-back stills; draw the worst ones on request."""
    parser = argparse.ArgumentParser(description="Figures of the liver network.")
    parser.add_argument("--data", type=Path, required=True, help="folder of annotated stills")
    parser.add_argument("--overlays", type=Path, help="PNG to draw the eight worst ones into")
    given = parser.parse_args()
    figures = evaluate(given.data)
    sys.stdout.write(table(figures))
    if given.overlays:
        cv2.imwrite(str(given.overlays), sheet(given.data, figures.worst[:8]))


if __name__ == "__main__":
    main()
