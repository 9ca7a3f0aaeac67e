"""The frames with everything outside the ultrasound region black."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hepaspot.deidentify.wish import Wish
from hepaspot.errors import TooLarge, UnsupportedInput
from hepaspot.intake.frames import Box, Frames

LONGEST_PIXELS = 0xFFFFFFFE
"""Longest value that plain pixel data may have: bytes (PS3.5 7.1)."""


def kept_box(frames: Frames, wish: Wish, where: str) -> Box:
    """The part of each frame that is kept.

    Raises
    ------
    UnsupportedInput
        If the file does not tell its ultrasound region and the user did not either.
    TooLarge
        If its frames are more than a plain DICOM file holds.
    """
    if frames.count * frames.width * frames.height > LONGEST_PIXELS:
        raise TooLarge(f"{where}: is over 4 GiB when it is not compressed; export a shorter clip")
    whole = Box(0, 0, frames.width, frames.height)
    if wish.keep_frame is not None:
        return _inside(wish.keep_frame, whole, where)
    if frames.view == whole:
        raise UnsupportedInput(
            f"{where}: does not tell where its ultrasound region is, so names burned into the rest "
            f"cannot be blanked; say what to keep of {frames.width} × {frames.height} pixels with "
            "--keep-frame X,Y,WIDTH,HEIGHT"
        )
    return frames.view


def blanked(frames: Frames, box: Box) -> Iterator[bytes]:
    """The grey levels of each frame, row by row, black outside ``box``."""
    rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
    for frame in frames:
        out = np.zeros_like(frame.grey)
        out[rows, columns] = frame.grey[rows, columns]
        yield out.tobytes()


def _inside(box: Box, whole: Box, where: str) -> Box:
    if box.right > whole.right or box.bottom > whole.bottom:
        raise UnsupportedInput(
            f"{where}: is {whole.right} × {whole.bottom} pixels, and --keep-frame ends outside it; "
            "give a part of the frame"
        )
    return box
