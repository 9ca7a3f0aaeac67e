"""What intake gives: the words of one report, and where they came from."""

from __future__ import annotations

from enum import StrEnum

from hepaspot.exam import Value


class TextKind(StrEnum):
    """What the words were read from."""

    TEXT = "text"
    PDF = "pdf"
    DOCX = "docx"
    FHIR = "fhir"
    HL7 = "hl7"
    SR = "dicom_sr"


class ReportText(Value, frozen=True):
    """The words of one report.

    ``name`` is the file's name as the user gave it, None for standard input; ``encoding``
    is how plain text was stored, None for every other kind of file.
    """

    text: str
    name: str | None
    kind: TextKind
    encoding: str | None = None
