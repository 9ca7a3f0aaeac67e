"""Whose picture a DICOM file is: what an object that goes back into its study must carry over.

Everywhere else nothing about the patient is loaded. A value of this module shows none of it
when printed, and no refusal repeats it.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from hepaspot.errors import MissingExtra, UnreadableInput, UnsupportedInput
from hepaspot.exam import Value
from hepaspot.intake.dicom_head import BEFORE_PIXELS, head_of, is_uid
from hepaspot.intake.kinds import HEAD_BYTES, PictureFormat, picture_format
from hepaspot.intake.opening import shown_name

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from hepaspot.intake.dicom_file import DataSet

_READ: Final = (
    *("SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "Rows"),
    *("Columns", "NumberOfFrames", "FrameOfReferenceUID", "PatientOrientation", "ContentDate"),
    *("ContentTime", "PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    *("StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber"),
    *("ReferringPhysicianName", "StudyDescription"),
)

_DATE: Final = re.compile(r"(?:19|20)\d{6}")
_TIME: Final = re.compile(r"(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d(?:\.\d{1,6})?)?)?")

LONGEST_LINE: Final = 64
"""Characters of a Long String, and of each writing of a name (PS3.5, 6.2)."""

LONGEST_SHORT_LINE: Final = 16
"""Characters of a Short String (PS3.5, 6.2)."""

_SEXES: Final = ("M", "F", "O")


class _Hidden(Value, frozen=True):
    """A value whose content is not for a log or a trace."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    __str__ = __repr__


class Patient(_Hidden, frozen=True):
    """The person, as the file tells; an empty string where it does not."""

    name: str = ""
    id: str = ""
    birth_date: str = ""
    sex: str = ""


class Study(_Hidden, frozen=True):
    """The examination that the picture belongs to."""

    instance_uid: str
    date: str = ""
    time: str = ""
    id: str = ""
    accession_number: str = ""
    referring_physician: str = ""
    description: str = ""


class DicomIdentity(_Hidden, frozen=True):
    """One DICOM picture: its patient, its study, and how other objects refer to it.

    ``date`` and ``time`` are those of the picture's content, as YYYYMMDD and HHMMSS;
    ``character_set`` is what the file was written in: its text is Unicode here.
    """

    patient: Patient
    study: Study
    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    rows: int
    columns: int
    frames: int = 1
    date: str = ""
    time: str = ""
    character_set: str = ""
    frame_of_reference_uid: str | None = None


def dicom_identity(path: str | os.PathLike[str], *, name: str | None = None) -> DicomIdentity:
    """Read whose picture is in a DICOM file, in a process of its own.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    name : str, optional
        What the user calls the file, where that is not its path.

    Raises
    ------
    InputError
        If it is no DICOM picture, does not tell its study, or tells a patient's name or id
        that DICOM does not allow.
    MissingExtra
        If pydicom is not installed.
    """
    from hepaspot.intake.messages import Wanted

    return msgspec.msgpack.decode(facts_of(path, Wanted.IDENTITY, name), type=DicomIdentity)


def is_dicom(path: str | os.PathLike[str]) -> bool:
    """Whether a file of that name is there and is a DICOM file, by its content."""
    try:
        with Path(path).open("rb") as stream:
            return picture_format(stream.read(HEAD_BYTES)) is PictureFormat.DICOM
    except (OSError, ValueError):
        return False


def facts_of(path: str | os.PathLike[str], wanted: str, name: str | None) -> bytes:
    """What the process that reads DICOM files tells of one.

    Raises
    ------
    InputError, MissingExtra
        As `dicom_identity`.
    """
    from hepaspot.intake.decoding import Decoding
    from hepaspot.intake.messages import Request, Wanted

    where = shown_name(os.fspath(path) if name is None else name)
    if not is_dicom(path):
        raise UnsupportedInput(f"{where}: is no DICOM file; give the one from the scanner or PACS")
    if find_spec("pydicom") is None:
        raise MissingExtra(
            f'{where}: is a DICOM file, and pydicom is not installed; pip install "hepaspot[export]"'
        )
    request = Request(
        os.fsencode(Path(path).absolute()), PictureFormat.DICOM, wanted=Wanted(wanted)
    )
    with Decoding(request, where) as decoding:
        return decoding.facts()


