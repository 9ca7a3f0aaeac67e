"""The work list: every alert with its exam, its person, and what came after it."""

from __future__ import annotations

import csv

import pytest

pytest.importorskip("duckdb", reason="needs the extra 'archive'")

from archive.archives import CALCIFIED, run, write_csv


def later_exams(folder, *exams):
    """What the work list says of exams, each given as its id, person and day."""
    rows = [
        {"exam": exam, "person": person, "date": day, "text": CALCIFIED}
        for exam, person, day in exams
    ]
    run([write_csv(folder / "a.csv", rows)], folder / "r")
    with (folder / "r/worklist.csv").open(encoding="utf-8-sig") as file:
        found = {row["exam"]: row["later_exams"] for row in csv.DictReader(file)}
    assert found.keys() == {exam for exam, _, _ in exams}
    return found


def test_exams_of_the_same_person_on_later_days_are_counted(tmp_path):
    found = later_exams(
        tmp_path,
        ("first", "a", "2021-01-01"),
        ("second", "a", "2022-01-01"),
        ("third", "a", "2023-01-01"),
        ("of another", "b", "2020-01-01"),
    )
    assert found == {"first": "2", "second": "1", "third": "0", "of another": "0"}


def test_no_exam_comes_after_another_one_of_the_same_day(tmp_path):
    found = later_exams(
        tmp_path,
        ("before", "a", "2021-01-01"),
        ("morning", "a", "2022-01-01"),
        ("evening", "a", "2022-01-01"),
    )
    assert found == {"before": "2", "morning": "0", "evening": "0"}


def test_of_an_exam_without_a_day_nobody_knows_what_came_after(tmp_path):
    found = later_exams(
        tmp_path, ("undated", "a", ""), ("first", "a", "2021-01-01"), ("last", "a", "2022-01-01")
    )
    assert found == {"undated": "", "first": "1", "last": "0"}
