"""Tells the reports of other systems from their content: FHIR, HL7 version 2, DICOM SR."""

from __future__ import annotations

import re
from typing import Final

from hepaspot.errors import UnsupportedInput
from hepaspot.intake.words import TextKind

_BLANKS: Final = b" \t\r\n\x0b\xef\xbb\xbf"
"""What may stand before a document: white space, a frame's start, a byte order mark."""

_RESOURCE: Final = re.compile(rb'"resourceType"\s*:')
_XML_OF_FHIR: Final = re.compile(rb"<[^>]{1,64}\sxmlns=[\"']http://hl7\.org/fhir[\"']")

_MESSAGE: Final = re.compile(rb"(?:FHS|BHS|MSH)([^\w\s])[^\w\s]{1,5}(?:\1|[\r\n])")
"""A header segment: its name, the field separator, and the characters that encode (2.5.4)."""

_SR_CLASS: Final = re.compile(
    rb"(?:\x02\0\x02\0UI..|\x08\0\x16\0(?:UI..|....)|\0\x08\0\x16UI..)"
    rb"1\.2\.840\.10008\.5\.1\.4\.1\.1\.88\.(?:11|22|33|34|35)[\0 \x02\x08]",
    re.DOTALL,
)
"""(0002,0002) or (0008,0016) with the class of a text, enhanced, comprehensive or extensible
SR (PS3.4 B.5)."""

_HEAD_BYTES: Final = 1024
"""How much of a file tells its kind: bytes."""


def clinical_kind(data: bytes, where: str) -> TextKind | None:
    """The kind of clinical document that ``data`` is, None for any other file.

    Raises
    ------
    UnsupportedInput
        If it is FHIR in a form that is not read.
    """
    if is_structured_report(data):
        return TextKind.SR
    start = data[:_HEAD_BYTES].lstrip(_BLANKS)
    if start.startswith(b"{") and _RESOURCE.search(data):
        return TextKind.FHIR
    if start.startswith(b"<") and _XML_OF_FHIR.search(start):
        raise UnsupportedInput(f"{where}: is FHIR written as XML; export it as JSON")
    # Two bytes a character still show the header when every other one is left out.
    return TextKind.HL7 if _MESSAGE.match(start.replace(b"\0", b"").lstrip(b"\xff\xfe")) else None


def is_structured_report(data: bytes) -> bool:
    """Whether a file that begins with ``data`` is a DICOM structured report with words."""
    return _SR_CLASS.search(data[:_HEAD_BYTES]) is not None
