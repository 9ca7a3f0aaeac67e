"""Words of an HL7 version 2 message that sends a result (ORU): its observations in order.

Only OBX segments are looked at. What else the message holds of the patient, the family and
the visit (PID, NK1, PV1, notes) is never taken up.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from hepaspot.errors import EmptyInput, TooLarge, UnreadableInput, UnsupportedInput
from hepaspot.intake.clinical_escapes import Delimiters, unescaped
from hepaspot.intake.encoding import decode_bytes

_FRAME: Final = b"\x0b\x1c \t\r\n"
"""What may stand around a message: the frame of a connection, white space."""

_WORDS: Final = frozenset({"TX", "FT", "ST"})
"""Types of OBX-5 that hold words (table 0125)."""

_WITHDRAWN: Final = frozenset({"D", "W", "X"})
"""OBX-11: deleted, wrong, or never obtained (table 0085)."""

_CHARACTER_SETS: Final = {
    "ASCII": "ascii",
    "8859/1": "latin-1",
    "8859/15": "iso8859-15",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "GB 18030-2000": "gb18030",
    "BIG-5": "big5hkscs",
    "CNS 11643-1992": "euc_tw",
}
"""MSH-18 (table 0211) and the codec that reads it."""

_SECTIONS: Final = {"GDT": "Findings", "IMP": "Impression", "CNP": "Comparison"}
"""Suffix of OBX-3 after an ampersand, which tells the part of a report (version 2.3.1, 7.1.4)."""

SEGMENTS: Final = 20_000
"""Segments of one message; those of a report have tens."""


@dataclass(frozen=True)
class _Segment:
    """One line of a message, cut into its fields."""

    fields: tuple[str, ...]

    def field(self, number: int) -> str:
        return self.fields[number] if number < len(self.fields) else ""


def words_of_hl7(data: bytes, where: str) -> str:
    """The words of one ORU message: a line for each line of its observations.

    Raises
    ------
    UnsupportedInput
        If it is a message of another kind, or holds several.
    UnreadableInput
        If its characters cannot be read.
    EmptyInput
        If no observation holds words.
    TooLarge
        If it has more segments than any report.
    """
    text = _text(data.removeprefix(codecs.BOM_UTF8).strip(_FRAME), where)
    lines = [line for line in re.split(r"[\r\n]+", text) if line]
    if len(lines) > SEGMENTS:
        raise TooLarge(
            f"{where}: holds more than {SEGMENTS} segments, which no report does; "
            "give one message a file"
        )
    delimiters = _delimiters(_only_header(lines, where), where)
    segments = [_Segment(tuple(line.split(delimiters.field))) for line in lines]
    _check_kind(segments, delimiters, where)
    words = "\n".join(_lines(segments, delimiters))
    if not words.strip():
        raise EmptyInput(
            f"{where}: is an HL7 message without words in its observations (OBX of type TX, FT "
            "or ST); give the report's text or PDF"
        )
    return words


def _text(data: bytes, where: str) -> str:
    """The message as text, in the character set that it names; one that lies is found out."""
    codec = _named_codec(data)
    if codec is not None:
        with suppress(UnicodeDecodeError):  # what it names is wrong; the words may tell
            return data.decode(codec)
    return decode_bytes(data, where).text


def _named_codec(data: bytes) -> str | None:
    header = re.search(rb"MSH([^\w\s])[^\r\n]*", data)
    if header is None:
        return None
    fields = header.group().split(header[1])
    named = fields[17].split(b"~")[0] if len(fields) > 17 else b""
    return _CHARACTER_SETS.get(named.decode("latin-1").strip().upper())


def _only_header(lines: list[str], where: str) -> str:
    headers = [line for line in lines if line.startswith("MSH")]
    if len(headers) != 1:
        raise UnsupportedInput(
            f"{where}: holds {len(headers) or 'no'} HL7 messages; give one message a file"
        )
    return headers[0]


def _delimiters(header: str, where: str) -> Delimiters:
    field = header[3:4]
    encoding = header[4:].split(field)[0] if field else ""
    if len(encoding) < 4 or len(set(field + encoding)) != 1 + len(encoding):
        raise UnreadableInput(f"{where}: is a damaged HL7 message; send it again")
    return Delimiters(field, *encoding[:4])


def _check_kind(segments: list[_Segment], delimiters: Delimiters, where: str) -> None:
    header = next(segment for segment in segments if segment.field(0) == "MSH")
    # The field separator is itself the first field: MSH-9 stands one place to the left.
    if header.field(8).split(delimiters.component)[0] != "ORU":
        raise UnsupportedInput(
            f"{where}: is an HL7 message without a result; give the ORU message with the report"
        )


def _lines(segments: list[_Segment], delimiters: Delimiters) -> Iterator[str]:
    """The words of each observation, what it is of before the first of them."""
    told = ""
    for segment in segments:
        if segment.field(0) != "OBX" or segment.field(2) not in _WORDS:
            continue
        if segment.field(11) in _WITHDRAWN:
            continue
        heading = _heading(segment.field(3), delimiters)
        words = unescaped(segment.field(5), delimiters)
        if heading and heading != told and words.strip():
            words = f"{heading}: {words.lstrip()}"
            told = heading
        yield words


def _heading(identifier: str, delimiters: Delimiters) -> str:
    """What an observation is of: the section that its suffix names, else its plain name."""
    parts = identifier.split(delimiters.repetition)[0].split(delimiters.component)
    suffix = parts[0].rpartition(delimiters.subcomponent)[2]
    if suffix in _SECTIONS and suffix != parts[0]:
        return _SECTIONS[suffix]
    name = unescaped(parts[1], delimiters) if len(parts) > 1 else ""
    return " ".join(name.split()).rstrip(":：")
