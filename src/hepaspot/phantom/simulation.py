"""From a recipe to the frames of a phantom and the truth about them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hepaspot.phantom.anatomy import Anatomy, anatomy_of
from hepaspot.phantom.console import ScanConverter, grey_of
from hepaspot.phantom.geometry import Geometry, Map, geometry_of
from hepaspot.phantom.recipe import Recipe, Target
from hepaspot.phantom.scanner import Scanned, envelope_of, scanned
from hepaspot.phantom.screen import Picture, dressed
from hepaspot.phantom.speckle import Scatterers
from hepaspot.phantom.telling import truth_of
from hepaspot.phantom.truth import Truth

BREATH_S = 4.0
"""Time of one breath: seconds (15 a minute)."""

BREATH_UP_SHARE = 0.35
"""Movement along the beam over that across it (convention: an oblique view)."""


@dataclass(frozen=True)
class Phantom:
    """A phantom; its frames are simulated as they are walked over, each time the same."""

    recipe: Recipe

    @cached_property
    def geometry(self) -> Geometry:
        """Where beams and pixels lie."""
        return geometry_of(self.recipe)

    @cached_property
    def anatomy(self) -> Anatomy:
        """What lies where."""
        return anatomy_of(self.recipe, self.geometry)

    @cached_property
    def truth(self) -> Truth:
        """Everything that is known of it."""
        shifts = [self.shift(number) for number in range(self.recipe.frames)]
        return truth_of(self.recipe, self.geometry, self.anatomy, shifts, self._at_rest)

    @property
    def frames(self) -> Iterator[Picture]:
        """Every frame as the screen shows it."""
        converter = ScanConverter(self.geometry)
        for number, envelope in enumerate(self.envelopes()):
            grey = converter.picture(grey_of(envelope, self.recipe, self.geometry))
            yield dressed(grey, self.recipe, self.geometry, self.anatomy, self.shift(number))

    def envelopes(self) -> Iterator[Map]:
        """Beam data of every frame before compression: ``(rows, beams) float32``."""
        scatterers = self._scatterers
        for number in range(self.recipe.frames):
            yield self._envelope(number, scatterers)

    def shift(self, number: int) -> tuple[float, float]:
        """By how much the liver has moved in a frame, (x, z) in mm; none in the first."""
        phase = 2 * math.pi * number / self.recipe.frame_rate / BREATH_S
        way = self.recipe.breathing_mm * math.sin(phase)
        return way, way * BREATH_UP_SHARE

    @cached_property
    def _at_rest(self) -> Scanned:
        return scanned(self.recipe, self.anatomy, self.geometry)

    @cached_property
    def _scatterers(self) -> Scatterers:
        return Scatterers(self.recipe.seed, self.geometry, self.recipe.frequency_mhz)

    def _envelope(self, number: int, scatterers: Scatterers) -> Map:
        random = np.random.default_rng([self.recipe.seed, 6, number])
        shift = self.shift(number)
        anatomy = self._flickered(random)
        if shift == (0.0, 0.0) and anatomy is self.anatomy:
            powers = self._at_rest.powers
        else:
            powers = scanned(self.recipe, anatomy, self.geometry, shift).powers
        free = (self.geometry.depths_mm > anatomy.wall_mm).astype(np.float32)
        return envelope_of(powers, scatterers, (free * shift[0], free * shift[1]), random)

    def _flickered(self, random: np.random.Generator) -> Anatomy:
        """The anatomy with gas a little brighter or weaker than before."""
        if not self.recipe.gas_flickers:
            return self.anatomy
        foci = []
        for body in self.anatomy.foci:
            louder = float(random.normal(0, 3)) if body.plan.target is Target.GAS else 0.0
            plan = replace(body.plan, contrast_db=body.plan.contrast_db + louder)
            foci.append(replace(body, plan=plan))
        return replace(self.anatomy, foci=tuple(foci))
