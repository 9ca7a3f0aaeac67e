"""Answers one query, and tells what is wrong with it without a word of a report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from hepaspot.archive.asking.base import opened
from hepaspot.archive.asking.describing import ASKED, SCHEMAS, columns_of, described
from hepaspot.archive.asking.questions import sql_of
from hepaspot.archive.asking.result import Audited
from hepaspot.errors import HepaspotError, InputError, OutputError

ROWS = 8192
"""Rows that are held at a time."""

_OWN_WORDS = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)
"""Errors found before a row is read: their words are those of the query."""

_NO_COLUMN = re.compile(r"[Cc]olumn .*(?:not found|not have|not exist)|not have a column")
_NO_TABLE = re.compile(r"^Table with name .* does not exist")
"""How the database says that there is no such thing."""


@contextmanager
def asked(result: Audited, asked: str) -> Iterator[pa.RecordBatchReader]:
    """The answer to a question or to SQL, some rows at a time.

    Parameters
    ----------
    result : Audited
    asked : str
        The name of a question, ``tables`` for what there is to ask, or one SELECT over exams,
        foci, alerts, errors, documents.

    Raises
    ------
    InputError
        If the query is wrong, or does something else than read.
    OutputError
        If it needs more room than it may have.
    """
    if asked.strip().lower() == ASKED:
        yield described().to_reader(ROWS)
        return
    sql = sql_of(asked)
    with opened(result) as base, _told(sql):
        _only_reads(sql)
        relation = base.sql(sql)
        if relation is None:  # pragma: no cover (a SELECT has columns)
            raise InputError("the query: gives no rows; write one SELECT")
        yield relation.to_arrow_reader(ROWS)


def _only_reads(sql: str) -> None:
    statements = duckdb.extract_statements(sql)
    kinds = [statement.type for statement in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        raise InputError("the query: is not one SELECT, and nothing else is run; rewrite it")


@contextmanager
def _told(sql: str) -> Iterator[None]:
    """Errors of the database in one line; what was in a row does not go into it."""
    try:
        yield
    except HepaspotError:
        raise
    except _OWN_WORDS as error:
        raise InputError(f"the query: {_first_line(error)}; {_way_out(error, sql)}") from None
    except duckdb.PermissionException:
        raise InputError(
            "the query: may read nothing but exams, foci, alerts, errors, documents"
        ) from None
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise _too_large() from None
    except (duckdb.Error, UnicodeDecodeError):  # its own line, cut within a Chinese character
        raise _unfit() from None
    except (pa.ArrowException, OSError) as error:  # an error amid the rows comes as one of these
        raise (_too_large() if "Out of Memory Error" in str(error) else _unfit()) from None


def _first_line(error: duckdb.Error) -> str:
    line = str(error).strip().splitlines()[0]
    words = line.partition(": ")[2] or line
    return words.strip().rstrip("!.")[:200]


def _way_out(error: duckdb.Error, sql: str) -> str:
    """What there is, where something was asked for that there is not."""
    line = _first_line(error)
    if _NO_COLUMN.search(line) and (columns := columns_of(_tables_in(sql))):
        return columns
    if _NO_TABLE.search(line):
        return f"the tables are {', '.join(SCHEMAS)}"
    return "correct it"


def _tables_in(sql: str) -> set[str]:
    """The tables that a query names; where the views are, their files would stand for them."""
    with duckdb.connect(config={"enable_external_access": "false"}) as bare:
        return bare.get_table_names(sql)


def _too_large() -> OutputError:
    return OutputError("the query: needs more memory or disk than it may have; ask for less")


def _unfit() -> InputError:
    return InputError(
        "the query: a value does not fit what is done with it; use try_cast, or leave it out"
    )
