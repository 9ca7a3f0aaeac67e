"""The commands that query a finished audit, and draw a sample of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hepaspot.cli.options import Language, RowsAs

if TYPE_CHECKING:
    import pyarrow as pa


SHOWN: Final = 100
"""Rows of an answer that a terminal shows (convention); all of them go into a file."""

WIDEST: Final = 120
"""Characters of one cell that a terminal shows (convention)."""

DAY: Final = len("2026-01-31")
"""Width below which a date would be broken."""


# ---------------------------------------------------------------------------------------- query


def query_result(folder: Path, asked: str | None, rows_as: RowsAs | None, out: Path | None) -> None:
    """Answer a query as a table, or write its rows; without one, list the questions.

    Raises
    ------
    HepaspotError
        As `hepaspot.archive.asking.asking.asked`.
    """
    from hepaspot.archive.asking.answers import RowFormat, write_rows
    from hepaspot.archive.asking.asking import asked as answer
    from hepaspot.archive.asking.result import audited

    result = audited(folder)
    if asked is None:
        _list_questions()
        return
    wanted = _format_of(rows_as, out)
    with answer(result, asked) as reader:
        if wanted is None:
            _show(reader)
            return
        written = write_rows(reader, RowFormat(wanted.value), out, folder)
    if out is not None:
        typer.echo(f"{written:,} {'row' if written == 1 else 'rows'}: {out}", err=True)


def _format_of(rows_as: RowsAs | None, out: Path | None) -> RowsAs | None:
    if out is None:
        if rows_as is RowsAs.PARQUET:
            raise typer.BadParameter("parquet goes into a file; name it", param_hint="'-o'")
        return rows_as
    if rows_as is not None:
        return rows_as
    try:
        return RowsAs(out.suffix.lower().removeprefix("."))
    except ValueError:
        raise typer.BadParameter(
            f"{out.name}: write .csv, .jsonl or .parquet, or say the form with --format",
            param_hint="'-o'",
        ) from None


def _list_questions() -> None:
    from hepaspot.archive.asking.questions import questions

    table = _table(("question", "what it tells"))
    for question in questions():
        table.add_row(question.name, question.title)
    console = Console()
    console.print(table)
    console.print(
        "Or one SELECT over exams, foci, alerts, errors, documents: "
        'hepaspot query RESULT "SELECT count(*) FROM exams"',
        highlight=False,
        markup=False,
    )
    console.print("What their columns hold: hepaspot query RESULT tables", highlight=False)


def _show(reader: pa.RecordBatchReader) -> None:
    from hepaspot.archive.asking.answers import rows_of

    table = _table(tuple(reader.schema.names))
    for column, field in zip(table.columns, reader.schema, strict=True):
        column.min_width = DAY if str(field.type).startswith("date") else None
    shown, more = 0, False
    for batch in reader:
        for row in rows_of(batch):
            if shown == SHOWN:
                more = True
                break
            table.add_row(*map(_cell, row))
            shown += 1
        if more:
            break
    console = Console()
    console.print(table)
    if more:
        console.print(f"The first {SHOWN} rows. All of them: --format csv", highlight=False)
    elif not shown:
        console.print("No rows.", highlight=False)


def _table(headings: Sequence[str]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for heading in headings:
        table.add_column(Text(_printable(heading)), overflow="fold")
    return table


def _cell(value: Any) -> Text:
    if value is None:
        return Text("-", style="dim")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, float):
        return Text(f"{value:.6g}", justify="right")
    if isinstance(value, int):
        return Text(str(value), justify="right")
    told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return Text(_printable(told if len(told) <= WIDEST else f"{told[:WIDEST]}…"))


def _printable(words: str) -> str:
    """Without characters that steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in words)


# --------------------------------------------------------------------------------------- sample


def sample_result(
    folder: Path,
    alert: str,
    count: int,
    clean: int | None,
    seed: int | None,
    out: Path,
    language: Language | None = None,
) -> None:
    """Draw a sheet, in the language of the audit's page where none is asked for; say where it is.

    Raises
    ------
    HepaspotError
        As `hepaspot.archive.asking.sampling.sample`.
    """
    from hepaspot.archive.asking.result import audited
    from hepaspot.archive.asking.sampling import sample
    from hepaspot.archive.page import language_of_page

    if seed is None:
        seed = secrets.randbelow(1_000_000_000)
    result = audited(folder)
    wanted = language.value if language is not None else language_of_page(folder)
    drawn = sample(result, alert, count, clean, seed, out, language=wanted)
    exams = "exam" if drawn.rows == 1 else "exams"
    all_ = ", all that there are" if drawn.are_all else ""
    typer.echo(f"{drawn.rows} {exams}, {drawn.flagged} of them with the alert{all_} (seed {seed})")
    typer.echo(f"For the reviewer:  {drawn.page}")
    typer.echo(f"  or, as a table:  {drawn.sheet}")
    typer.echo(f"Not for them:      {drawn.key}")
