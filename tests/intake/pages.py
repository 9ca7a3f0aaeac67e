"""Pages of words as a scanner or a phone would show them, drawn from a text."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

PAGE = (1240, 1754)
"""Width and height of a page: pixels, A4 at 150 dots an inch."""
LETTER = 24
"""Height of a letter: pixels, 11.5 points."""
MARGIN = 90
"""Empty border of a page: pixels."""
SEED = 7


@dataclass(frozen=True)
class Look:
    """How a page was taken.

    ``tilt_deg`` turns it anticlockwise, ``lean`` is the share by which its top edge is
    shorter, ``light`` what is left of the brightness in the darkest corner.
    """

    tilt_deg: float = 0.0
    lean: float = 0.0
    light: float = 1.0
    blur_px: float = 0.0
    noise: float = 0.0
    brightness: float = 1.0
    desk: int | None = None


PHONE = Look(tilt_deg=4.0, lean=0.06, light=0.55, blur_px=0.8, noise=3.0, desk=70)
"""A page on a dark desk, held a little askew under a lamp on one side."""


@cache
def font_file(language: str, face: str = "sans") -> Path | None:
    """A font of this system that shows ``en`` or ``zh-cn``, if it tells of one."""
    if shutil.which("fc-match") is None or not _told("fc-list", f":lang={language}", "file"):
        return None
    return Path(_told("fc-match", "-f", "%{file}", f"{face}:lang={language}"))


def _told(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def font_for(
    text: str, size: int = LETTER, face: str = "sans"
) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font with the letters of ``text``: Pillow's own, or one of this system."""
    if text.isascii() and face == "sans":
        return ImageFont.load_default(size)
    file = font_file("en" if text.isascii() else "zh-cn", face)
    if file is None:
        raise LookupError("no font of this system has these letters")
    return ImageFont.truetype(str(file), size)


def page(
    text: str, *, size: int = LETTER, face: str = "sans", shape: tuple[int, int] = PAGE
) -> np.ndarray:
    """``text`` printed black on white, long lines wrapped: ``(H, W) uint8``."""
    font = font_for(text, size, face)
    image = Image.new("L", shape, 255)
    draw = ImageDraw.Draw(image)
    for n, line in enumerate(_wrapped(text, font, shape[0] - 2 * MARGIN)):
        draw.text((MARGIN, MARGIN + n * size * 1.7), line, fill=20, font=font)
    return np.asarray(image)


def columns(rows: list[tuple[str, ...]], at: tuple[int, ...], *, size: int = LETTER) -> np.ndarray:
    """A table: the cells of each row, column by column at ``at`` pixels."""
    font = font_for("".join(map("".join, rows)), size)
    image = Image.new("L", (PAGE[0], 600), 255)
    draw = ImageDraw.Draw(image)
    for n, row in enumerate(rows):
        for x, cell in zip(at, row, strict=True):
            draw.text((x, MARGIN + n * size * 1.7), cell, fill=20, font=font)
    return np.asarray(image)


def taken(grey: np.ndarray, look: Look) -> np.ndarray:
    """The page as a camera saw it: ``(H, W) uint8``."""
    height = grey.shape[0]
    border = int(0.12 * height) if look.desk is not None else 0
    ground = 255 if look.desk is None else look.desk
    seen = cv2.copyMakeBorder(grey, *[border] * 4, cv2.BORDER_CONSTANT, value=ground)
    seen = _turned(_leant(seen, look.lean, ground), look.tilt_deg, ground).astype(float)
    seen *= _lamp(seen.shape, look.light) * look.brightness
    if look.blur_px:
        seen = cv2.GaussianBlur(seen, (0, 0), look.blur_px)
    seen += np.random.default_rng(SEED).normal(0, 1, seen.shape) * look.noise
    return seen.clip(0, 255).astype(np.uint8)


def saved(grey: np.ndarray, path: Path, **options: object) -> Path:
    """The picture written to ``path``, in the format of its suffix."""
    Image.fromarray(grey).save(path, **options)
    return path


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = []
    for paragraph in text.splitlines():
        line = ""
        for piece in _pieces(paragraph):
            if line and font.getlength((line + piece).rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece if line else piece.lstrip() or piece
        lines.append(line.rstrip())
    return lines


def _pieces(paragraph: str) -> list[str]:
    """Words with the blank behind them, and every Chinese character alone."""
    pieces = [""]
    for character in paragraph:
        if not character.isascii():
            pieces += [character, ""]
        else:
            pieces[-1] += character
            if character == " ":
                pieces.append("")
    return [piece for piece in pieces if piece]


def _leant(grey: np.ndarray, lean: float, ground: int) -> np.ndarray:
    height, width = grey.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + np.array(
        [[lean * width, 0], [-lean * width, lean * height / 2], [0, 0], [0, 0]], np.float32
    )
    turn = cv2.getPerspectiveTransform(corners, moved)
    return cv2.warpPerspective(
        grey, turn, (width, height), flags=cv2.INTER_AREA, borderValue=ground
    )


def _turned(grey: np.ndarray, degrees: float, ground: int) -> np.ndarray:
    """Turned about its middle on a larger ground, so that no corner is lost."""
    if not degrees:
        return grey
    image = Image.fromarray(grey)
    turned = image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=ground)
    return np.asarray(turned)


def _lamp(shape: tuple[int, int], darkest: float) -> np.ndarray:
    """Light that falls off from the upper left corner to ``darkest`` in the lower right."""
    down, across = np.mgrid[0 : 1 : shape[0] * 1j, 0 : 1 : shape[1] * 1j]
    return 1 - (1 - darkest) * (down + across) / 2
