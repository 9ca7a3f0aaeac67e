"""Where a DICOM object belongs: its study, its series, itself. Little else of it is loaded."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from hepaspot.errors import InputError, UnreadableInput, UnsupportedInput

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

LONGEST_UID: Final = 64
"""Characters of a UID (PS3.5, 9.1)."""

NUMBER: Final = 0x00200013
"""(0020,0013) *Instance Number*: nothing behind it is read."""

PATIENT: Final = 0x00100020
"""(0010,0020) *Patient ID*: only a hash of it leaves this module."""

MANUFACTURER: Final = 0x00080070
"""(0008,0070) *Manufacturer*: `OWN` in what `hepaspot.export` makes, and in phantoms."""

MODALITY: Final = 0x00080060
"""(0008,0060) *Modality*: US in a phantom, something else in what is exported."""

OWN: Final = "hepaspot"

_UID: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_KEYWORDS: Final = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")


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
        told = _header(source.stream, implicit=source.implicit, little=source.little)
    uids = [_uid(told, keyword) for keyword in _KEYWORDS]
    number, patient = _text(told, "InstanceNumber"), _text(told, "PatientID")
    return Place(
        *(uids[2], uids[3], uids[0], uids[1]),
        own=_text(told, "Manufacturer") == OWN and _text(told, "Modality") != "US",
        number=int(number) if number.isdecimal() and len(number) < 10 else 0,
        patient=sha256(patient.encode()).hexdigest() if patient else "",
    )


def _header(stream: object, *, implicit: bool, little: bool) -> Dataset:
    from pydicom.datadict import tag_for_keyword
    from pydicom.filereader import read_dataset

    from hepaspot.intake.refusals import damaged

    tags = [tag for keyword in _KEYWORDS if (tag := tag_for_keyword(keyword)) is not None]
    try:
        return read_dataset(
            stream,  # type: ignore[arg-type]  # it reads, seeks and tells; no more is asked
            implicit,
            little,
            stop_when=lambda tag, vr, length: tag > NUMBER,
            specific_tags=[*tags, MANUFACTURER, MODALITY, PATIENT, NUMBER],
        )
    except InputError:
        raise
    except Exception:  # noqa: BLE001 - a damaged header can end a parser in many ways
        raise damaged("its header cannot be read") from None


def _text(told: Dataset, keyword: str) -> str:
    """A value as it stands in the file: what it should be is not asked, so nothing can fail."""
    value = getattr(told.get_item(keyword), "value", None)
    return value.decode("latin-1").strip("\0 ") if isinstance(value, bytes) else ""


def _uid(told: Dataset, keyword: str) -> str:
    text = _text(told, keyword)
    if len(text) <= LONGEST_UID and _UID.fullmatch(text):
        return text
    raise UnreadableInput(f"has no usable {keyword}; put it right at the scanner or PACS")
