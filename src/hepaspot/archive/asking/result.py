"""The result of an audit that is finished, and can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hepaspot.archive.plan import Plan, kept_plan
from hepaspot.archive.schema import SCHEMA_VERSION, TABLES
from hepaspot.errors import InputError, MissingInput

DOCUMENTS: Final = "documents"
"""What a query calls the input: one row a report or picture."""


@dataclass(frozen=True)
class Audited:
    """A folder with every table of an audit, and what the audit was asked for."""

    folder: Path
    plan: Plan

    @property
    def tables(self) -> dict[str, Path]:
        """What a query calls each table, and the file of it."""
        named = {name: self.folder / f"{name}.parquet" for name in TABLES}
        return {**named, DOCUMENTS: self.folder / "input.parquet"}


def audited(folder: Path) -> Audited:
    """The audit in ``folder``.

    Raises
    ------
    MissingInput
        If there is no such folder, or a table of it is gone.
    InputError
        If no audit is in it, or none that is finished.
    """
    if not folder.is_dir():
        raise MissingInput(f"{folder}: there is no such folder; name the result of an audit")
    plan = kept_plan(folder)
    if plan is None:
        raise InputError(f"{folder}: holds no audit; run hepaspot audit first")
    if not plan.done:
        raise InputError(f"{folder}: its audit is not finished; give its command again")
    if plan.schema != SCHEMA_VERSION:
        raise InputError(f"{folder}: is of another version of hepaspot; audit anew")
    found = Audited(folder, plan)
    for path in found.tables.values():
        if not path.is_file():
            raise MissingInput(f"{path}: is gone from the result; audit anew")
    return found
