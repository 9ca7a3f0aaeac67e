"""Lays an archive out: one Parquet file of documents, those of one person side by side.

DuckDB reads the tables. A row that cannot be taken apart is set aside with its reason.
"""

from __future__ import annotations

import codecs
import os
import shutil
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
from hepaspot.archive.belonging import put_together
from hepaspot.archive.columns import known_columns
from hepaspot.archive.fetching import listed
from hepaspot.archive.folders import documents_in
from hepaspot.archive.ordering import put_in_order
from hepaspot.archive.plan import Columns
from hepaspot.archive.schema import ERRORS, INPUT, LISTED
from hepaspot.archive.sources import Kind, Source
from hepaspot.archive.store_folders import pieces_in_store
from hepaspot.archive.stores import is_in_store, located, shown
from hepaspot.errors import InputError, OutputError, UnreadableInput
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

DATE_FORMATS: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日", "%d.%m.%Y")
"""How a day may be written, the likelier first; a time behind it is left out."""


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
    with duckdb.connect() as base:
        base.execute(f"SET memory_limit = '{MEMORY_MB}MB'")
        base.execute("SET temp_directory = ?", [str(folder / "sorting")])
        base.execute("SET threads = 1")
        base.register("nothing", LISTED.empty_table())
        views = ["SELECT * EXCLUDE bucket FROM nothing"]
        errors: list[dict[str, Any]] = []
        tables: list[Columns] = []
        reached: dict[str, Any] = {}
        pieces = (piece for source in named for piece in _pieces(source, access))
        for number, piece in enumerate(pieces):
            if isinstance(piece, Source):
                if is_in_store(piece.where):
                    _reach(base, piece.where, reached)
                view, told = _view(base, piece, number, columns, folder)
                views.append(view)
                tables.append(told)
            else:
                found = folder / f"files-{number}.parquet"
                _list(piece, found, errors)
                views.append(f"SELECT * EXCLUDE bucket FROM read_parquet('{_quoted(found)}')")
        base.execute(f"CREATE VIEW documents AS {' UNION ALL '.join(views)}")
        parts = _written(base, folder, per_part, errors, sources=len(views) - 1)
        return parts, tuple(tables)


def _pieces(source: Source, access: Access) -> Iterator[Source | Iterator[dict[str, Any]]]:
    """The tables and the documents that a source has."""
    if source.kind is Kind.STORE:
        yield from pieces_in_store(source.where)
    elif source.kind is Kind.FOLDER:
        yield documents_in(Path(source.where))
    elif source.kind is Kind.SERVER:
        yield listed(source.where, access)
    else:
        yield source


