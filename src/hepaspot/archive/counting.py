"""Counts what tables hold, and lists what of them is no row: nothing is left out unsaid."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import duckdb
import msgspec

from hepaspot.archive.plan import Columns

_BROKEN: Final = "the line is no object of JSON"


class Counts(NamedTuple):
    """How much there is to read.

    Attributes
    ----------
    texts, paths : int
        Reports in tables, and files.
    words_bytes : int
        Size of the reports in tables.
    broken : int
        Lines of JSON Lines that are no objects.
    """

    texts: int
    paths: int
    words_bytes: int
    broken: int


def counted(
    base: duckdb.DuckDBPyConnection, tables: dict[int, Columns]
) -> tuple[Counts, tuple[Columns, ...]]:
    """How much there is to read in all, and of each table what its rows lack.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        With the view ``documents`` of the queries that `tables.view` gives.
    tables : dict of int to Columns
        The tables by the ``number`` that they have in it.
    """
    found = base.execute("""
        SELECT number, count(text), count(path), coalesce(sum(strlen(text)), 0)::BIGINT,
               count(*) FILTER (broken), count(*) FILTER (NOT broken),
               count(*) FILTER (text IS NULL AND path IS NULL AND NOT broken),
               count(*) FILTER (date IS NOT NULL OR undated),
               count(*) FILTER (undated), min(row) FILTER (undated)
        FROM documents GROUP BY number
    """).fetchall()
    told = dict(tables)
    for number, *_, rows, empty, days, undated, undated_row in found:
        if number in told:
            told[number] = msgspec.structs.replace(
                told[number],
                rows=rows,
                empty=empty,
                days=days,
                undated=undated,
                undated_row=undated_row,
            )
    return Counts(*(sum(row[each] for row in found) for each in range(1, 5))), tuple(told.values())


def broken_lines(base: duckdb.DuckDBPyConnection, counts: Counts) -> list[dict[str, Any]]:
    """Errors of lines that are no rows, by the names of their tables."""
    found: list[tuple[str, str]] = []
    if counts.broken:
        found += [
            (name, _BROKEN)
            for (name,) in base.execute("""
                SELECT regexp_replace(origin, ':([0-9]+)$', ', line \\1') FROM documents
                WHERE broken ORDER BY number, row
            """).fetchall()
        ]
    present = {table for _, _, table, *_ in base.execute("SHOW ALL TABLES").fetchall()}
    if {"reject_errors", "reject_scans"} <= present:
        found += [
            (f"{name}, line {line}", f"the line is no row of the table ({str(kind).lower()})")
            for name, line, kind in base.execute("""
                SELECT DISTINCT name, line, error_type FROM reject_errors
                JOIN reject_scans USING (scan_id, file_id) JOIN called ON file = file_path
                ORDER BY 1, 2, 3
            """).fetchall()
        ]
    return [
        {"exam": None, "origin": origin, "kind": "InputError", "reason": reason}
        for origin, reason in found
    ]
