"""Recipes drawn at random: the spread of patients, scanners and settings to validate on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from hepaspot.errors import InputError
from hepaspot.phantom.bodies import ALONG_SHARE
from hepaspot.phantom.recipe import Beyond, FocusPlan, Ink, Recipe, Target, known_target

KIND_SHARES: Final = {
    Target.CALCIFICATION: 0.32,
    Target.STONE_IN_DILATED_DUCT: 0.22,
    Target.GAS: 0.16,
    Target.HAEMANGIOMA: 0.16,
    Target.NONE: 0.14,
}
"""How often each kind is drawn (convention: enough of each to validate on)."""

SIZE_MM: Final = (2.0, 10.0)
"""Sizes across the beam that are drawn: mm."""

HAEMANGIOMA_MM: Final = (5.0, 10.0)
"""Sizes of the bright focus without shadow: mm (the smaller are not resolved from speckle)."""

CONTRAST_DB: Final = {
    Target.CALCIFICATION: (20.0, 31.0),
    Target.STONE_IN_DILATED_DUCT: (18.0, 29.0),
    Target.GAS: (23.0, 32.0),
    Target.HAEMANGIOMA: (8.0, 12.0),
}
"""Backscatter above liver: dB."""

LOSS_DB: Final = {
    Target.CALCIFICATION: (9.0, 28.0),
    Target.STONE_IN_DILATED_DUCT: (10.0, 30.0),
    Target.GAS: (12.0, 30.0),
}
"""What the middle of a focus takes from the sound, two ways: dB (stone, mineral, gas)."""

WEAK_SHARE: Final = 0.2
"""Share of calcifications that hardly attenuate (fibrous, little mineral)."""

WEAK_LOSS_DB: Final = (0.0, 2.0)
"""What those take, two ways: dB."""

MOST_DB_PER_CM: Final = 80.0
"""Most attenuation of a focus, one way: dB/cm (cortical bone at a few MHz stays below)."""

SEVERAL_SHARE: Final = 0.3
"""Share of calcifications that have a second or third focus beside them."""

DUCT_MM: Final = (3.2, 8.0)
"""Calibre of a dilated duct: mm."""

SPOT_DEPTH_CM: Final = (4.2, 5.5)
"""Foci lie no shallower than the first (below the wall), no nearer to the end than the second."""

SPOT_LATERAL: Final = (-0.6, 0.5)
"""Beams on which foci lie where the liver fills the fan."""

EDGE_LATERAL: Final = (0.06, 0.022)
"""Where its lower edge is in view they end at the first, and at less by the second each cm."""

APART: Final = 0.3
"""Least distance of two foci, so that neither lies in the other's shadow: half fans."""

PENETRATION: Final = (0.85, 1.35)
"""Depth at which noise drowns liver, over the depth of the picture."""


def drawn_recipes(count: int, seed: int, target: Target | str | None) -> tuple[Recipe, ...]:
    """What `hepaspot.phantom.random_recipes` gives."""
    if count < 0 or seed < 0:
        raise InputError("phantoms: count and seed must be at least 0; give larger ones")
    wanted = None if target is None else known_target(target)
    return tuple(_recipe(seed, number, wanted) for number in range(count))


def _recipe(seed: int, number: int, wanted: Target | None) -> Recipe:
    random = np.random.default_rng([seed, number, 9])
    drawn = list(KIND_SHARES)[int(random.choice(len(KIND_SHARES), p=list(KIND_SHARES.values())))]
    target = wanted or drawn
    recipe = _scan(seed * 100_003 + number, random)
    recipe = _on_screen(recipe, random)
    if target is Target.NONE:
        return replace(recipe, calipers=None, arrow=False)
    foci = [_focus(target, recipe, random)]
    if target is Target.CALCIFICATION and random.uniform() < SEVERAL_SHARE:
        foci += _further(foci[0], recipe, random)
    duct = float(random.uniform(1.5, 2.3))
    if target is Target.STONE_IN_DILATED_DUCT:
        duct = float(np.clip(foci[0].size_mm * random.uniform(0.7, 1.1), *DUCT_MM))
    return replace(recipe, foci=tuple(foci), duct_calibre_mm=duct)


