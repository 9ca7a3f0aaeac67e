"""Lays an archive out: one Parquet file of documents, those of one person side by side.

DuckDB reads the tables. A row that cannot be taken apart is set aside with its reason.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hepaspot.archive.access import Access
from hepaspot.archive.belonging import BUCKET as BUCKET_OF
from hepaspot.archive.belonging import called_after, put_together, told_apart
from hepaspot.archive.counting import broken_lines, counted
from hepaspot.archive.days import define
from hepaspot.archive.fetching import DICOMWEB, listed
from hepaspot.archive.folders import documents_in
from hepaspot.archive.ordering import put_in_order
from hepaspot.archive.plan import Columns
from hepaspot.archive.schema import ERRORS, INPUT, LISTED
from hepaspot.archive.sources import Kind, Source
from hepaspot.archive.store_folders import pieces_in_store
from hepaspot.archive.stores import is_in_store, located, shown
from hepaspot.archive.tables import COUNTED, quoted, view
from hepaspot.errors import InputError, OutputError
from hepaspot.remote.servers import Away

PER_PART: Final = 2000
"""Reports of one part, about (convention): read in some seconds, lost in a crash at most."""

PICTURE: Final = 200
"""A picture, or a study on a server, counts as so many reports: it takes as long (convention)."""

MOST_PARTS: Final = 50_000
"""Parts of one audit; each is a folder until the end (convention)."""

BUCKET: Final = INPUT.get_field_index("bucket")

ROWS: Final = 512
"""Documents that are held at a time (convention)."""

MEMORY_MB: Final = 256
"""Memory that DuckDB may use before it goes to disk (convention)."""

Piece = Source | Iterator[dict[str, Any]]
"""A table, or documents."""


def lay_out(
    named: Iterable[Source],
    columns: Mapping[str, str],
    folder: Path,
    *,
    access: Access,
    per_part: int = PER_PART,
) -> tuple[int, tuple[Columns, ...]]:
    """Write ``input.parquet`` and ``input-errors.parquet`` into ``folder``.

    Returns
    -------
    int
        How many parts there are.
    tuple of Columns
        What the columns of each table were taken for.

    Raises
    ------
    InputError
        If a table cannot be read, or none of its columns holds reports.
    MissingExtra
        If the library of an object store is not installed.
    MissingInput
        If nothing lies at an address of an object store.
    OutputError
        If the folder cannot be written.
    """
    try:
        with duckdb.connect() as base:
            return _laid_out(base, named, columns, folder, access, per_part)
    finally:
        for pattern in ("table-*.csv", "files-*"):  # they hold words of reports
            for path in folder.glob(pattern):
                path.unlink(missing_ok=True)


def _laid_out(
    base: duckdb.DuckDBPyConnection,
    named: Iterable[Source],
    columns: Mapping[str, str],
    folder: Path,
    access: Access,
    per_part: int,
) -> tuple[int, tuple[Columns, ...]]:
    base.execute(f"SET memory_limit = '{MEMORY_MB}MB'")
    base.execute("SET temp_directory = ?", [str(folder / "sorting")])
    base.execute("SET threads = 1")
    base.register("nothing", LISTED.empty_table())
    base.execute("CREATE TEMP TABLE called (name VARCHAR, file VARCHAR)")
    define(base)
    listing = f"SELECT * EXCLUDE bucket, {COUNTED} FROM"
    views = [f"{listing} nothing"]
    errors: list[dict[str, Any]] = []
    tables: dict[int, Columns] = {}
    reached: dict[str, Any] = {}
    for number, (name, piece) in enumerate(_pieces(named, access)):
        if isinstance(piece, Source):
            if is_in_store(piece.where):
                _reach(base, piece.where, reached)
            copy = folder / f"table-{number}.csv"
            query, tables[number] = view(base, piece, name, number, columns, copy)
            views.append(query)
        else:
            found = folder / f"files-{number}.parquet"
            _list(piece, found, errors)
            views.append(f"{listing} read_parquet('{quoted(found)}')")
    base.execute(f"CREATE VIEW documents AS {' UNION ALL '.join(views)}")
    return _written(base, folder, per_part, errors, tables)


def _pieces(named: Iterable[Source], access: Access) -> Iterator[tuple[str, Piece]]:
    """The tables and the documents of all sources, each with the name that it alone has."""
    found = [each for source in named for each in _pieces_of(source, access)]
    tables = told_apart(place for place, piece in found if isinstance(piece, Source))
    folders = told_apart(
        place
        for place, piece in found
        if not isinstance(piece, Source) and not place.startswith(DICOMWEB)  # they tell UIDs
    )
    for place, piece in found:
        if isinstance(piece, Source):
            yield tables[place], piece
        elif len(folders) > 1 and place in folders:
            yield folders[place], called_after(folders[place], piece)
        else:
            yield place, piece


def _pieces_of(source: Source, access: Access) -> Iterator[tuple[str, Piece]]:
    """The tables and the documents that a source has, each with where it is."""
    where = source.where
    if source.kind is Kind.STORE:
        for piece in pieces_in_store(where):
            yield piece.where if isinstance(piece, Source) else where, piece
    elif source.kind is Kind.FOLDER:
        yield where, documents_in(Path(where))
    elif source.kind is Kind.SERVER:
        yield where.partition("?")[0], listed(where, access)
    else:
        yield where, source


def _written(
    base: duckdb.DuckDBPyConnection,
    folder: Path,
    per_part: int,
    errors: list[dict[str, Any]],
    tables: dict[int, Columns],
) -> tuple[int, tuple[Columns, ...]]:
    try:
        counts, told = counted(base, tables)
        work = counts.texts + min(PICTURE, per_part) * counts.paths
        parts = min(max(1, -(-work // per_part)), MOST_PARTS)
        found = folder / "files-found.parquet"
        base.execute(f"""
            COPY (
                SELECT {BUCKET_OF.format(person="person", parts=parts)} AS bucket, *
                FROM (
                    SELECT
                        coalesce(nullif(person, ''), sha256(exam)) AS person,
                        exam, date, site, age_years, sex, text, path, origin,
                        nullif(person, '') AS told, also
                    FROM documents
                    WHERE text IS NOT NULL OR path IS NOT NULL
                )
            ) TO '{quoted(found)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)
        """)
        together = put_together(base, found, parts)
        draft = folder / f"input.parquet.{os.getpid()}"
        put_in_order(together, draft, parts, counts.words_bytes)
        together.unlink()
        rejected = pa.Table.from_pylist([*broken_lines(base, counts), *errors], ERRORS)
        pq.write_table(rejected, folder / "input-errors.parquet")
        draft.replace(folder / "input.parquet")
    except duckdb.Error as error:
        raise _fault(error) from None
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise OutputError(f"{folder}: cannot be written ({reason}); name another one") from None
    return int(parts), told


def _reach(base: duckdb.DuckDBPyConnection, address: str, reached: dict[str, Any]) -> None:
    """Let the database read what a library of fsspec reaches; one store of each kind."""
    try:
        system, _ = located(address)
    except Away as away:
        raise InputError(f"{shown(address)}: {away}; try again when it is there") from None
    scheme = address.partition("://")[0]
    if reached.setdefault(scheme, system) is not system:
        raise InputError(
            f"{scheme}://: tables of two such stores cannot be read at once; audit one by one"
        )
    names = {system.protocol} if isinstance(system.protocol, str) else {*system.protocol}
    if not names & {*base.list_filesystems()}:
        base.register_filesystem(system)


def _list(documents: Iterator[dict[str, Any]], to: Path, errors: list[dict[str, Any]]) -> None:
    """Write what a folder or a server has, piece by piece; what has a reason is an error."""
    with pq.ParquetWriter(to, LISTED) as writer:
        while found := list(islice(documents, 8192)):
            errors += [row for row in found if "reason" in row]
            rows = [row for row in found if "reason" not in row]
            writer.write_table(pa.Table.from_pylist([{"bucket": 0, **row} for row in rows], LISTED))


def _fault(error: duckdb.Error) -> InputError | OutputError:
    if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
        return OutputError(
            "the result: cannot be laid out (no room is left, or a table went away); make room"
        )
    return InputError("a table: cannot be read to its end; correct it, or name others")


def rows_of(path: str, bucket: int) -> Iterator[dict[str, Any]]:
    """The documents of one part; the rows of the file are in the order of their parts.

    Arrow's own filter would load its library of functions, which takes 35 MB of each process.
    """
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for number in range(file.metadata.num_row_groups):
            known = file.metadata.row_group(number).column(BUCKET).statistics
            if known is not None and known.min <= bucket <= known.max:  # none where no row is
                for rows in file.iter_batches(ROWS, [number], use_threads=False):
                    buckets = rows.column(BUCKET).to_numpy()
                    first, behind = np.searchsorted(buckets, (bucket, bucket + 1))
                    yield from rows.slice(first, behind - first).to_pylist()
