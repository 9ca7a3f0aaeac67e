"""On a terminal the answer has colour; the words are the same everywhere."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from hepaspot.cli.painting import THEME, show

ANSWER = """Bright spot in the liver: calcification or duct stone?
======================================================
Decision support and research software, not a medical device.

!! Red flags
!!!!!!!!!!!!
- fever[1] (G1, K2)

Focus 1: right lobe
-------------------
  calcification  ████░░░░····  40 (20 to 66)
  | 肝右叶见一6mm强回声[2]，后方伴声影，肝内外胆管未见扩张，超声提示肝右叶钙化灶。
"""
CODES = re.compile(r"\x1b\[([\d;]*)m")


def painted(width: int = 88, **options) -> str:
    out = io.StringIO()
    show(ANSWER, Console(theme=THEME, file=out, width=width, force_terminal=True, **options))
    return out.getvalue()


def style_of(words: str) -> str:
    """The terminal codes in force where ``words`` stand."""
    return CODES.findall(painted().split(words)[0])[-1]


def test_painting_changes_no_word():
    assert CODES.sub("", painted()) == ANSWER


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("Bright spot", "1"),
        ("!! Red flags", "1;31"),
        ("Focus 1", "1;36"),
        ("[1]", "36"),
        ("(G1, K2)", "2"),
        ("████", "36"),
    ],
)
def test_each_part_has_its_own_look(words, codes):
    assert style_of(words) == codes


def test_no_color_is_respected(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    codes = {code for found in CODES.findall(painted()) for code in found.split(";")}
    assert codes <= {"", "0", "1", "2"}


@pytest.mark.parametrize("width", [40, 60, 88])
def test_a_narrow_terminal_cuts_no_line(width):
    lines = CODES.sub("", painted(width)).splitlines()
    assert all(len(line) + len(re.findall(r"[\u3000-\uffef]", line)) <= width for line in lines)
    wanted, shown = (re.sub(r"\s", "", text) for text in (ANSWER, "".join(lines)))
    assert shown == wanted