def _scan(seed: int, random: np.random.Generator) -> Recipe:
    """A patient and the scanner's settings, without foci."""
    depth = float(random.uniform(11.5, 18))
    frequency = float(random.uniform(2.5, 4.5))
    background = float(random.uniform(0.35, 0.7))
    width, height = ((800, 600), (640, 480), (768, 576), (1024, 768))[int(random.integers(4))]
    lost = 2 * background * frequency * depth
    return Recipe(
        seed=seed,
        width=width,
        height=height,
        depth_cm=round(depth, 1),
        near_radius_mm=float(random.uniform(42, 62)),
        half_angle_deg=float(random.uniform(28, 37)),
        squeeze=float(random.choice([1.0, 1.0, 1.0, 0.9, 1.12])),
        frequency_mhz=round(frequency, 1),
        background_db_per_cm_mhz=background,
        tgc_error=float(random.uniform(-0.1, 0.1)),
        gain_db=round(float(random.uniform(-9, 9)), 1),
        dynamic_range_db=float(random.choice([50, 56, 60, 66, 72])),
        noise_db=max(-119.0, -lost * float(random.uniform(*PENETRATION))),
        haze_db=float(random.uniform(-14, -5)) if random.uniform() < 0.35 else None,
        compounding=int(random.choice([1, 1, 1, 3, 5])),
        smoothing_mm=float(random.uniform(0.05, 0.35)),
        portal=bool(random.uniform() < 0.85),
        gallbladder=bool(random.uniform() < 0.6),
        ribs=bool(random.uniform() < 0.3),
        vessels=int(random.integers(1, 6)),
        diaphragm=(Beyond.DARK, Beyond.MIRROR, None)[int(random.choice([0, 0, 1, 2]))],
        lobe="right" if random.uniform() < 0.75 else "left",
    )


def _on_screen(recipe: Recipe, random: np.random.Generator) -> Recipe:
    ink = list(Ink)[int(random.integers(3))]
    return replace(
        recipe,
        calipers=ink if random.uniform() < 0.55 else None,
        arrow=bool(random.uniform() < 0.1),
        labels=bool(random.uniform() < 0.3),
        text=bool(random.uniform() < 0.85),
        body_mark=bool(random.uniform() < 0.4),
    )


def _focus(target: Target, recipe: Recipe, random: np.random.Generator) -> FocusPlan:
    size = float(random.uniform(*(HAEMANGIOMA_MM if target is Target.HAEMANGIOMA else SIZE_MM)))
    low, spare = SPOT_DEPTH_CM
    depth = float(random.uniform(low, recipe.depth_cm - spare))
    return FocusPlan(
        target,
        depth_cm=depth,
        lateral=float(random.uniform(SPOT_LATERAL[0], _rightmost(recipe, depth))),
        size_mm=round(size, 1),
        contrast_db=float(random.uniform(*CONTRAST_DB[target])),
        attenuation_db_per_cm=_attenuation(target, size, random),
        band_mm=float(random.uniform(2.5, 4.0)),
    )


def _rightmost(recipe: Recipe, depth_cm: float) -> float:
    """The last beam that is well inside the liver at a depth."""
    start, each_cm = EDGE_LATERAL
    return start - each_cm * (depth_cm - 4) if recipe.gallbladder else SPOT_LATERAL[1]


def _attenuation(target: Target, size_mm: float, random: np.random.Generator) -> float:
    """One way, dB/cm, that gives a focus of this size the loss drawn for it."""
    if target is Target.HAEMANGIOMA:
        return 0.0
    weak = target is Target.CALCIFICATION and random.uniform() < WEAK_SHARE
    loss = float(random.uniform(*(WEAK_LOSS_DB if weak else LOSS_DB[target])))
    along_cm = size_mm * sum(ALONG_SHARE[target]) / 2 / 10
    return min(loss / (2 * along_cm), MOST_DB_PER_CM)


def _further(first: FocusPlan, recipe: Recipe, random: np.random.Generator) -> list[FocusPlan]:
    """One or two more calcifications, on beams well away from the others."""
    plans = [first]
    for _ in range(int(random.integers(1, 3)) * 4):
        plan = _focus(Target.CALCIFICATION, recipe, random)
        if len(plans) < 3 and all(abs(plan.lateral - p.lateral) > APART for p in plans):
            plans.append(plan)
    return plans[1:]
