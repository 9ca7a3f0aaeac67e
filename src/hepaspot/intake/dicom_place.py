"""Where a DICOM object belongs: its study, its series, itself. Little else of it is loaded."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from hepaspot.errors import UnsupportedInput
from hepaspot.intake.clinical_marks import OWN_MANUFACTURER
from hepaspot.intake.dicom_head import head_of, text_in, uid_in

NUMBER: Final = 0x00200013
"""(0020,0013) *Instance Number*: nothing behind it is read."""

_UIDS: Final = ("StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "SOPInstanceUID")
"""In the order of a `Place`."""
_TEXTS: Final = ("Manufacturer", "Modality", "PatientID", "InstanceNumber")


class Place(NamedTuple):
    """The UIDs of one object, and who made it."""

    study: str
    series: str
    sop_class: str
    sop_instance: str
    own: bool = False
    """Whether hepaspot made it."""
    number: int = 0
    """(0020,0013) *Instance Number*: its place in its series; 0 where it tells none."""
    patient: str = ""
    """A hash of (0010,0020) *Patient ID*: the same for the same patient; empty without one."""


def place_in(path: Path) -> Place:
    """Where the object in the file belongs, read in this very process.

    Deflated objects are refused: they would have to be inflated whole. Of any other, a bounded
    part of the header is read, and no value but these is decoded.

    Raises
    ------
    InputError
        Without the name of the file, where it is damaged or lacks one of the UIDs.
    OSError
        If it cannot be read from the disk.
    """
    from hepaspot.intake.dicom_file import DEFLATED_LITTLE, data_set, syntax_in

    with path.open("rb") as file:
        if syntax_in(file) == DEFLATED_LITTLE:
            raise UnsupportedInput("is deflated, which is not taken here; send it uncompressed")
        file.seek(0)
        source = data_set(file, path.stat().st_size)
        told = head_of(source, (*_UIDS, *_TEXTS), NUMBER)
    study, series, sop_class, sop_instance = (uid_in(told, keyword) for keyword in _UIDS)
    number, patient = text_in(told, "InstanceNumber"), text_in(told, "PatientID")
    return Place(
        *(study, series, sop_class, sop_instance),
        # Phantoms are of hepaspot too, and ultrasound.
        own=text_in(told, "Manufacturer") == OWN_MANUFACTURER and text_in(told, "Modality") != "US",
        number=int(number) if number.isdecimal() and len(number) < 10 else 0,
        patient=sha256(patient.encode()).hexdigest() if patient else "",
    )
