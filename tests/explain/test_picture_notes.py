"""Whatever limits the reading of a picture has its sentence, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hepaspot
from hepaspot.explain.words import Words

ROOT = Path(hepaspot.__file__).parent
PATTERNS = (
    r'notes\.append\("([a-z_]+)"\)',
    r'reason="([a-z_]+)"',
    r'or "(no_scale)"',
    r'\("(colour_box)",\)',
    r'else "(no_scale)"',
    r'return "([a-z]+_[a-z_]+)"',
    r'"(region_outside_image|doppler_region|orientation_ignored|fan_not_found)"',
)
FILES = (
    *("region", "scale", "colour", "still", "messages", "dicom", "pictures"),
    "dicom_header",
)


def notes() -> set[str]:
    texts = [(ROOT / "intake" / f"{name}.py").read_text(encoding="utf-8") for name in FILES]
    texts.append((ROOT / "sonogram" / "reading.py").read_text(encoding="utf-8"))
    return {found for text in texts for rule in PATTERNS for found in re.findall(rule, text)}


def test_the_notes_are_found_in_the_code():
    assert {"no_scale", "dual_screen", "liver_not_outlined", "spacings_disagree"} <= notes()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("note", sorted(notes()))
def test_each_has_a_sentence(note, language):
    assert Words(language).knows(f"clinician.caveat.{note}")
