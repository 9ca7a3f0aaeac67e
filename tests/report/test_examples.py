"""Each example is read, and shows what its file name says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from report.lines import KNOWN, differences

import hepaspot

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.txt"))
WEIGHED = {"leaning", "category", "flags", "causes"}
"""What is asked of the weighing; all else is asked of the reading."""


def _null(value: Any) -> Any:
    """TOML has no null: the word stands for it."""
    if isinstance(value, dict):
        return {key: _null(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_null(part) for part in value]
    return None if value == "null" else value


SHOWN: dict[str, dict[str, Any]] = _null(
    tomllib.loads(Path(__file__).with_name("examples.toml").read_text(encoding="utf-8"))
)


def case(name: str) -> Any:
    misread = KNOWN["examples"].get(name)
    marks = [pytest.mark.xfail(strict=True, reason=misread)] if misread else []
    return pytest.param(name, id=name, marks=marks)


def read(name: str) -> hepaspot.Exam:
    return hepaspot.read(EXAMPLES / f"{name}.txt")


def test_every_example_has_its_expectation():
    assert sorted(SHOWN) == NAMES
    assert set(KNOWN["examples"]) <= set(NAMES)


@pytest.mark.parametrize("name", [case(name) for name in NAMES])
def test_an_example_is_read_as_its_name_says(name):
    expect = {key: value for key, value in SHOWN[name].items() if key not in WEIGHED}
    assert differences(expect, read(name)) == []


@pytest.mark.parametrize("name", [name for name in NAMES if "leaning" in SHOWN[name]])
def test_an_example_leans_the_way_it_is_there_to_show(name):
    focus = hepaspot.assess(read(name)).foci[0]
    assert focus.leaning == SHOWN[name]["leaning"]


@pytest.mark.parametrize("name", [name for name in NAMES if "category" in SHOWN[name]])
def test_an_example_falls_into_its_screening_category(name):
    category = hepaspot.assess(read(name)).category
    assert category is not None
    assert category.category == SHOWN[name]["category"]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_raises_its_red_flags_and_a_harmless_one_none(name):
    raised = {flag.id for flag in hepaspot.assess(read(name)).red_flags}
    wanted = set(SHOWN[name]["flags"])
    assert wanted <= raised
    assert bool(raised) == bool(wanted)


@pytest.mark.parametrize("name", [name for name in NAMES if "causes" in SHOWN[name]])
def test_an_example_points_to_its_cause(name):
    focus = hepaspot.assess(read(name)).foci[0]
    assert set(SHOWN[name]["causes"]) <= {hint.cause for hint in focus.causes}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_can_be_told_to_everyone(name):
    assessment = hepaspot.assess(read(name))
    for audience in ("clinician", "patient"):
        for language in ("en", "zh"):
            assert hepaspot.explain(assessment, audience=audience, language=language).strip()
