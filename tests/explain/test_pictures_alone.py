"""What is said where nothing but a picture was read: of the picture, never of a report."""

from __future__ import annotations

import re

import pytest

from hepaspot.exam import (
    Count,
    Exam,
    Focus,
    Measurement,
    Observation,
    Picture,
    Region,
    Size,
    Source,
    SourceKind,
)
from hepaspot.explain import compose, explain
from hepaspot.weigh import assess

OUTLINE = ((10.0, 10.0), (20.0, 10.0), (20.0, 20.0), (10.0, 20.0))
HERE = Region("picture", 0, OUTLINE)
WALLS = Region("picture", 0, tuple((x + 12, y) for x, y in OUTLINE))


def exam(size: Size, *signs: Observation) -> Exam:
    picture = Picture(100, 80, fan=((0.0, 0.0), (99.0, 0.0), (50.0, 79.0)))
    return Exam(
        sources=(Source("picture", SourceKind.PICTURE, name="still.png", picture=picture),),
        foci=(Focus("f1", HERE, count=Count.SINGLE, sizes=(size,), observations=signs),),
    )


SHADOWING = Observation("shadow", {"present": 0.9, "faint": 0.1}, HERE, Measurement(8.0, "dB", 1.0))
WIDE = Observation("duct_local", {"dilated": 0.95, "not_dilated": 0.05}, WALLS)
IN_MM = Size(HERE, axes_mm=(9.0, 4.0), axes_pixels=(30.0, 13.0))
IN_PIXELS = Size(HERE, axes_pixels=(30.0, 13.0))


@pytest.mark.parametrize(
    ("language", "word", "only"),
    [
        ("en", r"\breports?\b", {"There is no report here", "both reports"}),
        ("zh", "报告", {"这里没有报告", "两份报告"}),
    ],
)
def test_the_patient_is_told_of_the_picture_and_of_no_report(language, word, only):
    page = compose(assess(exam(IN_MM, SHADOWING)), audience="patient", language=language)
    said = [line.text for line in page.trace if re.search(word, line.text)]
    assert len([text for text in said if not any(part in text for part in only)]) == 0
    assert any("picture" in text or "图像" in text for text in (line.text for line in page.trace))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_beside_the_picture_brings_the_words_of_reports_back(language):
    both = exam(IN_MM, SHADOWING)
    words = Exam(sources=(Source("report", SourceKind.REPORT, "Liver: bright spot, 9 mm."),))
    page = compose(assess(both.merge(words)), audience="patient", language=language)
    assert ("report" if language == "en" else "报告") in page.banner[0].text


@pytest.mark.parametrize("audience", ["clinician", "patient"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_size_in_pixels_is_no_hidden_size(audience, language):
    text = explain(assess(exam(IN_PIXELS, SHADOWING)), audience=audience, language=language)
    assert "hidden" not in text
    assert "遮盖" not in text
    assert "30 × 13 mm" not in text


def test_a_wide_duct_seen_in_the_picture_is_a_warning_said_to_come_from_it():
    assessment = assess(exam(IN_MM, SHADOWING, WIDE))
    assert [flag.provenance for flag in assessment.red_flags] == [WALLS]
    english = explain(assessment, audience="patient")
    assert "Some things in your picture need a check." in english
    assert "This was seen in the picture." in english
    assert "这是在图像里看到的" in explain(assessment, audience="patient", language="zh")


def test_each_sign_seen_has_a_note_of_its_own():
    text = " ".join(explain(assess(exam(IN_MM, SHADOWING, WIDE)), audience="patient").split())
    assert "In the picture, acoustic shadow: present" in text
    assert "In the picture, duct beside the focus: dilated" in text
