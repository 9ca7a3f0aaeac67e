"""The bodies a phantom is made of: ellipses, lumpy foci, tubes; in mm from the apex."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hepaspot.phantom.geometry import Geometry
from hepaspot.phantom.recipe import FocusPlan, Target
from hepaspot.phantom.truth import TubeKind

Circle = tuple[float, float, float]
"""x, z and radius in mm."""

Array = NDArray[np.float32]
"""An array of any shape."""

ALONG_SHARE: Final = {
    Target.CALCIFICATION: (0.65, 1.0),
    Target.STONE_IN_DILATED_DUCT: (0.75, 1.0),
    Target.GAS: (0.3, 0.45),
    Target.HAEMANGIOMA: (0.85, 1.1),
}
"""Size of a focus along the beam over that across it, least and most (convention)."""

LUMPS: Final = {
    Target.CALCIFICATION: 0.10,
    Target.STONE_IN_DILATED_DUCT: 0.05,
    Target.HAEMANGIOMA: 0.07,
}
"""How far the outline of a focus departs from an ellipse: share of its radius."""


@dataclass(frozen=True)
class Body:
    """An ellipse: centre, half axes across and along its own upright axis, tilt in radians."""

    x: float
    z: float
    across: float
    along: float
    tilt: float

    def signed(self, x: Array, z: Array) -> Array:
        """Distance from the outline in mm, negative inside; exact near the outline only."""
        right, down = x - self.x, z - self.z
        sine, cosine = math.sin(self.tilt), math.cos(self.tilt)
        u = (right * cosine + down * sine) / self.across
        v = (down * cosine - right * sine) / self.along
        rho = np.hypot(u, v)
        slope = np.hypot(u / self.across, v / self.along) / np.maximum(rho, 1e-6)
        return np.asarray((rho - 1) / np.maximum(slope, 1e-6), np.float32)

    def circles(self) -> list[Circle]:
        """The body as circles along its long axis."""
        reach = self.along - self.across
        sine, cosine = math.sin(self.tilt), math.cos(self.tilt)
        shifts = np.linspace(-reach, reach, 5) if reach > 0 else np.zeros(1)
        return [(self.x - s * sine, self.z + s * cosine, self.across) for s in shifts]

    def outline(self, count: int = 48) -> NDArray[np.float64]:
        """``(count, 2)``: x and z of its outline."""
        turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
        u, v = self.across * np.cos(turn), self.along * np.sin(turn)
        sine, cosine = math.sin(self.tilt), math.cos(self.tilt)
        return np.column_stack([self.x + u * cosine - v * sine, self.z + u * sine + v * cosine])


@dataclass(frozen=True)
class FocusBody:
    """A focus: half axes across and along its beam, and lumps as (number, size, phase)."""

    plan: FocusPlan
    x: float
    z: float
    across: float
    along: float
    beam: float
    lumps: tuple[tuple[int, float, float], ...]

    def signed(self, x: Array, z: Array) -> Array:
        """Distance from the outline in mm, negative inside; exact near the outline only."""
        right, down = x - self.x, z - self.z
        sine, cosine = math.sin(self.beam), math.cos(self.beam)
        u = (right * cosine - down * sine) / self.across
        v = (right * sine + down * cosine) / self.along
        rho, turn = np.hypot(u, v), np.arctan2(v, u)
        rim = 1 + sum(size * np.sin(n * turn + phase) for n, size, phase in self.lumps)
        slope = np.hypot(u / self.across, v / self.along) / np.maximum(rho, 1e-6)
        return np.asarray((rho - rim) / np.maximum(slope, 1e-6), np.float32)

    def outline(self, count: int = 36) -> NDArray[np.float64]:
        """``(count, 2)``: x and z of its outline, lumps included."""
        turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
        rim = 1 + sum(size * np.sin(n * turn + phase) for n, size, phase in self.lumps)
        u, v = rim * self.across * np.cos(turn), rim * self.along * np.sin(turn)
        sine, cosine = math.sin(self.beam), math.cos(self.beam)
        return np.column_stack([self.x + u * cosine + v * sine, self.z - u * sine + v * cosine])

    @property
    def extent_mm(self) -> tuple[float, float]:
        """Size across and along the beam, lumps included."""
        turn = np.linspace(0, 2 * np.pi, 360)
        rim = 1 + sum(size * np.sin(n * turn + phase) for n, size, phase in self.lumps)
        across, along = rim * self.across * np.cos(turn), rim * self.along * np.sin(turn)
        return float(np.ptp(across)), float(np.ptp(along))


@dataclass(frozen=True)
class Tube:
    """A tube along a line of points ``(n, 2)``, with its calibre at each of them."""

    kind: TubeKind
    points: NDArray[np.float64]
    calibres_mm: NDArray[np.float64]
    calibre_mm: float
    dilated: bool = False
    upstream: str | None = None

    def moved(self, x: float, z: float) -> Tube:
        """The same tube elsewhere."""
        points = self.points + np.array([x, z])
        return Tube(
            self.kind, points, self.calibres_mm, self.calibre_mm, self.dilated, self.upstream
        )

    def circles(self) -> list[Circle]:
        """The tube and its wall as circles along its line."""
        radii = self.calibres_mm / 2 + 1.0
        return [
            (float(x), float(z), float(r)) for (x, z), r in zip(self.points, radii, strict=True)
        ]


def clear(circles: list[Circle], taken: list[Circle]) -> bool:
    """Whether no circle comes nearer than 2 mm to one that is taken."""
    if not taken:
        return True
    there, here = np.array(taken), np.array(circles)
    apart = np.hypot(here[:, None, 0] - there[:, 0], here[:, None, 1] - there[:, 1])
    return bool(np.all(apart > here[:, None, 2] + there[:, 2] + 2.0))


def focus_body(plan: FocusPlan, geometry: Geometry, random: np.random.Generator) -> FocusBody:
    """The body of a focus at its ordered place, of its ordered size across the beam."""
    angle = plan.lateral * geometry.half_angle
    x, z = geometry.at(plan.depth_cm * 10, angle)
    along = plan.size_mm * float(random.uniform(*ALONG_SHARE[plan.target]))
    lump = LUMPS.get(plan.target, 0.0)
    lumps = tuple(
        (n, lump * float(random.uniform(0.3, 1)) / (n - 1), float(random.uniform(0, 6.3)))
        for n in (2, 3, 4, 5)
        if lump
    )
    body = FocusBody(plan, x, z, plan.size_mm / 2, along / 2, angle, lumps)
    share = plan.size_mm / body.extent_mm[0]
    return FocusBody(plan, x, z, body.across * share, body.along * share, angle, lumps)
