"""What every exported DICOM object has: patient, study, series, dates, who made it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from hepaspot import __version__
from hepaspot.errors import MissingExtra
from hepaspot.export.case import Case
from hepaspot.export.concepts import OWN, OWN_NAME, Concept
from hepaspot.export.uids import IMPLEMENTATION, object_uid, series_uid, uid_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset

    from hepaspot.intake.dicom_identity import DicomIdentity

UTF_8: Final = "ISO_IR 192"
"""(0008,0005) *Specific Character Set* of all that is written."""

ULTRASOUND: Final = "1.2.840.10008.5.1.4.1.1.6.1"
"""Ultrasound Image Storage."""

ULTRASOUND_CLIP: Final = "1.2.840.10008.5.1.4.1.1.3.1"
"""Ultrasound Multi-frame Image Storage."""

SERIES_NUMBERS: Final = {"sr": 9601, "sc": 9602, "pdf": 9603, "seg": 9604}
"""(0020,0011) *Series Number*, high above a scanner's (convention)."""

DESCRIPTIONS: Final = {
    "sr": "hepaspot: measurements (preliminary)",
    "sc": "hepaspot: marked pictures (preliminary)",
    "pdf": "hepaspot: summary (preliminary)",
    "seg": "hepaspot: outlines (preliminary)",
}
"""(0008,103E) *Series Description*."""


def need_highdicom(what: str) -> None:
    """Refuse where the extra is not installed.

    Raises
    ------
    MissingExtra
    """
    from importlib.util import find_spec

    if find_spec("highdicom") is None:
        raise MissingExtra(
            f'{what}: needs highdicom, which is not installed; pip install "hepaspot[export]"'
        )


def new_object(case: Case, kind: str, sop_class: str, part: str = "") -> FileDataset:
    """An object of ``kind`` with nothing but what all have."""
    from pydicom.dataset import FileDataset, FileMetaDataset

    data = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    data.SOPClassUID = sop_class
    data.SOPInstanceUID = object_uid(case, kind, part)
    data.SeriesInstanceUID = series_uid(case, kind)
    return data


def finish(data: FileDataset, case: Case, kind: str, number: int = 1) -> bytes:
    """The file of an object, once all that every object has is laid in."""
    _carry(data, case.first.identity)
    data.SpecificCharacterSet = UTF_8
    data.SeriesNumber, data.InstanceNumber = SERIES_NUMBERS[kind], number
    data.SeriesDescription = DESCRIPTIONS[kind]
    data.Manufacturer = data.ManufacturerModelName = "hepaspot"
    data.SoftwareVersions = __version__
    data.DeviceSerialNumber = __version__
    for keyword in ("Content", "InstanceCreation", "Series"):
        setattr(data, f"{keyword}Date", case.date)
        setattr(data, f"{keyword}Time", case.time)
    data.CodingSchemeIdentificationSequence = [_own_scheme()]
    if "ContributingEquipmentSequence" in data:  # the library's, with its version and today's date
        del data.ContributingEquipmentSequence
    _name_classes(
        data, {p.identity.sop_instance_uid: p.identity.sop_class_uid for p in case.pictures}
    )
    _say_encoding(data)
    return _bytes(data)


def _carry(data: Dataset, identity: DicomIdentity) -> None:
    """Lay in whose it is, as the source told it."""
    patient, study = identity.patient, identity.study
    data.PatientName, data.PatientID = patient.name, patient.id
    data.PatientBirthDate, data.PatientSex = patient.birth_date, patient.sex
    data.StudyInstanceUID = study.instance_uid
    data.StudyDate, data.StudyTime, data.StudyID = study.date, study.time, study.id
    data.AccessionNumber = study.accession_number
    data.ReferringPhysicianName = study.referring_physician
    if study.description:
        data.StudyDescription = study.description


def _name_classes(data: Dataset, classes: dict[str, str]) -> None:
    """Refer to each picture by its own class, which `stand_in` may not have told."""
    for element in data:
        if element.VR == "SQ":
            for item in element.value:
                _name_classes(item, classes)
    uid = data.get("ReferencedSOPInstanceUID")
    if uid in classes:
        data.ReferencedSOPClassUID = classes[uid]


def _own_scheme() -> Dataset:
    from pydicom.dataset import Dataset

    scheme = Dataset()
    scheme.CodingSchemeDesignator = OWN
    scheme.CodingSchemeUID = uid_of("coding scheme", OWN)
    scheme.CodingSchemeName = OWN_NAME
    return scheme


def _say_encoding(data: FileDataset) -> None:
    from pydicom.uid import UID, ExplicitVRLittleEndian

    meta = data.file_meta
    meta.MediaStorageSOPClassUID = data.SOPClassUID
    meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    meta.TransferSyntaxUID = meta.get("TransferSyntaxUID", ExplicitVRLittleEndian)
    # Not that of the library: its version must not change a byte.
    meta.ImplementationClassUID = UID(IMPLEMENTATION)
    meta.ImplementationVersionName = f"HEPASPOT_{__version__}"[:16]


def _bytes(data: FileDataset) -> bytes:
    out = BytesIO()
    data.save_as(out, enforce_file_format=True)
    return out.getvalue()


def coded(concept: Concept) -> Dataset:
    """A concept as an item of a code sequence."""
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodeValue = concept.code
    item.CodingSchemeDesignator = concept.scheme
    item.CodeMeaning = concept.meaning
    return item


def stand_in(identity: DicomIdentity) -> Dataset:
    """The image as other objects refer to it.

    Whose it is stays empty, and is laid in at the end: a library that makes the object may log
    a name that it finds fault with. So is the class of a picture: it may be one that is retired
    and that no library knows any more.
    """
    from pydicom.dataset import Dataset

    data = Dataset()
    data.SpecificCharacterSet = UTF_8
    data.SOPClassUID = ULTRASOUND if identity.frames == 1 else ULTRASOUND_CLIP
    data.SOPInstanceUID = identity.sop_instance_uid
    data.StudyInstanceUID = identity.study.instance_uid
    data.SeriesInstanceUID = identity.series_instance_uid
    data.Modality = "US"
    data.Rows, data.Columns = identity.rows, identity.columns
    if identity.frames > 1:
        data.NumberOfFrames = identity.frames
    for keyword in (
        *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "AccessionNumber"),
        *("StudyID", "StudyDate", "StudyTime", "ReferringPhysicianName"),
    ):
        setattr(data, keyword, "")
    return data


def reference(identity: DicomIdentity) -> Dataset:
    """An item that refers to the image."""
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ReferencedSOPClassUID = identity.sop_class_uid
    item.ReferencedSOPInstanceUID = identity.sop_instance_uid
    return item
