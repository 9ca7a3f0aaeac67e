"""How the foci of one picture lie to each other, from the outlines that an exam holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from hepaspot.exam import Focus, Provenance, Region
from hepaspot.sonogram.alignment import Row, long_axis, row_of
from hepaspot.sonogram.observations import ALIGNMENT, DUCT_LOCAL, in_row
from hepaspot.sonogram.scene import Scene


def in_their_row(foci: Sequence[Focus], source: str, scene: Scene) -> tuple[Focus, ...]:
    """``foci`` with the sign alignment of the picture ``source`` said anew.

    Of the tubes only those are known that touch a focus.
    """
    row = _row(foci, source, scene)
    return tuple(_said_anew(focus, row, source, scene) for focus in foci)


def _row(foci: Sequence[Focus], source: str, scene: Scene) -> Row | None:
    """The line through all foci of the picture; None with too few of them."""
    shape = np.array([1.0, scene.grid.fan.y_per_x]) * scene.unit_mm
    centres = [_centre(here) * shape for focus in foci for here in _outlines(focus, source)]
    tubes = [
        long_axis(np.array(each.provenance.outline) * shape)
        for focus in foci
        for each in focus.observations
        if each.sign == DUCT_LOCAL and _lies_in(each.provenance, source)
    ]
    return row_of(np.array(centres).reshape(-1, 2), tubes)


def _said_anew(focus: Focus, row: Row | None, source: str, scene: Scene) -> Focus:
    kept = [
        each
        for each in focus.observations
        if each.sign != ALIGNMENT or not _lies_in(each.provenance, source)
    ]
    said = [] if row is None else [in_row(row, h, scene) for h in _outlines(focus, source)]
    return msgspec.structs.replace(focus, observations=(*kept, *said))


def _outlines(focus: Focus, source: str) -> list[Region]:
    """What was outlined of ``focus`` in the picture: several where words tell of a group."""
    places = (focus.provenance, *(size.provenance for size in focus.sizes))
    return list(dict.fromkeys(place for place in places if _lies_in(place, source)))


def _lies_in(place: Provenance, source: str) -> TypeGuard[Region]:
    return isinstance(place, Region) and place.source == source and bool(place.outline)


def _centre(here: Region) -> NDArray[np.float64]:
    """Centre of area of an outline; of its corners where it crosses itself or has no area."""
    corners = np.array(here.outline, np.float64)
    area = cv2.moments(corners.astype(np.float32))
    centre = np.array([area["m10"], area["m01"]]) / max(area["m00"], 1e-9)
    inside = (centre >= corners.min(axis=0)) & (centre <= corners.max(axis=0))
    return centre if inside.all() else np.asarray(corners.mean(axis=0), np.float64)
