"""From decoded samples to what is measured: grey levels, and where there is colour.

Everything is brought to luma and two chroma planes (ITU-R BT.601, full range, as JPEG and
DICOM's YBR_FULL have it). Many screens tint the whole picture (sepia, blue): a tint is a
function of the grey level, so it is taken off before anything is called coloured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hepaspot.intake.frames import Grey, Mask

NEUTRAL: Final = 128
"""Chroma of grey: level of 0 to 255 (BT.601, full range)."""

COLOUR_CHROMA: Final = 20
"""Chroma this far from the tint is colour: levels of 255. Convention: the chroma of grey
stills in JPEG of quality 70 stays below 8, a caliper's yellow or green reaches 60 and more."""

BRIGHT_LUMA: Final = 40
"""A pixel brighter than this can show a tint: levels of 255. Convention."""

TINTED_SHARE: Final = 0.5
"""Share of bright pixels off neutral above which the whole picture is tinted. Convention:
a tint is on all of them, a colour box or marks are not."""

TINT_CHROMA: Final = 8
"""Chroma this far from neutral may be a tint: levels of 255; above JPEG's own noise."""

TINT_BINS: Final = 32
"""Steps of grey level for which a tint is told apart: a screen's tint is smooth."""

OFTEN_SHARE: Final = 0.02
"""Share of the pixels that a step of grey level needs for its own median. Convention: marks
cover less, and the curve serves the rest."""

STRONGEST_TINT: Final = 64
"""Chroma of a tint is this far from neutral at most: levels of 255. Convention: a screen's
sepia or blue stays below 45, the colours of Doppler reach 100."""

TINT_SAMPLES: Final = 20_000
"""Pixels a tint is judged from, at least where there are so many; a median needs no more."""


@dataclass(frozen=True)
class Planes:
    """Luma and chroma of one frame, each ``(H, W) uint8``; a grey frame has no chroma."""

    luma: Grey
    blue: Grey | None = None
    red: Grey | None = None


def planes_of_rgb(rgb: NDArray[np.uint8]) -> Planes:
    """Luma and chroma of ``(H, W, 3) uint8``."""
    return planes_of_image(Image.fromarray(np.ascontiguousarray(rgb)))


def planes_of_image(image: Image.Image) -> Planes:
    """Luma and chroma of a Pillow image in mode ``RGB`` or ``YCbCr``, luma of one in ``L``."""
    if image.mode == "L":
        return Planes(np.asarray(image))
    samples = np.asarray(image.convert("YCbCr"))
    luma, blue, red = (np.ascontiguousarray(samples[..., plane]) for plane in range(3))
    if image.mode == "RGB":
        # Pillow's luma by way of YCbCr is one level off for some greys; this one is exact.
        luma = np.asarray(image.convert("L"))
    return Planes(luma, blue, red)


def coloured(planes: Planes) -> Mask | None:
    """Where a frame shows colour beyond its tint, ``(H, W) bool``; None where nowhere."""
    if planes.blue is None or planes.red is None:
        return None
    offset = _offset(planes.blue, planes.red, None)
    if not (offset > TINT_CHROMA).any():
        return None
    tint = _tint(planes.luma, planes.blue, planes.red)
    if tint is not None:
        offset = _offset(planes.blue, planes.red, tint[planes.luma])
    mask: Mask = offset > COLOUR_CHROMA
    return mask if mask.any() else None


def _offset(blue: Grey, red: Grey, tint: NDArray[np.uint8] | None) -> Grey:
    """How far the chroma is from the tint (neutral where None), the larger of both planes."""
    base = (NEUTRAL, NEUTRAL) if tint is None else (tint[..., 0], tint[..., 1])
    return np.maximum(_distance(blue, base[0]), _distance(red, base[1]))


def _distance(plane: Grey, base: NDArray[np.uint8] | int) -> Grey:
    level = np.uint8(base) if isinstance(base, int) else base
    # Stays in bytes: a wider type would cost four times the time.
    return np.maximum(plane, level) - np.minimum(plane, level)


def _tint(luma: Grey, blue: Grey, red: Grey) -> NDArray[np.uint8] | None:
    """Chroma of a tint by grey level, ``(256, 2) uint8``; None where there is no tint."""
    step = max(1, int((luma.size / TINT_SAMPLES) ** 0.5))
    luma, blue, red = (plane[::step, ::step].ravel() for plane in (luma, blue, red))
    bright = luma > BRIGHT_LUMA
    off = _offset(blue[bright], red[bright], None) > TINT_CHROMA
    if not bright.any() or off.mean() < TINTED_SHARE:
        return None
    return np.stack([_tint_of(luma, plane) for plane in (blue, red)], axis=-1)


def _tint_of(luma: Grey, plane: Grey) -> NDArray[np.uint8]:
    """Chroma of a tint in one plane by grey level, ``(256,) uint8``.

    The median of the grey levels that are seen often; a smooth curve through neutral black
    for the others, where a few marks could be all there is.
    """
    bins = luma.astype(np.intp) * TINT_BINS // 256
    counts = np.bincount(bins, minlength=TINT_BINS)
    seen = np.flatnonzero(counts)
    centres = (np.arange(TINT_BINS) + 0.5) / TINT_BINS
    medians = np.array([float(np.median(plane[bins == level])) for level in seen]) - NEUTRAL
    powers = np.stack([centres, centres**2], axis=-1)
    weights = counts[seen] / counts.max()  # squared by the fit: a few marks weigh nothing
    curve, *_ = np.linalg.lstsq(powers[seen] * weights[:, None], medians * weights)
    tint = powers @ curve
    often = counts[seen] >= OFTEN_SHARE * luma.size
    tint[seen[often]] = medians[often]
    levels = np.interp((np.arange(256) + 0.5) / 256, centres, tint)
    shown: NDArray[np.uint8] = (
        (NEUTRAL + np.clip(levels, -STRONGEST_TINT, STRONGEST_TINT)).round().astype(np.uint8)
    )
    return shown
