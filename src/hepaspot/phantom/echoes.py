"""Echoes that come late: multiples behind stone and bone, reverberation behind gas, haze.

They are echoes of a body's near side, so what the body takes from the sound does not
weaken them.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from hepaspot.phantom.bodies import FocusBody
from hepaspot.phantom.geometry import Geometry, Map
from hepaspot.phantom.recipe import Target

MULTIPLE_DB: Final = -20.0
"""First multiple within a hard body against its surface: dB (from full-wave simulation)."""

MULTIPLE_DB_PER_MM: Final = -1.6
"""How fast multiples die behind a hard body: dB/mm (gone within 5-15 mm)."""

HARD_DB_PER_CM: Final = 2.0
"""Attenuation above which a body is hard enough to ring: dB/cm."""

BAND_DB: Final = -12.0
"""First reverberation band behind gas against its surface: dB."""

BAND_DB_PER_MM: Final = -0.8
"""How fast the bands behind gas die: dB/mm."""

BAND_WIDTH_MM: Final = 0.35
"""Standard deviation of a reverberation band along the beam: mm (a ringing pulse)."""

DIRTY_DB: Final = -29.0
"""Diffuse clutter just behind gas against its surface: dB."""

DIRTY_DB_PER_MM: Final = -0.18
"""How fast the clutter behind gas fades: dB/mm (slowly: the shadow is dirty, not black)."""

CLUTTER_DB: Final = -31.0
"""Side lobes and multiple scattering against the echoes around: dB (fundamental imaging)."""

CLUTTER_MM: Final = (5.0, 12.0)
"""Reach of clutter along and across the beam: mm, half width."""


def late_power(body: FocusBody, geometry: Geometry, shift: tuple[float, float]) -> Map:
    """``(rows, beams)``: power of the late echoes behind a focus; 1 is the liver's echo."""
    behind = _behind(body, geometry, shift)
    seen = _seen_from_probe(body, geometry, shift)
    surface = body.plan.contrast_db
    if body.plan.target is Target.GAS:
        level = _bands(behind, body.plan.band_mm, surface) + 10 ** (
            (surface + DIRTY_DB + DIRTY_DB_PER_MM * behind) / 10
        )
    elif body.plan.attenuation_db_per_cm >= HARD_DB_PER_CM:
        level = 10 ** ((surface + MULTIPLE_DB + MULTIPLE_DB_PER_MM * behind) / 10)
    else:
        return np.zeros(behind.shape, np.float32)
    return np.asarray(np.where(behind > 0, level, 0) * seen, np.float32)


def clutter_power(power: Map, geometry: Geometry) -> Map:
    """What leaks from bright places into dark ones beside them."""
    rows = int(CLUTTER_MM[0] / geometry.step_mm) * 2 + 1
    columns = int(CLUTTER_MM[1] / geometry.beam_spacing_mm(geometry.depth_mm / 2)) * 2 + 1
    spread = cv2.blur(power, (columns, rows), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(spread * np.float32(10 ** (CLUTTER_DB / 10)), np.float32)


def haze_power(geometry: Geometry, level_db: float, wall_mm: float, seed: int) -> Map:
    """Reverberation of the wall: a cloud that is brightest near it, in slow patches."""
    random = np.random.default_rng([seed, 5])
    coarse = random.standard_normal((12, 8)).astype(np.float32)
    size = (geometry.beams, len(geometry.depths_mm))
    patches = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    fading = -0.16 * np.maximum(geometry.depths_mm - wall_mm, 0)
    return np.asarray(10 ** ((level_db + fading + 3 * patches) / 10), np.float32)


def _behind(body: FocusBody, geometry: Geometry, shift: tuple[float, float]) -> Map:
    """``(rows, 1)``: distance behind the middle of the far side of a focus: mm."""
    depth, _ = geometry.depth_and_angle(body.x + shift[0], body.z + shift[1])
    start = depth if body.plan.target is not Target.GAS else depth - body.along
    return np.asarray(geometry.depths_mm - np.float32(start + 0.3), np.float32)


def _seen_from_probe(body: FocusBody, geometry: Geometry, shift: tuple[float, float]) -> Map:
    """``(1, beams)``: 1 on the beams that meet the focus, soft at its sides."""
    depth, angle = geometry.depth_and_angle(body.x + shift[0], body.z + shift[1])
    aside = np.abs(geometry.angles - np.float32(angle)) * (geometry.near_mm + depth)
    return np.asarray(np.clip((body.across * 0.95 - aside) / 0.8 + 0.5, 0, 1), np.float32)


def _bands(behind: Map, band_mm: float, surface_db: float) -> Map:
    nearest = np.round(behind / band_mm) * band_mm
    shape = np.exp(-0.5 * ((behind - nearest) / BAND_WIDTH_MM) ** 2) * (nearest > 0)
    return np.asarray(shape * 10 ** ((surface_db + BAND_DB + BAND_DB_PER_MM * behind) / 10))
