"""The annotated stills: pictures, and their outlines as masks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from split import Part, part_of

from hepaspot.intake.frames import Box, Grey, Mask

OUTLINES: Final = "polygons.json"
"""Name of the list of outlines in the folder of stills."""

Outline = NDArray[np.float64]
"""``(n, 2)``: x and y in pixels of the still."""


@dataclass(frozen=True)
class Still:
    """One annotated still.

    Attributes
    ----------
    file : str
        Name below the folder, as written in the list.
    study : str
        ``normal``, ``benign`` or ``malignant``.
    grey : (H, W) uint8
    sector, liver : (n, 2) float64
        The fan and the liver; masses and vessels are part of the liver.
    """

    file: str
    study: str
    grey: Grey
    sector: Outline
    liver: Outline

    @property
    def fan_mask(self) -> Mask:
        """``(H, W) bool``: the fan."""
        return filled(self.sector, self.grey.shape)

    @property
    def liver_mask(self) -> Mask:
        """``(H, W) bool``: the liver, within the fan."""
        return filled(self.liver, self.grey.shape) & self.fan_mask


def filled(outline: Outline, shape: tuple[int, ...]) -> Mask:
    """``(H, W) bool``: the inside of an outline."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1)
    return mask.astype(bool)


def bounds(mask: Mask) -> Box:
    """The smallest box around what is set."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def read_stills(folder: Path, *parts: Part) -> Iterator[Still]:
    """Stills of the wanted parts that have a liver outline, in the order of the list."""
    for row in json.loads((folder / OUTLINES).read_text(encoding="utf-8")):
        if row.get("liver") and part_of(row["file"]) in parts:
            grey = cv2.imread(str(folder / row["file"]), cv2.IMREAD_GRAYSCALE)
            if grey is None:
                raise FileNotFoundError(row["file"])
            yield Still(
                file=row["file"],
                study=row["study"],
                grey=grey.astype(np.uint8, copy=False),
                sector=np.asarray(row["sector"], np.float64),
                liver=np.asarray(row["liver"], np.float64),
            )
