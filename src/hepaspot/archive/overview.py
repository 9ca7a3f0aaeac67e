"""What an audit found, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from hepaspot.archive.alerts import ranks

COUNTED: Final = (
    ("exams", "exam", "exams"),
    ("foci", "bright spot", "bright spots"),
    ("alerts", "alert", "alerts"),
    ("errors", "document not read", "documents not read"),
)
"""Tables, and what one row and several are called."""


def overview(result: Path) -> Iterator[str]:
    """Lines for a terminal."""
    counts = {
        name: pq.ParquetFile(result / f"{name}.parquet").metadata.num_rows
        for name in ("exams", "foci", "alerts", "errors")
    }
    yield ", ".join(
        f"{counts[table]:,} {one if counts[table] == 1 else many}" for table, one, many in COUNTED
    )
    alerts = pq.read_table(result / "alerts.parquet", columns=["alert", "exam"])
    exams = alerts.group_by("alert").aggregate([("exam", "count_distinct")]).to_pylist()
    found = {row["alert"]: row["exam_count_distinct"] for row in exams}
    for alert, rank in sorted(ranks().items(), key=lambda pair: pair[1]):
        if alert in found:
            per = 1000 * found[alert] / max(1, counts["exams"])
            yield f"  {rank}  {alert:<32}{found[alert]:>9,} exams {per:8.2f} per 1,000"
    yield f"The work list: {result / 'worklist.csv'}"
    yield f"The page: {result / 'index.html'}"
