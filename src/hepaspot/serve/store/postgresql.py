"""Connects to PostgreSQL: the driver, who we are there, the password, how it is protected."""

from __future__ import annotations

import getpass
import os
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import ArgumentError

from hepaspot.errors import InputError, MissingExtra

ANSWER_S: Final = 30
"""How long the server may take to answer: seconds (convention)."""

DRIVER: Final = "pg8000"
"""The driver that ``postgresql://`` means."""

_OPTIONS: Final = frozenset({"sslmode", "sslrootcert", "unix_sock", "application_name"})
_MODES: Final = ("disable", "prefer", "require", "verify-full")
_FIELD: Final = re.compile(r"((?:\\.|[^:\\])*)(?::|$)")


def engine_of(where: str, logging_name: str) -> tuple[Engine, str]:
    """The engine for an URL, and how the place is called in what a user is told.

    Raises
    ------
    InputError
        If the URL is none of PostgreSQL, or asks for what is not known.
    MissingExtra
        If the driver is not installed.
    """
    url = _url(where)
    told: dict[str, Any] = {}
    if url.get_driver_name() == DRIVER:
        url, told = _for_pg8000(url)
    try:
        engine = create_engine(
            url, hide_parameters=True, logging_name=logging_name, pool_pre_ping=True, **told
        )
    except ImportError:
        engine = None
    if engine is None:
        raise MissingExtra("the store: PostgreSQL needs its driver; install pg8000 beside hepaspot")
    if told:
        event.listen(engine, "do_connect", _connected)
    return engine, f"PostgreSQL database {url.database or ''} at {url.host or 'this machine'}"


def one_at_a_time(connection: Connection, lock: int) -> None:
    """Wait until no other transaction holds ``lock``; writers of SQLite take turns anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(lock)))


def _url(where: str) -> URL:
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() != "postgresql":
        raise InputError(
            "the store: its URL is none of PostgreSQL; give the path of a file, or an URL "
            "that starts with postgresql://"
        )
    if "@" in (url.host or ""):
        raise InputError("the store: its URL holds an @ too many; write @ in a password as %40")
    return url.set(drivername=f"postgresql+{DRIVER}") if url.drivername == "postgresql" else url


def _for_pg8000(url: URL) -> tuple[URL, dict[str, Any]]:
    """The URL without what the driver does not know, and what it is told instead."""
    query = dict(url.query)
    for name, value in query.items():
        if name not in _OPTIONS or not isinstance(value, str):
            raise InputError(
                f"the store: its URL has an option that is not known; {', '.join(sorted(_OPTIONS))}"
                " are"
            )
    protection = _protection(str(query.pop("sslmode", "prefer")), query.pop("sslrootcert", None))
    url = url.set(query=query, username=url.username or os.environ.get("PGUSER") or _own_name())
    if url.password is None:
        url = url.set(password=_password(url))
    return url, {"connect_args": {"timeout": ANSWER_S, "ssl_context": protection}}


def _protection(mode: str, authority: Any) -> ssl.SSLContext | bool | None:
    """How the driver is told of TLS: never, where the server has it, always, or with its name."""
    if mode not in _MODES:
        raise InputError(f"the store: sslmode in its URL must be one of {', '.join(_MODES)}")
    if mode != "verify-full":
        return {"disable": False, "prefer": None, "require": True}[mode]
    try:
        return ssl.create_default_context(cafile=authority)
    except (ssl.SSLError, OSError):
        raise InputError(
            "the store: sslrootcert in its URL cannot be used; give it as PEM"
        ) from None


def _connected(dialect: Dialect, record: object, words: list[Any], named: dict[str, Any]) -> Any:
    """Connect; whatever goes wrong on the way and later is the driver's error."""
    lost: type[Exception] = dialect.loaded_dbapi.InterfaceError
    try:
        connection: Any = dialect.connect(*words, **named)
    except OSError as error:
        fault = type(error).__name__
    else:
        connection._sock = _Line(connection._sock, lost)  # noqa: SLF001 - where the driver has it
        return connection
    raise lost(f"network error ({fault})")


class _Line:
    """What the driver reads from; it lets an error of the network at the start of an answer out."""

    def __init__(self, stream: Any, lost: type[Exception]) -> None:
        self._stream, self._lost = stream, lost

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def read(self, size: int) -> bytes:
        """As many bytes, or fewer where the server hung up."""
        try:
            data: bytes = self._stream.read(size)
        except OSError as error:
            fault = type(error).__name__
        else:
            return data
        raise self._lost(f"network error ({fault})")


def _own_name() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


# ------------------------------------------------------------------------------- password


def _password(url: URL) -> str | None:
    """From where other programs of PostgreSQL have it: PGPASSWORD, or the password file."""
    told = os.environ.get("PGPASSWORD")
    if told is not None:
        return told
    wanted = (url.host or "localhost", str(url.port or 5432), url.database, url.username)
    for fields in _password_lines(Path(os.environ.get("PGPASSFILE") or "~/.pgpass").expanduser()):
        if all(told in {"*", asked} for told, asked in zip(fields, wanted, strict=False)):
            return fields[4]
    return None


def _password_lines(path: Path) -> Iterator[list[str]]:
    """Host, port, database, user and password; none of a file that others may read."""
    try:
        if path.stat().st_mode & 0o077:
            return
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        fields = [re.sub(r"\\(.)", r"\1", field) for field in _FIELD.findall(line)]
        if not line.startswith("#") and len(fields) >= 5:
            yield fields
