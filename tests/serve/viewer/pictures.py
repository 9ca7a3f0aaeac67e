"""Pictures for the viewer's page, painted here: a still and a clip of which all is known."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT, FRAMES = 800, 600, 24
MM_X, MM_Y = 0.2, 0.3
BEST = 11

Points = list[tuple[float, float]]


def ring(x: float, y: float, across: float, high: float, corners: int = 48) -> Points:
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return [
        (round(x + across * np.cos(t), 1), round(y + high * np.sin(t), 1)) for t in turns.tolist()
    ]


def focus(number: int, x: float, y: float, frame: int, tone: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"focus-{number}",
        "number": number,
        "frame": frame,
        "outline": ring(x, y, 26, 16),
        "behind": [(x - 22, y + 20), (x + 22, y + 20), (x + 30, y + 150), (x - 30, y + 150)],
        "is_shadow": True,
        "tube": None,
        "label": "9.0 mm",
        "tone": tone,
        "by_hand": False,
        **more,
    }


def still() -> dict[str, Any]:
    second = {
        "is_shadow": False,
        "tube": [(430.0, 300.0), (530.0, 280.0), (532.0, 290.0), (432.0, 310.0)],
        "label": "6.2 mm",
    }
    return {
        "source": "picture",
        "name": "liver-1",
        "width": WIDTH,
        "height": HEIGHT,
        "frames": 1,
        "frame": 0,
        "frame_rate": None,
        "mm_per_pixel_x": MM_Y,
        "mm_per_pixel_y": MM_Y,
        "fan": fan(),
        "liver": ring(400, 320, 230, 190),
        "frame_url": "/frames/still-{frame}.png",
        "foci": [
            focus(1, 340, 310, 0, "calcification"),
            focus(2, 480, 250, 0, "duct_stone", **second),
        ],
    }


def clip() -> dict[str, Any]:
    return {
        **still(),
        "name": "liver-2",
        "frames": FRAMES,
        "frame": BEST,
        "frame_rate": 20.0,
        "frame_url": "/frames/clip-{frame}.png",
        "foci": [focus(1, 340, 310, BEST, "duct_gas"), focus(2, 480, 250, 3, "plain")],
    }


def skewed() -> dict[str, Any]:
    """As `still`, of pixels that are higher than wide."""
    return {**still(), "mm_per_pixel_x": MM_X, "mm_per_pixel_y": MM_Y, "name": "liver-3"}


def without_scale() -> dict[str, Any]:
    return {**still(), "mm_per_pixel_x": None, "mm_per_pixel_y": None, "name": "liver-4"}


def long_clip() -> dict[str, Any]:
    """A clip of large frames, more than are kept."""
    return {**clip(), "frames": 300, "name": "liver-5", "width": 1600, "height": 1200, "foci": []}


PICTURES = {
    "still": still,
    "clip": clip,
    "skewed": skewed,
    "without_scale": without_scale,
    "long": long_clip,
}


def fan() -> Points:
    turns = np.linspace(-0.9, 0.9, 24)
    far = [(400 + 560 * np.sin(t), 20 + 560 * np.cos(t)) for t in turns.tolist()]
    near = [(400 + 70 * np.sin(t), 20 + 70 * np.cos(t)) for t in turns[::-1].tolist()]
    return [(round(x, 1), round(y, 1)) for x, y in near + far]


@cache
def frame_png(number: int) -> bytes:
    """Frame ``number``: its upper left corner holds its number as a grey, 4 for each."""
    grey = np.clip(_tissue(), 0, 255).astype(np.uint8)
    grey[:8, :8] = 4 * number
    # One white pixel on black tells to a pixel where the picture is drawn.
    grey[8:31, 8:31] = 0
    grey[20, 20] = 255
    to = io.BytesIO()
    Image.fromarray(grey).save(to, "PNG", compress_level=1)
    return to.getvalue()


@cache
def _tissue() -> NDArray[np.float64]:
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    depth, turn = np.hypot(x - 400, y - 20), np.arctan2(x - 400, y - 20)
    random = np.random.default_rng(7)
    speckle = sum(_smooth(random.normal(size=(HEIGHT, WIDTH))) ** 2 for _ in range(2))
    grey = 88 + 14 * np.log(speckle + 0.02)
    for across, down in ((340, 310), (480, 250)):
        grey[((x - across) / 26) ** 2 + ((y - down) / 16) ** 2 < 1] += 95
    grey[(abs(x - 340) < 22) & (y > 330) & (y < 460)] -= 45
    grey[(abs(turn) > 0.9) | (depth < 70) | (depth > 560)] = 0
    return grey


def _smooth(noise: NDArray[np.float64]) -> NDArray[np.float64]:
    for axis in (0, 1):
        noise = sum(np.roll(noise, step, axis) for step in (-1, 0, 1)) / np.sqrt(3)
    return noise
