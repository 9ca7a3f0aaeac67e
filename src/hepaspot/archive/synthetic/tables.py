"""The tables of a synthetic archive, column by column."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pyarrow as pa

from hepaspot.archive.synthetic.making import Exam
from hepaspot.archive.synthetic.truth import Wrong

EPOCH: Final = date(1970, 1, 1).toordinal()

REPORTS: Final = pa.schema(
    [
        ("exam", pa.string()),
        ("person", pa.string()),
        ("date", pa.date32()),
        ("site", pa.string()),
        ("age", pa.int32()),
        ("sex", pa.string()),
        ("text", pa.string()),
        ("path", pa.string()),
    ]
)

PASSAGES: Final = pa.list_(
    pa.struct([("start", pa.int32()), ("end", pa.int32()), ("words", pa.string())])
)

TRUTH: Final = pa.schema(
    [
        ("exam", pa.string()),
        ("kind", pa.string()),  # id of the alert; null where nothing is wrong
        ("prior", pa.string()),  # the exam that `second` stands in, where it is an earlier one
        ("first", PASSAGES),  # any of these may be named
        ("second", PASSAGES),
        ("spot", pa.string()),
        ("several", pa.bool_()),
        ("side", pa.string()),
        ("segment", pa.int32()),
        ("size_mm", pa.float32()),
        ("shadow", pa.string()),
        ("ducts", pa.string()),
        ("impression", pa.string()),
        ("stated", pa.string()),
    ]
)
"""One row for each contradiction, and one for each exam without."""


def report_table(exams: list[Exam]) -> pa.Table:
    """One row a report; the picture of an exam stands in a row of its own, behind it."""
    rows: list[tuple[Exam, str | None, str | None]] = []
    for exam in exams:
        rows.append((exam, exam.text, None))
        if exam.path is not None:
            rows.append((exam, None, exam.path))
    columns = [
        [exam.exam for exam, _, _ in rows],
        [exam.person for exam, _, _ in rows],
        pa.array([exam.day - EPOCH for exam, _, _ in rows], pa.int32()).cast(pa.date32()),
        [exam.site for exam, _, _ in rows],
        [exam.age for exam, _, _ in rows],
        [exam.sex for exam, _, _ in rows],
        [text for _, text, _ in rows],
        [path for _, _, path in rows],
    ]
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, REPORTS, strict=True)],
        schema=REPORTS,
    )


def truth_table(exams: list[Exam]) -> pa.Table:
    """One row for each contradiction, and one for each exam without."""
    rows: list[tuple[Exam, Wrong | None]] = []
    for exam in exams:
        rows += [(exam, wrong) for wrong in exam.wrong] or [(exam, None)]
    facts = [exam.told for exam, _ in rows]
    spots = [told.spot for told in facts]
    columns = [
        [exam.exam for exam, _ in rows],
        [wrong and wrong.kind for _, wrong in rows],
        [exam.prior if wrong is not None and wrong.since else None for exam, wrong in rows],
        [_passages(wrong.first) if wrong else None for _, wrong in rows],
        [_passages(wrong.second) if wrong else None for _, wrong in rows],
        [spot and spot.kind.value for spot in spots],
        [spot and spot.several for spot in spots],
        [spot and spot.place.side for spot in spots],
        [spot and spot.place.segment for spot in spots],
        [max(spot.axes_mm, default=None) if spot else None for spot in spots],
        [spot and spot.shadow for spot in spots],
        [told.ducts and told.ducts.value for told in facts],
        [told.impression.value if told.spot else None for told in facts],
        [told.impression_kind and told.impression_kind.value for told in facts],
    ]
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, TRUTH, strict=True)],
        schema=TRUTH,
    )


def _passages(passages: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [passage._asdict() for passage in passages]
