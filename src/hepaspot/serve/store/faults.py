"""What goes wrong in a database, in one line that says nothing of what is kept there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hepaspot.errors import (
    HepaspotError,
    InternalError,
    OutputError,
    UnreadableInput,
    UnsupportedInput,
)


class Placed(Protocol):
    """Something that lies in one place; ``where`` is told to users."""

    where: str


P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Placed)

_NO_ROOM: Final = "cannot be written (no room is left); make room or name another place"
_NOT_WRITABLE: Final = "cannot be written; see that its folder may be written to"
_BUSY: Final = "is busy with another program's work; try again"
_DAMAGED: Final = "is damaged or no store; take it from a backup or name another one"
_OTHER_FORM: Final = "is not in the form of a store; name another one"
_UNREACHED: Final = "cannot be used; see that the database runs, has room and lets this user in"

_OUT_OF_REACH: Final = frozenset({"08", "28", "3D", "53", "57", "58"})
"""Classes of SQLSTATE: connection, authorisation, no such database, resources, an operator, the
system (PostgreSQL, appendix A)."""

_CONTENDED: Final = frozenset({"40", "55"})
"""Classes of SQLSTATE: a transaction that another one got in the way of, a lock not had."""

_OVERTAKEN: Final = "23505"
"""Somebody else made the same row meanwhile; done again, it is found."""

_READ_ONLY: Final = "25006"
_NO_RIGHT: Final = "42501"

_BY_CODE: Final[dict[int, tuple[type[HepaspotError], str]]] = {
    sqlite3.SQLITE_FULL: (OutputError, _NO_ROOM),
    sqlite3.SQLITE_READONLY: (OutputError, _NOT_WRITABLE),
    sqlite3.SQLITE_PERM: (OutputError, _NOT_WRITABLE),
    sqlite3.SQLITE_CANTOPEN: (OutputError, _NOT_WRITABLE),
    sqlite3.SQLITE_IOERR: (OutputError, _NOT_WRITABLE),
    sqlite3.SQLITE_BUSY: (OutputError, _BUSY),
    sqlite3.SQLITE_LOCKED: (OutputError, _BUSY),
    sqlite3.SQLITE_PROTOCOL: (OutputError, _BUSY),
    sqlite3.SQLITE_CORRUPT: (UnreadableInput, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (UnreadableInput, _DAMAGED),
    sqlite3.SQLITE_ERROR: (UnsupportedInput, _OTHER_FORM),
}
"""SQLite's primary result codes."""


def in_one_line(
    method: Callable[Concatenate[S, P], R],
) -> Callable[Concatenate[S, P], R]:
    """Let ``method`` raise one of our errors where the database raises one of its own.

    The library's error may hold what was being stored, so it is left behind whole: ours is
    raised when it is no longer being handled, and has no cause and no context.
    """

    @wraps(method)
    def told(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, *args, **kwargs)
        except (SQLAlchemyError, sqlite3.Error) as error:
            fault = fault_of(self.where, error)
        raise fault

    return told


def fault_of(where: str, error: Exception) -> HepaspotError:
    """The error that a user is told."""
    if isinstance(error, PoolTimeout):
        return OutputError(f"{where}: {_BUSY}")
    driver = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(driver, sqlite3.Error):
        code = getattr(driver, "sqlite_errorcode", 0) & 0xFF
        kind, line = _BY_CODE.get(code, (InternalError, "the database failed; restart hepaspot"))
        return kind(f"{where}: {line}")
    state = _sql_state(driver)
    if state[:2] in _CONTENDED or state == _OVERTAKEN:
        return OutputError(f"{where}: {_BUSY}")
    if isinstance(error, OperationalError | InterfaceError) or _is_out_of_reach(error, state):
        return OutputError(f"{where}: {_UNREACHED}")
    return InternalError(f"{where}: the database refused the work ({type(driver).__name__})")


def _is_out_of_reach(error: Exception, state: str) -> bool:
    """Whether a server of PostgreSQL went away, starts, has no room, or does not let us write."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return state[:2] in _OUT_OF_REACH or state in {_READ_ONLY, _NO_RIGHT}


def _sql_state(driver: BaseException | None) -> str:
    """The SQLSTATE of an error, as pg8000 or psycopg tells it; empty where there is none."""
    told = driver.args[0] if driver is not None and driver.args else None
    code = told.get("C") if isinstance(told, dict) else getattr(driver, "sqlstate", None)
    return code if isinstance(code, str) else ""
