"""Fit the weights of ``hepaspot.sonogram.evidence`` on foci put into real livers.

    python training/fit_evidence.py [--every 1] [--of-each 3]

Every still outside the held-back part is read as it is, which gives the bright spots that
are no calcifications, and again with one focus put in, with and without a shadow. Weights
are those of a logistic regression held at or above zero; the two borders are set at the
share of false foci that is allowed. Prints the tables as they stand in the module.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "validation"))

from inserted import Inserted, insert
from pictures import RealStill, frames_of, real_stills
from split import Part, part_of

from hepaspot.intake.frames import Frame
from hepaspot.sonogram.evidence import ALONE, LEAST_FULLNESS, SHADOWING, Figures, Term
from hepaspot.sonogram.reading import view_of
from hepaspot.sonogram.still import Measured, Still, measured, read_still

FALSE_SHADOWING = 0.33
"""Foci with their shadow allowed in a clean frame; the goal is 0.3."""

FALSE_ALONE = 0.5
"""Other foci allowed in a clean frame (many of these livers do hold bright lesions)."""

RIDGE = 1e-3
STEPS = 4000


@dataclass(frozen=True)
class Look:
    """One frame: its blobs, and which of them was put in."""

    blobs: tuple[Figures, ...]
    planted: Figures | None
    shadows: bool


def looks(every: int, of_each: int, seed: int = 3) -> Iterator[tuple[RealStill, Look]]:
    """Each still as it is, then with foci put in."""
    rng = np.random.default_rng(seed)
    for still in real_stills(every=every):
        if part_of(still.file) is Part.HELD_BACK:
            continue
        before = _read(still.grey)
        if before is None:
            continue
        blobs = tuple(each.figures for each in _blobs(before))
        yield still, Look(blobs, None, shadows=False)
        for number in range(of_each + 1):
            shadows = number < of_each
            try:
                drawn = insert(before, still.grey, rng, (6.0, 14.0) if shadows else (0.0, 0.0))
            except LookupError:
                break
            after = _read(drawn[0])
            if after is not None:
                yield still, Look((), _planted(after, drawn[1]), shadows=shadows)


def _read(grey: NDArray[np.uint8]) -> Still | None:
    frame = Frame(0, grey)
    view = view_of(frame, frames_of(grey))
    return None if view is None else read_still(frame, view.scene, with_tubes=False)


def _blobs(still: Still) -> list[Measured]:
    return measured(still.field, still.marks, still.scene)


def _planted(still: Still, planted: Inserted) -> Figures | None:
    limit = max(4.0, 0.6 * max(planted.axial_mm, planted.lateral_mm))
    for each in _blobs(still):
        x, y = still.scene.grid.to_pixels(np.array([[each.blob.row, each.blob.column]]))[0]
        if np.hypot(x - planted.x, y - planted.y) * still.scene.unit_mm <= limit:
            return each.figures
    return None


def _without_bent(look: Look) -> Look:
    """Bent spots are out before anything is weighed."""
    planted = look.planted
    if planted is not None and planted.fullness < LEAST_FULLNESS:
        planted = None
    blobs = tuple(each for each in look.blobs if each.fullness >= LEAST_FULLNESS)
    return Look(blobs, planted, look.shadows)


def fitted(
    terms: Sequence[Term], true: Sequence[Figures], false: Sequence[Figures]
) -> tuple[Term, ...]:
    """``terms`` with the weights that tell ``true`` from ``false`` best, none below zero."""
    values = np.array([[_held(term, each) for term in terms] for each in (*true, *false)])
    spread = np.maximum(values.std(axis=0), 1e-9)
    signs = np.concatenate([np.ones(len(true)), np.zeros(len(false))])
    weights = _regression(values / spread, signs)
    return tuple(
        term._replace(weight=round(float(w), 3))
        for term, w in zip(terms, weights / spread, strict=True)
    )


def _held(term: Term, figures: Figures) -> float:
    return term._replace(weight=1.0).of(figures)


def _regression(values: NDArray[np.float64], signs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adam on the logistic loss, weights cut off at zero."""
    x = np.column_stack([values, np.ones(len(values))])
    w = np.zeros(x.shape[1])
    first, second = np.zeros_like(w), np.zeros_like(w)
    for step in range(1, STEPS + 1):
        grad = x.T @ (1 / (1 + np.exp(-np.clip(x @ w, -40, 40))) - signs) / len(signs)
        grad[:-1] += RIDGE * w[:-1]
        first = 0.9 * first + 0.1 * grad
        second = 0.999 * second + 0.001 * grad**2
        w -= 0.02 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
        w[:-1] = np.maximum(w[:-1], 0)
    return w[:-1]


def _sums(terms: Sequence[Term], figures: Sequence[Figures | None]) -> NDArray[np.float64]:
    return np.array([-np.inf if f is None else sum(t.of(f) for t in terms) for f in figures])


def report(
    name: str,
    terms: Sequence[Term],
    allowed: float,
    clean: list[Look],
    put: list[Look],
) -> None:
    """Fit, and print the table, its border and what it finds."""
    false = [figures for look in clean for figures in look.blobs]
    new = fitted(terms, [look.planted for look in put if look.planted is not None], false)
    ranked = np.sort(_sums(new, false))[::-1]
    border = float(ranked[int(allowed * len(clean))])
    found = float(np.mean(_sums(new, [look.planted for look in put]) >= border))
    print(
        f"{name}_FROM = {border:.1f}   # {allowed} false a frame, {found:.3f} of {len(put)} found"
    )
    for term in new:
        print(f'    Term("{term.name}", {term.low}, {term.high}, {term.weight}),')


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--of-each", type=int, default=3)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    seen = [look for _, look in looks(asked.every, asked.of_each)]
    seen = [_without_bent(look) for look in seen]
    clean = [look for look in seen if look.planted is None and look.blobs]
    put = [look for look in seen if not (look.planted is None and look.blobs)]
    print(f"{len(clean)} frames as they are, {len(put)} foci put in")
    report("SHADOWING", SHADOWING, FALSE_SHADOWING, clean, [x for x in put if x.shadows])
    report("ALONE", ALONE, FALSE_ALONE, clean, put)


if __name__ == "__main__":
    main()
