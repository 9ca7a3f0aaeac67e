"""Tables of any encoding as the database reads them: in UTF-8, from their headings on."""

from __future__ import annotations

import codecs
import gzip
import shutil
import zlib
from collections.abc import Mapping
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Final, NamedTuple

from hepaspot.archive.columns import known_columns
from hepaspot.errors import EmptyInput, InputError, UnreadableInput

HEAD_BYTES: Final = 1 << 20
"""What is looked at to tell how a table is written (convention)."""

MOST_NULLS: Final = 0.25
"""Share of null bytes from which a head is UTF-16, although it is in order as UTF-8 (convention)."""

OTHERS: Final = {
    b"PK\x03\x04": "a workbook or another packed file",
    b"\xd0\xcf\x11\xe0": "a workbook or another file of an office program",
    b"<": "a web page or XML",
    b"%PDF": "a PDF",
}
"""How files begin that are called tables and are none."""

LINES_ABOVE: Final = 10
"""Headings stand within so many lines: a title may stand above them (convention)."""

DELIMITERS: Final = (",", ";", "\t", "|")
SEPARATOR: Final = "sep="
"""Begins a line in which a spreadsheet says what stands between cells."""


class Beginning(NamedTuple):
    """Lines above the headings, and what stands between cells where that is known."""

    skipped: int = 0
    delimiter: str | None = None


def in_utf_8(path: Path, copy: Path) -> Path:
    """``path``, or ``copy``, written in UTF-8, where it is in another encoding.

    Raises
    ------
    InputError
        If it is empty, cannot be opened, or is not written in characters.
    """
    head = _head(path)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not start:
        raise EmptyInput(f"{path.name}: is empty; export it again, or leave it out")
    for mark, what in OTHERS.items():
        if start.startswith(mark):
            raise UnreadableInput(f"{path.name}: is {what}, no table; save it as .csv, in UTF-8")
    encoding = _encoding(head, path.name)
    if encoding == "utf-8" and path.suffix.lower() == ".gz" and head.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"  # in a packed file of lines the database stumbles over the mark
    if encoding == "utf-8":
        return path
    try:
        with (
            _opened(path) as packed,
            TextIOWrapper(packed, encoding, errors="replace", newline="") as told,
            copy.open("w", encoding="utf-8", newline="") as out,
        ):
            shutil.copyfileobj(told, out, HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise _cannot(path, error) from None
    return copy


def _encoding(head: bytes, name: str) -> str:
    from hepaspot.intake.encoding import decode_bytes

    if _is_utf_8(head) and head.count(b"\x00") < MOST_NULLS * len(head):
        return "utf-8"
    # Only a head that is all of its file ends where a character does.
    for each in (head, _whole_lines(head))[len(head) == HEAD_BYTES :]:
        try:
            return decode_bytes(each, name).encoding
        except InputError:
            continue
    raise UnreadableInput(
        f"{name}: is in no encoding that is known, or damaged; save it as .csv, in UTF-8"
    )


def beginning(path: Path, told: Mapping[str, str]) -> Beginning:
    """What stands above the headings of a table in UTF-8: a title, or how cells are separated.

    The headings are the first line that names a report and something else, if any does.
    """
    lines = _head(path).decode("utf-8-sig", "replace").splitlines()[:LINES_ABOVE]
    first = lines[0] if lines else ""
    named = first[len(SEPARATOR) :].strip('"') if first.strip('"').startswith(SEPARATOR) else ""
    if len(named.strip(" ")) == 1:
        return Beginning(1, named.strip(" "))
    for number, line in enumerate(lines):
        delimiter = max(DELIMITERS, key=line.count)
        if _names_columns(line.split(delimiter), told):
            return Beginning(number, delimiter) if number else Beginning()
    return Beginning()


def _names_columns(cells: list[str], told: Mapping[str, str]) -> bool:
    try:
        return len(known_columns([cell.strip(' "\r') for cell in cells], told, "")) > 1
    except InputError:
        return False


def _head(path: Path) -> bytes:
    try:
        with _opened(path) as file:
            return file.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise _cannot(path, error) from None


def _opened(path: Path) -> BufferedReader:
    if path.suffix.lower() == ".gz":
        return BufferedReader(gzip.open(path))
    return path.open("rb")


def _cannot(path: Path, error: Exception) -> UnreadableInput:
    reason = (getattr(error, "strerror", None) or "it is damaged").lower()
    return UnreadableInput(f"{path.name}: cannot be read ({reason}); check it")


def _is_utf_8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _whole_lines(head: bytes) -> bytes:
    """Without a last line that may be cut; in UTF-16 a line ends with two bytes."""
    if b"\x00" not in head:
        return head[: head.rfind(b"\n") + 1] or head
    for end in range(len(head) - len(head) % 2, 2, -2):
        if head[end - 2 : end] in {b"\n\x00", b"\x00\n"}:
            return head[:end]
    return head[: len(head) - len(head) % 2]
