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

MOST_TOLD: Final = 12
"""Columns, or kinds of files, that a line names (convention)."""

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
    for line in _unread(plan.unread):
        typer.echo(line, err=True)
    for line in overview(result):
        typer.echo(line)
    return 0


def _columns(table: Columns) -> Iterator[str]:
    """What was taken from a table, and what was not: each is why something may not be found."""
    name = f"hepaspot: {table.table}:"
    lacking = [meaning for meaning in WANTED if meaning not in table.used]
    if lacking:
        yield (
            f"{name} has no column for {', '.join(lacking)}; say which with --column, if there "
            "is one"
        )
    if "findings" in table.used and "impression" not in table.used:
        yield f"{name} has findings and no impression; say which with --column impression=NAME"
    taken = "; ".join(f"{meaning} is {column}" for meaning, column in table.used.items())
    unused = f"columns not used: {_cut(table.unused)}; taken: " if table.unused else "all taken: "
    yield f"{name} {unused}{taken}"
    if table.undated:
        yield (
            f"{name} {table.undated:,} of {table.days:,} days are not understood, such as in row "
            f"{table.undated_row}; write them as 2024-03-05, or these exams are compared with none"
        )
    if table.empty:
        holds, them = ("holds", "it") if table.empty == 1 else ("hold", "them")
        yield (
            f"{name} {table.empty:,} of {table.rows:,} rows {holds} no report; no exam is made of "
            f"{them}"
        )


def _unread(counts: dict[str, int]) -> Iterator[str]:
    """Files of folders that nobody looked at."""
    if counts:
        total = sum(counts.values())
        files = "file is" if total == 1 else "files are"
        each = [f"{count:,} {ending}" for ending, count in counts.items()]
        yield f"hepaspot: {total:,} {files} not read: {_cut(each)}; save tables as .csv"


def _cut(names: Sequence[str]) -> str:
    more = len(names) - MOST_TOLD
    return ", ".join(names[:MOST_TOLD]) + (f" and {more} more" if more > 0 else "")


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