def identity_in(path: Path) -> DicomIdentity:
    """Whose picture is in the file, read in this very process: the one that decodes.

    Raises
    ------
    InputError
        Without the name of the file.
    """
    from hepaspot.intake.dicom_file import data_set

    with path.open("rb") as file:
        source = data_set(file, path.stat().st_size)
        return _identity(head_of(source, _READ, BEFORE_PIXELS), source)


def _identity(header: Dataset, source: DataSet) -> DicomIdentity:
    return DicomIdentity(
        patient=Patient(
            name=_person(header, "PatientName", must_fit=True),
            id=_line(header, "PatientID", LONGEST_LINE, must_fit=True),
            birth_date=_date(header, "PatientBirthDate"),
            sex=_one_of(header, "PatientSex", _SEXES),
        ),
        study=Study(
            instance_uid=_uid(header, "StudyInstanceUID"),
            date=_date(header, "StudyDate"),
            time=_time(header, "StudyTime"),
            id=_line(header, "StudyID", LONGEST_SHORT_LINE),
            accession_number=_line(header, "AccessionNumber", LONGEST_SHORT_LINE, must_fit=True),
            referring_physician=_person(header, "ReferringPhysicianName"),
            description=_line(header, "StudyDescription", LONGEST_LINE),
        ),
        sop_class_uid=_uid(header, "SOPClassUID", source.sop_class),
        sop_instance_uid=_uid(header, "SOPInstanceUID"),
        series_instance_uid=_uid(header, "SeriesInstanceUID"),
        rows=_whole(header, "Rows"),
        columns=_whole(header, "Columns"),
        frames=max(1, _whole(header, "NumberOfFrames")),
        date=_date(header, "ContentDate"),
        time=_time(header, "ContentTime"),
        character_set=_character_set(header),
        frame_of_reference_uid=_optional_uid(header, "FrameOfReferenceUID"),
    )


def _told(header: Dataset, keyword: str) -> str:
    """The text of an attribute; empty where it is missing."""
    value = header.get(keyword)
    return "" if value is None else str(value).strip("\0 ")


def _line(header: Dataset, keyword: str, longest: int, *, must_fit: bool = False) -> str:
    """One line of text; what DICOM does not allow is left out, or refused where it must fit."""
    value = header.get(keyword)
    text = _told(header, keyword)
    fits = len(text) <= longest and text.isprintable() and "\\" not in text
    if fits and (value is None or isinstance(value, str)):
        return text
    if must_fit:
        raise _refused(keyword)
    return ""


def _person(header: Dataset, keyword: str, *, must_fit: bool = False) -> str:
    text = _told(header, keyword)
    writings = text.split("=")
    fits = len(writings) <= 3 and all(len(each) <= LONGEST_LINE for each in writings)
    if fits and text.isprintable() and "\\" not in text:
        return text
    if must_fit:
        raise _refused(keyword)
    return ""


def _refused(keyword: str) -> UnreadableInput:
    return UnreadableInput(
        f"has a {keyword} that DICOM does not allow (too long, or with control characters); "
        "put it right at the scanner or PACS"
    )


def _date(header: Dataset, keyword: str) -> str:
    text = _told(header, keyword).replace(".", "")  # as ACR-NEMA wrote it
    return text if _DATE.fullmatch(text) and _is_day(text) else ""


def _is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007  # a day
    except ValueError:  # the 31st of April
        return False
    return True


def _time(header: Dataset, keyword: str) -> str:
    text = _told(header, keyword).replace(":", "")
    return text if _TIME.fullmatch(text) else ""


def _one_of(header: Dataset, keyword: str, known: tuple[str, ...]) -> str:
    text = _told(header, keyword).upper()
    return text if text in known else ""


def _uid(header: Dataset, keyword: str, otherwise: str = "") -> str:
    uid = _optional_uid(header, keyword) or (otherwise if is_uid(otherwise) else None)
    if uid is None:
        raise UnreadableInput(
            f"has no usable {keyword}, without which nothing can be put beside it; "
            "export it again from the PACS"
        )
    return uid


def _optional_uid(header: Dataset, keyword: str) -> str | None:
    text = _told(header, keyword)
    return text if is_uid(text) else None


def _whole(header: Dataset, keyword: str) -> int:
    text = _told(header, keyword)
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _character_set(header: Dataset) -> str:
    value = header.get("SpecificCharacterSet")
    parts = [value] if isinstance(value, str) else list(value or ())
    return "\\".join(str(part) for part in parts)
