"""Several exams in a row: one that cannot be read does not lose the others."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import typer

from hepaspot.cli.faults import kind_and_place
from hepaspot.cli.output import Target
from hepaspot.cli.stream import NowhereToWrite
from hepaspot.cli.wish import STANDARD_INPUT, Job, Wish, answer
from hepaspot.errors import HepaspotError, InternalError


def answer_all(jobs: list[Job], wish: Wish, target: Target) -> int:
    """Answer each exam in turn.

    Returns
    -------
    int
        0, or the exit code of the first exam that failed.
    """
    codes = [_answer_one(job, wish, target) for job in _followed(jobs)]
    failed = [code for code in codes if code]
    if failed and len(jobs) > 1:
        _tell(f"{len(jobs) - len(failed)} of {len(jobs)} reports read")
    return failed[0] if failed else 0


@contextmanager
def told() -> Iterator[None]:
    """Turn an error of the user's into its one line and its exit code."""
    try:
        yield
    except HepaspotError as error:
        _tell(str(error))
        raise typer.Exit(error.exit_code) from None


def _answer_one(job: Job, wish: Wish, target: Target) -> int:
    try:
        target.put(job[0], _answer_or_fault(job, wish))
    except NowhereToWrite:
        raise
    except HepaspotError as error:
        _tell(str(error))
        return error.exit_code
    return 0


def _answer_or_fault(job: Job, wish: Wish) -> str:
    try:
        return answer(job, wish)
    except HepaspotError:
        raise
    except Exception as error:  # noqa: BLE001 - its message may quote the report
        raise InternalError(
            f"{_shown(job[0])}: hepaspot failed on this report ({kind_and_place(error)}); "
            "please send us this line, it holds no word of the report"
        ) from None


def _shown(file: str) -> str:
    return "standard input" if file == STANDARD_INPUT else file


def _tell(line: str) -> None:
    sys.stdout.flush()
    typer.echo(f"hepaspot: {line}", err=True)


def _followed(jobs: list[Job]) -> Iterable[Job]:
    """The exams, with a bar on stderr if there are several and someone to see it."""
    if len(jobs) < 2 or not sys.stderr.isatty():
        return jobs
    return _with_bar(jobs)


def _with_bar(jobs: list[Job]) -> Iterator[Job]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(jobs, "Reading", console=console, transient=True)
