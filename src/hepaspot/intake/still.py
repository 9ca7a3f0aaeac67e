"""Opens a still picture (PNG, JPEG, TIFF, WebP, BMP), its size seen before it is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from hepaspot.errors import TooLarge, UnsupportedInput
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.codestream import Colours, jpeg_claim
from hepaspot.intake.frames import Box
from hepaspot.intake.kinds import PictureFormat
from hepaspot.intake.messages import PictureHead
from hepaspot.intake.opened import Opened
from hepaspot.intake.refusals import bound_size, damaged
from hepaspot.intake.shades import Planes, planes_of_image

PILLOW_NAMES: Final = {
    PictureFormat.PNG: "PNG",
    PictureFormat.JPEG: "JPEG",
    PictureFormat.TIFF: "TIFF",
    PictureFormat.WEBP: "WEBP",
    PictureFormat.BMP: "BMP",
}
"""What Pillow calls each format that is read."""

_ORIENTATION: Final = 0x0112
"""EXIF tag *Orientation*; 1 is as stored."""

_GREY_MODES: Final = frozenset({"1", "L", "LA"})
DEEP_MODES: Final = frozenset({"I;16", "I;16L", "I;16B", "I;16N", "I"})
"""What Pillow calls grey levels of more than eight bits."""


def open_still(path: Path, format: PictureFormat) -> Opened:
    """Open the still picture at ``path``; of one with pages or frames, the first.

    Raises
    ------
    InputError
        Without the name of the file.
    """
    if path.stat().st_size > bounds.STILL_BYTES:
        raise TooLarge(f"is larger than {bounds.STILL_BYTES >> 20} MiB; export it smaller")
    colours = _bounded_jpeg(path) if format is PictureFormat.JPEG else Colours.UNTOLD
    Image.MAX_IMAGE_PIXELS = None  # bounded here, before anything is decoded
    try:
        image = Image.open(path, formats=(PILLOW_NAMES[format],))
    except OSError:
        raise damaged("its header cannot be read") from None
    width, height = image.size
    bound_size(width, height)
    head = PictureHead(1, width, height, Box(0, 0, width, height), notes=_notes(image))
    return Opened(head, _frames(image, colours))


def _bounded_jpeg(path: Path) -> Colours:
    claim = jpeg_claim(path.read_bytes())
    bound_size(claim.width, claim.height)
    return claim.colours


def _frames(image: Image.Image, colours: Colours) -> Iterator[Planes]:
    try:
        yield _planes(image, colours)
    except (OSError, SyntaxError):  # Pillow says either of a file that is cut short
        raise damaged("its pixels end early or cannot be decoded") from None


def _notes(image: Image.Image) -> tuple[str, ...]:
    """A turned photograph is left as it is stored: a scan turned by mistake misleads more."""
    return ("orientation_ignored",) if orientation(image) != 1 else ()


def orientation(image: Image.Image) -> int:
    """The EXIF *Orientation* of a picture; 1, as stored, where none can be read."""
    try:
        told = image.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError):
        return 1
    return told if isinstance(told, int) else 1


def _planes(image: Image.Image, colours: Colours) -> Planes:
    if colours is not Colours.RGB:
        # Luma and chroma as they are stored, without a way over RGB.
        image.draft("YCbCr", None)  # does nothing to other kinds than JPEG
    if image.mode in DEEP_MODES:
        return Planes(of_deep(image))
    if image.mode in _GREY_MODES:
        return planes_of_image(_on_black(image).convert("L"))
    if image.mode == "F":
        raise UnsupportedInput("stores numbers, not grey levels; export it with 8 bits a pixel")
    return planes_of_image(image if image.mode == "YCbCr" else _on_black(image))


def _on_black(image: Image.Image) -> Image.Image:
    """The picture as a dark screen shows it where it is transparent."""
    if not image.has_transparency_data:
        return image.convert("L" if image.mode in _GREY_MODES else "RGB")
    seen = image.convert("RGBA")
    black = Image.new("RGBA", seen.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, seen).convert("L" if image.mode == "LA" else "RGB")


def of_deep(image: Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Sixteen bits to eight: black stays black, the brightest pixel becomes white."""
    stored = np.asarray(image).astype(np.int64)
    stored -= min(0, int(stored.min()))
    return (stored * 255 // max(1, int(stored.max()))).astype(np.uint8)
