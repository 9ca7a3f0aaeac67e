"""What the process that decodes and the one that asked say to each other.

A request goes in on stdin as MessagePack. Out on stdout come messages, each a letter and
a length before its body: one head, then frames one by one, or facts in one message, or a
refusal in place of any.
"""

from __future__ import annotations

import struct
from enum import StrEnum
from typing import Final

import msgspec
import numpy as np

from hepaspot.intake.frames import Box, Frame, Grey, Mask, Scale
from hepaspot.intake.kinds import PictureFormat

ENVELOPE: Final = struct.Struct("<cQ")
"""Before each message: its letter and the length of its body."""

EXHAUSTED: Final = 9
"""Exit status of a process that was refused memory."""

_FRAME: Final = struct.Struct("<I?")
"""Before the pixels of a frame: its index, and whether a mask of colour follows them."""


class Letter(StrEnum):
    """What kind of message it is."""

    HEAD = "H"
    FRAME = "F"
    FACTS = "I"
    REFUSAL = "R"


class Wanted(StrEnum):
    """What of a file is asked for: its pixels, or facts of a DICOM file."""

    FRAMES = "frames"
    IDENTITY = "identity"
    TREE = "tree"


class Request(msgspec.Struct, frozen=True):
    """What to decode, and how many frames of it at most (None for all).

    ``page`` says that it is the photo of a page of words, which is turned upright. Facts come
    as the MessagePack of the value that was asked for: of a `dicom_identity.DicomIdentity`, or
    of a `dicom_tree.Tree`.
    """

    path: bytes
    format: PictureFormat
    frames: int | None = None
    page: bool = False
    wanted: Wanted = Wanted.FRAMES


class PictureHead(msgspec.Struct, frozen=True):
    """What is known of a picture before its frames are walked; see `Frames`."""

    count: int
    width: int
    height: int
    view: Box
    scale: Scale = Scale(reason="no_scale")
    frame_rate: float | None = None
    notes: tuple[str, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """Why a picture is not read: the name of an error in `hepaspot.errors`, and its words."""

    error: str
    words: str


def frame_body(index: int, grey: Grey, coloured: Mask | None) -> tuple[bytes, ...]:
    """One frame as the parts of a message's body."""
    head = _FRAME.pack(index, coloured is not None)
    mask = b"" if coloured is None else np.packbits(coloured).tobytes()
    return head, np.ascontiguousarray(grey).tobytes(), mask


def longest_frame_body(head: PictureHead) -> int:
    """The length of a frame's body with its mask: bytes."""
    pixels = head.width * head.height
    return _FRAME.size + pixels + -(-pixels // 8)


def frame_of(body: bytes, head: PictureHead) -> Frame:
    """The frame in a message's body, its arrays not to be written to.

    Raises
    ------
    ValueError
        If the body is not a frame of this picture.
    """
    index, has_mask = _FRAME.unpack_from(body)
    pixels, shape = head.width * head.height, (head.height, head.width)
    grey = np.frombuffer(body, np.uint8, pixels, _FRAME.size).reshape(shape)
    if not has_mask:
        return Frame(index, grey)
    packed = np.frombuffer(body, np.uint8, offset=_FRAME.size + pixels)
    mask = np.unpackbits(packed, count=pixels).view(np.bool_).reshape(shape)
    return Frame(index, grey, mask)
