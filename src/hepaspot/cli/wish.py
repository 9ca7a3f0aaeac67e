"""What the user wants of each exam, and one exam answered so."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import typer

from hepaspot.cli.given import exam_of
from hepaspot.cli.options import Audience, Format, Language, SettingName
from hepaspot.exam import Exam, Setting, SettingKind
from hepaspot.explain import explain
from hepaspot.intake import read_stdin
from hepaspot.intake.clinical_sr import is_own_report
from hepaspot.knowledge import load
from hepaspot.reading import is_picture_file
from hepaspot.report import read_report
from hepaspot.weigh import assess
from hepaspot.weigh.assessment import Assessment

STANDARD_INPUT: Final = "-"
"""What a user types for the report that comes through a pipe."""


class Wish(NamedTuple):
    """What the user wants of each exam."""

    setting: SettingName | None = None
    region: str | None = None
    audience: Audience = Audience.CLINICIAN
    language: Language | None = None
    format: Format = Format.TEXT
    depth_cm: float | None = None
    pictures: Path | None = None

    @property
    def exam_setting(self) -> Setting:
        """The setting as an exam keeps it."""
        kind = SettingKind[self.setting.name] if self.setting else None
        return Setting(kind=kind, region=self.region)


class Answered(msgspec.Struct, frozen=True):
    """One line of JSON: the file as named, None for standard input, and the answer.

    Of an exam of several files it is the first; the sources of the exam name them all.
    """

    file: str | None
    assessment: Assessment


def known_region(region: str | None) -> str | None:
    """``region``, if the priors know it."""
    regions = load().regions
    if region is not None and region not in regions:
        raise typer.BadParameter(
            f"{region!r} is none of {', '.join(regions)}", param_hint="'--region'"
        )
    return region


Job = tuple[str, ...]
"""The files of one exam, as the user named them."""


def jobs(files: Sequence[str]) -> list[Job]:
    """What is one exam: each report alone, or all files where a picture is among them.

    A report of hepaspot counts as a picture: it stands for those that it was made from.
    """
    if any(_stands_for_an_exam(file) for file in files):
        return [tuple(files)]
    return [(file,) for file in files]


def _stands_for_an_exam(file: str) -> bool:
    if file == STANDARD_INPUT:
        return False
    return Path(file).is_dir() or is_picture_file(file) or is_own_report(file)


def answer(job: Job, wish: Wish) -> str:
    """The answer to one exam, in the form wished for."""
    exam = _read(job, wish)
    assessment = assess(exam)
    language = wish.language or _language_of(exam)
    pictures = _pictures(assessment, wish, language)
    if wish.format is Format.JSON:
        return _json_line(job, assessment)
    return explain(
        assessment,
        audience=wish.audience.value,
        language=language,
        format="html" if wish.format is Format.HTML else "text",
        pictures=pictures if wish.format is Format.HTML else None,
    )


def _read(job: Job, wish: Wish) -> Exam:
    setting = wish.exam_setting
    if job == (STANDARD_INPUT,):
        return read_report(read_stdin(sys.stdin.buffer).text, setting=setting)
    files = [file for file in job if file != STANDARD_INPUT]
    exam = exam_of(files, setting, wish.depth_cm)
    if len(files) == len(job):
        return exam
    return exam.merge(read_report(read_stdin(sys.stdin.buffer).text, setting=setting))


def _pictures(assessment: Assessment, wish: Wish, language: Language) -> dict[str, bytes]:
    """The annotated pictures, where someone wants to see them; written where asked for."""
    if wish.pictures is None and wish.format is not Format.HTML:
        return {}
    from hepaspot.cli.pictures import annotated, tell_of_missing, write_pictures

    tell_of_missing(assessment)
    pictures = annotated(assessment, language.value)
    if wish.pictures is not None:
        write_pictures(assessment, pictures, wish.pictures, language.value, wish.depth_cm)
    return pictures


def _json_line(job: Job, assessment: Assessment) -> str:
    file = None if job[0] == STANDARD_INPUT else job[0]
    return msgspec.json.encode(Answered(file, assessment)).decode() + "\n"


def _language_of(exam: Exam) -> Language:
    written = {source.language for source in exam.sources}
    return Language.CHINESE if "zh" in written else Language.ENGLISH
