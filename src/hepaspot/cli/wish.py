"""What the user wants of each report, and one report answered so."""

from __future__ import annotations

import sys
from typing import Final, NamedTuple

import msgspec
import typer

from hepaspot.cli.options import Audience, Format, Language, SettingName
from hepaspot.exam import Exam, Setting, SettingKind
from hepaspot.explain import explain
from hepaspot.intake import ReportText, open_report, read_stdin
from hepaspot.knowledge import load
from hepaspot.report import read_report
from hepaspot.weigh import assess
from hepaspot.weigh.assessment import Assessment

STANDARD_INPUT: Final = "-"
"""What a user types for the report that comes through a pipe."""


class Wish(NamedTuple):
    """What the user wants of each report."""

    setting: SettingName | None = None
    region: str | None = None
    audience: Audience = Audience.CLINICIAN
    language: Language | None = None
    format: Format = Format.TEXT

    @property
    def exam_setting(self) -> Setting:
        """The setting as an exam keeps it."""
        kind = SettingKind[self.setting.name] if self.setting else None
        return Setting(kind=kind, region=self.region)


class Answered(msgspec.Struct, frozen=True):
    """One line of JSON: the report's file, None for standard input, and the answer."""

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


def answer(file: str, wish: Wish) -> str:
    """The answer to the report in ``file``, in the form wished for."""
    report = read_stdin(sys.stdin.buffer) if file == STANDARD_INPUT else open_report(file)
    exam = read_report(report.text, setting=wish.exam_setting)
    assessment = assess(exam)
    if wish.format is Format.JSON:
        return _json_line(report, assessment)
    return explain(
        assessment,
        audience=wish.audience.value,
        language=wish.language or _language_of(exam),
        format="html" if wish.format is Format.HTML else "text",
    )


def _json_line(report: ReportText, assessment: Assessment) -> str:
    return msgspec.json.encode(Answered(report.name, assessment)).decode() + "\n"


def _language_of(exam: Exam) -> Language:
    written = {source.language for source in exam.sources}
    return Language.CHINESE if "zh" in written else Language.ENGLISH
