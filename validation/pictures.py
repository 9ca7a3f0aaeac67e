"""The real stills with outlines that the figures are measured on, where they are at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from hepaspot.intake.frames import Box, Frame, Frames, PictureKind, Scale

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "liver-sonograms"


@dataclass(frozen=True)
class RealStill:
    """One still, and its outlines by hand as (x, y) in pixels."""

    file: str
    grey: np.ndarray
    sector: np.ndarray
    liver: np.ndarray | None


def real_stills(folder: Path = FOLDER, every: int = 1) -> Iterator[RealStill]:
    """Each still of ``folder``, or every n-th of them."""
    for row in json.loads((folder / "polygons.json").read_text())[::every]:
        grey = cv2.imread(str(folder / row["file"]), cv2.IMREAD_GRAYSCALE)
        liver = np.array(row["liver"]) if row.get("liver") else None
        yield RealStill(row["file"], grey, np.array(row["sector"]), liver)


def frames_of(grey: np.ndarray, mm_per_pixel: tuple[float, float] | None = None) -> Frames:
    """One picture in memory, as intake gives one."""
    height, width = grey.shape
    x, y = mm_per_pixel or (None, None)
    return Frames(
        name=None,
        kind=PictureKind.STILL,
        count=1,
        width=width,
        height=height,
        view=Box(0, 0, width, height),
        scale=Scale(x, y, None, None if mm_per_pixel else "no_scale"),
        walk=lambda: iter([Frame(0, grey)]),
    )
