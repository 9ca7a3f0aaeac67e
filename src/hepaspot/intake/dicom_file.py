"""Finds the data set in a DICOM file: its encoding, where it starts, inflated where needed.

Written here rather than left to pydicom, which inflates the deflated transfer syntax
without bound before it looks at anything.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import IO, Final

from hepaspot.errors import TooLarge
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.refusals import cut_short, damaged

IMPLICIT_LITTLE: Final = "1.2.840.10008.1.2"
"""UID of the transfer syntax Implicit VR Little Endian."""

EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
"""UID of the transfer syntax Explicit VR Little Endian."""

DEFLATED_LITTLE: Final = "1.2.840.10008.1.2.1.99"
"""UID of the transfer syntax Deflated Explicit VR Little Endian."""

EXPLICIT_BIG: Final = "1.2.840.10008.1.2.2"
"""UID of the transfer syntax Explicit VR Big Endian."""

_PREAMBLE: Final = 128
LONG_VRS: Final = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
)
"""Value representations with a length of four bytes (PS3.5, 7.1.2)."""

_META_ELEMENTS: Final = 64
_INFLATED_AT_ONCE: Final = 1 << 20


class HeaderStream:
    """A file as far as its header is read: counts what is taken, and ends where it ends."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self.size = size
        self._reads = 0
        self._bytes = 0

    def read(self, count: int = -1) -> bytes:
        """Up to ``count`` bytes; a count that no header has is refused."""
        left = self.size - self._file.tell()
        count = left if count < 0 else count
        if count > max(left, 12):
            raise cut_short()
        self._reads += 1
        self._bytes += min(count, left)
        if self._reads > bounds.HEADER_ITEMS or self._bytes > bounds.HEADER_BYTES:
            raise TooLarge(
                "has a header larger than any picture's; export it again without attachments"
            )
        return self._file.read(count)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, but never past the end."""
        start = (0, self._file.tell(), self.size)[whence]
        if start + offset > self.size:
            raise cut_short()
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._file.tell()


@dataclass(frozen=True)
class DataSet:
    """The data set of a file, to be read from where ``stream`` stands."""

    stream: HeaderStream
    file: IO[bytes]
    syntax: str
    implicit: bool
    little: bool


def data_set(file: IO[bytes], size: int) -> DataSet:
    """Find the data set of a DICOM file of ``size`` bytes.

    Raises
    ------
    InputError
        Without the name of the file, where it is damaged or inflates over the bound.
    """
    syntax = _syntax(file)
    if syntax == DEFLATED_LITTLE:
        file = _inflated(file)
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
    if syntax is None:
        syntax = _guessed(file)
    stream = HeaderStream(file, size)
    return DataSet(stream, file, syntax, syntax == IMPLICIT_LITTLE, syntax != EXPLICIT_BIG)


def _syntax(file: IO[bytes]) -> str | None:
    """(0002,0010) *Transfer Syntax UID*, and the file left at the start of the data set."""
    file.seek(_PREAMBLE)
    if file.read(4) != b"DICM":
        file.seek(0)
    syntax = None
    for _ in range(_META_ELEMENTS):
        start = file.tell()
        head = file.read(8)
        if len(head) < 8 or head[:2] != b"\x02\x00":
            file.seek(start)
            return syntax
        length = int.from_bytes(head[6:8], "little")
        if head[4:6] in LONG_VRS:
            length = int.from_bytes(file.read(4), "little")
        value = file.read(length) if length <= bounds.HEADER_BYTES else b""
        if len(value) < length:
            raise cut_short()
        if head[2:4] == b"\x10\x00":
            syntax = value.decode("ascii", "replace").strip("\0 ")
    raise damaged("its file meta information has no end")


def _guessed(file: IO[bytes]) -> str:
    """The encoding of a data set whose file does not tell it."""
    start = file.tell()
    head = file.read(8)
    file.seek(start)
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    if head[:2] == b"\x00\x08":
        return EXPLICIT_BIG
    return EXPLICIT_LITTLE if explicit else IMPLICIT_LITTLE


def _inflated(file: IO[bytes]) -> IO[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    out = io.BytesIO()
    packed = b""
    try:
        while not inflater.eof:
            packed = inflater.unconsumed_tail or file.read(_INFLATED_AT_ONCE)
            if not packed:
                raise cut_short()
            out.write(inflater.decompress(packed, _INFLATED_AT_ONCE))
            if out.tell() > bounds.INFLATED_BYTES:
                raise TooLarge(
                    f"inflates to more than {bounds.INFLATED_BYTES >> 20} MiB; "
                    "export it uncompressed or as JPEG"
                )
    except zlib.error:
        raise damaged("its deflated data cannot be inflated") from None
    out.seek(0)
    return out
