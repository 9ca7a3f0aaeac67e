"""What a compressed picture says of itself, read from its markers before it is decoded.

A decoder makes room for whatever size the picture claims; here the claim is seen first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from hepaspot.intake.refusals import damaged

_FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
"""Start of frame of JPEG (ITU-T T.81, B.1.1.3) and of JPEG-LS (ITU-T T.87)."""

_ALONE: Final = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
"""Markers that no length follows (ITU-T T.81, B.1.1.3)."""

_SCAN: Final = 0xDA
_APPLICATION_0: Final = 0xE0
_ADOBE: Final = 0xEE
_J2K_START: Final = b"\xff\x4f\xff\x51"
_J2K_WITHIN: Final = 4096
"""A boxed JPEG 2000 picture has its codestream this close to its start: bytes."""

MOST_TILES: Final = 4096
"""Tiles of a JPEG 2000 picture; real ones have 1 to a few dozen."""

MOST_SCANS: Final = 64
"""Scans of a progressive JPEG; encoders write about 10."""

LOSSLESS: Final = 0xC3
"""Start of frame of lossless JPEG (process 14)."""

DECODED_BY_PILLOW: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Starts of frame of baseline, extended and progressive JPEG with Huffman coding."""


class Colours(Enum):
    """Which colours a JPEG stores, where a JFIF or Adobe marker says so."""

    UNTOLD = auto()
    LUMA_CHROMA = auto()
    RGB = auto()


@dataclass(frozen=True)
class Claim:
    """What the markers say; ``process`` is the start-of-frame marker of a JPEG."""

    width: int
    height: int
    components: int
    precision: int
    process: int = 0
    colours: Colours = Colours.UNTOLD


def jpeg_claim(data: bytes) -> Claim:
    """What a JPEG or JPEG-LS picture says of itself.

    Raises
    ------
    UnreadableInput
        If there is no such picture in ``data``.
    """
    frame = None
    colours = Colours.UNTOLD
    for marker, body in _segments(data):
        if marker in _FRAME_MARKERS and len(body) >= 6:
            frame = marker, body
        elif marker == _ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
            colours = Colours.LUMA_CHROMA if body[11] else Colours.RGB
        elif marker == _APPLICATION_0 and body.startswith(b"JFIF"):
            colours = Colours.LUMA_CHROMA
    if frame is None:
        raise damaged("a frame is not the JPEG picture that it should be")
    _bound_scans(data)
    process, body = frame
    height, width = (int.from_bytes(body[at : at + 2], "big") for at in (1, 3))
    if colours is Colours.UNTOLD and body[6:15:3] == b"RGB":
        colours = Colours.RGB
    return Claim(width, height, body[5], body[0], process, colours)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and body of each segment before the first scan."""
    place = 2 if data[:2] == b"\xff\xd8" else len(data)
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != _SCAN:
        marker = data[place + 1]
        if marker == 0xFF or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        yield marker, data[place + 4 : place + 2 + length]
        place += 2 + length


def _bound_scans(data: bytes) -> None:
    if data.count(b"\xff\xda") > MOST_SCANS:
        raise damaged(f"a JPEG picture of more than {MOST_SCANS} scans")


def j2k_claim(data: bytes) -> Claim:
    """What a JPEG 2000 picture says of itself (ITU-T T.800, A.5.1).

    Raises
    ------
    UnreadableInput
        If there is no such picture in ``data``, or one of too many tiles.
    """
    start = data.find(_J2K_START, 0, _J2K_WITHIN)
    size = data[start + 4 : start + 45]
    if start < 0 or len(size) < 41:
        raise damaged("a frame is not the JPEG 2000 picture that it should be")
    sides = [int.from_bytes(size[at : at + 4], "big") for at in range(4, 36, 4)]
    right, bottom, left, top, tile_width, tile_height, *_ = sides
    width, height = right - left, bottom - top
    across, down = (-(-side // max(1, tile)) for side, tile in
                    ((width, tile_width), (height, tile_height)))  # fmt: skip
    if across * down > MOST_TILES:
        raise damaged(f"a JPEG 2000 picture of more than {MOST_TILES} tiles")
    return Claim(width, height, int.from_bytes(size[36:38], "big"), (size[38] & 0x7F) + 1)
