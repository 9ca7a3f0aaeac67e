"""Small archives of reports with known content, and how audits of them are run and compared."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq

from hepaspot.archive.auditing import Order, audit
from hepaspot.archive.schema import TABLES
from hepaspot.archive.sources import sources
from hepaspot.exam import Setting

STONE = (
    "超声所见：肝右叶见一强回声光斑，大小约8mm，后方伴声影，肝内胆管未见扩张。\n"
    "超声提示：肝内胆管结石。"
)
CALCIFIED = (
    "Findings: A 9 mm echogenic focus with posterior shadowing in segment VI. "
    "The intrahepatic ducts are dilated.\nImpression: Hepatic calcification."
)
CLEAN = (
    "Findings: A 6 mm calcification with shadowing in the right lobe. The intrahepatic bile ducts "
    "are not dilated.\nImpression: Hepatic calcification."
)
NORMAL = "超声所见：肝脏大小正常，实质回声均匀，肝内外胆管未见扩张。\n超声提示：肝脏未见异常。"


def sized(mm):
    return CLEAN.replace("6 mm", f"{mm} mm")


def rows(count):
    """Exams of half as many persons, in an order that is none of theirs."""
    kinds = (NORMAL, STONE, NORMAL, CALCIFIED, CLEAN)
    return [
        {
            "exam": f"E{number:05}",
            "person": f"P{number * 7 % (count // 2 or 1)}",
            "date": f"20{15 + number % 9}-0{1 + number % 9}-1{number % 9}",
            "site": f"S{number % 3}",
            "text": kinds[number % 5],
        }
        for number in range(count)
    ]


def write_csv(path, records, encoding="utf-8"):
    with Path(path).open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return path


def write_lines(path, records):
    Path(path).write_text(
        "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8"
    )
    return path


def run(named, result, *, columns=(), per_part=7, workers=1, dask=None, told=None):
    """An audit in small parts."""
    order = Order(
        sources(list(map(str, named))),
        dict(columns),
        Setting(),
        workers=workers,
        dask=dask,
        per_part=per_part,
    )
    return audit(order, Path(result), told or (lambda done, parts, part: None))


def table(result, name):
    return pq.read_table(Path(result) / f"{name}.parquet").to_pylist()


def same_bytes(first, second):
    """Whether two results hold the same, byte for byte."""
    names = [*(f"{name}.parquet" for name in TABLES), "worklist.csv", "input.parquet"]
    return all(
        (Path(first) / name).read_bytes() == (Path(second) / name).read_bytes() for name in names
    )


def alerts(result):
    return {(row["exam"], row["alert"]) for row in table(result, "alerts")}
