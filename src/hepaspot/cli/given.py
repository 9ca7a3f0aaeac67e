"""The files that a user gave as one exam: most are read, reports of hepaspot are taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from hepaspot.exam import Exam, Setting
from hepaspot.intake.clinical_sr import is_own_report
from hepaspot.reading import files_of, left_out, read
from hepaspot.settings import known_setting


def exam_of(files: Sequence[str], setting: Setting, depth_cm: float | None) -> Exam:
    """One exam of all files; what ``setting`` leaves open is taken from reports of hepaspot.

    Raises
    ------
    InputError, SchemaError, MissingExtra
        If a file cannot be used, a report of hepaspot was changed or stripped, or two of them
        are of different studies.
    """
    named = [path for file in files for path in _named(Path(file))]
    own = [path for path in named if is_own_report(path)]
    others = [path for path in named if path not in own]
    exam = Exam(setting=known_setting(setting))
    if others:
        exam = read(others[0], *others[1:], setting=setting, depth_cm=depth_cm)
    return exam.merge(*_taken_back(own))


def _named(path: Path) -> Iterator[Path]:
    """The file itself; of a folder what is read in it, and a line for what is not."""
    if not path.is_dir():
        yield path
        return
    found = files_of(path)
    for own in found.own:
        typer.echo(f"hepaspot: {left_out(own)}", err=True)
    yield from found.files


def _taken_back(own: Sequence[Path]) -> tuple[Exam, ...]:
    if not own:
        return ()
    from hepaspot.export.sr_reading import exams_of_one_study

    return exams_of_one_study(own)
