"""What an audit found, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from hepaspot.archive.alerts import ranks


def overview(result: Path) -> Iterator[str]:
    """Lines for a terminal."""
    counts = {
        name: pq.ParquetFile(result / f"{name}.parquet").metadata.num_rows
        for name in ("exams", "foci", "alerts", "errors")
    }
    yield (
        f"{counts['exams']:,} exams, {counts['foci']:,} bright spots, "
        f"{counts['alerts']:,} alerts, {counts['errors']:,} documents not read"
    )
    column = pq.read_table(result / "alerts.parquet", columns=["alert"])["alert"]
    found = {str(each["values"]): int(str(each["counts"])) for each in pc.value_counts(column)}
    for alert, rank in sorted(ranks().items(), key=lambda pair: pair[1]):
        if alert in found:
            per = 1000 * found[alert] / max(1, counts["exams"])
            yield f"  {rank}  {alert:<32}{found[alert]:>9,}  {per:8.2f} per 1,000 exams"
    yield f"The work list: {result / 'worklist.csv'}"
    yield f"The page: {result / 'index.html'}"
