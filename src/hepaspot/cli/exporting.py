"""The command that hands an answered exam on in the formats other systems read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from hepaspot.cli.faults import kind_and_place
from hepaspot.cli.given import exam_of
from hepaspot.cli.wish import Wish
from hepaspot.errors import HepaspotError, InternalError, OutputError
from hepaspot.exam import Exam
from hepaspot.export import FORMATS, Case, Exported, case_of, export
from hepaspot.weigh import assess


def known_formats(named: Sequence[str]) -> tuple[str, ...]:
    """``named`` once each, if all of them can be exported."""
    for format in named:
        if format not in FORMATS:
            raise typer.BadParameter(
                f"{format!r} is none of {', '.join(FORMATS)}", param_hint="'--to'"
            )
    return tuple(dict.fromkeys(named))


def export_all(files: Sequence[str], formats: Sequence[str], folder: Path, wish: Wish) -> None:
    """Read the files as one exam, and write it into ``folder`` in each format.

    Raises
    ------
    InputError
        If a file cannot be used, or the exam lacks what a format needs.
    MissingExtra
        If a library that a format needs is not installed.
    OutputError
        If a file cannot be written, or would replace one of ``files``.
    """
    # The setting goes into the exam: whoever takes it back must weigh it as it is weighed here.
    case = _case(exam_of(files, wish.exam_setting, wish.depth_cm), wish)
    for format in formats:
        made = _made(case, format)
        if not made:
            typer.echo(f"hepaspot: {format}: nothing was outlined, so there is none", err=True)
        for each in made:
            typer.echo(str(_written(folder, each, files)))


def _case(exam: Exam, wish: Wish) -> Case:
    language = "en" if wish.language is None else wish.language.value
    return case_of(assess(exam), language=language)


def _made(case: Case, format: str) -> tuple[Exported, ...]:
    try:
        return export(case, format)
    except HepaspotError:
        raise
    except Exception as error:  # noqa: BLE001 - its message may quote the patient
        raise InternalError(
            f"{format}: hepaspot failed to make it ({kind_and_place(error)}); please send us this "
            "line, it holds no word of the exam"
        ) from None


def _written(folder: Path, made: Exported, files: Sequence[str]) -> Path:
    path = folder / made.name
    if path.exists() and any(Path(file).exists() and path.samefile(file) for file in files):
        raise OutputError(f"{path}: is one of the files given; name another folder with -o")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.data)
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise OutputError(f"{path}: cannot be written ({reason}); choose another -o") from None
    return path
