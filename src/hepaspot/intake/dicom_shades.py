"""From the samples of a DICOM frame to luma and chroma, by photometric interpretation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from hepaspot.errors import UnsupportedInput
from hepaspot.intake.dicom_decoders import Decoded, Stored
from hepaspot.intake.dicom_header import Samples, numbers
from hepaspot.intake.dicom_palette import palette_planes
from hepaspot.intake.refusals import damaged
from hepaspot.intake.shades import Planes, planes_of_rgb

Table = NDArray[np.uint8]
"""``(n,)`` or ``(n, 3) uint8``: what each stored value is shown as."""

_RGB: Final = frozenset({"RGB", "YBR_RCT", "YBR_ICT"})
"""Stored as RGB, or turned into it by the decoder of JPEG 2000."""

_LUMA_CHROMA: Final = frozenset({"YBR_FULL", "YBR_FULL_422"})


def shading(samples: Samples, dataset: Dataset) -> Callable[[Decoded], Planes]:
    """What turns decoded samples into luma and chroma.

    Raises
    ------
    UnsupportedInput, UnreadableInput
        Without the name of the file.
    """
    photometric = samples.photometric
    if photometric in {"MONOCHROME1", "MONOCHROME2"} and samples.per_pixel == 1:
        table = _grey_table(samples, dataset)
        return lambda decoded: Planes(table[_indices(decoded, samples)])
    if photometric == "PALETTE COLOR" and samples.per_pixel == 1:
        planes = palette_planes(dataset, _bits(samples))
        return lambda decoded: _looked_up(planes, _indices(decoded, samples))
    if photometric in _RGB | _LUMA_CHROMA and samples.per_pixel == 3:
        return lambda decoded: _of_colours(decoded, samples)
    raise UnsupportedInput("stores its colours in a way that is not read; export it as RGB")


def _of_colours(decoded: Decoded, samples: Samples) -> Planes:
    if isinstance(decoded, Planes):
        return decoded
    if decoded.ndim != 3:
        raise damaged("a grey frame in a picture of colours")
    colours = _of_bytes(decoded, samples)
    if samples.photometric in _LUMA_CHROMA:
        luma, blue, red = (np.ascontiguousarray(colours[..., plane]) for plane in range(3))
        return Planes(luma, blue, red)
    return planes_of_rgb(colours)


def _of_bytes(stored: Stored, samples: Samples) -> NDArray[np.uint8]:
    """Colours of more than 8 bits, their highest 8 kept."""
    spare = samples.bits_stored - 8
    if stored.dtype.itemsize == 1:
        return stored.astype(np.uint8, copy=False)
    return (stored >> max(0, spare)).astype(np.uint8)


def _indices(decoded: Decoded, samples: Samples) -> Stored:
    if isinstance(decoded, Planes) or decoded.ndim != 2:
        raise damaged("a frame of colours in a grey picture")
    stored = decoded
    if samples.bits_stored < 8 * stored.dtype.itemsize:
        low = max(0, samples.high_bit + 1 - samples.bits_stored)
        stored = (stored >> low) & ((1 << samples.bits_stored) - 1)
    return stored


def _bits(samples: Samples) -> int:
    return max(1, min(samples.bits_stored, samples.bits_allocated))


def _grey_table(samples: Samples, dataset: Dataset) -> Table:
    """Grey of each stored value: rescaled, windowed, and turned round for MONOCHROME1."""
    bits = _bits(samples)
    values = np.arange(1 << bits, dtype=np.float64)
    if samples.signed:
        values[1 << (bits - 1) :] -= 1 << bits
    slope = next(iter(numbers(dataset, "RescaleSlope")), 1.0)
    values = values * slope + next(iter(numbers(dataset, "RescaleIntercept")), 0.0)
    low, high = _window(dataset) or (values.min(), values.max())
    grey = np.clip((values - low) / max(high - low, 1e-9), 0, 1) * 255
    if not np.isfinite(grey).all():
        raise damaged("a window that is no number")
    shown: Table = grey.round().astype(np.uint8)
    return 255 - shown if samples.photometric == "MONOCHROME1" else shown


def _window(dataset: Dataset) -> tuple[float, float] | None:
    """Lowest and highest value shown (PS3.3 C.11.2.1.2), from the first window."""
    centre = next(iter(numbers(dataset, "WindowCenter")), None)
    width = next(iter(numbers(dataset, "WindowWidth")), None)
    if centre is None or width is None or width <= 1:
        return None
    return centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2


def _looked_up(planes: Planes, indices: Stored) -> Planes:
    if planes.blue is None or planes.red is None:
        return Planes(planes.luma[0][indices])
    return Planes(planes.luma[0][indices], planes.blue[0][indices], planes.red[0][indices])
