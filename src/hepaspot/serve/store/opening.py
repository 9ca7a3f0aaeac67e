"""Opens a store, makes one where there is none, and leaves alone what is no store."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    MetaData,
    create_engine,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session

from hepaspot.errors import OutputError, UnsupportedInput
from hepaspot.serve.store.postgresql import engine_of, one_at_a_time
from hepaspot.serve.store.tables import FORM, StoreRow

WAIT_MS: Final = 30_000
"""How long a writer waits for another process: milliseconds (convention)."""

MAKING_LOCK: Final = 0x68657070
"""Number of the advisory lock under which tables are made."""

PRAGMAS: Final = (
    "foreign_keys = ON",
    "secure_delete = ON",
    "synchronous = FULL",
    f"busy_timeout = {WAIT_MS}",
)

WRITES: Final = {"hepaspot_writes": True}
"""Marks a transaction that writes; it takes its turn at once, not at its first change."""

_NAME: Final = "hepaspot-store"
# Asked for every detail, the library would log the rows that it reads.
logging.getLogger(f"sqlalchemy.engine.Engine.{_NAME}").setLevel(logging.WARNING)


def engine_at(where: str | Path) -> tuple[Engine, str]:
    """The engine for a path or an URL, and how the place is called in what a user is told.

    Raises
    ------
    InputError
        If the URL is none of PostgreSQL.
    MissingExtra
        If the driver of the database is not installed.
    OutputError
        If the file cannot be made or written.
    """
    if isinstance(where, str) and "://" in where:
        return engine_of(where, _NAME)
    return _of_file(Path(where)), str(where)


@dataclass(frozen=True)
class Kind:
    """What is kept in a database: its tables, and the one of them whose row says their form."""

    called: str
    row: type[DeclarativeBase]
    form: int

    @property
    def tables(self) -> MetaData:
        """All its tables."""
        return self.row.metadata


STORE: Final = Kind("a store", StoreRow, FORM)


def prepare(engine: Engine, where: str, kind: Kind = STORE) -> None:
    """Make the tables of a kind where there are none.

    Raises
    ------
    UnsupportedInput
        If the database belongs to another program or to another version; it is not altered.
    """
    present, own = set(inspect(engine).get_table_names()), set(kind.tables.tables)
    is_file = engine.dialect.name == "sqlite"
    if not (present if is_file else present & own):
        _make(engine, kind)
    elif not own <= present:
        raise UnsupportedInput(
            f"{where}: holds something else than {kind.called}; name another one"
        )
    with Session(engine) as session:
        forms = session.scalars(select(kind.row.__table__.c.form)).all()
    if forms != [kind.form]:
        raise UnsupportedInput(
            f"{where}: is {kind.called} of another version of hepaspot; use that version"
        )


def wal(engine: Engine) -> None:
    """Let a file of SQLite be read while it is written; nothing to do for other databases."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
            cursor.execute("PRAGMA journal_mode = WAL")


def _make(engine: Engine, kind: Kind) -> None:
    wal(engine)
    with engine.execution_options(**WRITES).begin() as connection:
        one_at_a_time(connection, MAKING_LOCK)
        if not inspect(connection).has_table(kind.row.__tablename__):  # nobody was faster
            kind.tables.create_all(connection)
            connection.execute(insert(kind.row), {"form": kind.form})


def _of_file(path: Path) -> Engine:
    try:
        _make_file(path)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "no such path can be").lower()
        raise OutputError(f"{path}: cannot be opened ({reason}); name another file") from None
    url = URL.create("sqlite+pysqlite", database=str(path.absolute()))
    engine = create_engine(url, hide_parameters=True, logging_name=_NAME)
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begun)
    return engine


def _make_file(path: Path) -> None:
    """For its owner alone, with every folder that is made on the way to it.

    SQLite gives the files that it makes beside it the same rights.
    """
    for folder in reversed(path.absolute().parents):
        if not folder.exists():
            folder.mkdir(mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if not path.stat().st_size:
        path.chmod(0o600)


def _connected(connection: DBAPIConnection, record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # transactions are begun below, and nowhere else
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().keys() >= WRITES.keys()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
