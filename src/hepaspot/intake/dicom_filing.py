"""Under what an archive has a DICOM object: study, person, day. Read without its picture."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from hepaspot.intake.dicom_head import head_of, text_in, uid_in

LAST: Final = 0x0020000D
"""(0020,000D) *Study Instance UID*: nothing behind it is read."""

YEARS: Final = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}
"""Units of an age (PS3.5, 6.2)."""

_KEYWORDS: Final = (
    *("StudyDate", "ContentDate", "AccessionNumber", "PatientID", "PatientSex", "PatientAge"),
    "StudyInstanceUID",
)


class Filing(NamedTuple):
    """Under what an archive has an object; ``patient`` is its id, and is not to be shown."""

    study: str
    patient: str
    date: str
    sex: str
    age_years: float | None
    accession: str

    def __repr__(self) -> str:
        return "Filing(...)"


def filing_in(path: Path) -> Filing:
    """Under what an archive has the object in the file, read in this very process.

    Raises
    ------
    InputError
        Without the name of the file, where it is damaged or tells no study.
    """
    from hepaspot.intake.dicom_file import data_set

    with path.open("rb") as file:
        told = head_of(data_set(file, path.stat().st_size), _KEYWORDS, LAST)
    sex = text_in(told, "PatientSex").upper()
    return Filing(
        study=uid_in(told, "StudyInstanceUID"),
        patient=text_in(told, "PatientID"),
        date=(text_in(told, "StudyDate") or text_in(told, "ContentDate")).replace(".", ""),
        sex=sex if sex in {"F", "M", "O"} else "",
        age_years=_years(text_in(told, "PatientAge")),
        accession=text_in(told, "AccessionNumber"),
    )


def _years(text: str) -> float | None:
    number, unit = text[:3], text[3:4]
    return int(number) * YEARS[unit] if number.isdecimal() and unit in YEARS else None
