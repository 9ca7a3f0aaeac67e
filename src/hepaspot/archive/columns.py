"""Which column of a table holds what: by the names that such columns usually have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from hepaspot.errors import InputError

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "report", "report_text", "report text", "narrative", "报告", "报告内容"),
    "findings": ("findings", "finding", "超声所见", "检查所见", "所见", "描述", "超声描述"),
    "impression": (
        *("impression", "conclusion", "diagnosis", "超声提示", "提示", "诊断", "印象"),
        *("超声诊断", "检查结论", "结论"),
    ),
    "exam": (
        *("exam", "exam_id", "study", "study_id", "study_uid", "studyinstanceuid", "accession"),
        *("accession_number", "检查号", "检查编号", "影像号"),
    ),
    "person": (
        *("person", "person_id", "patient", "patient_id", "patientid", "pid", "mrn"),
        *("患者编号", "病人编号", "登记号", "体检号", "患者id", "客户id", "客户编号", "体检编号"),
    ),
    "date": (
        "date",
        "exam_date",
        "study_date",
        "studydate",
        "检查日期",
        "日期",
        "检查时间",
        "体检日期",
        "体检时间",
    ),
    "site": ("site", "hospital", "centre", "center", "institution", "机构", "分院", "体检中心"),
    "age": ("age", "age_years", "年龄"),
    "sex": ("sex", "gender", "性别"),
    "path": ("path", "file", "picture", "dicom", "文件", "路径"),
}
"""What a column may hold, and what it is then called; upper and lower case are the same."""


def known_columns(present: Iterable[str], told: Mapping[str, str], where: str) -> dict[str, str]:
    """What each column of interest is called in one table.

    Parameters
    ----------
    present : iterable of str
        The columns of the table.
    told : mapping of str to str
        What the user says: a key of `NAMES` to a column.
    where : str
        The table, for what is told to the user.

    Raises
    ------
    InputError
        If a column that was told is not there, or none holds the words or a file.
    """
    columns = list(present)
    folded = {column.strip().casefold(): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for meaning, names in NAMES.items():
        if meaning in told:
            if told[meaning] not in columns:
                raise InputError(
                    f"{where}: has no column {told[meaning]!r}; it has {', '.join(columns)}"
                )
            found[meaning] = told[meaning]
        else:
            column = next((folded[name] for name in names if name in folded), None)
            if column is not None and column not in told.values():
                found[meaning] = column
    if not found.keys() & {"text", "findings", "impression", "path"}:
        raise InputError(
            f"{where}: none of its columns ({', '.join(columns)}) is called like one that holds "
            "reports; say which one does, with --column text=NAME, or findings= and impression="
        )
    return found
