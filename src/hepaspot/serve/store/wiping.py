"""Leaves no trace of what was deleted from a SQLite file.

SQLite overwrites a deleted row with zeros (``secure_delete``), but not every copy that a page
keeps of a row which moved to another page: of 17,800 deletions ten left a trace. So the file is
written anew, and the log beside it is cut to nothing.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from typing import Final

from sqlalchemy import Engine

PATIENCE_S: Final = 30.0
"""How long to try while other processes write: seconds (convention)."""

PAUSE_S: Final = 0.02
"""Between two tries: seconds (convention)."""


def wipe(engine: Engine) -> bool:
    """Write the file anew if anything was deleted since the last time.

    Returns
    -------
    bool
        Whether no trace is left. One may be where there is no room, or where another reader
        still needs the log; it goes the next time.
    """
    if engine.dialect.name != "sqlite":
        return True
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if _wipe(engine):
                return True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False
        time.sleep(PAUSE_S)
    return False


def _wipe(engine: Engine) -> bool:
    with closing(engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
        deletions, wiped = cursor.execute("SELECT deletions, wiped FROM hepaspot_store").fetchone()
        if wiped >= deletions:
            return True
        cursor.execute("VACUUM")
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            cursor.execute("UPDATE hepaspot_store SET wiped = max(wiped, ?)", (deletions,))
        return not busy


def cut_log(engine: Engine) -> None:
    """Forget what a keeping that failed had already put into the log."""
    if engine.dialect.name != "sqlite":
        return
    with suppress(sqlite3.Error), closing(engine.raw_connection()) as raw:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
