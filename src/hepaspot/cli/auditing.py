"""The command that audits a whole archive."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from hepaspot.errors import MissingExtra

if TYPE_CHECKING:
    from hepaspot.archive.access import Access
    from hepaspot.archive.auditing import Order, Progress
    from hepaspot.archive.parts import Done
    from hepaspot.archive.plan import Columns

NEEDED: Final = ("duckdb", "pyarrow", "fsspec")
"""The libraries of the extra ``archive``."""

WANTED: Final = ("exam", "person", "date")
"""What an archive should tell: without a person and a day nothing is compared with before."""

TOLD_EACH_S: Final = 10.0
"""How often progress is told where nobody sees a bar: seconds."""


def need_archive() -> None:
    """Refuse where the extra is not installed.

    Raises
    ------
    MissingExtra
    """
    if any(find_spec(library) is None for library in NEEDED):
        raise MissingExtra('an audit: needs what is not installed; pip install "hepaspot[archive]"')


def columns_of(told: Sequence[str]) -> dict[str, str]:
    """What ``--column text=NAME`` says."""
    from hepaspot.archive.columns import NAMES

    found = {}
    for each in told:
        meaning, equals, column = each.partition("=")
        if not equals or meaning not in NAMES or not column:
            listed = ", ".join(NAMES)
            raise typer.BadParameter(
                f"{each!r} is not MEANING=COLUMN, where MEANING is one of {listed}",
                param_hint="'--column'",
            )
        found[meaning] = column
    return found


def access_of(
    token_file: Path | None, user: str | None, password_file: Path | None, ca_file: Path | None
) -> Access:
    """How to get into servers."""
    from hepaspot.archive.access import Access

    if (user is None) != (password_file is None):
        raise typer.BadParameter("--user and --password-file belong together; give both or none")
    token, password, ca = (
        None if each is None else str(each.absolute())
        for each in (token_file, password_file, ca_file)
    )
    return Access(token_file=token, user=user, password_file=password, ca_file=ca)


def audit_archive(order: Order, result: Path) -> int:
    """Audit, and say what came of it; the exit code.

    Raises
    ------
    HepaspotError
        As `hepaspot.archive.auditing.audit`.
    """
    from hepaspot.archive.auditing import audit
    from hepaspot.archive.overview import overview

    with _progress() as progress:
        plan = audit(order, result, progress)
    for table in plan.tables:
        for line in _columns(table):
            typer.echo(line, err=True)
    for line in overview(result):
        typer.echo(line)
    return 0


def _columns(table: Columns) -> Iterator[str]:
    """What was not taken from a table: each is a reason why something may not be found."""
    lacking = [name for name in WANTED if name not in table.used]
    if lacking:
        yield (
            f"hepaspot: {table.table}: has no column for {', '.join(lacking)}; say which with "
            "--column, if there is one"
        )
    if table.unused and lacking:
        yield f"hepaspot: {table.table}: columns not used: {', '.join(table.unused)}"


@contextmanager
def _progress() -> Iterator[Progress]:
    if not sys.stderr.isatty():
        yield _Lines().tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        *(TextColumn("Auditing"), BarColumn(), TextColumn("{task.fields[exams]} exams")),
        *(TextColumn("{task.fields[rate]}/s"), TimeRemainingColumn(), TextColumn("left")),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", exams="0", rate="0", total=None)
        counted = _Counted()

        def tell(done: int, parts: int, part: Done | None) -> None:
            counted.add(part)
            exams, rate = f"{counted.exams:,}", f"{counted.rate:,.0f}"
            bar.update(task, completed=done, total=parts, exams=exams, rate=rate)

        yield tell


class _Counted:
    """Exams read since the start, and how many a second."""

    def __init__(self) -> None:
        self.exams = 0
        self._started = time.monotonic()

    def add(self, part: Done | None) -> None:
        self.exams += part.exams if part is not None else 0

    @property
    def rate(self) -> float:
        return self.exams / max(1e-9, time.monotonic() - self._started)


class _Lines:
    """Progress as lines, for a file or a pipe."""

    def __init__(self) -> None:
        self._counted = _Counted()
        self._told = self._started = time.monotonic()
        self._first = 0

    def tell(self, done: int, parts: int, part: Done | None) -> None:
        self._counted.add(part)
        moment = time.monotonic()
        if part is None:
            self._first = done
        elif moment - self._told >= TOLD_EACH_S or done == parts:
            self._told = moment
            each = (moment - self._started) / max(1, done - self._first)
            typer.echo(
                f"{done} of {parts} parts, {self._counted.exams} exams, "
                f"{self._counted.rate:.0f}/s, {each * (parts - done):.0f} s left",
                err=True,
            )
