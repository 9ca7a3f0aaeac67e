"""Tells the kind of a file from its content; an extension can lie."""

from __future__ import annotations

from typing import Final

from hepaspot.errors import UnreadableInput, UnsupportedInput
from hepaspot.intake.words import TextKind

PDF_HEADER_WITHIN: Final = 1024
"""A PDF may carry this many bytes before its header (ISO 32000-1, Annex H.3.4.1)."""

_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DICOM_AT: Final = 128

_PICTURES: Final = {
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG\r\n\x1a\n": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
}

_PICTURES_OPENING_LIKE_WORDS: Final = {
    b"BM": "a BMP picture",
    b"RIFF": "a video or WebP picture",
}
"""Only with NUL bytes close behind; "BMI 24" is no picture."""

_OTHERS: Final = {
    b"{\\rtf": "an RTF file",
    b"<!doctype html": "an HTML page",
    b"<html": "an HTML page",
    b"%!ps": "a PostScript file",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"rar!": "a RAR archive",
    b"sqlite format 3": "a database",
    b"\x7felf": "a program",
}


def kind_of(data: bytes, where: str) -> TextKind:
    """The kind of report in ``data``.

    Raises
    ------
    UnsupportedInput
        If ``data`` is of a kind that is known but not read.
    UnreadableInput
        If it is an old or a protected Word file.
    """
    if data.startswith(_ZIP):
        return TextKind.DOCX
    if b"%PDF-" in data[:PDF_HEADER_WITHIN]:
        return TextKind.PDF
    if data.startswith(_OLE):
        raise UnreadableInput(
            f"{where}: is an old or a password-protected Office file; save it as .docx "
            "without a password"
        )
    _refuse_pictures(data, where)
    _refuse_others(data, where)
    return TextKind.TEXT


def _refuse_pictures(data: bytes, where: str) -> None:
    kind = _picture_kind(data)
    if kind is not None:
        raise UnsupportedInput(
            f"{where}: is {kind}, and only words are read; give the report's text, PDF or .docx"
        )


def _picture_kind(data: bytes) -> str | None:
    if data[_DICOM_AT : _DICOM_AT + 4] == b"DICM":
        return "a DICOM file"
    if data[4:8] == b"ftyp":
        return "a video or HEIC picture"
    known = _PICTURES | (_PICTURES_OPENING_LIKE_WORDS if b"\x00" in data[:32] else {})
    return next((name for magic, name in known.items() if data.startswith(magic)), None)


def _refuse_others(data: bytes, where: str) -> None:
    head = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    kind = next((name for magic, name in _OTHERS.items() if head.startswith(magic)), None)
    if data.startswith(_EMPTY_ZIP):
        kind = "an empty archive"
    if kind is not None:
        raise UnsupportedInput(f"{where}: is {kind}; save the report as plain text, PDF or .docx")
