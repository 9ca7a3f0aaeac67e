"""The frames of one picture, kept without loss while its exam is open, to show and to measure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass, field
from threading import Lock
from typing import IO, Final

import cv2
import numpy as np

from hepaspot.errors import InputError
from hepaspot.intake.frames import Frame, Frames
from hepaspot.serve.holding import nameless
from hepaspot.sonogram.by_hand import Prepared, prepare

PNG_EFFORT: Final = 1
"""How hard PNG tries, 0 to 9: one suffices, speckle does not get smaller."""

PREPARED_HELD: Final = 2
"""Frames of a picture that are held ready to be measured in: 2 MB each at 800 x 600."""


@dataclass
class FrameFiles:
    """The frames of one picture.

    Attributes
    ----------
    frames : Frames
        What is known of the picture; walking over it takes the frames from here.
    """

    frames: Frames
    _stream: IO[bytes] = field(default_factory=nameless)
    _places: list[tuple[int, int, int]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _prepared: OrderedDict[int, Prepared | None] = field(default_factory=OrderedDict)

    @property
    def count(self) -> int:
        """How many frames are kept."""
        return len(self._places)

    @property
    def size_bytes(self) -> int:
        """What the frames take."""
        return sum(grey + coloured for _, grey, coloured in self._places)

    def keep(self, frame: Frame) -> None:
        """Keep the next frame."""
        grey = _png(frame.grey)
        coloured = b"" if frame.coloured is None else _png(frame.coloured.astype(np.uint8))
        with self._lock:
            start = self._stream.seek(0, 2)
            self._stream.write(grey + coloured)
            self._places.append((start, len(grey), len(coloured)))

    def png(self, index: int) -> bytes:
        """Frame ``index`` as a PNG of its grey levels.

        Raises
        ------
        InputError
            If there is no such frame.
        """
        return self._read(index)[0]

    def frame(self, index: int) -> Frame:
        """Frame ``index`` as it was decoded.

        Raises
        ------
        InputError
            If there is no such frame.
        """
        grey, coloured = self._read(index)
        mask = _pixels(coloured) > 0 if len(coloured) else None
        return Frame(index, _pixels(grey), mask)

    def prepared(self, index: int) -> Prepared | None:
        """Frame ``index``, ready to be measured in; None where it shows no fan."""
        with self._lock:
            if index in self._prepared:
                self._prepared.move_to_end(index)
                return self._prepared[index]
        made = prepare(self.frame(index), self.frames)
        with self._lock:
            self._prepared[index] = made
            while len(self._prepared) > PREPARED_HELD:
                self._prepared.popitem(last=False)
        return made

    def close(self) -> None:
        """Let go of all frames."""
        self._stream.close()

    def _read(self, index: int) -> tuple[bytes, bytes]:
        if not 0 <= index < len(self._places):
            raise InputError(f"frame: the picture has frames 0 to {len(self._places) - 1}")
        start, grey, coloured = self._places[index]
        with self._lock:
            self._stream.seek(start)
            data = self._stream.read(grey + coloured)
        return data[:grey], data[grey:]


def keep_all(frames: Frames, files: FrameFiles) -> Generator[Frame, None, None]:
    """Walk over ``frames``, each of which is kept in ``files``."""
    for frame in frames.walk():
        if frame.index >= files.count:
            files.keep(frame)
        yield frame


def _png(pixels: np.typing.NDArray[np.uint8]) -> bytes:
    _, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, PNG_EFFORT])
    return encoded.tobytes()


def _pixels(png: bytes) -> np.typing.NDArray[np.uint8]:
    decoded = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    return np.asarray(decoded, np.uint8)
