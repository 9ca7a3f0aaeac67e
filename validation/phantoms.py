"""Phantoms read as pictures: foci, shadows, calibres and classes against what is known.

    python validation/phantoms.py [--count 300] [--seed 0] [--jobs 2]

A focus counts as found if its outline's middle lies within 4 mm or 0.6 of its size of the
true one; any other focus is false. A tube counts if its middle lies within 2.5 mm of a true
one whose calibre is told. The class follows from the signs alone: gas where the shadow is
dirty or rings, no shadow where there is none, else a stone where the duct beside is dilated
and a calcification where it is not. No prior has a part in it.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from pictures import frames_of

from hepaspot.exam import Focus
from hepaspot.phantom import Recipe, Target, random_recipes, simulate
from hepaspot.phantom.truth import FocusTruth, ShadowKind, Truth
from hepaspot.sonogram.observations import exam_foci
from hepaspot.sonogram.reading import view_of
from hepaspot.sonogram.still import FoundFocus, Still, read_still

CLASSES = ("calcification", "stone_in_dilated_duct", "gas", "no_shadow")
"""What the signs of a focus make it."""

CALIBRES_MM = (2.0, 8.0)
"""Tubes whose calibre is compared: mm."""


@dataclass(frozen=True)
class FocusCase:
    """One true focus: what it is and, where it was found, what was measured."""

    seed: int
    true_class: str
    shadow: str
    size_mm: float
    true_drop_db: float | None
    found: bool
    drop_db: float | None = None
    drop_sd_db: float | None = None
    class_shares: tuple[float, ...] = ()

    @property
    def told_class(self) -> str:
        """The most likely class."""
        return CLASSES[int(np.argmax(self.class_shares))]


@dataclass(frozen=True)
class TubeCase:
    """One true tube that was measured."""

    kind: str
    true_mm: float
    measured_mm: float
    sd_mm: float


@dataclass(frozen=True)
class PhantomCase:
    """One phantom."""

    seed: int
    foci: tuple[FocusCase, ...]
    false_foci: int
    tubes: tuple[TubeCase, ...]
    fan_iou: float


@dataclass(frozen=True)
class PhantomFigures:
    """The figures over all phantoms."""

    cases: tuple[PhantomCase, ...]

    @property
    def foci(self) -> tuple[FocusCase, ...]:
        """Every true focus."""
        return tuple(focus for case in self.cases for focus in case.foci)

    @property
    def found(self) -> tuple[FocusCase, ...]:
        """Those that were found."""
        return tuple(focus for focus in self.foci if focus.found)

    @property
    def tubes(self) -> tuple[TubeCase, ...]:
        """Every tube that was measured."""
        return tuple(tube for case in self.cases for tube in case.tubes)

    @property
    def sensitivity(self) -> float:
        """Share of the true foci that was found."""
        return len(self.found) / max(len(self.foci), 1)

    @property
    def false_a_frame(self) -> float:
        """Foci that are none, a frame."""
        return float(np.mean([case.false_foci for case in self.cases]))

    @property
    def shadow_auc(self) -> float:
        """How well the drop tells a shadow from none (area under the ROC curve)."""
        told = [focus for focus in self.found if focus.drop_db is not None]
        true = [f.drop_db for f in told if f.shadow == ShadowKind.PRESENT]
        none = [f.drop_db for f in told if f.shadow == ShadowKind.ABSENT]
        return auc(true, none)

    @property
    def drop_errors_db(self) -> np.ndarray:
        """Measured less true drop of every found focus that is not gas: dB."""
        pairs = [
            (focus.drop_db, focus.true_drop_db)
            for focus in self.found
            if focus.drop_db is not None and focus.true_drop_db is not None
        ]
        return np.array([told - true for told, true in pairs])

    @property
    def calibre_errors_mm(self) -> np.ndarray:
        """Measured less true calibre: mm."""
        return np.array([tube.measured_mm - tube.true_mm for tube in self.tubes])

    @property
    def class_right(self) -> float:
        """Share of the found foci whose most likely class is the true one."""
        told = [focus for focus in self.found if focus.class_shares]
        return float(np.mean([focus.told_class == focus.true_class for focus in told]))

    def confusion(self) -> np.ndarray:
        """``(true, told)``: how often each class was taken for each."""
        table = np.zeros((len(CLASSES), len(CLASSES)), int)
        for focus in self.found:
            if focus.class_shares:
                table[CLASSES.index(focus.true_class), CLASSES.index(focus.told_class)] += 1
        return table

    def calibration(self, bins: int = 5) -> list[tuple[float, float, int]]:
        """Mean share told for the leading class, share right, and count, by bins of the first."""
        told = [focus for focus in self.found if focus.class_shares]
        sure = np.array([max(focus.class_shares) for focus in told])
        right = np.array([focus.told_class == focus.true_class for focus in told])
        edges = np.quantile(sure, np.linspace(0, 1, bins + 1))
        place = np.clip(np.searchsorted(edges, sure, side="right") - 1, 0, bins - 1)
        groups = [place == number for number in range(bins)]
        return [(sure[g].mean(), right[g].mean(), int(g.sum())) for g in groups if g.any()]

    def __str__(self) -> str:
        drops, calibres = self.drop_errors_db, self.calibre_errors_mm
        lines = [
            f"phantoms {len(self.cases)}, foci {len(self.foci)}",
            f"sensitivity {self.sensitivity:.3f}, false foci a frame {self.false_a_frame:.3f}",
            f"shadow AUC {self.shadow_auc:.3f}",
            f"drop: {_errors(drops)} dB",
            f"calibre: {_errors(calibres)} mm ({len(calibres)} tubes)",
            f"class right {self.class_right:.3f}",
            "rows true, columns told: " + ", ".join(CLASSES),
            str(self.confusion()),
            "calibration: "
            + "; ".join(
                f"{told:.2f} -> {right:.2f} ({n})" for told, right, n in self.calibration()
            ),
        ]
        return "\n".join(lines)


def _errors(errors: np.ndarray) -> str:
    size = np.abs(errors)
    return (
        f"median error {np.median(size):.2f}, bias {np.median(errors):+.2f}, mean {size.mean():.2f}"
    )


def auc(above: list[float], below: list[float]) -> float:
    """Probability that one of ``above`` exceeds one of ``below``; ties count half."""
    first, second = np.array(above)[:, None], np.array(below)[None]
    return float(((first > second) + 0.5 * (first == second)).mean())


def evaluate(count: int = 300, seed: int = 0, jobs: int = 1) -> PhantomFigures:
    """Simulate and read ``count`` phantoms, each with its scale."""
    recipes = random_recipes(count, seed)
    if jobs == 1:
        return PhantomFigures(tuple(map(read_phantom, recipes)))
    os.environ["OMP_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(jobs) as pool:
        return PhantomFigures(tuple(pool.map(read_phantom, recipes, chunksize=4)))


def read_phantom(recipe: Recipe) -> PhantomCase:
    """Simulate one phantom, read it, and compare."""
    cv2.setNumThreads(1)
    pictures, truth = simulate(recipe)
    still, foci = read(next(iter(pictures)), truth)
    if still is None:
        missed = tuple(_missed(recipe.seed, focus) for focus in truth.foci)
        return PhantomCase(recipe.seed, missed, 0, (), 0.0)
    pairs = list(zip(still.foci, foci, strict=True))
    matched = [_nearest(focus, pairs, still) for focus in truth.foci]
    cases = tuple(
        _missed(recipe.seed, true) if pair is None else _case(recipe.seed, true, *pair)
        for true, pair in zip(truth.foci, matched, strict=True)
    )
    own = {id(pair[0]) for pair in matched if pair is not None}
    false = sum(id(found) not in own and not _on_any(found, truth, still) for found in still.foci)
    tubes = tuple(_tubes(still, truth))
    return PhantomCase(recipe.seed, cases, false, tubes, fan_iou(still, truth))


def read(picture: np.ndarray, truth: Truth) -> tuple[Still | None, tuple[Focus, ...]]:
    """One picture with its scale known: what was found, and the same as an exam says it."""
    from hepaspot.intake.frames import Frame

    coloured = None
    grey = picture
    if picture.ndim == 3:
        coloured = np.ptp(picture.astype(np.int16), axis=2) > 24
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    frame = Frame(0, grey, coloured)
    view = view_of(frame, frames_of(grey, (truth.mm_per_pixel_x, truth.mm_per_pixel_y)))
    if view is None:
        return None, ()
    still = read_still(frame, view.scene)
    return still, exam_foci(still, "picture")


def class_shares(focus: Focus) -> tuple[float, ...]:
    """How likely each of `CLASSES` is by the signs of ``focus``."""
    shadow, duct = focus.observation("shadow"), focus.observation("duct_local")
    states = {} if shadow is None else shadow.likelihood
    none = states.get("absent", 0.0 if states else 1.0)
    plain = states.get("present", 0.0) + states.get("faint", 0.0)
    dilated = 0.0 if duct is None else duct.likelihood["dilated"]
    gas = sum(states.get(s, 0.0) for s in ("dirty", "reverberation", "ring_down", "comet_tail"))
    return plain * (1 - dilated), plain * dilated, gas, none


def true_class(focus: FocusTruth) -> str:
    """The class that a perfect look at the signs gives."""
    if focus.target is Target.GAS:
        return "gas"
    if focus.target is Target.STONE_IN_DILATED_DUCT:
        return "stone_in_dilated_duct"
    return "no_shadow" if focus.shadow.kind is ShadowKind.ABSENT else "calcification"


def fan_iou(still: Still, truth: Truth) -> float:
    """Overlap of the fitted fan with the true one."""
    height, width = still.scene.fan_mask.shape
    y, x = np.mgrid[:height, :width]
    fan = truth.fan
    right = (x - fan.apex[0]) * truth.mm_per_pixel_x
    down = (y - fan.apex[1]) * truth.mm_per_pixel_y
    radius, angle = np.hypot(right, down), np.arctan2(right, down)
    true = (radius >= fan.near_radius_mm) & (radius <= fan.far_radius_mm)
    true &= (angle >= fan.left) & (angle <= fan.right)
    found = still.scene.fan_mask > 0
    return float((true & found).sum() / max((true | found).sum(), 1))


def _missed(seed: int, focus: FocusTruth) -> FocusCase:
    size, drop = max(focus.lateral_mm, focus.axial_mm), focus.shadow.visible_drop_db
    return FocusCase(seed, true_class(focus), focus.shadow.kind, size, drop, found=False)


def _case(seed: int, true: FocusTruth, found: FoundFocus, told: Focus) -> FocusCase:
    behind = found.shadow
    return FocusCase(
        seed=seed,
        true_class=true_class(true),
        shadow=true.shadow.kind,
        size_mm=max(true.lateral_mm, true.axial_mm),
        true_drop_db=true.shadow.visible_drop_db,
        found=True,
        drop_db=None if behind is None else behind.drop_db,
        drop_sd_db=None if behind is None else behind.drop_sd_db,
        class_shares=class_shares(told) if behind is not None else (),
    )


def _distance_mm(found: FoundFocus, true: FocusTruth, still: Still) -> float:
    grid, unit = still.scene.grid, still.scene.unit_mm
    x, y = grid.to_pixels(np.array([[found.blob.row, found.blob.column]]))[0]
    return float(
        np.hypot((x - true.centre[0]) * unit, (y - true.centre[1]) * unit * grid.fan.y_per_x)
    )


def _limit_mm(true: FocusTruth) -> float:
    return max(4.0, 0.6 * max(true.lateral_mm, true.axial_mm))


def _nearest(
    true: FocusTruth, pairs: list[tuple[FoundFocus, Focus]], still: Still
) -> tuple[FoundFocus, Focus] | None:
    ranked = sorted(pairs, key=lambda pair: _distance_mm(pair[0], true, still))
    near = partial(_distance_mm, true=true, still=still)
    return next((pair for pair in ranked[:1] if near(pair[0]) <= _limit_mm(true)), None)


def _on_any(found: FoundFocus, truth: Truth, still: Still) -> bool:
    return any(_distance_mm(found, true, still) <= _limit_mm(true) for true in truth.foci)


def _tubes(still: Still, truth: Truth) -> Iterator[TubeCase]:
    """Every measured tube with the true one that it lies in."""
    shape = np.array([1.0, still.scene.grid.fan.y_per_x]) * still.scene.unit_mm
    for focus in still.foci:
        for tube in focus.tubes:
            middle = tube.points * shape
            for true in truth.tubes:
                if not CALIBRES_MM[0] <= true.calibre_mm <= CALIBRES_MM[1]:
                    continue
                line = np.array(true.line) * shape
                gaps = np.linalg.norm(middle[:, None] - line[None], axis=2)
                if np.median(gaps.min(axis=1)) <= 1.2 and gaps.min(axis=1).max() <= 3.0:
                    nearest = gaps.argmin(axis=1)
                    own = float(np.median(np.array(true.calibres_mm)[nearest]))
                    yield TubeCase(true.kind, own, tube.calibre_mm, tube.sd_mm)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    print(evaluate(asked.count, asked.seed, asked.jobs))


if __name__ == "__main__":
    main()
