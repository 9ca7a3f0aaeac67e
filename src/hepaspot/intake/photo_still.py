"""Opens the photo of a page of words in the process that decodes: grey, and turned upright."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from hepaspot.errors import TooLarge, UnsupportedInput
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.codestream import Claim, Colours, jpeg_claim
from hepaspot.intake.frames import Box
from hepaspot.intake.kinds import PictureFormat
from hepaspot.intake.messages import PictureHead
from hepaspot.intake.opened import Opened
from hepaspot.intake.refusals import bound_size, damaged
from hepaspot.intake.shades import Planes
from hepaspot.intake.still import DEEP_MODES, PILLOW_NAMES, of_deep, orientation

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by its EXIF *Orientation* (CIPA DC-008)."""

_ON_ITS_SIDE: Final = frozenset({5, 6, 7, 8})
"""The *Orientations* in which width and height change places."""

_SCALES: Final = (1, 2, 4, 8)
"""Parts of its size at which a JPEG can be decoded without decoding all of it."""


def open_page_still(path: Path, format: PictureFormat) -> Opened:
    """Open the photo of a page at ``path``, as a camera's note on its turn says.

    A JPEG over the bound of a frame is decoded at a part of its size.

    Raises
    ------
    InputError
        Without the name of the file.
    """
    if path.stat().st_size > bounds.STILL_BYTES:
        raise TooLarge(f"is larger than {bounds.STILL_BYTES >> 20} MiB; export it smaller")
    claim = _claim(path) if format is PictureFormat.JPEG else None
    Image.MAX_IMAGE_PIXELS = None  # bounded here, before anything is decoded
    try:
        image = Image.open(path, formats=(PILLOW_NAMES[format],))
    except OSError:
        raise damaged("its header cannot be read") from None
    if claim is not None:
        _reduce(image, claim)
    bound_size(*image.size)
    turn = orientation(image)
    width, height = image.size[::-1] if turn in _ON_ITS_SIDE else image.size
    head = PictureHead(1, width, height, Box(0, 0, width, height))
    return Opened(head, _frames(image, turn))


def _claim(path: Path) -> Claim:
    claim = jpeg_claim(path.read_bytes())
    pixels, side = claim.width * claim.height, max(claim.width, claim.height)
    if pixels > bounds.PAGE_PIXELS or side > bounds.PAGE_SIDE_PIXELS:
        raise TooLarge(
            f"says it is {claim.width} × {claim.height} pixels, and at most "
            f"{bounds.PAGE_PIXELS // 1_000_000} million are read; export it smaller"
        )
    return claim


def _reduce(image: Image.Image, claim: Claim) -> None:
    """Have a JPEG decoded small enough for a frame, its luma alone where it stores one."""
    width, height = image.size
    scale = next(
        (s for s in _SCALES if (width // s) * (height // s) <= bounds.FRAME_PIXELS), _SCALES[-1]
    )
    size = (max(1, width // scale), max(1, height // scale))
    image.draft(None if claim.colours is Colours.RGB else "L", size)


def _frames(image: Image.Image, turn: int) -> Iterator[Planes]:
    try:
        grey = of_deep(image) if image.mode in DEEP_MODES else _on_white(image)
    except (OSError, SyntaxError):  # Pillow says either of a file that is cut short
        raise damaged("its pixels end early or cannot be decoded") from None
    shown = Image.fromarray(grey)
    yield Planes(np.asarray(shown.transpose(_TURNS[turn]) if turn in _TURNS else shown))


def _on_white(image: Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Grey levels, and paper where the picture is transparent."""
    if image.mode == "F":
        raise UnsupportedInput("stores numbers, not grey levels; export it with 8 bits a pixel")
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        white = Image.new("RGBA", seen.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, seen)
    return np.asarray(image.convert("L"))
