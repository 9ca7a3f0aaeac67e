"""What an audit was asked for, kept beside its result, so that it can be gone on with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import msgspec

from hepaspot import __version__
from hepaspot.archive.schema import SCHEMA_VERSION
from hepaspot.archive.sources import Source
from hepaspot.errors import InputError, OutputError
from hepaspot.exam import Setting
from hepaspot.knowledge import load

NAME = "audit.json"


class Columns(msgspec.Struct, frozen=True):
    """What the columns of one table were taken for, and which were not used."""

    table: str
    used: dict[str, str]
    unused: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the result depends on; ``parts`` is known once the archive is laid out."""

    sources: tuple[str, ...]
    columns: dict[str, str]
    setting: Setting
    version: str = __version__
    knowledge: str = ""
    schema: str = SCHEMA_VERSION
    parts: int = 0
    done: bool = False
    tables: tuple[Columns, ...] = ()

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
        return msgspec.structs.replace(self, parts=0, done=False, tables=())

    def other_than(self, wanted: Plan) -> str:
        """In what an audit that is kept differs from the one that is wanted."""
        differs = {
            "sources": self.sources != wanted.sources,
            "columns": self.columns != wanted.columns,
            "setting or region": self.setting != wanted.setting,
        }
        named = [name for name, other in differs.items() if other]
        return f"other {' and '.join(named)}" if named else "another version of hepaspot"

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
