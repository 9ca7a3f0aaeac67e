"""The picture back: what was found is drawn in, and nothing that matters is painted over."""

from __future__ import annotations

from pathlib import Path

import pytest

for library in ("cv2", "pydicom", "onnxruntime"):
    pytest.importorskip(library, reason="needs the extra 'picture'")

import cv2  # noqa: E402
import numpy as np  # noqa: E402

import hepaspot  # noqa: E402
from hepaspot.explain.picture import annotate  # noqa: E402
from hepaspot.intake import open_picture  # noqa: E402
from hepaspot.phantom import make, write_demo  # noqa: E402

EXPLAIN = Path(hepaspot.__file__).parent / "explain"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The answer to the demo exam, and its frame."""
    made = write_demo(tmp_path_factory.mktemp("demo"))
    assessment = hepaspot.assess(hepaspot.read(made.dicom, made.report))
    return assessment, next(iter(open_picture(made.dicom))).grey


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The same of a liver without a focus."""
    made = make(tmp_path_factory.mktemp("plain"), seed=4, target="none")[0]
    assessment = hepaspot.assess(hepaspot.read(made.dicom))
    return assessment, next(iter(open_picture(made.dicom))).grey


def focus_mask(assessment, shape):
    outline = np.array(assessment.exam.foci[0].sizes[-1].provenance.outline)
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    return cv2.erode(mask, np.ones((7, 7), np.uint8)) > 0


def test_the_inside_of_a_focus_is_left_as_it_was(demo):
    assessment, grey = demo
    inside = focus_mask(assessment, grey.shape)
    assert inside.sum() > 20
    drawn = annotate(assessment, "picture", grey)[: grey.shape[0]]
    assert (drawn[inside] == grey[inside][:, None]).all()


def test_something_is_drawn_and_told_below(demo):
    assessment, grey = demo
    image = annotate(assessment, "picture", grey)
    assert image.dtype == np.uint8
    assert image.shape[1] == grey.shape[1]
    assert image.shape[0] > grey.shape[0] + 150
    changed = (image[: grey.shape[0]] != grey[..., None]).any(axis=2)
    assert 0.005 < changed.mean() < 0.1


def test_the_same_input_gives_the_same_bytes(demo):
    first, second = (annotate(*(demo[0], "picture", demo[1])) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_every_language_has_its_own_words(demo):
    english, chinese = (annotate(demo[0], "picture", demo[1], language=own) for own in ("en", "zh"))
    assert english.shape != chinese.shape or (english != chinese).any()


def test_a_picture_without_a_focus_says_so_and_draws_no_focus(plain):
    assessment, grey = plain
    image = annotate(assessment, "picture", grey)
    if not assessment.exam.foci:
        yellow = (image[: grey.shape[0]] == (240, 228, 66)).all(axis=2)
        assert not yellow.any()
    assert image.shape[0] > grey.shape[0]


def test_a_frame_of_another_size_is_refused(demo):
    with pytest.raises(
        ValueError,
        match=r"grey must be a 600 x 800 picture \(height x width\) of uint8, got 10 x 20 of uint8",
    ):
        annotate(demo[0], "picture", np.zeros((10, 20), np.uint8))


def test_a_picture_that_the_exam_does_not_have_is_refused(demo):
    with pytest.raises(
        ValueError, match=r"source_id must be a picture of the exam \('picture'\), got 'report'"
    ):
        annotate(demo[0], "report", demo[1])


def test_a_language_that_is_not_spoken_is_refused(demo):
    with pytest.raises(ValueError, match="language must be 'en' or 'zh', got 'fr'"):
        annotate(demo[0], "picture", demo[1], language="fr")


@pytest.mark.parametrize("domain", ["picture", "clinician", "term"])
def test_the_font_holds_every_character_that_may_be_shown(domain):
    fonts = pytest.importorskip("fontTools.ttLib", reason="needs the extra 'plot'")
    font = fonts.TTFont(next((EXPLAIN / "picture" / "font").glob("*.otf")))
    known = set(map(chr, font.getBestCmap()))
    text = (EXPLAIN / "locale/zh/LC_MESSAGES" / f"{domain}.po").read_text(encoding="utf-8")
    assert {char for char in text if char.isprintable()} - known == set()
