"""The clinician's page as a PDF in a DICOM object: Encapsulated PDF."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Final

from hepaspot.errors import MissingExtra
from hepaspot.export import concepts
from hepaspot.export.case import Case
from hepaspot.export.concepts import Concept
from hepaspot.export.formats import Exported
from hepaspot.export.marked_pictures import as_png, marked
from hepaspot.export.objects import coded, finish, need_highdicom, new_object, reference
from hepaspot.export.summary import document

STORAGE: Final = "1.2.840.10008.5.1.4.1.1.104.1"
"""Encapsulated PDF Storage."""


def files(case: Case) -> Iterator[Exported]:
    """One file."""
    yield Exported("summary.pdf.dcm", _object(case, clinician_page(case)))


def clinician_page(case: Case) -> bytes:
    """The clinician's page as PDF, with the DICOM pictures of the exam in it.

    Raises
    ------
    UnsupportedInput
        If no picture of the exam is DICOM.
    MissingExtra
        If reportlab is not installed.
    """
    identity = case.first.identity
    if find_spec("reportlab") is None:
        raise MissingExtra(
            'the PDF: needs reportlab, which is not installed; pip install "hepaspot[export]"'
        )
    from hepaspot.export.clinician_pdf import clinician_pdf

    pictures = {each.source: as_png(marked(case, each)) for each in case.pictures}
    told = (_as_read(identity.patient.name), identity.patient.id, _dashed(identity.study.date))
    whose = "  ·  ".join(filter(None, told))
    return clinician_pdf(document(case, pictures), whose)


def _object(case: Case, page: bytes) -> bytes:
    need_highdicom("the PDF")
    data = new_object(case, "pdf", STORAGE)
    data.Modality = "DOC"
    data.ConversionType = "WSD"
    data.BurnedInAnnotation = "YES"
    data.RecognizableVisualFeatures = "NO"
    data.AcquisitionDateTime = ""
    data.DocumentTitle = "Bright spots in the liver (preliminary, unverified)"
    data.VerificationFlag = "UNVERIFIED"
    data.ConceptNameCodeSequence = [coded(_document_kind())]
    data.SourceInstanceSequence = [reference(picture.identity) for picture in case.pictures]
    data.MIMETypeOfEncapsulatedDocument = "application/pdf"
    data.EncapsulatedDocumentLength = len(page)
    data.EncapsulatedDocument = page + b"\0" * (len(page) % 2)
    return finish(data, case, "pdf")


def _document_kind() -> Concept:
    return concepts.named("document:ultrasound_liver")


def _as_read(name: str) -> str:
    """A name of DICOM as people read it: each writing, its parts one after the other."""
    writings = (" ".join(filter(None, each.split("^"))) for each in name.split("="))
    return " / ".join(filter(None, writings))


def _dashed(date: str) -> str:
    """A date as people read it: 2024-01-31."""
    return "-".join(filter(None, (date[:4], date[4:6], date[6:])))
