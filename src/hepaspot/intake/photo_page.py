"""Tells the photo of a page of words from an ultrasound picture, before either is read."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.intake.frames import Grey, Mask

LONGER_SIDE_PIXELS: Final = 1000
"""Longer side at which a picture is looked at: pixels. A letter on a page is then 6 to 20."""

TILE_PIXELS: Final = 20
"""Side of the squares of which each is paper or not: pixels; about a line of words high."""

BRIGHT: Final = 60
"""Paper is brighter than this even in poor light: grey level (convention)."""

BRIGHT_SHARE: Final = 0.4
"""Paper has this part of the brightness of the brightest squares, or more (convention)."""

FLAT: Final = 0.92
"""Between its letters paper is as bright as where it is brightest, but for this factor; the
speckle of tissue is not. Of 441 real stills none has more than 0.34 of such squares."""

INK: Final = 0.7
"""What is darker than this part of the paper around it is ink (convention)."""

LETTER_PIXELS: Final = (3, 40)
"""Least and largest height of a letter: pixels."""

WORD_PIXELS: Final = 60
"""Most that one stroke or word is wide: pixels. Rules of tables are longer."""

LEAST_PAPER: Final = 0.37
"""Part of the picture that is paper, or more. Pages that fill half of a photo reach 0.41,
real stills 0.34 (measured)."""

LEAST_LETTERS: Final = 40
"""Letters on a page, at least: a line of words (convention)."""


def looks_like_page(grey: Grey) -> bool:
    """Whether ``grey`` ``(H, W) uint8`` shows small dark letters on flat bright ground.

    An ultrasound picture does not, nor does one on a screen with bright borders; a report
    with pictures printed beside its words does.
    """
    tiled = _of_whole_tiles(_small(grey))
    brightest, common = _levels(tiled)
    least = max(BRIGHT, BRIGHT_SHARE * float(np.percentile(brightest, 98)))
    paper = (brightest >= least) & (common >= FLAT * brightest)
    if float(paper.mean()) < LEAST_PAPER:
        return False
    return _letters(tiled, brightest, paper) >= LEAST_LETTERS


def _small(grey: Grey) -> Grey:
    scale = LONGER_SIDE_PIXELS / max(grey.shape)
    if scale >= 1:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _of_whole_tiles(grey: Grey) -> Grey:
    """``grey`` without what is left of its last squares, and with one square at least."""
    missing = [max(0, TILE_PIXELS - side) for side in grey.shape]
    padded = np.pad(grey, [(0, missing[0]), (0, missing[1])], mode="edge")
    height, width = (side // TILE_PIXELS * TILE_PIXELS for side in padded.shape)
    return padded[:height, :width]


def _levels(tiled: Grey) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Grey level of each square where it is brightest, and on its common ground."""
    down, across = (side // TILE_PIXELS for side in tiled.shape)
    squares = tiled.reshape(down, TILE_PIXELS, across, TILE_PIXELS).swapaxes(1, 2)
    levels = np.percentile(squares.reshape(down, across, -1), (90, 60), axis=2)
    return levels[0], levels[1]


def _letters(tiled: Grey, brightest: NDArray[np.float64], paper: Mask) -> int:
    """How many dark marks of a letter's size lie on the paper."""
    height, width = tiled.shape
    ground = cv2.resize(brightest.astype(np.float32), (width, height))
    on_paper = np.kron(paper, np.ones((TILE_PIXELS, TILE_PIXELS), np.bool_))
    ink = ((tiled < INK * ground) & on_paper).astype(np.uint8)
    _, _, marks, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    widths, heights = marks[1:, cv2.CC_STAT_WIDTH], marks[1:, cv2.CC_STAT_HEIGHT]
    least, most = LETTER_PIXELS
    return int(((heights >= least) & (heights <= most) & (widths <= WORD_PIXELS)).sum())
