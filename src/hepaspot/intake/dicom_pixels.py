"""Where the frames of a DICOM file lie, found from lengths alone before any is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final, Literal

from hepaspot.errors import TooLarge, UnreadableInput
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.dicom_file import LONG_VRS, DataSet
from hepaspot.intake.dicom_header import PIXELS, Samples
from hepaspot.intake.refusals import cut_short, damaged

_UNDEFINED: Final = 0xFFFFFFFF
_ITEM: Final = b"\xfe\xff\x00\xe0"
_END: Final = b"\xfe\xff\xdd\xe0"
_STARTS: Final = (b"\xff\xd8", b"\xff\x4f", b"\x00\x00\x00\x0cjP")
"""What a compressed frame begins with: JPEG and JPEG-LS, JPEG 2000, its boxed form."""

LARGEST_GROWTH: Final = 2
"""A compressed frame larger than this many times its samples is no picture."""

GROWTH_FLOOR_BYTES: Final = 1 << 16
"""A compressed frame below this is not judged by its size: bytes."""


@dataclass(frozen=True)
class Span:
    """Part of a file: ``length`` bytes from ``offset``."""

    offset: int
    length: int


@dataclass(frozen=True)
class PixelData:
    """The frames of a file; each lies in one or more spans.

    ``swapped`` is set where bytes were swapped in pairs (8-bit samples as big-endian words).
    """

    file: IO[bytes]
    frames: tuple[tuple[Span, ...], ...]
    start: int
    swapped: bool = False

    def __iter__(self) -> Iterator[bytes]:
        """The bytes of each frame, one after another."""
        return (b"".join(self._read(span) for span in spans) for spans in self.frames)

    def _read(self, span: Span) -> bytes:
        odd = (span.offset - self.start) % 2 if self.swapped else 0
        self.file.seek(span.offset - odd)
        data = self.file.read(span.length + odd + (span.length + odd) % 2 * self.swapped)
        if self.swapped:
            data = _swapped(data)[odd : odd + span.length]
        if len(data) < span.length:
            raise cut_short()
        return data


def locate(source: DataSet, samples: Samples, frames: int, *, encapsulated: bool) -> PixelData:
    """Find the frames, the stream of ``source`` standing where the header ended.

    Raises
    ------
    InputError
        Without the name of the file: if there are no pixels, or fewer than the header says.
    """
    vr, length = _pixel_element(source)
    start = source.stream.tell()
    if encapsulated:
        if length != _UNDEFINED:
            raise damaged("its compressed pixels stand as plain ones")
        return PixelData(source.file, _compressed(source, samples, frames), start)
    size = frame_bytes(samples)
    left = source.stream.size - start
    if length == _UNDEFINED or min(length, left) < size * frames:
        raise UnreadableInput(
            f"says it has {frames} frames of {size} bytes, and holds only "
            f"{left if length == _UNDEFINED else min(length, left)} bytes; export it again"
        )
    spans = tuple((Span(start + size * index, size),) for index in range(frames))
    swapped = not source.little and vr != b"OB" and samples.bits_allocated == 8
    return PixelData(source.file, spans, start, swapped)


def frame_bytes(samples: Samples) -> int:
    """Size of one frame that is not compressed: bytes."""
    pixels = samples.rows * samples.columns
    if samples.photometric == "YBR_FULL_422":
        return pixels * 2
    return pixels * samples.per_pixel * samples.bits_allocated // 8


def _pixel_element(source: DataSet) -> tuple[bytes, int]:
    """VR and length of (7FE0,0010) *Pixel Data*; the stream is left at its value."""
    order: Literal["little", "big"] = "little" if source.little else "big"
    while True:
        head = source.stream.read(8)
        if len(head) < 8:
            raise UnreadableInput("is a DICOM file without pixels; export it again")
        group, element = (int.from_bytes(head[at : at + 2], order) for at in (0, 2))
        vr, length = b"OW", int.from_bytes(head[4:8], order)
        if not source.implicit:
            vr, length = head[4:6], int.from_bytes(head[6:8], order)
            if vr in LONG_VRS:
                length = int.from_bytes(source.stream.read(4), order)
        if group << 16 | element == PIXELS:
            return vr, length
        # The group's length and tables of offsets stand before; each item says these too.
        source.stream.seek(length, 1)


def _compressed(source: DataSet, samples: Samples, frames: int) -> tuple[tuple[Span, ...], ...]:
    items = list(_items(source))[1:]
    found: tuple[tuple[Span, ...], ...] = ()
    if len(items) == frames:
        found = tuple((item,) for item in items)
    elif frames == 1:
        found = (tuple(items),)
    elif len(items) > frames:
        found = tuple(_by_start(source, items))
    if len(found) != frames or not items:
        raise UnreadableInput(
            f"says it has {frames} frames, and holds {len(found) or len(items)}; export it again"
        )
    most = max(GROWTH_FLOOR_BYTES, LARGEST_GROWTH * frame_bytes(samples))
    if any(sum(span.length for span in spans) > most for spans in found):
        raise TooLarge("holds a frame that is larger compressed than plain; export it again")
    return found


def _items(source: DataSet) -> Iterator[Span]:
    """The items of encapsulated pixel data, the offset table first (PS3.5 A.4)."""
    file, size = source.file, source.stream.size
    place = source.stream.tell()
    for _ in range(2 * bounds.FRAMES):
        file.seek(place)
        head = file.read(8)
        length = int.from_bytes(head[4:8], "little")
        if head[:4] == _END:
            return
        if len(head) < 8 or place + 8 + length > size:
            raise cut_short()
        if head[:4] != _ITEM:
            raise damaged("its compressed frames are not told apart")
        yield Span(place + 8, length)
        place += 8 + length
    raise TooLarge(f"holds more than {2 * bounds.FRAMES} pieces of frames; export a shorter clip")


def _by_start(source: DataSet, items: list[Span]) -> Iterator[tuple[Span, ...]]:
    """Frames in several items each: one begins where a picture begins."""
    frame: list[Span] = []
    for item in items:
        source.file.seek(item.offset)
        if frame and source.file.read(6).startswith(_STARTS):
            yield tuple(frame)
            frame = []
        frame.append(item)
    yield tuple(frame)


def _swapped(data: bytes) -> bytes:
    out = bytearray(len(data))
    out[0::2], out[1::2] = data[1::2], data[0::2]
    return bytes(out)
