"""Under what an archive has a DICOM object: study, person, day. Read without its picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from hepaspot.errors import InputError, UnreadableInput

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

LONGEST_UID: Final = 64
"""Characters of a UID (PS3.5, 9.1)."""

LAST: Final = 0x0020000D
"""(0020,000D) *Study Instance UID*: nothing behind it is read."""

YEARS: Final = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}
"""Units of an age (PS3.5, 6.2)."""

_KEYWORDS: Final = (
    *("StudyDate", "ContentDate", "PatientID", "PatientSex", "PatientAge", "StudyInstanceUID"),
)


class Filing(NamedTuple):
    """Under what an archive has an object; ``patient`` is its id, and is not to be shown."""

    study: str
    patient: str
    date: str
    sex: str
    age_years: float | None

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
        source = data_set(file, path.stat().st_size)
        told = _header(source.stream, implicit=source.implicit, little=source.little)
    study, sex = _text(told, "StudyInstanceUID"), _text(told, "PatientSex").upper()
    if not study or len(study) > LONGEST_UID or not study.replace(".", "0").isdecimal():
        raise UnreadableInput("has no usable StudyInstanceUID; export it again from the PACS")
    return Filing(
        study=study,
        patient=_text(told, "PatientID"),
        date=(_text(told, "StudyDate") or _text(told, "ContentDate")).replace(".", ""),
        sex=sex if sex in {"F", "M", "O"} else "",
        age_years=_years(_text(told, "PatientAge")),
    )


def _years(text: str) -> float | None:
    number, unit = text[:3], text[3:4]
    return int(number) * YEARS[unit] if number.isdecimal() and unit in YEARS else None


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
            stop_when=lambda tag, vr, length: tag > LAST,
            specific_tags=list(tags),
        )
    except InputError:
        raise
    except Exception:  # noqa: BLE001 - a damaged header can end a parser in many ways
        raise damaged("its header cannot be read") from None


def _text(told: Dataset, keyword: str) -> str:
    """A value as it stands in the file: what it should be is not asked, so nothing can fail."""
    value = getattr(told.get_item(keyword), "value", None)
    return value.decode("utf-8", "replace").strip("\0 ") if isinstance(value, bytes) else ""
