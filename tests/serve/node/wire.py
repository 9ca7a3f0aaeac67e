"""DICOM's upper layer by hand: a sender that is fast, and that can stop anywhere.

A library's client always finishes what it began. This one says nothing, says half, or changes
the UIDs of one encoded object so that many can be sent without making many.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

ULTRASOUND: Final = "1.2.840.10008.5.1.4.1.1.6.1"
EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
PDU_BYTES: Final = 128 << 10

ACCEPTED, REJECTED, DATA, RELEASE, RELEASED, ABORTED = 2, 3, 4, 5, 6, 7
"""Types of PDU (PS3.8, 9.3)."""


@dataclass(frozen=True)
class Encoded:
    """An object without its file header, whose UIDs have all the same length."""

    data: bytes
    study: str
    instance: str

    def under(self, study: str, instance: str) -> bytes:
        """The object under other UIDs."""
        assert (len(study), len(instance)) == (len(self.study), len(self.instance))
        head = self.data[:4096].replace(self.study.encode(), study.encode())
        return head.replace(self.instance.encode(), instance.encode()) + self.data[4096:]


def numbered(kind: int, number: int) -> str:
    """A UID of 40 characters, different for each pair."""
    return f"2.25.{1000 + kind}{number:031d}"


def encoded(path: Path, **changes: object) -> Encoded:
    """A file as it goes over the wire, in Explicit VR Little Endian."""
    from io import BytesIO

    from pydicom import dcmread
    from pydicom.filewriter import write_dataset

    data = dcmread(path)
    data.StudyInstanceUID, data.SOPInstanceUID = numbered(1, 0), numbered(2, 0)
    for name, value in changes.items():
        setattr(data, name, value)
    written = BytesIO()
    written.is_little_endian, written.is_implicit_VR = True, False  # type: ignore[attr-defined]
    from pydicom.filebase import DicomFileLike

    file = DicomFileLike(written)
    file.is_little_endian, file.is_implicit_VR = True, False
    write_dataset(file, data)
    return Encoded(written.getvalue(), data.StudyInstanceUID, data.SOPInstanceUID)


class Closed(Exception):
    """The peer went away."""


class Line:
    """One connection. ``answer`` is the PDU with which the association was answered."""

    def __init__(self, port: int, seconds: float = 60) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._messages = 0
        self._room = PDU_BYTES

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def ask(self, called: str = "HEPASPOT", calling: str = "STORESCU") -> tuple[int, bytes]:
        """Ask for an association; the type of the answer, and what is in it."""
        self.write(1, _request(called, calling))
        kind, body = self.read()
        if kind == ACCEPTED:
            at = body.index(struct.pack(">BBH", 0x51, 0, 4)) + 4
            self._room = struct.unpack_from(">L", body, at)[0] or PDU_BYTES
        return kind, body

    def release(self) -> None:
        """End the association as one should."""
        self.write(RELEASE, bytes(4))
        assert self.read()[0] == RELEASED
        self.close()

    def store(self, data: bytes, instance: str, sop_class: str = ULTRASOUND) -> int:
        """Send an object; the status of the answer."""
        self.begin(data, instance, sop_class)
        self.say(data, last=True)
        return self.status()

    def begin(self, data: bytes, instance: str, sop_class: str = ULTRASOUND) -> None:
        """Announce an object."""
        self._messages = self._messages % 60_000 + 1
        self._socket.sendall(_value(_command(self._messages, sop_class, instance), 3))

    def say(self, data: bytes, *, last: bool) -> None:
        """Send a piece of an object."""
        room = self._room - 12
        pieces = [data[at : at + room] for at in range(0, len(data), room)] or [b""]
        for number, piece in enumerate(pieces):
            self._socket.sendall(_value(piece, 2 if last and number == len(pieces) - 1 else 0))

    def status(self) -> int:
        """The status in the answer that comes next."""
        kind, body = self.read()
        if kind != DATA:
            raise Closed(f"answered with a PDU of type {kind}")
        at = body.index(struct.pack("<HHL", 0, 0x0900, 2)) + 8
        return int(struct.unpack_from("<H", body, at)[0])

    def write(self, kind: int, body: bytes) -> None:
        """Send a PDU."""
        self._socket.sendall(struct.pack(">BBL", kind, 0, len(body)) + body)

    def raw(self, data: bytes) -> None:
        """Send bytes."""
        self._socket.sendall(data)

    def read(self) -> tuple[int, bytes]:
        """The next PDU: its type and its body."""
        kind, _, length = struct.unpack(">BBL", self._exactly(6))
        return kind, self._exactly(length)

    def _exactly(self, length: int) -> bytes:
        found = b""
        while len(found) < length:
            try:
                piece = self._socket.recv(length - len(found))
            except ConnectionError:
                piece = b""
            if not piece:
                raise Closed("the connection was closed")
            found += piece
        return found


def associated(port: int, calling: str = "STORESCU") -> Line:
    """An association that was accepted."""
    line = Line(port)
    try:
        kind, body = line.ask(calling=calling)
    except (Closed, OSError):
        line.close()
        raise Closed("the connection was closed") from None
    if kind != ACCEPTED:
        line.close()
        raise Closed(f"answered with a PDU of type {kind}: {body.hex()}")
    return line


def _item(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(body)) + body


def _request(called: str, calling: str) -> bytes:
    """An A-ASSOCIATE-RQ that offers ultrasound pictures (PS3.8, 9.3.2)."""
    syntaxes = _item(0x30, ULTRASOUND.encode()) + _item(0x40, EXPLICIT_LITTLE.encode())
    user = _item(0x51, struct.pack(">L", PDU_BYTES)) + _item(0x52, b"1.2.826.0.1.3680043.9.1")
    return (
        struct.pack(">HH", 1, 0)
        + called.ljust(16).encode()
        + calling.ljust(16).encode()
        + bytes(32)
        + _item(0x10, b"1.2.840.10008.3.1.1.1")
        + _item(0x20, bytes([1, 0, 0, 0]) + syntaxes)
        + _item(0x50, user)
    )


def _value(piece: bytes, control: int) -> bytes:
    """A P-DATA-TF PDU with one presentation data value (PS3.8, 9.3.5)."""
    length = len(piece) + 2
    return struct.pack(">BBLLBB", DATA, 0, length + 4, length, 1, control) + piece


def _command(message: int, sop_class: str, instance: str) -> bytes:
    """A C-STORE-RQ (PS3.7, 9.3.1.1), in Implicit VR Little Endian."""
    told = b"".join(
        struct.pack("<HHL", 0, element, len(value)) + value
        for element, value in (
            (0x0002, _padded(sop_class)),
            (0x0100, struct.pack("<H", 1)),
            (0x0110, struct.pack("<H", message)),
            (0x0700, struct.pack("<H", 0)),
            (0x0800, struct.pack("<H", 1)),
            (0x1000, _padded(instance)),
        )
    )
    return struct.pack("<HHLL", 0, 0, 4, len(told)) + told


def _padded(uid: str) -> bytes:
    return uid.encode() + b"\0" * (len(uid) % 2)
