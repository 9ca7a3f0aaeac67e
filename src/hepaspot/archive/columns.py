"""Which column of a table holds what: by the names that such columns usually have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from hepaspot.errors import InputError

MOST_TOLD: Final = 30
"""Columns that a line to the user names (convention)."""

NAME_LENGTH: Final = 24
"""Characters that it gives of one name (convention)."""

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": (
        *("text", "report", "report_text", "report text", "narrative", "报告", "报告内容"),
        *("報告", "報告內容"),
    ),
    "findings": (
        *("findings", "finding", "超声所见", "检查所见", "所见", "描述", "超声描述", "影像表现"),
        *("影像所见", "超音波所見", "超聲所見", "檢查所見", "影像表現", "所見"),
    ),
    "impression": (
        *("impression", "conclusion", "diagnosis", "超声提示", "提示", "诊断", "印象"),
        *("超声诊断", "检查结论", "结论", "检查诊断", "诊断意见", "超声诊断意见", "影像诊断"),
        *("检查印象", "超音波診斷", "超聲提示", "超聲診斷", "檢查診斷", "診斷意見", "影像診斷"),
        *("檢查印象", "檢查結論", "診斷", "結論"),
    ),
    "exam": (
        *("exam", "exam_id", "study", "study_id", "study_uid", "studyinstanceuid", "accession"),
        *("accession_number", "检查号", "检查编号", "影像号", "超声号"),
        *("檢查號", "檢查編號", "影像號", "超音波號", "超聲號"),
    ),
    "person": (
        *("person", "person_id", "patient", "patient_id", "patientid", "pid", "mrn"),
        *("患者编号", "病人编号", "登记号", "体检号", "患者id", "客户id", "客户编号", "体检编号"),
        *("病历号", "患者編號", "病人編號", "登記號", "體檢號", "病歷號"),
    ),
    "date": (
        *("date", "exam_date", "study_date", "studydate", "检查日期", "日期", "检查时间"),
        *("体检日期", "体检时间", "檢查日期", "檢查時間", "體檢日期", "报告时间", "报告日期"),
        *("報告時間", "報告日期"),
    ),
    "site": (
        *("site", "hospital", "centre", "center", "institution", "机构", "分院", "体检中心"),
        *("医院", "院区", "機構", "醫院", "院區", "體檢中心"),
    ),
    "age": ("age", "age_years", "年龄", "年齡"),
    "sex": ("sex", "gender", "性别", "性別"),
    "path": ("path", "file", "picture", "dicom", "文件", "路径", "檔案", "路徑"),
}
"""What a column may hold, and what it is then called; see `_plain` for what is the same."""

_BETWEEN: Final = re.compile(r"[\s_-]+")

OF_ITS_GROUP: Final = frozenset(
    {"id", "no", "number", "code", "uid", "name", "value", "编号", "号"}
)
"""Names within a group that say nothing but what the group does: ``patient.id``."""

ELSEWHERE: Final = ("birth", "dob", "doctor", "physician", "author", "出生", "医生", "医师")
"""A group of one of these tells nothing of the exam: ``birth.date``."""


def known_columns(present: Iterable[str], told: Mapping[str, str], where: str) -> dict[str, str]:
    """What each column of interest is called in one table.

    Where a column holds the findings, one of the whole report is not read: it may tell no more
    than that the report is signed. Where the user says which one holds the report, that one alone
    is read.

    Parameters
    ----------
    present : iterable of str
        The columns of the table; a column within a group is called by both, with a dot.
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
    for said in told.values():
        if said not in columns:
            raise InputError(f"{where}: has no column {said!r}; it has {_cut(columns)}")
    folded = _folded(columns)
    found = dict(told)
    for meaning in NAMES.keys() - told.keys():
        names = map(_plain, NAMES[meaning])
        column = next((folded[name] for name in names if name in folded), None)
        if column is not None and column not in told.values():
            found[meaning] = column
    for meaning in _not_read(found, told):
        found.pop(meaning, None)
    if not found.keys() & {"text", "findings", "impression", "path"}:
        raise InputError(
            f"{where}: none of its columns ({_cut(columns)}) is called like one that holds "
            "reports; say which one does, with --column text=NAME, or findings= and impression="
        )
    return {meaning: found[meaning] for meaning in NAMES if meaning in found}


def _not_read(found: Mapping[str, str], told: Mapping[str, str]) -> set[str]:
    """What would tell the same again."""
    if "text" in told:
        return {"findings", "impression"} - told.keys()
    return {"text"} if "findings" in found else set()


def _folded(columns: list[str]) -> dict[str, str]:
    """Columns by what they may be known by: their names, and behind these their last names."""
    by_last_name = {_last_name(column): column for column in reversed(columns) if "." in column}
    by_name = {_plain(column): column for column in reversed(columns)}
    return by_last_name | by_name


def _last_name(column: str) -> str:
    """``findings`` of ``report.findings``, ``patient`` of ``patient.id``, ``date`` of ``date.$date``."""
    *groups, name = [part for part in _plain(column).split(".") if not part.startswith("$")]
    if any(word in group for group in groups for word in ELSEWHERE):
        return _plain(column)
    return groups[-1] if groups and name in OF_ITS_GROUP else name


def _plain(column: str) -> str:
    """A name without what people write otherwise: ``Patient ID``, ``patient_id``, ``PATIENT-ID``."""
    return _BETWEEN.sub("", column.strip('\ufeff"')).casefold()


def _cut(columns: list[str]) -> str:
    """Names for a line to the user; a long one is a cell, where a table has no headings."""
    more = len(columns) - MOST_TOLD
    names = [name if len(name) <= NAME_LENGTH else f"{name[:NAME_LENGTH]}…" for name in columns]
    return ", ".join(names[:MOST_TOLD]) + (f" and {more} more" if more > 0 else "")
