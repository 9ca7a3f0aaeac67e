"""The scanner: from medium to beam data in dB, and what is expected of it free of speckle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from hepaspot.phantom.anatomy import Anatomy
from hepaspot.phantom.echoes import clutter_power, haze_power, late_power
from hepaspot.phantom.geometry import Geometry, Map
from hepaspot.phantom.medium import Medium, medium_of
from hepaspot.phantom.recipe import Recipe
from hepaspot.phantom.shading import STEER_DEG, shade_db
from hepaspot.phantom.speckle import Scatterers

MOST_TGC_DB: Final = 75.0
"""Most that the time gain compensation gives: dB (typical of abdominal scanners)."""

SLIDERS: Final = 8
"""Sliders of the time gain compensation (as on most consoles)."""

SLIDER_DB: Final = 1.2
"""How unevenly they stand: standard deviation in dB (convention)."""

CONTACT_PATCHES: Final = 7
"""Places across the probe at which contact and wall differ (convention)."""

CONTACT_DB: Final = 1.2
"""How much they differ: standard deviation in dB (convention)."""

EDGE_LOSS_DB: Final = (2.0, 14.0)
"""What the outermost beams lose to contact and a cut aperture, least and most: dB."""


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


@dataclass(frozen=True)
class Scanned:
    """A medium and the powers that come back from it."""

    medium: Medium
    powers: Powers


def scanned(
    recipe: Recipe,
    anatomy: Anatomy,
    geometry: Geometry,
    shift: tuple[float, float] = (0.0, 0.0),
) -> Scanned:
    """The anatomy, moved by (x, z) in mm, as the probe meets and hears it."""
    medium = medium_of(recipe, anatomy, geometry, shift)
    return Scanned(medium, _powers(recipe, anatomy, geometry, medium, shift))


def _powers(
    recipe: Recipe,
    anatomy: Anatomy,
    geometry: Geometry,
    medium: Medium,
    shift: tuple[float, float],
) -> Powers:
    """Power of the echo at every place: backscatter, less attenuation, plus late echoes."""
    time_gain, net = _time_gain_db(recipe, geometry)
    net = net + contact_db(recipe.seed, geometry)
    late: Map | None = None
    for body in anatomy.foci:
        echo = late_power(body, geometry, shift)
        late = echo if late is None else late + echo
    diffuse, coherent = [], []
    for angle in steering(recipe.compounding):
        passed = 10 ** ((net - shade_db(medium.excess, geometry, angle)) / 10)
        strong = medium.power * passed
        weak = clutter_power(np.asarray(strong, np.float32), geometry)
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
    random = np.random.default_rng([recipe.seed, 7])
    lost = 2 * recipe.background_db_per_cm * geometry.depths_mm / 10
    gain = np.minimum(lost * (1 + recipe.tgc_error), MOST_TGC_DB)
    gain = gain + _smooth(random, SLIDERS, len(gain), SLIDER_DB)[:, None]
    return np.asarray(gain, np.float32), np.asarray(gain - lost, np.float32)


def contact_db(seed: int, geometry: Geometry) -> Map:
    """``(1, beams)``: what poor contact and oblique outer elements take from every beam: dB."""
    random = np.random.default_rng([seed, 8])
    patchy = _smooth(random, CONTACT_PATCHES, geometry.beams, CONTACT_DB)
    outward = np.abs(geometry.angles[0]) / geometry.half_angle
    edges = [float(random.uniform(*EDGE_LOSS_DB)) for _ in range(2)]
    loss = np.where(geometry.angles[0] < 0, edges[0], edges[1]) * outward**6
    return np.asarray(patchy - loss, np.float32)[None, :]


def _smooth(random: np.random.Generator, knots: int, count: int, size: float) -> Map:
    """``(count,)``: a smooth random course through ``knots`` values of that deviation."""
    course = random.normal(0, size, (1, knots)).astype(np.float32)
    return np.asarray(cv2.resize(course, (count, 1), interpolation=cv2.INTER_CUBIC)[0], np.float32)
