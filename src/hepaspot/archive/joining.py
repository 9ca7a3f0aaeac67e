"""Puts the parts of an audit together: one file a table, and the work list."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from hepaspot.archive.laying_out import MEMORY_MB
from hepaspot.archive.parts import name_of
from hepaspot.archive.plan import cannot_read, cannot_write
from hepaspot.archive.schema import TABLES

ROWS: Final = 65_536
"""Rows of one group in a joined file (convention)."""

WORK_LIST: Final = (
    *("rank", "alert", "exam", "focus", "date", "prior", "first_words", "second_words"),
    *("person", "later_exams", "site", "origin"),
)
"""Columns of the work list; ``later_exams`` are those of the same person on a later day, if this has one."""


def join(result: Path, parts: int) -> None:
    """Write the tables of the whole audit, and the work list.

    Raises
    ------
    OutputError
        If the folder cannot be written, or a part in it cannot be read.
    """
    try:
        for name, schema in TABLES.items():
            _table(result, name, schema, parts)
        _work_list(result)
    except (duckdb.Error, pa.ArrowInvalid):
        raise cannot_read(result) from None
    except OSError as error:
        raise cannot_write(result, error) from None


def _table(result: Path, name: str, schema: pa.Schema, parts: int) -> None:
    draft = result / f"{name}.parquet.{os.getpid()}"
    with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        held: list[pa.Table] = []
        for table in _pieces(result, name, parts):
            held.append(table.cast(schema))
            if sum(map(len, held)) >= ROWS:
                writer.write_table(pa.concat_tables(held), row_group_size=ROWS)
                held.clear()
        if held:
            writer.write_table(pa.concat_tables(held), row_group_size=ROWS)
    draft.replace(result / f"{name}.parquet")


def _pieces(result: Path, name: str, parts: int) -> Iterator[pa.Table]:
    if name == "errors":
        yield pq.read_table(result / "input-errors.parquet")
    for part in range(parts):
        yield pq.read_table(result / "parts" / name_of(part) / f"{name}.parquet")


def _work_list(result: Path) -> None:
    """Alerts as a list for people: what matters most first, then the newest exam."""
    draft = result / f"worklist.csv.{os.getpid()}"
    with duckdb.connect() as base, draft.open("w", encoding="utf-8-sig", newline="") as file:
        base.execute(f"SET memory_limit = '{MEMORY_MB}MB'")
        base.execute("SET temp_directory = ?", [str(result / "sorting")])
        found = base.execute(
            f"""
            WITH exams AS (
                SELECT exam, person, site, origin,
                    CASE WHEN date IS NOT NULL THEN count(date) OVER (PARTITION BY person)
                        - count(date) OVER (PARTITION BY person ORDER BY date NULLS FIRST)
                    END AS later_exams
                FROM read_parquet(?)
            )
            SELECT {", ".join(f"alerts.{each}" for each in WORK_LIST[:8])},
                exams.person, exams.later_exams, exams.site, exams.origin
            FROM read_parquet(?) AS alerts JOIN exams USING (exam)
            ORDER BY alerts.rank, alerts.date DESC NULLS LAST, alerts.exam, alerts.alert,
                     alerts.focus NULLS FIRST
            """,
            [str(result / "exams.parquet"), str(result / "alerts.parquet")],
        )
        writer = csv.writer(file)
        writer.writerow(WORK_LIST)
        while rows := found.fetchmany(10_000):
            writer.writerows(rows)
    draft.replace(result / "worklist.csv")
