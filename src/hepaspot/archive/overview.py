"""What an audit found, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow.compute as pc
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
    of_liver = pq.read_table(result / "exams.parquet", columns=["of_liver"])["of_liver"]
    counts["exams"] = pc.sum(of_liver).as_py() or 0
    yield ", ".join(
        f"{counts[table]:,} {one if counts[table] == 1 else many}" for table, one, many in COUNTED
    )
    if len(of_liver) > counts["exams"]:
        yield f"{len(of_liver) - counts['exams']:,} more of which the reports name no liver"
    alerts = pq.read_table(result / "alerts.parquet", columns=["alert", "exam"])
    exams = alerts.group_by("alert").aggregate([("exam", "count_distinct")]).to_pylist()
    found = {row["alert"]: row["exam_count_distinct"] for row in exams}
    for alert, rank in sorted(ranks().items(), key=lambda pair: pair[1]):
        if alert in found:
            per = 1000 * found[alert] / max(1, counts["exams"])
            yield f"  {rank}  {alert:<32}{_exams(found[alert])} {per:8.2f} per 1,000"
    yield f"The work list: {result / 'worklist.csv'}"
    yield f"The page: {result / 'index.html'}"


def _exams(count: int) -> str:
    return f"{count:>9,} {'exam ' if count == 1 else 'exams'}"
