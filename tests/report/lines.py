"""Texts with what a careful reader takes from them, and the ones that are known to be missed."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from generator.scoring import same, units

from hepaspot.exam import Exam
from hepaspot.report import fields
from hepaspot.weigh import assess

TESTS = Path(__file__).parents[1]
LANGUAGES = ("en", "zh")
KNOWN: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("known_misses.toml").read_text(encoding="utf-8")
)
"""What is misread, by folder and language; ``laws`` lists ids by law and language."""


@dataclass(frozen=True)
class Line:
    """One text and what is expected of it, see tests/golden/README.md."""

    id: str
    point: str
    text: str
    expect: dict[str, Any]


def lines(folder: str, language: str) -> list[Line]:
    """Every line of one file of goldens or of blind reports."""
    rows = (TESTS / folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Line(**json.loads(row)) for row in rows]


def cases(folder: str) -> list[Any]:
    """The lines of both languages as test cases, known misses marked as failing."""
    return [
        pytest.param(line, id=f"{language}-{line.id}", marks=_marks(folder, language, line.id))
        for language in LANGUAGES
        for line in lines(folder, language)
    ]


def _marks(folder: str, language: str, name: str) -> list[pytest.MarkDecorator]:
    misread = KNOWN[folder][language].get(name)
    return [pytest.mark.xfail(strict=True, reason=misread)] if misread else []


def differences(expect: dict[str, Any], exam: Exam) -> list[str]:
    """Each field that came out otherwise than expected."""
    got = fields(exam)
    if "contradictions" in expect:
        got["contradictions"] = sorted({pair.id for pair in assess(exam).contradictions})
    found = [
        f"{key}: expected {wanted!r}, got {read!r}"
        for key, wanted, read in units(expect, got)
        if not same(wanted, read)
    ]
    if "foci" in expect and len(expect["foci"]) != len(got["foci"]):
        found.insert(0, f"foci: expected {len(expect['foci'])}, got {len(got['foci'])}")
    return found
