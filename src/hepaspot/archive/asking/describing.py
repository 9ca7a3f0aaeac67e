"""The tables that can be asked, column by column, as rows and in the words of an error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyarrow as pa

from hepaspot.archive.asking.result import DOCUMENTS
from hepaspot.archive.schema import INPUT, TABLES

ASKED: Final = "tables"
"""What lists them when it is asked in place of a question."""

SCHEMAS: Final = {**TABLES, DOCUMENTS: INPUT}
"""The columns of each table by what a query calls it."""


def described() -> pa.Table:
    """One row a column: its table, its name, its type, and what it holds."""
    return pa.Table.from_pylist(
        [
            {
                "table": table,
                "column": field.name,
                "type": str(field.type),
                "what": field.metadata[b"what"].decode(),
            }
            for table, schema in SCHEMAS.items()
            for field in schema
        ]
    )


def columns_of(tables: Iterable[str]) -> str:
    """The columns of some tables in words, empty where none of them is known."""
    return "; ".join(
        f"{table} has {', '.join(SCHEMAS[table].names)}" for table in SCHEMAS if table in tables
    )
