"""Colours that everyone can read: contrast by WCAG 2.1, in light, in dark and on paper."""

from __future__ import annotations

import re
from itertools import product

import pytest

from hepaspot.explain.html import style

TEXT_CONTRAST = 4.5
GRAPHIC_CONTRAST = 3.0
TONES = ("calcification", "duct_stone", "duct_gas", "other")


def schemes() -> list[dict[str, str]]:
    """The colour variables of each scheme; a later one changes the first."""
    blocks = re.findall(r":root \{(.*?)\}", style(), re.DOTALL)
    read = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)) for block in blocks]
    return [{**read[0], **block} for block in read]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * d for d in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=[0, 1, 2], ids=["light", "dark", "paper"])
def scheme(request: pytest.FixtureRequest) -> dict[str, str]:
    return schemes()[request.param]


def test_text_is_read_on_every_ground(scheme: dict[str, str]):
    for ink, ground in product(
        ("ink", "soft", "accent"), ("ground", "sheet", "plain-ground", "alert-ground")
    ):
        assert contrast(scheme[ink], scheme[ground]) >= TEXT_CONTRAST, (ink, ground)


def test_a_warning_is_read_on_its_ground(scheme: dict[str, str]):
    assert contrast(scheme["alert"], scheme["alert-ground"]) >= TEXT_CONTRAST


@pytest.mark.parametrize("tone", TONES)
def test_names_and_highlights_are_read(scheme: dict[str, str], tone: str):
    assert contrast(scheme[tone], scheme["sheet"]) >= TEXT_CONTRAST
    assert contrast(scheme["mark-ink"], scheme[f"{tone}-ground"]) >= TEXT_CONTRAST
    assert contrast(scheme[tone], scheme["plain-ground"]) >= GRAPHIC_CONTRAST


def test_the_words_in_a_drawing_are_read_on_the_liver(scheme: dict[str, str]):
    assert contrast(scheme["ink"], scheme["liver"]) >= TEXT_CONTRAST


def test_no_meaning_rests_on_colour_alone():
    sheet = style()
    for mark in ("mark.tone-duct_stone { border-bottom-style: dashed", ".dots .d-duct_stone"):
        assert mark in sheet
    assert 'content: "▲ "' in sheet
