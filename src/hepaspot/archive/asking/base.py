"""The tables of an audit as a database that can be read and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from hepaspot.archive.asking.result import Audited
from hepaspot.errors import InputError

MEMORY_MB: Final = 256
"""Memory that a query may use before it goes to disk (convention)."""

DISK_GB: Final = 8
"""Disk that a query may use (convention)."""

THREADS: Final = 4
"""Threads of a query at most (convention): more of them only take more memory."""


@contextmanager
def opened(result: Audited) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with a view for each table; no other file and no network can be reached.

    Raises
    ------
    InputError
        If a table is damaged.
    """
    with TemporaryDirectory(prefix="hepaspot-") as scratch, duckdb.connect() as base:
        _bounded(base, scratch)
        for name, path in result.tables.items():
            try:
                base.execute(f"CREATE VIEW {name} AS FROM read_parquet('{_quoted(path)}')")
            except duckdb.Error:
                raise InputError(f"{path}: cannot be read; audit anew") from None
        _shut(base, [str(path) for path in result.tables.values()])
        yield base


def _bounded(base: duckdb.DuckDBPyConnection, scratch: str) -> None:
    base.execute(f"SET memory_limit = '{MEMORY_MB}MB'")
    base.execute("SET temp_directory = ?", [scratch])
    base.execute(f"SET max_temp_directory_size = '{DISK_GB}GB'")
    base.execute(f"SET threads = {min(THREADS, os.cpu_count() or 1)}")


def _shut(base: duckdb.DuckDBPyConnection, readable: list[str]) -> None:
    """From here on: these files alone, no extension, no secret, no other setting."""
    listed = ", ".join(f"'{_quoted(path)}'" for path in readable)
    for setting in (
        f"allowed_paths = [{listed}]",
        "python_enable_replacements = false",
        "allow_persistent_secrets = false",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        base.execute(f"SET {setting}")


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")
