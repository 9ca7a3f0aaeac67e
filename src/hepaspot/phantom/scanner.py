"""The scanner: from medium to beam data in dB, and what is expected of it free of speckle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from hepaspot.phantom.anatomy import Anatomy
from hepaspot.phantom.bodies import FocusBody
from hepaspot.phantom.echoes import clutter_power, haze_power, late_power
from hepaspot.phantom.geometry import Geometry, Map
from hepaspot.phantom.medium import Medium
from hepaspot.phantom.recipe import Recipe
from hepaspot.phantom.shading import STEER_DEG, shade_db
from hepaspot.phantom.speckle import Scatterers

MOST_TGC_DB: Final = 75.0
"""Most that the time gain compensation gives: dB (typical of abdominal scanners)."""


@dataclass(frozen=True)
class Powers:
    """Expected powers before noise, one map a steered picture; 1 is liver, TGC applied.

    ``noise`` is ``(rows, 1)``.
    """

    diffuse: tuple[Map, ...]
    coherent: tuple[Map, ...]
    noise: Map

    def expected_db(self) -> Map:
        """What speckle scatters around: dB."""
        pictures = zip(self.diffuse, self.coherent, strict=True)
        total = sum(diffuse + coherent for diffuse, coherent in pictures)
        return np.asarray(10 * np.log10(total / len(self.diffuse) + self.noise), np.float32)


def powers_of(
    recipe: Recipe,
    anatomy: Anatomy,
    geometry: Geometry,
    medium: Medium,
    *,
    shift: tuple[float, float] = (0.0, 0.0),
    foci: tuple[FocusBody, ...] | None = None,
) -> Powers:
    """Power of the echo at every place: backscatter, less attenuation, plus late echoes.

    ``foci`` are those that ring (all of the anatomy if None).
    """
    time_gain, net = _time_gain_db(recipe, geometry)
    late: Map | None = None
    for body in anatomy.foci if foci is None else foci:
        echo = late_power(body, geometry, shift)
        late = echo if late is None else late + echo
    diffuse, coherent = [], []
    for angle in steering(recipe.compounding):
        passed = 10 ** ((net - shade_db(medium.excess, geometry, angle)) / 10)
        strong = medium.power * passed
        weak = clutter_power(strong, geometry)
        if late is not None:
            weak += late * 10 ** (net / 10)
        if recipe.haze_db is not None:
            weak += haze_power(geometry, recipe.haze_db, anatomy.wall_mm, recipe.seed)
        diffuse.append(np.asarray(strong * (1 - medium.coherent) + weak, np.float32))
        coherent.append(np.asarray(strong * medium.coherent, np.float32))
    noise = np.asarray(10 ** ((recipe.noise_db + time_gain) / 10), np.float32)
    return Powers(tuple(diffuse), tuple(coherent), noise)


def envelope_of(
    powers: Powers,
    scatterers: Scatterers,
    moved: tuple[Map | float, Map | float],
    random: np.random.Generator,
) -> Map:
    """``(rows, beams)``: amplitude of the echo before compression, compounded.

    ``moved`` is by how much the tissue has moved (x, z) in mm.
    """
    total = np.zeros(powers.diffuse[0].shape, np.float32)
    for picture, (diffuse, coherent) in enumerate(
        zip(powers.diffuse, powers.coherent, strict=True)
    ):
        plain = scatterers.plain(moved, picture)
        plain *= np.sqrt(diffuse)
        waves = scatterers.echo(plain + np.sqrt(coherent))
        waves += scatterers.noise(random) * np.sqrt(powers.noise)
        total += np.abs(waves)
    return np.asarray(total / len(powers.diffuse), np.float32)


def steering(pictures: int) -> tuple[float, ...]:
    """Angles of the steered pictures of a compound: radians."""
    if pictures == 1:
        return (0.0,)
    return tuple(float(a) for a in np.radians(np.linspace(-STEER_DEG, STEER_DEG, pictures)))


def _time_gain_db(recipe: Recipe, geometry: Geometry) -> tuple[Map, Map]:
    """``(rows, 1)`` each: the time gain, and what is left of it after plain attenuation."""
    lost = 2 * recipe.background_db_per_cm * geometry.depths_mm / 10
    gain = np.minimum(lost * (1 + recipe.tgc_error), MOST_TGC_DB)
    return np.asarray(gain, np.float32), np.asarray(gain - lost, np.float32)


def depth_to_noise_mm(recipe: Recipe) -> float:
    """Depth at which liver echoes sink into the noise."""
    per_mm = 2 * recipe.background_db_per_cm / 10
    return -recipe.noise_db / per_mm if per_mm else math.inf
