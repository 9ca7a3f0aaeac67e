"""The picture back: what was found is drawn in, and nothing that matters is painted over."""

from __future__ import annotations

from pathlib import Path

import pytest

for library in ("cv2", "pydicom", "onnxruntime"):
    pytest.importorskip(library, reason="needs the extra 'picture'")

import cv2  # noqa: E402
import numpy as np  # noqa: E402

import hepaspot  # noqa: E402
from hepaspot.explain.picture import (  # noqa: E402
    Curves,
    annotate,
    chosen_frames,
    contact_sheet,
    plot_profile,
)
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


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """The answer to a clip, and where its file is."""
    made = make(tmp_path_factory.mktemp("clip"), seed=3, frames=16, target="calcification")[0]
    return hepaspot.assess(hepaspot.read(made.dicom)), made.dicom


def test_a_contact_sheet_holds_the_best_frame_and_frames_from_all_of_the_clip(clip):
    assessment, path = clip
    chosen = chosen_frames(assessment, "picture")
    best = assessment.exam.sources[0].picture.frame
    assert best in chosen
    assert len(chosen) <= 13
    assert max(chosen) - min(chosen) >= 12
    frames = [(frame.index, frame.grey) for frame in open_picture(path)]
    sheet = contact_sheet(assessment, "picture", frames)
    large = annotate(assessment, "picture", dict(frames)[best])
    height = frames[0][1].shape[0]
    assert (sheet[:height] == large[:height]).all()
    assert sheet.shape[0] > large.shape[0] + 2 * height // 5


def test_a_contact_sheet_without_the_best_frame_is_refused(clip):
    with pytest.raises(ValueError, match=r"frames must hold frame \d+, the best one, and do not"):
        contact_sheet(clip[0], "picture", [])


def test_the_profile_shows_the_drop_that_was_measured(demo, tmp_path):
    from hepaspot.sonogram.profile import profiles

    path = write_demo(tmp_path).dicom
    frames = open_picture(path)
    (told,) = profiles(next(iter(frames)), frames)
    rows = (told.depth > told.window[0]) & (told.depth < told.window[1])
    drop = np.nanmedian(told.flanks_db[rows] - told.column_db[rows])
    assert told.unit == "mm"
    assert drop == pytest.approx(told.drop_db, abs=1.5)
    assert told.focus[0] < 66 < told.focus[1] + 4


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_profile_is_plotted_in_every_language(language):
    pytest.importorskip("matplotlib", reason="needs the extra 'plot'")
    depth = np.arange(100.0)
    curves = Curves(depth, np.full(100, 20.0), np.full(100, 30.0), (40, 45), (50, 80), 10.0, "px")
    assert plot_profile(curves, 1, language=language).startswith(b"\x89PNG")
