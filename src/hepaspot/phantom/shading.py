"""Shadows: what bodies take from the sound that passes them, through a real aperture.

A point is insonified and heard over an aperture of finite width. Rays from its outer parts
pass beside a small body, so the shadow is partly filled and has a penumbra. Nothing here knows
of shadows: they follow from attenuation along these rays.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hepaspot.phantom.geometry import BEAM_ROWS, Geometry, Map

APERTURE_MM: Final = 20.0
"""Widest aperture: mm (64 elements of an abdominal probe)."""

F_NUMBER: Final = 2.5
"""Depth over aperture near the probe, where the aperture is kept smaller (convention)."""

RAYS: Final = 9
"""Rays taken over the aperture."""

SLAB_MM: Final = 1.0
"""Thickness of the slabs that attenuation is gathered in: mm, half of the smallest focus."""

STEER_DEG: Final = 10.0
"""Steering of the outermost of several compounded pictures: degrees (scanners use 10-20)."""

LEAST_EXCESS_DB: Final = 1e-3
"""A slab that takes less than this anywhere is skipped: dB."""


def shade_db(excess: Map, geometry: Geometry, steer_rad: float = 0.0) -> Map:
    """What ``excess`` takes from the echo of every place, two ways: dB, negative if it adds.

    Parameters
    ----------
    excess : (rows, beams) float32
        Attenuation over plain tissue, one way: dB/cm.
    steer_rad : float
        By how much all rays lean to the right.
    """
    slabs = _slabs(excess, geometry)
    count = len(slabs)
    ends = (np.arange(count) + 1) * SLAB_MM
    rays = np.linspace(-1, 1, RAYS)
    path = np.zeros((RAYS, count, geometry.beams), np.float32)
    for number in np.flatnonzero(np.abs(slabs).max(axis=1) > LEAST_EXCESS_DB):
        middle = (number + 0.5) * SLAB_MM
        targets = ends[number:]
        offsets = _offsets_mm(rays, targets, middle, steer_rad)
        path[:, number:] += _shifted(slabs[number], offsets / geometry.beam_spacing_mm(middle))
    weights = np.cos(rays * np.pi / 2 * 0.85) ** 2
    weights /= weights.sum()
    one_way = np.tensordot(weights.astype(np.float32), 10 ** (-path / 20), axes=1)
    two_way = np.vstack([np.zeros((1, geometry.beams), np.float32), -40 * np.log10(one_way)])
    return _to_rows(two_way, geometry)


def _slabs(excess: Map, geometry: Geometry) -> Map:
    """``(slabs, beams)``: what every slab takes from a ray that runs along its beam, one way."""
    count = int(np.ceil(geometry.depth_mm / SLAB_MM))
    starts = np.searchsorted(geometry.depths_mm[:, 0], np.arange(count) * SLAB_MM)
    return np.asarray(np.add.reduceat(excess, starts, axis=0) * (geometry.step_mm / 10), np.float32)


def _offsets_mm(
    rays: np.ndarray,
    targets_mm: np.ndarray,
    middle_mm: float,
    steer_rad: float,
) -> np.ndarray:
    """``(rays, targets)``: how far beside its beam a ray to a target crosses a slab: mm."""
    aperture = np.minimum(APERTURE_MM, targets_mm / F_NUMBER)
    before = np.maximum(targets_mm - middle_mm, 0)
    lean = rays[:, None] * (aperture / 2 / targets_mm)[None, :] - np.tan(steer_rad)
    return np.asarray(lean * before[None, :])


def _shifted(slab: Map, offsets: np.ndarray) -> Map:
    """``slab`` read at every offset in beams: (rays, targets, beams); its ends are kept on."""
    beams = len(slab)
    reach = int(np.ceil(np.abs(offsets).max())) + 1
    padded = np.pad(slab, reach + 1, mode="edge")
    views = sliding_window_view(padded, beams)
    whole = np.floor(offsets).astype(int)
    share = (offsets - whole).astype(np.float32)[..., None]
    start = whole + reach + 1
    return np.asarray(views[start] * (1 - share) + views[start + 1] * share, np.float32)


def _to_rows(two_way: Map, geometry: Geometry) -> Map:
    place = np.minimum(geometry.depths_mm[:, 0] / SLAB_MM, len(two_way) - 1.001)
    whole = place.astype(int)
    share = (place - whole).astype(np.float32)[:, None]
    rows = two_way[whole] * (1 - share) + two_way[whole + 1] * share
    assert len(rows) == BEAM_ROWS  # noqa: S101  the grid's own law
    return np.asarray(rows, np.float32)
