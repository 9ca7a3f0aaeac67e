"""Text for a terminal: wrapped, wide characters counted, bars drawn."""

from __future__ import annotations

import subprocess
import sys
from unicodedata import east_asian_width

import pytest
from explain.cases import NAMES, assessed, plain_calcification

from hepaspot.explain import explain
from hepaspot.explain.clean import clean, one_line
from hepaspot.explain.text import COLUMNS

PAIRS = [("clinician", "en"), ("clinician", "zh"), ("patient", "en"), ("patient", "zh")]


def columns(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("audience", "language"), PAIRS)
def test_no_line_but_an_address_is_wider_than_the_page(name: str, audience: str, language: str):
    said = explain(assessed(name), audience=audience, language=language)
    long = [line for line in said.splitlines() if columns(line) > COLUMNS + 2]
    assert not [line for line in long if "http" not in line]


def test_a_bar_shows_mean_and_range():
    said = explain(plain_calcification())
    rows = [line for line in said.splitlines() if "·" in line or "░" in line]
    assert [(row.count("█"), row.count("░")) for row in rows] == [(21, 3), (3, 4), (0, 1), (0, 2)]


def test_a_red_flag_section_is_marked_in_plain_text():
    said = explain(assessed("duct_stone"), audience="patient")
    assert said.index("!! First: please see a doctor") < said.index("What does it mean?")


def test_cleaning_keeps_what_a_reader_sees():
    assert clean("肝\r\n内\t强回声") == "肝\n内\t强回声"
    assert one_line(" a\n\x1b[2J b ") == "a [2J b"


def test_text_needs_no_template_engine():
    code = "import sys, hepaspot.explain; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
