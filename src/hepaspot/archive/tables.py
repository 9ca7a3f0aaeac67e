"""A table as the database reads it: what its columns are, and its rows as documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
import msgspec

from hepaspot.archive.columns import known_columns
from hepaspot.archive.plan import Columns
from hepaspot.archive.recoding import Beginning, beginning, in_utf_8
from hepaspot.archive.sources import Kind, Source
from hepaspot.archive.stores import is_in_store
from hepaspot.errors import InputError

SAMPLE: Final = 20_480
"""Lines that tell what the objects of a table of JSON Lines hold (convention)."""

LINE_BYTES: Final = 4 << 20
"""A line of JSON Lines that is longer is an error (convention)."""

COUNTED: Final = "NULL::INTEGER AS number, NULL::BIGINT AS row, false AS undated, false AS broken"
"""What stands beside a document to be counted, here for those that are of no table."""


class Table(NamedTuple):
    """What the database reads.

    Attributes
    ----------
    rows : str
        A query; its ``row`` is the number of the row, ``broken`` tells that it is none.
    columns : dict of str to str
        Each column by its name, as an expression of that query.
    groups : frozenset of str
        Columns of which some cells hold more than words or a number.
    """

    rows: str
    columns: dict[str, str]
    groups: frozenset[str]


def view(
    base: duckdb.DuckDBPyConnection,
    source: Source,
    name: str,
    number: int,
    told: Mapping[str, str],
    copy: Path,
) -> tuple[str, Columns]:
    """A query that gives the documents of a table, and what its columns were taken for.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
        One that knows the macros of `days`; it is told in ``called`` which file has which name.
    source : Source
        The table.
    name : str
        What the table is called in what is told of it.
    number : int
        What the table goes by in the query.
    told : mapping of str to str
        What the user says of columns.
    copy : Path
        Where a copy of a table in another encoding may stand.

    Raises
    ------
    InputError
        If it cannot be read, or none of its columns holds reports.
    """
    where = source.where
    if source.kind is not Kind.PARQUET and not is_in_store(where):
        where = str(in_utf_8(Path(where), copy))
    base.execute("INSERT INTO called VALUES (?, ?)", [name, where])
    try:
        table = _READERS[source.kind](base, where, told)
    except (duckdb.Error, OSError):  # the latter from a file system of fsspec
        raise InputError(f"{name}: cannot be read as {source.kind}; correct it") from None
    if not table.columns:
        raise InputError(
            f"{name}: holds no object in any of its lines; write each exam as one object on a "
            "line of its own (JSON Lines), or save a table as .csv"
        )
    known = known_columns(table.columns, told, name)
    for column in known.values():
        if column in table.groups:
            raise InputError(
                f"{name}: its column {column!r} holds lists or groups, where words are wanted; "
                "write them as one text, or name another column with --column"
            )
    unused = tuple(column for column in table.columns if column not in known.values())
    return _documents(table, known, source, name, number), Columns(name, known, unused)


def _csv(base: duckdb.DuckDBPyConnection, where: str, told: Mapping[str, str]) -> Table:
    above = Beginning() if is_in_store(where) else beginning(Path(where), told)
    delimiter = f", delim = '{quoted(above.delimiter)}'" if above.delimiter else ""
    reader = (
        f"read_csv('{quoted(where)}', all_varchar = true, header = true, store_rejects = true, "
        f"strict_mode = true, skip = {above.skipped}{delimiter})"
    )
    return _flat(base, reader)


def _parquet(base: duckdb.DuckDBPyConnection, where: str, _: Mapping[str, str]) -> Table:
    return _flat(base, f"read_parquet('{quoted(where)}')")


def _flat(base: duckdb.DuckDBPyConnection, reader: str) -> Table:
    found = base.sql(f"FROM {reader}")
    columns: dict[str, str] = {}
    groups: set[str] = set()
    for name, kind in zip(found.columns, found.types, strict=True):
        for path, inner in _leaves((name,), kind):
            column = ".".join(path)
            columns[column] = ".".join(f'"{each.replace(chr(34), chr(34) * 2)}"' for each in path)
            if inner.id in {"list", "array", "map", "union"}:
                groups.add(column)
    rows = f"SELECT *, row_number() OVER () AS _row, false AS _broken FROM {reader}"
    return Table(rows, columns, frozenset(groups))


def _leaves(path: tuple[str, ...], kind: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if kind.id == "struct":
        for name, inner in kind.children:
            yield from _leaves((*path, name), inner)
    else:
        yield path, kind


def _lines(base: duckdb.DuckDBPyConnection, where: str, _: Mapping[str, str]) -> Table:
    """JSON Lines, read as lines: one that is no object is not lost."""
    reader = (
        f"read_csv('{quoted(where)}', columns = {{'line': 'VARCHAR'}}, auto_detect = false, "
        "header = false, delim = '\x01', quote = '', escape = '', new_line = '\\n', "
        f"max_line_size = {LINE_BYTES}, buffer_size = {2 * LINE_BYTES}, "
        "strict_mode = false, store_rejects = true)"
    )
    lines = (
        "SELECT ltrim(line, chr(65279)) AS line, row_number() OVER () AS _row "  # a mark of UTF-8
        f"FROM {reader}"
    )
    is_object = "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END"
    sample = f"SELECT line FROM ({lines}) WHERE {is_object} LIMIT {SAMPLE}"
    (shape,) = base.execute(f"SELECT json_group_structure(line::JSON) FROM ({sample})").fetchall()[
        0
    ]
    paths = [path for path in _keys((), msgspec.json.decode(shape or "{}")) if path]
    asked = ", ".join(f"'{quoted(_json_path(path))}'" for path in paths)
    columns = {".".join(path): f"_cells[{number}]" for number, path in enumerate(paths, 1)}
    rows = f"""
        SELECT _row, NOT is_object AS _broken,
               CASE WHEN is_object THEN json_extract_string(line, [{asked}]) END AS _cells
        FROM (SELECT *, {is_object} AS is_object FROM ({lines}))
        WHERE trim(line, ' \r\t') <> ''
    """
    return Table(rows, columns, _groups(base, sample, paths) if paths else frozenset())


def _keys(path: tuple[str, ...], shape: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(shape, dict):
        for name, inner in shape.items():
            if '"' not in name:  # a path cannot say it
                yield from _keys((*path, name), inner)
    else:
        yield path


def _json_path(path: tuple[str, ...]) -> str:
    return "$" + "".join(f'."{name}"' for name in path)


def _groups(
    base: duckdb.DuckDBPyConnection, sample: str, paths: list[tuple[str, ...]]
) -> frozenset[str]:
    asked = ", ".join(
        f"bool_or(json_type(line, '{quoted(_json_path(path))}') IN ('ARRAY', 'OBJECT'))"
        for path in paths
    )
    found = base.execute(f"SELECT {asked} FROM ({sample})").fetchall()[0]
    return frozenset(
        ".".join(path) for path, is_group in zip(paths, found, strict=True) if is_group
    )


_READERS: Final = {Kind.CSV: _csv, Kind.PARQUET: _parquet, Kind.LINES: _lines}


def _documents(table: Table, known: dict[str, str], source: Source, name: str, number: int) -> str:
    def told(meaning: str) -> str:
        if meaning not in known:
            return "NULL::VARCHAR"
        return f"nullif(trim({table.columns[known[meaning]]}::VARCHAR), '')"

    origin = f"'{quoted(name)}:' || _row::VARCHAR"
    date = told("date")
    return f"""
        SELECT
            sha256({told("person")}) AS person,
            coalesce({told("exam")}, {origin}) AS exam,
            day_of({date}) AS date,
            {told("site")} AS site,
            age_of({told("age")}) AS age_years,
            {told("sex")} AS sex,
            {_words(told, known)} AS text,
            {_path(told("path"), source)} AS path,
            {origin} AS origin,
            NULL::VARCHAR AS also,
            {number} AS number,
            _row AS row,
            {date} IS NOT NULL AND day_of({date}) IS NULL AS undated,
            _broken AS broken
        FROM ({table.rows})
    """


def _path(path: str, source: Source) -> str:
    """A path as it is written, from the folder of its table where it is relative."""
    folder = source.where.rpartition("/")[0]
    rooted = f"{path} LIKE '/%' OR {path} LIKE '%://%' OR {path} LIKE '_:%'"
    return f"CASE WHEN {rooted} THEN {path} ELSE '{quoted(folder)}/' || {path} END"


def _words(told: Any, known: dict[str, str]) -> str:
    """The report: its one column, or findings and impression under their headings."""
    if not known.keys() & {"text", "findings", "impression"}:
        return "NULL::VARCHAR"
    text, findings, impression = told("text"), told("findings"), told("impression")
    return f"""
        CASE
            WHEN coalesce({text}, {findings}, {impression}) IS NULL THEN NULL
            WHEN contains({text}, {impression}) THEN {text}
            WHEN regexp_matches(concat({text}, {findings}, {impression}), '[\u4e00-\u9fff]')
            THEN concat_ws(
                chr(10), {text}, '超声所见：' || {findings}, '超声提示：' || {impression}
            )
            ELSE concat_ws(
                chr(10), {text}, 'Findings: ' || {findings}, 'Impression: ' || {impression}
            )
        END
    """


def quoted(text: object) -> str:
    """As it stands between the quotes of a query."""
    return str(text).replace("'", "''")
