"""The DICOM pictures of an exam with what was found drawn in, notice and legend below."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import numpy as np

from hepaspot.export.case import Case, DicomPicture, handed_on
from hepaspot.intake import open_picture

if TYPE_CHECKING:
    from hepaspot.explain.picture.canvas import Image
    from hepaspot.weigh.assessment import Assessment

NOTICES: Final = (
    "Preliminary, unverified, not for primary diagnosis",
    "初步结果，未经核实，不用于首要诊断",
)
"""Stands above each picture, in every language that hepaspot speaks."""

LETTERS: Final = 22
"""Size of the letters of the notice: px (convention)."""

MARGIN: Final = 8
"""Around the lines of the notice: px (convention)."""


def with_notice(image: Image) -> Image:
    """``image`` below a strip that says what it must not be used for."""
    from hepaspot.explain.picture.annotated import stacked
    from hepaspot.explain.picture.ink import PANEL, YELLOW
    from hepaspot.explain.picture.lettering import line_height, width_of, write

    height = line_height(LETTERS)
    width = max(image.shape[1], *(width_of(line, LETTERS) + 2 * MARGIN for line in NOTICES))
    strip = np.empty((len(NOTICES) * height + 2 * MARGIN, width, 3), np.uint8)
    strip[:] = PANEL
    for row, line in enumerate(NOTICES):
        write(strip, MARGIN, MARGIN + row * height, line, LETTERS, YELLOW)
    return stacked(strip, image)


def marked(case: Case, picture: DicomPicture) -> Image:
    """One picture of a case, as `drawn`."""
    return drawn(handed_on(case.assessment), picture.source, picture.path, case.language)


def drawn(
    assessment: Assessment, source: str, path: str | os.PathLike[str], language: str
) -> Image:
    """The picture of a source as (h, w, 3) uint8, red green blue; of a clip its contact sheet.

    Raises
    ------
    InputError
        If the picture cannot be read any more.
    MissingExtra
        If the libraries that decode and draw are not installed.
    """
    frames = open_picture(path)  # before what draws is loaded: it tells what is not installed
    from hepaspot.explain.picture import annotate, chosen_frames, contact_sheet

    if frames.count == 1:
        return annotate(assessment, source, next(iter(frames)).grey, language=language)
    wanted = set(chosen_frames(assessment, source))
    greys = ((frame.index, frame.grey) for frame in frames if frame.index in wanted)
    return contact_sheet(assessment, source, greys, language=language)


def as_png(image: Image) -> bytes:
    """An image as PNG."""
    import cv2

    _, encoded = cv2.imencode(".png", np.ascontiguousarray(image[..., ::-1]))
    return encoded.tobytes()
