"""The picture back: what was found, drawn where it was found."""

from __future__ import annotations

from typing import Final

import numpy as np

from hepaspot.explain.picture.canvas import Grey, Image, enlarged, from_grey, inner_cover, restore
from hepaspot.explain.picture.drawing import draw_findings, kinds_of
from hepaspot.explain.picture.findings import Findings, findings
from hepaspot.explain.picture.ink import PANEL
from hepaspot.explain.picture.labels import draw_labels, labels_for
from hepaspot.explain.picture.panel import panel
from hepaspot.explain.words import LANGUAGES, Words
from hepaspot.weigh.assessment import Assessment

READABLE: Final = 720
"""A picture less wide than this is enlarged so that letters fit beside what they name: px."""

MOST_TIMES: Final = 6
"""Nothing is enlarged more than so many times (convention)."""

NARROWEST: Final = 640
"""Below a narrower picture no line of text fits; it is then set in the middle: px (convention)."""


def annotate(
    assessment: Assessment,
    source_id: str,
    grey: Grey,
    *,
    frame: int | None = None,
    language: str = "en",
) -> Image:
    """Draw what was found into a picture, and say below it what that is.

    Nothing inside a focus is painted over, and no label lies on one. A small picture is
    enlarged by a whole number. Legend, conclusions, scale bar and notice stand below.

    Parameters
    ----------
    assessment : Assessment
        The answer of `hepaspot.assess`.
    source_id : str
        Id of the picture in the exam.
    grey : (H, W) uint8
        The frame as it was read.
    frame : int, optional
        Which frame of a clip ``grey`` is; by default the best one (`Picture.frame`).
    language : str
        ``en`` or ``zh``.

    Returns
    -------
    (h, w, 3) uint8
        Red, green, blue; the same bytes for the same input.

    Raises
    ------
    ValueError
        If the exam has no such picture, ``grey`` is not of its size, or the language is not
        one of these.
    """
    words = words_of(language)
    found = findings(assessment, source_id, frame)
    check_size(grey, found)
    picture, times = drawn(found, grey, words)
    return stacked(
        picture,
        panel(
            assessment,
            found,
            kinds_of(found),
            words,
            width=max(picture.shape[1], NARROWEST),
            times=times,
        ),
    )


def words_of(language: str) -> Words:
    """The catalogues of ``language``, refused where there are none."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be 'en' or 'zh', got {language!r}")
    return Words(language)


def check_size(grey: Grey, found: Findings) -> None:
    """Refuse a frame that is not of the picture that was read."""
    told = (found.picture.height, found.picture.width)
    if grey.shape != told or grey.dtype != np.uint8:
        raise ValueError(
            f"grey must be a {told[0]} x {told[1]} picture (height x width) of uint8, "
            f"got {' x '.join(map(str, grey.shape))} of {grey.dtype}"
        )


def times_for(width: int, height: int) -> int:
    """How many times a picture is enlarged."""
    return next((n for n in range(1, MOST_TIMES) if max(width, height) * n >= READABLE), MOST_TIMES)


def drawn(found: Findings, grey: Grey, words: Words) -> tuple[Image, int]:
    """``grey``, enlarged, with what was found drawn in; and how many times it was enlarged."""
    times = times_for(grey.shape[1], grey.shape[0])
    original = from_grey(grey, times)
    image = original.copy()
    draw_findings(image, found, times)
    labels = labels_for(found, original, times, words)
    draw_labels(image, labels)
    inner = [enlarged(seen.outline, times) for seen in found.foci]
    restore(image, original, inner_cover(inner, (image.shape[0], image.shape[1])))
    return image, times


def stacked(*parts: Image) -> Image:
    """Pictures one below the other, narrower ones in the middle."""
    width = max(part.shape[1] for part in parts)
    rows = []
    for part in parts:
        row = np.empty((part.shape[0], width, 3), np.uint8)
        row[:] = PANEL
        left = (width - part.shape[1]) // 2
        row[:, left : left + part.shape[1]] = part
        rows.append(row)
    return np.concatenate(rows)
