"""Tells the kind of a file from its content; an extension can lie."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from hepaspot.errors import UnreadableInput, UnsupportedInput
from hepaspot.intake.clinical_kinds import clinical_kind, is_structured_report
from hepaspot.intake.words import TextKind

PDF_HEADER_WITHIN: Final = 1024
"""A PDF may carry this many bytes before its header (ISO 32000-1, Annex H.3.4.1)."""

_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class PictureFormat(StrEnum):
    """A kind of picture file, as its opening bytes tell it."""

    DICOM = "a DICOM file"
    JPEG = "a JPEG picture"
    PNG = "a PNG picture"
    TIFF = "a TIFF picture"
    WEBP = "a WebP picture"
    BMP = "a BMP picture"
    AVI = "an AVI video"
    MP4 = "an MP4 or MOV video"
    GIF = "a GIF picture"
    HEIC = "a HEIC picture"
    OTHER_RIFF = "a sound or another RIFF file"


HEAD_BYTES: Final = 1024
"""How much of a file tells its kind: bytes."""

_DICOM_AT: Final = 128

_PICTURES: Final = {
    b"\xff\xd8\xff": PictureFormat.JPEG,
    b"\x89PNG\r\n\x1a\n": PictureFormat.PNG,
    b"GIF8": PictureFormat.GIF,
    b"II*\x00": PictureFormat.TIFF,
    b"MM\x00*": PictureFormat.TIFF,
}

_PICTURES_OPENING_LIKE_WORDS: Final = {
    b"BM": PictureFormat.BMP,
    b"RIFF": PictureFormat.OTHER_RIFF,
}
"""Only with NUL bytes close behind; "BMI 24" is no picture."""

_RIFF_FORMS: Final = {b"WEBP": PictureFormat.WEBP, b"AVI ": PictureFormat.AVI}

_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"})

_MOVIE_ATOMS: Final = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
"""What a movie of the QuickTime family may open with, after four bytes of length."""

_BARE_DICOM_GROUPS: Final = frozenset({b"\x02\x00", b"\x08\x00", b"\x00\x08"})
"""The first group of a DICOM file without preamble: meta, or identification."""

_LONGEST_FIRST_VALUE: Final = 1024
"""A first element of a bare DICOM file is shorter than this: bytes."""

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
    clinical = clinical_kind(data, where)
    if clinical is not None:
        return clinical
    _refuse_pictures(data, where)
    _refuse_others(data, where)
    return TextKind.TEXT


def is_picture(data: bytes) -> bool:
    """Whether a file that begins with ``data`` is a picture or a clip, readable or not.

    A DICOM structured report is none: it holds words.
    """
    return picture_format(data) is not None and not is_structured_report(data)


def picture_format(data: bytes) -> PictureFormat | None:
    """The kind of picture in ``data`` (its first `HEAD_BYTES` are enough), or None."""
    if data[_DICOM_AT : _DICOM_AT + 4] == b"DICM" or _is_bare_dicom(data):
        return PictureFormat.DICOM
    if data[4:8] in _MOVIE_ATOMS and b"\x00" in data[:4]:
        return PictureFormat.HEIC if data[8:12] in _HEIC_BRANDS else PictureFormat.MP4
    known = _PICTURES | (_PICTURES_OPENING_LIKE_WORDS if b"\x00" in data[:32] else {})
    found = next((kind for magic, kind in known.items() if data.startswith(magic)), None)
    if found is PictureFormat.OTHER_RIFF:
        return _RIFF_FORMS.get(data[8:12], found)
    return found


def _is_bare_dicom(data: bytes) -> bool:
    """Whether it reads like a data set without the 128 bytes that should stand before it."""
    if len(data) < 12 or data[:2] not in _BARE_DICOM_GROUPS:
        return False
    if data[4:6].isalpha() and data[4:6].isupper():
        return True
    return int.from_bytes(data[4:8], "little") <= _LONGEST_FIRST_VALUE


def _refuse_pictures(data: bytes, where: str) -> None:
    kind = picture_format(data)
    if kind is not None:
        raise UnsupportedInput(
            f"{where}: is {kind}, and only words are read here; give the report's text, PDF or "
            ".docx, or read the picture with hepaspot[picture] installed"
        )


def _refuse_others(data: bytes, where: str) -> None:
    head = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    kind = next((name for magic, name in _OTHERS.items() if head.startswith(magic)), None)
    if data.startswith(_EMPTY_ZIP):
        kind = "an empty archive"
    if kind is not None:
        raise UnsupportedInput(f"{where}: is {kind}; save the report as plain text, PDF or .docx")