def _written(
    base: duckdb.DuckDBPyConnection,
    folder: Path,
    per_part: int,
    errors: list[dict[str, Any]],
    *,
    sources: int,
) -> int:
    try:
        texts, paths, words_bytes = base.execute("""
            SELECT count(text), count(path), coalesce(sum(strlen(text)), 0)::BIGINT FROM documents
        """).fetchall()[0]
        work = texts + min(PICTURE, per_part) * paths
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
            ) TO '{_quoted(found)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)
        """)
        together = put_together(base, found, parts, sources=sources)
        draft = folder / f"input.parquet.{os.getpid()}"
        put_in_order(together, draft, parts, words_bytes)
        together.unlink()
        rejected = pa.Table.from_pylist([*_rejected(base), *errors], ERRORS)
        pq.write_table(rejected, folder / "input-errors.parquet")
        draft.replace(folder / "input.parquet")
    except duckdb.Error as error:
        raise _fault(error) from None
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise OutputError(f"{folder}: cannot be written ({reason}); name another one") from None
    return int(parts)


def _view(
    base: duckdb.DuckDBPyConnection,
    source: Source,
    number: int,
    columns: Mapping[str, str],
    folder: Path,
) -> tuple[str, Columns]:
    where = Path(source.where).name
    reader = _reader(base, source, number, folder)
    try:
        present = [row[0] for row in base.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()]
    except (duckdb.Error, OSError):  # the latter from a file system of fsspec
        raise InputError(f"{where}: cannot be read as {source.kind}; correct it") from None
    known = known_columns(present, columns, where)
    unused = tuple(column for column in present if column not in known.values())
    return _select(known, reader, source, where), Columns(where, known, unused)


def _reader(base: duckdb.DuckDBPyConnection, source: Source, number: int, folder: Path) -> str:
    where = source.where
    if source.kind is Kind.PARQUET:
        return f"read_parquet('{_quoted(where)}')"
    if source.kind is Kind.LINES:
        return f"read_json('{_quoted(where)}', format = 'newline_delimited', ignore_errors = true)"
    if not is_in_store(where):
        where = str(_in_utf_8(Path(where), folder / f"table-{number}.csv"))
    return (
        f"read_csv('{_quoted(where)}', all_varchar = true, header = true, "
        "store_rejects = true, strict_mode = true)"
    )


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


def _select(known: dict[str, str], reader: str, source: Source, where: str) -> str:
    def column(meaning: str) -> str:
        return f'"{known[meaning].replace(chr(34), chr(34) * 2)}"::VARCHAR'

    def told(meaning: str) -> str:
        return f"nullif(trim({column(meaning)}), '')" if meaning in known else "NULL::VARCHAR"

    number = "row_number() OVER ()"
    origin = f"'{_quoted(where)}:' || {number}::VARCHAR"
    days = " ,".join(f"try_strptime(left({told('date')}, 11), '{each}')" for each in DATE_FORMATS)
    short = " ,".join(
        f"try_strptime(left({told('date')}, {width}), '{each}')"
        for each, width in (("%Y-%m-%d", 10), ("%Y/%m/%d", 10), ("%Y%m%d", 8), ("%Y.%m.%d", 10))
    )
    return f"""
        SELECT
            sha256({told("person")}) AS person,
            coalesce({told("exam")}, {origin}) AS exam,
            coalesce({days}, {short})::DATE AS date,
            {told("site")} AS site,
            try_cast(regexp_extract({told("age")}, '[0-9]+') AS FLOAT) AS age_years,
            {told("sex")} AS sex,
            {_words(told, known)} AS text,
            {_path(told("path"), source)} AS path,
            {origin} AS origin,
            NULL::VARCHAR AS also
        FROM {reader}
    """


def _path(path: str, source: Source) -> str:
    """A path as it is written, from the folder of its table where it is relative."""
    folder = source.where.rpartition("/")[0]
    rooted = f"{path} LIKE '/%' OR {path} LIKE '%://%' OR {path} LIKE '_:%'"
    return f"CASE WHEN {rooted} THEN {path} ELSE '{_quoted(folder)}/' || {path} END"


def _words(told: Any, known: dict[str, str]) -> str:
    """The report: its one column, or findings and impression under their headings."""
    if "text" in known:
        return str(told("text"))
    if not known.keys() & {"findings", "impression"}:
        return "NULL::VARCHAR"
    findings, impression = told("findings"), told("impression")
    return f"""
        CASE
            WHEN {findings} IS NULL AND {impression} IS NULL THEN NULL
            WHEN regexp_matches(coalesce({findings}, '') || coalesce({impression}, ''),
                                '[\u4e00-\u9fff]')
            THEN concat_ws(chr(10), '超声所见：' || {findings}, '超声提示：' || {impression})
            ELSE concat_ws(chr(10), 'Findings: ' || {findings}, 'Impression: ' || {impression})
        END
    """


def _list(documents: Iterator[dict[str, Any]], to: Path, errors: list[dict[str, Any]]) -> None:
    """Write what a folder or a server has, piece by piece; what has a reason is an error."""
    with pq.ParquetWriter(to, LISTED) as writer:
        while found := list(islice(documents, 8192)):
            errors += [row for row in found if "reason" in row]
            rows = [row for row in found if "reason" not in row]
            writer.write_table(pa.Table.from_pylist([{"bucket": 0, **row} for row in rows], LISTED))


def _in_utf_8(path: Path, copy: Path) -> Path:
    """``path``, or a copy of it in UTF-8 where it is in another encoding."""
    from hepaspot.intake.encoding import decode_bytes

    try:
        with path.open("rb") as file:
            head = file.read(1 << 20)
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise UnreadableInput(f"{path.name}: cannot be read ({reason}); check it") from None
    if path.suffix == ".gz" or _is_utf_8(head):
        return path
    _, encoding = decode_bytes(head[: head.rfind(b"\n") + 1] or head, path.name)
    with (
        path.open(encoding=encoding, errors="replace", newline="") as told,
        copy.open("w", encoding="utf-8", newline="") as out,
    ):
        shutil.copyfileobj(told, out, 1 << 20)
    return copy


def _is_utf_8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _rejected(base: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Lines of CSV that could not be taken apart."""
    rows: list[dict[str, Any]] = []
    names = {name for _, _, name, *_ in base.execute("SHOW ALL TABLES").fetchall()}
    if {"reject_errors", "reject_scans"} <= names:
        found = base.execute("""
            SELECT DISTINCT s.file_path, e.line, e.error_type FROM reject_errors e
            JOIN reject_scans s USING (scan_id, file_id) ORDER BY 1, 2, 3
        """).fetchall()
        rows = [
            {
                "exam": None,
                "origin": f"{Path(file).name}, line {line}",
                "kind": "InputError",
                "reason": f"the line is no row of the table ({str(kind).lower()})",
            }
            for file, line, kind in found
        ]
    return rows


def _fault(error: duckdb.Error) -> InputError | OutputError:
    if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
        return OutputError(
            "the result: cannot be laid out (no room is left, or a table went away); make room"
        )
    return InputError("a table: cannot be read to its end; correct it, or name others")


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")


def rows_of(path: str, bucket: int) -> Iterator[dict[str, Any]]:
    """The documents of one part; the rows of the file are in the order of their parts.

    Arrow's own filter would load its library of functions, which takes 35 MB of each process.
    """
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for number in range(file.metadata.num_row_groups):
            known = file.metadata.row_group(number).column(BUCKET).statistics
            if known.min <= bucket <= known.max:
                for rows in file.iter_batches(ROWS, [number], use_threads=False):
                    buckets = rows.column(BUCKET).to_numpy()
                    first, behind = np.searchsorted(buckets, (bucket, bucket + 1))
                    yield from rows.slice(first, behind - first).to_pylist()
