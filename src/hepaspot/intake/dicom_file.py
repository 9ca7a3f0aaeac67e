"""Finds the data set in a DICOM file: its encoding, where it starts, inflated where needed.

Written here rather than left to pydicom, which inflates the deflated transfer syntax
without bound before it looks at anything.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import IO, Final

from hepaspot.errors import InputError, TooLarge
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

_SMALL_READ: Final = 12  # a reader may look for one more element at the end of the file
_META_ELEMENTS: Final = 64
_SOP_CLASS: Final = b"\x02\x00"  # (0002,0002) Media Storage SOP Class UID
_SYNTAX: Final = b"\x10\x00"  # (0002,0010) Transfer Syntax UID
_INFLATED_AT_ONCE: Final = 1 << 20


class HeaderStream:
    """A file as far as its header is read: counts what is taken, and ends where it ends.

    ``refusal`` is what it raised, if it did: a reader may have made another error of it.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self.size = size
        self.refusal: InputError | None = None
        self._reads = 0
        self._bytes = 0

    def read(self, count: int = -1) -> bytes:
        """Up to ``count`` bytes; a count that no header has is refused."""
        left = self.size - self._file.tell()
        count = left if count < 0 else count
        if count > max(left, _SMALL_READ):
            raise self._refused(cut_short())
        self._reads += 1
        self._bytes += min(count, left)
        if self._reads > bounds.HEADER_READS or self._bytes > bounds.HEADER_BYTES:
            raise self._refused(
                TooLarge(
                    "has a header larger than any picture's; export it again without attachments"
                )
            )
        return self._file.read(count)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, but never past the end."""
        start = (0, self._file.tell(), self.size)[whence]
        if start + offset > self.size:
            raise self._refused(cut_short())
        return self._file.seek(offset, whence)

    def _refused(self, error: InputError) -> InputError:
        self.refusal = error
        return error

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._file.tell()


@dataclass(frozen=True)
class DataSet:
    """The data set of a file, to be read from where ``stream`` stands."""

    stream: HeaderStream
    file: IO[bytes]
    syntax: str
    sop_class: str
    implicit: bool
    little: bool


def data_set(file: IO[bytes], size: int) -> DataSet:
    """Find the data set of a DICOM file of ``size`` bytes.

    Raises
    ------
    InputError
        Without the name of the file, where it is damaged or inflates over the bound.
    """
    meta = _meta(file)
    syntax = meta.get(_SYNTAX)
    if syntax == DEFLATED_LITTLE:
        file = _inflated(file)
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
    if syntax is None:
        syntax = _guessed(file)
    stream = HeaderStream(file, size)
    return DataSet(
        stream=stream,
        file=file,
        syntax=syntax,
        sop_class=meta.get(_SOP_CLASS, ""),
        implicit=syntax == IMPLICIT_LITTLE,
        little=syntax != EXPLICIT_BIG,
    )


def syntax_in(file: IO[bytes]) -> str | None:
    """The transfer syntax that a DICOM file tells, if it tells one; leaves it at its data set.

    Raises
    ------
    InputError
        If the file ends in its meta information.
    """
    return _meta(file).get(_SYNTAX)


def _meta(file: IO[bytes]) -> dict[bytes, str]:
    """What the file says of its data set (PS3.10, 7.1); it is left at the data set's start."""
    file.seek(_PREAMBLE)
    if file.read(4) != b"DICM":
        file.seek(0)
    meta: dict[bytes, str] = {}
    for _ in range(_META_ELEMENTS):
        start = file.tell()
        head = file.read(8)
        if len(head) < 8 or head[:2] != b"\x02\x00":
            file.seek(start)
            return meta
        length = int.from_bytes(head[6:8], "little")
        if head[4:6] in LONG_VRS:
            length = int.from_bytes(file.read(4), "little")
        value = file.read(length) if length <= bounds.HEADER_BYTES else b""
        if len(value) < length:
            raise cut_short()
        if head[2:4] in {_SOP_CLASS, _SYNTAX}:
            meta[head[2:4]] = value.decode("ascii", "replace").strip("\0 ")
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
