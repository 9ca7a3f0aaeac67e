"""Words of a clinical document of another system, by its kind, within the bound of a report."""

from __future__ import annotations

from hepaspot.errors import TooLarge
from hepaspot.intake import bounds
from hepaspot.intake.controls import plain_words
from hepaspot.intake.words import TextKind


def words_of_document(data: bytes, kind: TextKind, where: str) -> str:
    """The words of a FHIR, HL7 or DICOM document.

    Raises
    ------
    InputError, MissingExtra
        As the reader of its kind tells; a `TooLarge` for more words than a report has.
    """
    text = plain_words(_words(data, kind, where), where).replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode()) > bounds.TEXT_BYTES:
        raise TooLarge(
            f"{where}: holds more than {bounds.TEXT_BYTES >> 20} MiB of words; "
            "give one report a file"
        )
    return text


def _words(data: bytes, kind: TextKind, where: str) -> str:
    # Each is imported where it is used: most reports are plain text.
    if kind is TextKind.FHIR:
        from hepaspot.intake.clinical_fhir import words_of_fhir

        return words_of_fhir(data, where)
    if kind is TextKind.HL7:
        from hepaspot.intake.clinical_hl7 import words_of_hl7

        return words_of_hl7(data, where)
    from hepaspot.intake.clinical_sr import words_of_sr

    return words_of_sr(data, where)
