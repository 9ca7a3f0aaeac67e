"""Several reports in a row: one that cannot be read does not lose the others."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

import typer

from hepaspot.cli.output import Target
from hepaspot.cli.stream import NowhereToWrite
from hepaspot.cli.wish import STANDARD_INPUT, Wish, answer
from hepaspot.errors import HepaspotError, InternalError


def answer_all(files: list[str], wish: Wish, target: Target) -> int:
    """Answer each report in turn.

    Returns
    -------
    int
        0, or the exit code of the first report that failed.
    """
    codes = [_answer_one(file, wish, target) for file in _followed(files)]
    failed = [code for code in codes if code]
    if failed and len(files) > 1:
        _tell(f"{len(files) - len(failed)} of {len(files)} reports read")
    return failed[0] if failed else 0


def _answer_one(file: str, wish: Wish, target: Target) -> int:
    try:
        target.put(file, _answer_or_fault(file, wish))
    except NowhereToWrite:
        raise
    except HepaspotError as error:
        _tell(str(error))
        return error.exit_code
    return 0


def _answer_or_fault(file: str, wish: Wish) -> str:
    try:
        return answer(file, wish)
    except HepaspotError:
        raise
    except Exception as error:  # noqa: BLE001 - its message may quote the report
        raise InternalError(f"{_shown(file)}: {_fault(error)}") from None


def _fault(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno}"
    return (
        f"hepaspot failed on this report ({type(error).__name__} at {place}); "
        "please send us this line, it holds no word of the report"
    )


def _shown(file: str) -> str:
    return "standard input" if file == STANDARD_INPUT else file


def _tell(line: str) -> None:
    sys.stdout.flush()
    typer.echo(f"hepaspot: {line}", err=True)


def _followed(files: list[str]) -> Iterable[str]:
    """The files, with a bar on stderr if there are several and someone to see it."""
    if len(files) < 2 or not sys.stderr.isatty():
        return files
    return _with_bar(files)


def _with_bar(files: list[str]) -> Iterator[str]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(files, "Reading", console=console, transient=True)
