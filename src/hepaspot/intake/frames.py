"""What intake gives of a picture: its frames one by one, and what is known of their scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hepaspot.exam import ScaleOrigin, Value

Grey = NDArray[np.uint8]
"""``(H, W) uint8``: what a black-and-white screen would show."""

Mask = NDArray[np.bool_]
"""``(H, W) bool``."""


class PictureKind(StrEnum):
    """What the frames were read from."""

    DICOM = "dicom"
    STILL = "still"
    CLIP = "clip"


class Box(Value, frozen=True):
    """Part of a frame in pixels; ``right`` and ``bottom`` are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int


class Scale(Value, frozen=True):
    """Millimetres per pixel along x and y, or None and the reason why they are unknown.

    ``reason`` is an id with a sentence in the catalogues (``no_scale``, ``zero_units``,
    ``spacings_disagree``, ...); it may stand beside known millimetres too, as a warning.
    """

    mm_per_pixel_x: float | None = None
    mm_per_pixel_y: float | None = None
    origin: ScaleOrigin | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Frame:
    """One frame.

    Attributes
    ----------
    index : int
        Place in the picture, from 0.
    grey : (H, W) uint8
        The whole frame, burned-in marks included.
    coloured : (H, W) bool or None
        Where the picture shows colour (calipers, labels, Doppler); None if it is grey.
    """

    index: int
    grey: Grey
    coloured: Mask | None = None


@dataclass(frozen=True)
class Frames:
    """One picture: a still or a clip, decoded frame by frame as it is walked over.

    Attributes
    ----------
    name : str or None
        The file as the user named it.
    kind : PictureKind
    count : int
        Number of frames.
    width, height : int
        Size of every frame in pixels.
    view : Box
        The B-mode region; everything outside is to be left alone.
    scale : Scale
    frame_rate : float or None
        Frames per second of a clip, where it is told.
    notes : tuple of str
        Ids of what was done by rule (``cropped_to_region``, ``dual_screen``, ...).
    depth_cm : float or None
        Depth of the picture as the user told it, for one whose scale is not known.
    walk : callable
        Starts decoding and yields each `Frame` in order; every call starts anew.
        Raises an `InputError` where decoding fails or passes a bound.
    """

    name: str | None
    kind: PictureKind
    count: int
    width: int
    height: int
    view: Box
    scale: Scale
    walk: Callable[[], Iterator[Frame]]
    frame_rate: float | None = None
    notes: tuple[str, ...] = ()
    depth_cm: float | None = None

    def __iter__(self) -> Iterator[Frame]:
        return self.walk()
