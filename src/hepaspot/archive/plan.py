"""What an audit was asked for, kept beside its result, so that it can be gone on with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import msgspec

from hepaspot import __version__
from hepaspot.archive.schema import SCHEMA_VERSION
from hepaspot.archive.sources import AUDIT, Source
from hepaspot.errors import InputError, OutputError
from hepaspot.exam import Setting
from hepaspot.knowledge import load

NAME = AUDIT


class Columns(msgspec.Struct, frozen=True):
    """What the columns of one table were taken for, which were not used, and what rows lack.

    Attributes
    ----------
    table : str
    used : dict of str to str
        Meanings, and the columns that have them.
    unused : tuple of str
    rows : int
        Rows of the table.
    empty : int
        Of these, the rows without a report or a file: they are no exams.
    days : int
        Rows that hold anything where the day should be.
    undated : int
        Of these, the rows of which the day is not understood.
    undated_row : int or None
        The first of these rows, from 1.
    """

    table: str
    used: dict[str, str]
    unused: tuple[str, ...] = ()
    rows: int = 0
    empty: int = 0
    days: int = 0
    undated: int = 0
    undated_row: int | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the result depends on; ``parts`` is known once the archive is laid out.

    ``unread`` counts the files of folders that were not looked at, by how they end.
    """

    sources: tuple[str, ...]
    columns: dict[str, str]
    setting: Setting
    version: str = __version__
    knowledge: str = ""
    schema: str = SCHEMA_VERSION
    parts: int = 0
    done: bool = False
    tables: tuple[Columns, ...] = ()
    unread: dict[str, int] = msgspec.field(default_factory=dict)

    @classmethod
    def of(cls, named: list[Source], columns: Mapping[str, str], setting: Setting) -> Self:
        """The plan of what a user asks for now."""
        return cls(
            sources=tuple(source.stamp() for source in named),
            columns=dict(columns),
            setting=setting,
            knowledge=load().version,
        )

    def same_as(self, other: Plan) -> bool:
        """Whether both give the same result."""
        return self._asked() == other._asked()

    def _asked(self) -> Plan:
        return msgspec.structs.replace(self, parts=0, done=False, tables=(), unread={})

    def other_than(self, wanted: Plan) -> str:
        """In what an audit that is kept differs from the one that is wanted."""
        differs = {
            f"sources{self._changed(wanted)}": self.sources != wanted.sources,
            "columns": self.columns != wanted.columns,
            "setting or region": self.setting != wanted.setting,
        }
        named = [name for name, other in differs.items() if other]
        return f"other {' and '.join(named)}" if named else "another version of hepaspot"

    def _changed(self, wanted: Plan) -> str:
        """Which of the same sources are no longer as they were, for a line to the user."""
        before, now = (
            {stamp.rsplit(" ", 2)[0]: stamp for stamp in plan.sources if stamp.count(" ") > 1}
            for plan in (self, wanted)
        )
        if before.keys() != now.keys() or len(self.sources) != len(wanted.sources):
            return ""
        changed = [Path(where).name for where in now if now[where] != before[where]]
        return f" ({', '.join(changed[:3])} was written again since)" if changed else ""

    def keep(self, folder: Path) -> None:
        """Write it, whole or not at all.

        Raises
        ------
        OutputError
        """
        draft = folder / f"{NAME}.{os.getpid()}"
        try:
            draft.write_bytes(msgspec.json.format(msgspec.json.encode(self)))
            draft.replace(folder / NAME)
        except OSError as error:
            raise cannot_write(folder, error) from None


def kept_plan(folder: Path) -> Plan | None:
    """The plan that is kept in a folder; None where no audit was begun in it.

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Plan)
    except (FileNotFoundError, NotADirectoryError):
        if folder.is_dir() and any(folder.iterdir()):
            raise InputError(
                f"{folder}: holds something else than an audit; name another folder"
            ) from None
        return None
    except (OSError, msgspec.DecodeError):
        raise InputError(f"{folder}: its {NAME} cannot be read; name another folder") from None


def cannot_read(folder: Path) -> OutputError:
    """The error of a folder whose tables the database cannot read, or not sort for want of room."""
    return OutputError(
        f"{folder}: its tables cannot be read to their end (damaged, or no room is left); make "
        "room, or audit into another folder"
    )


def cannot_write(folder: Path, error: OSError) -> OutputError:
    """The error of a folder that cannot be written."""
    reason = (error.strerror or "input or output error").lower()
    return OutputError(f"{folder}: cannot be written ({reason}); make room, or name another one")
