"""The level along a focus's column and along its flanks: what a shadow was measured from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.frames import Frame, Frames
from hepaspot.sonogram.field import Field
from hepaspot.sonogram.reading import view_of
from hepaspot.sonogram.shadow import column_and_flanks
from hepaspot.sonogram.still import FoundFocus, blob_outline, read_still

STEP_MM: Final = 1.0
"""Rows of this length are one point of the profile: mm."""


@dataclass(frozen=True)
class Profile:
    """Column and flanks of one focus.

    Attributes
    ----------
    centre : tuple of float
        Middle of the focus: (x, y) in pixels of the frame.
    depth : (n,) float64
        Below the probe, in ``unit``; ``column_db`` and ``flanks_db`` ``(n,)`` are the mean
        levels there, NaN where there is no picture.
    focus, window : tuple of float
        Where the focus lies and where the drop was taken, in ``unit``.
    drop_db : float
    unit : str
        ``mm``, or ``px`` where the scale is not known.
    """

    centre: tuple[float, float]
    depth: NDArray[np.float64]
    column_db: NDArray[np.float64]
    flanks_db: NDArray[np.float64]
    focus: tuple[float, float]
    window: tuple[float, float]
    drop_db: float
    unit: str


def profiles(frame: Frame, frames: Frames) -> tuple[Profile, ...]:
    """The profile of every focus of a frame behind which a shadow could be measured.

    Parameters
    ----------
    frame : Frame
        One of ``frames``.
    frames : Frames
        The picture it belongs to.
    """
    view = view_of(frame, frames)
    if view is None:
        return ()
    still = read_still(frame, view.scene, with_tubes=False)
    told = [_profile(still.field, focus) for focus in still.foci]
    return tuple(profile for profile in told if profile is not None)


def _profile(field: Field, found: FoundFocus) -> Profile | None:
    behind = found.shadow
    if behind is None:
        return None
    column, flanks = column_and_flanks(field, found.blob, behind, STEP_MM)
    row = field.axial_mm if field.has_scale else field.grid.step
    outline = blob_outline(found.blob, field.grid)
    x, y = outline.mean(axis=0)
    step = field.rows(STEP_MM)
    return Profile(
        centre=(float(x), float(y)),
        depth=np.asarray((np.arange(len(column)) + 0.5) * step * row, np.float64),
        column_db=column,
        flanks_db=flanks,
        focus=(found.blob.rows[0] * row, found.blob.rows[1] * row),
        window=(behind.from_row * row, behind.to_row * row),
        drop_db=behind.drop_db,
        unit="mm" if field.has_scale else "px",
    )
