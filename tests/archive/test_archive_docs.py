"""The page on audits in the documentation tells every column, alert and option, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hepaspot.archive.columns import NAMES
from hepaspot.archive.joining import WORK_LIST
from hepaspot.archive.schema import ALERTS, EXAMS, INPUT, TABLES
from hepaspot.knowledge import load

PAGE = (Path(__file__).parents[2] / "docs" / "archive.md").read_text(encoding="utf-8")


def section(heading):
    """What stands under a heading, up to the next one."""
    (found,) = re.findall(
        rf"^#+ {re.escape(heading)}.*?\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL
    )
    return found


def rows(text):
    """The rows of the table in a section, without its header."""
    found = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in found[2:]]


@pytest.mark.parametrize("name", [*TABLES, "input"])
def test_every_column_of_a_table_is_told_with_what_it_holds(name):
    schema = {**TABLES, "input": INPUT}[name]
    told = [(row[0], row[2]) for row in rows(section(f"`{name}.parquet`"))]
    assert told == [(f"`{each.name}`", each.metadata[b"what"].decode()) for each in schema]


def test_alerts_are_told_by_rank_as_in_the_tables():
    wanted = sorted(load().alerts, key=lambda row: row.rank)
    told = rows(section("Alerts and ranks"))
    assert told == [[str(row.rank), f"`{row.id}`", row.note] for row in wanted]


def test_every_name_that_a_column_is_known_by_is_told():
    told = {row[0].strip("`"): row[1] for row in rows(section("Columns"))}
    assert told == {each: ", ".join(f"`{n}`" for n in names) for each, names in NAMES.items()}


def test_every_option_of_the_command_is_told(monkeypatch):
    from hepaspot.cli.app import app

    monkeypatch.setenv("COLUMNS", "200")
    shown = CliRunner().invoke(app, ["audit", "--help"]).output
    options = set(re.findall(r"(?<![\w-])--[a-z-]+", shown)) - {"--help"}
    told = {
        option for row in rows(section("Options")) for option in re.findall(r"--[a-z-]+", row[0])
    }
    assert options
    assert told == options


def test_the_work_list_holds_what_the_page_says():
    assert set(WORK_LIST) <= set(ALERTS.names) | {"person", "later_exams", "site", "origin"}
    assert {"person", "site", "origin"} <= set(EXAMS.names) & set(WORK_LIST)
    assert not [column for column in WORK_LIST if column.endswith(("_start", "_end", "_source"))]
