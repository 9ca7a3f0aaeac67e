"""What a scanner's screen draws over the echoes: calipers, arrow, letters, scale, grey bar."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.phantom.anatomy import Anatomy
from hepaspot.phantom.bodies import FocusBody
from hepaspot.phantom.console import Grey
from hepaspot.phantom.geometry import Geometry
from hepaspot.phantom.recipe import Ink, Recipe

Picture = NDArray[np.uint8]
"""``(H, W)`` or, with coloured calipers, ``(H, W, 3)`` RGB."""

INKS: Final = {Ink.YELLOW: (255, 225, 40), Ink.GREEN: (70, 235, 110), Ink.WHITE: (235,) * 3}
"""RGB of what calipers are drawn in."""

LETTERS: Final = 205
"""Grey of letters, ticks and body mark (convention)."""

CROSS_PX: Final = 5
"""Arm of a caliper cross in a picture 600 pixels high."""

DOTS_PX: Final = 5.0
"""Distance between the dots of a caliper line: pixels."""

ARROW_MM: Final = (4.0, 14.0)
"""Tip and tail of an arrow, away from the edge of the focus: mm."""

TICK_MM: Final = 10.0
"""Distance between two ticks of the depth scale: mm."""


def dressed(
    grey: Grey,
    recipe: Recipe,
    geometry: Geometry,
    anatomy: Anatomy,
    shift: tuple[float, float],
) -> Picture:
    """The echoes with all that the recipe wants burned in; RGB where calipers are coloured.

    ``shift`` is by how much the liver has moved (x, z) in mm.
    """
    grey = np.ascontiguousarray(grey)
    drawn: list[Callable[..., None]] = []
    if recipe.text:
        drawn += [_text, _depth_scale, _grey_bar]
    if recipe.body_mark:
        drawn.append(_body_mark)
    for draw in drawn:
        draw(grey, recipe, geometry)
    if recipe.labels:
        _labels(grey, recipe, geometry, anatomy)
    if recipe.arrow and anatomy.foci:
        _arrow(grey, anatomy.foci[0], geometry, shift)
    if recipe.calipers is None or not anatomy.foci:
        return grey
    picture = grey if recipe.calipers is Ink.WHITE else np.repeat(grey[..., None], 3, axis=2)
    _calipers(picture, anatomy.foci[0], recipe, geometry, shift)
    return picture


def caliper_ends_mm(body: FocusBody) -> NDArray[np.float64]:
    """``(2, 2)``: where the two crosses stand, at the sides of a focus, in mm."""
    half = body.extent_mm[0] / 2
    aside = np.array([math.cos(body.beam), -math.sin(body.beam)]) * half
    middle = np.array([body.x, body.z])
    return np.stack([middle - aside, middle + aside])


def _calipers(
    picture: Picture,
    body: FocusBody,
    recipe: Recipe,
    geometry: Geometry,
    shift: tuple[float, float],
) -> None:
    assert recipe.calipers is not None  # noqa: S101  asked for by the caller
    ink = INKS[recipe.calipers] if picture.ndim == 3 else INKS[recipe.calipers][0]
    ends = geometry.to_pixels(caliper_ends_mm(body) + shift)
    length = float(np.hypot(*(ends[1] - ends[0])))
    for share in np.linspace(0, 1, max(2, round(length / DOTS_PX) + 1)):
        x, y = np.rint(ends[0] + share * (ends[1] - ends[0])).astype(int)
        cv2.line(picture, (int(x), int(y)), (int(x), int(y)), ink, 1)
    arm = max(3, round(CROSS_PX * geometry.height / 600))
    for end in ends:
        x, y = (int(value) for value in np.rint(end))
        cv2.line(picture, (x - arm, y), (x + arm, y), ink, 1)
        cv2.line(picture, (x, y - arm), (x, y + arm), ink, 1)
    if recipe.text:
        told = f"+ Dist {body.extent_mm[0]:.1f} mm"
        _write(picture, told, 0.03 * geometry.width, 0.95 * geometry.height, ink)


def _arrow(grey: Grey, body: FocusBody, geometry: Geometry, shift: tuple[float, float]) -> None:
    lean = np.array([-math.sin(math.radians(50)), math.cos(math.radians(50))])
    edge = np.array([body.x, body.z]) + shift
    reach = max(body.across, body.along)
    tip, tail = geometry.to_pixels(np.stack([edge + lean * (reach + mm) for mm in ARROW_MM]))
    start, end = ((int(x), int(y)) for x, y in np.rint([tail, tip]))
    cv2.arrowedLine(grey, start, end, 240, 2, cv2.LINE_AA, tipLength=0.35)


def _text(grey: Grey, recipe: Recipe, geometry: Geometry) -> None:
    width, height = geometry.width, geometry.height
    _write(grey, "PHANTOM", 0.03 * width, 0.045 * height)
    _write(grey, f"C5-2  {recipe.frequency_mhz:.1f} MHz", 0.03 * width, 0.085 * height, size=0.8)
    told = f"G {60 + recipe.gain_db:.0f}  DR {recipe.dynamic_range_db:.0f}"
    _write(grey, told, 0.78 * width, 0.045 * height, size=0.8)
    _write(grey, f"{recipe.depth_cm:.1f} cm", 0.78 * width, 0.085 * height, size=0.8)


def _labels(grey: Grey, recipe: Recipe, geometry: Geometry, anatomy: Anatomy) -> None:
    """What the examiner typed: the lobe, and GB in the gallbladder."""
    lobe = "RL" if recipe.lobe == "right" else "LL"
    _write(grey, lobe, *geometry.to_pixels(np.array([geometry.at(24, -0.3)]))[0])
    if anatomy.gallbladder is not None:
        body = anatomy.gallbladder
        x, y = geometry.to_pixels(np.array([[body.x - 3, body.z]]))[0]
        _write(grey, "GB", x, y)


def _depth_scale(grey: Grey, recipe: Recipe, geometry: Geometry) -> None:
    """Ticks every centimetre to the right of the fan, longer every five."""
    top = geometry.apex_y + geometry.near_mm / geometry.mm_y
    right = round(geometry.width * 0.975)
    for number in range(int(recipe.depth_cm * 10 / TICK_MM) + 1):
        y = round(top + number * TICK_MM / geometry.mm_y)
        long = 9 if number % 5 == 0 else 4
        cv2.line(grey, (right - long, y), (right, y), LETTERS, 1)
        if number % 5 == 0 and number:
            _write(grey, str(number), right - long - 0.035 * geometry.width, y + 4, size=0.7)


def _grey_bar(grey: Grey, _: Recipe, geometry: Geometry) -> None:
    height = geometry.height
    top, bottom = round(0.16 * height), round(0.42 * height)
    left, right = round(0.014 * geometry.width), round(0.026 * geometry.width)
    grey[top:bottom, left:right] = np.linspace(255, 0, bottom - top).astype(np.uint8)[:, None]


def _body_mark(grey: Grey, recipe: Recipe, geometry: Geometry) -> None:
    """The outline of a trunk with the probe on it, as examiners place it."""
    x, y = round(0.9 * geometry.width), round(0.86 * geometry.height)
    half, tall = round(0.035 * geometry.width), round(0.055 * geometry.height)
    cv2.ellipse(grey, (x, y), (half, tall), 0, 0, 360, LETTERS, 1, cv2.LINE_AA)
    cv2.line(grey, (x, y - tall), (x, y + tall), LETTERS // 2, 1)
    side = -1 if recipe.lobe == "right" else 0
    start = (x + side * half // 2 - half // 4, y - tall // 3)
    cv2.line(grey, start, (start[0] + half // 2, start[1] + tall // 4), 250, 2, cv2.LINE_AA)


def _write(
    picture: Picture,
    words: str,
    x: float,
    y: float,
    ink: int | tuple[int, ...] = LETTERS,
    *,
    size: float = 1.0,
) -> None:
    scale = 0.45 * size * picture.shape[0] / 600
    cv2.putText(
        picture, words, (round(x), round(y)), cv2.FONT_HERSHEY_SIMPLEX, scale, ink, 1, cv2.LINE_AA
    )
