"""Lines around what was found: outside of it, so that nothing of it is covered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hepaspot.explain.picture.canvas import (
    Image,
    draw_outline,
    enlarged,
    inner_cover,
    reach_of,
    restore,
)
from hepaspot.explain.picture.curves import outward
from hepaspot.explain.picture.findings import Findings, Points
from hepaspot.explain.picture.ink import STROKES, Kind, unit_of

CLOSE_TO: Final = (Kind.FOCUS, Kind.TUBE, Kind.SHADOW, Kind.ECHOES)
"""Kinds whose line runs outside of the outline; those of liver and fan run on it."""


def outlines_of(found: Findings) -> Iterator[tuple[Kind, Points]]:
    """What is drawn, the lowest first: in pixels of the frame."""
    if found.fan is not None:
        yield Kind.FAN, found.fan
    if found.liver is not None:
        yield Kind.LIVER, found.liver
    for seen in found.foci:
        if seen.behind is not None:
            yield Kind.SHADOW if seen.is_shadow else Kind.ECHOES, seen.behind
    for seen in found.foci:
        if seen.tube is not None:
            yield Kind.TUBE, seen.tube
    for seen in found.foci:
        yield Kind.FOCUS, seen.outline


def kinds_of(found: Findings) -> frozenset[Kind]:
    """The kinds that are drawn, for the legend."""
    return frozenset(kind for kind, _ in outlines_of(found))


def draw_findings(image: Image, found: Findings, times: int) -> None:
    """Draw every outline of ``found`` into ``image``, which was enlarged ``times``."""
    unit = unit_of(image.shape[1])
    for kind, points in outlines_of(found):
        _draw(image, kind, enlarged(points, times), unit)


def _draw(image: Image, kind: Kind, outline: Points, unit: float) -> None:
    stroke = STROKES[kind]
    if kind not in CLOSE_TO:
        draw_outline(image, outline, stroke, unit)
        return
    before = image.copy()
    draw_outline(image, outward(outline, reach_of(stroke, unit)), stroke, unit)
    restore(image, before, inner_cover([outline], (image.shape[0], image.shape[1])))
