"""The words of a photographed report are read here, quietly, and mean what the paper says."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import cv2
import numpy as np
import pytest
from intake.dicoms import dicom, speckle
from intake.pages import PHONE, Look, columns, font_file, page, saved, taken
from PIL import Image
from typer.testing import CliRunner

import hepaspot
from hepaspot.cli.app import app
from hepaspot.errors import EmptyInput, MissingExtra, MissingInput, TooLarge, UnsupportedInput
from hepaspot.intake import open_picture, photo_engine
from hepaspot.intake.photo import words_of_photo
from hepaspot.intake.photo_page import looks_like_page
from hepaspot.phantom import make
from hepaspot.report import fields, read_report

STILLS = Path(__file__).parents[3] / "shared" / "data" / "liver-sonograms" / "images"
HALF_PAGE = (1240, 620)
ENGLISH = (
    "Ultrasound of the liver\n"
    "In segment VI there is an echogenic focus of 7 mm with posterior acoustic shadowing, close "
    "to a portal branch. The intrahepatic ducts are dilated to 5 mm. No fever.\n"
    "Impression: 1. Intrahepatic duct stone, segment VI.\n"
)
CHINESE = (
    "超声检查报告单\n"
    "肝右叶见一强回声斑，大小约8mm×6mm，后方伴声影，肝内胆管未见扩张，胆总管内径约4mm，"
    "胆囊壁光滑，腔内未见异常回声，脾脏不大。\n"
    "超声提示：\n1.肝右叶钙化灶\n2.胆囊未见异常\n"
)
ocr = pytest.mark.skipif(
    any(photo_engine.find_spec(needed) is None for needed in photo_engine._NEEDED),
    reason="reads words in photos: needs the extra ocr",
)
chinese = pytest.mark.skipif(
    font_file("zh-cn") is None, reason="draws Chinese pages: no font of this system has the letters"
)
LANGUAGES = [
    pytest.param(ENGLISH, id="en"),
    pytest.param(CHINESE, id="zh", marks=chinese),
]


def photo(tmp_path: Path, text: str, look: Look = Look(), *, name: str = "photo.jpg") -> Path:  # noqa: B008
    return saved(taken(page(text, shape=HALF_PAGE), look), tmp_path / name)


def read_fields(path: Path) -> dict[str, object]:
    return fields(read_report(words_of_photo(path).text))


# ------------------------------------------------------------------------------ the words


@ocr
@pytest.mark.parametrize("text", LANGUAGES)
def test_a_scan_says_what_the_paper_says(tmp_path, text):
    words = words_of_photo(photo(tmp_path, text))
    assert "".join(words.text.split()) == "".join(text.split())
    assert (words.width, words.height) == HALF_PAGE
    assert fields(read_report(words.text)) == fields(read_report(text))


@ocr
@pytest.mark.parametrize("text", LANGUAGES)
@pytest.mark.parametrize(
    "look",
    [
        Look(tilt_deg=6),
        Look(tilt_deg=-9),
        Look(brightness=0.45),
        Look(light=0.35, noise=3),
        Look(lean=0.08, desk=60),
        PHONE,
    ],
    ids=["turned_left", "turned_right", "dim", "lit_from_one_side", "leant", "by_phone"],
)
def test_how_a_photo_is_taken_changes_no_field(tmp_path, text, look):
    assert read_fields(photo(tmp_path, text, look)) == fields(read_report(text))


@ocr
def test_each_line_tells_where_it_stands_and_how_sure_it_is(tmp_path):
    words = words_of_photo(photo(tmp_path, ENGLISH))
    first = words.lines[0]
    assert first.text.replace(" ", "") == "Ultrasoundoftheliver"
    assert 0.5 < first.score <= 1
    (left, top), _, (right, bottom), _ = first.box
    assert (left, top) == pytest.approx((90, 92), abs=12)
    assert 250 < right < 420
    assert 105 < bottom < 135
    assert [line.box[0][1] for line in words.lines] == sorted(
        line.box[0][1] for line in words.lines
    )


@ocr
@pytest.mark.parametrize("look", [Look(), Look(tilt_deg=4)], ids=["straight", "turned"])
def test_two_columns_are_read_row_by_row(tmp_path, look):
    rows = [("Liver", "normal size"), ("Segment", "VI"), ("Focus", "7 mm"), ("Shadow", "present")]
    path = saved(taken(columns(rows, (90, 600)), look), tmp_path / "table.png")
    read = [line.split("    ") for line in words_of_photo(path).text.splitlines()]
    assert [[cell.replace(" ", "") for cell in row] for row in read] == [
        [cell.replace(" ", "") for cell in row] for row in rows
    ]


# ------------------------------------------------------------------------- the way it lies


@ocr
@pytest.mark.parametrize(("orientation", "turns"), [(6, 1), (3, 2), (8, 3)])
def test_a_turn_noted_by_the_camera_is_undone(tmp_path, orientation, turns):
    upright = page(ENGLISH, shape=HALF_PAGE)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(np.rot90(upright, turns).copy(), tmp_path / "turned.png", exif=exif)
    words = words_of_photo(path)
    assert words == words_of_photo(saved(upright, tmp_path / "upright.png"))
    assert (words.width, words.height) == HALF_PAGE


@ocr
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_on_its_side_or_head_is_read_without_such_a_note(tmp_path, turns):
    turned = np.rot90(page(ENGLISH, shape=HALF_PAGE), turns).copy()
    words = words_of_photo(saved(turned, tmp_path / "turned.png"))
    assert fields(read_report(words.text)) == fields(read_report(ENGLISH))
    assert (words.width, words.height) == HALF_PAGE


@ocr
def test_what_is_transparent_is_paper(tmp_path):
    grey = page(ENGLISH, shape=HALF_PAGE)
    rgba = np.dstack([np.zeros((*grey.shape, 3), np.uint8), 255 - grey])
    path = saved(rgba, tmp_path / "clear.png")
    assert read_fields(path) == fields(read_report(ENGLISH))


# ------------------------------------------------------------------------------- its bounds


@ocr
def test_a_photo_of_48_million_pixels_is_read_at_a_part_of_its_size(tmp_path):
    large = cv2.resize(page(ENGLISH, shape=(1240, 930)), (8000, 6000))
    words = words_of_photo(saved(large, tmp_path / "large.jpg", quality=70))
    assert (words.width, words.height) == (4000, 3000)
    assert fields(read_report(words.text)) == fields(read_report(ENGLISH))


def test_a_photo_that_claims_more_pixels_than_any_phone_takes_is_refused(tmp_path):
    path = saved(page("Liver", shape=(320, 320)), tmp_path / "vast.jpg")
    data = path.read_bytes()
    at = data.index(b"\xff\xc0") + 5
    path.write_bytes(data[:at] + (12_000).to_bytes(2, "big") * 2 + data[at + 4 :])
    with pytest.raises(
        TooLarge, match=r"vast\.jpg: says it is 12000 × 12000 pixels, and at most 70"
    ):
        words_of_photo(path)


@ocr
@pytest.mark.parametrize("shape", [(3, 3), (4, 4000), (4000, 4), (300, 400)])
def test_a_picture_without_words_is_refused_with_what_to_do(tmp_path, shape):
    path = saved(np.full(shape, 230, np.uint8), tmp_path / "blank.png")
    with pytest.raises(EmptyInput, match=r"blank\.png: no words can be made out; take the photo"):
        words_of_photo(path)


@pytest.mark.parametrize(
    ("name", "told"),
    [("exam.dcm", "is a DICOM file"), ("report.txt", "is no picture"), ("anim.gif", "a GIF")],
)
def test_what_is_no_photo_is_refused_by_its_kind(tmp_path, name, told):
    path = tmp_path / name
    if name == "exam.dcm":
        path.write_bytes(dicom(speckle()))
    else:
        path.write_bytes(b"GIF89a" if name == "anim.gif" else b"Calcification in segment VI.")
    with pytest.raises(UnsupportedInput, match=f"{told}.*, and words are read from photos alone"):
        words_of_photo(path)


def test_a_photo_that_is_not_there_is_told_under_the_name_given(tmp_path):
    with pytest.raises(MissingInput, match=r"^scan\.jpg: there is no such file"):
        words_of_photo(tmp_path / "gone", name="scan.jpg")


def test_without_the_extra_the_way_to_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(photo_engine, "find_spec", lambda library: None)
    with pytest.raises(MissingExtra, match=r'photo\.jpg: .* pip install "hepaspot\[ocr\]"'):
        words_of_photo(photo(tmp_path, ENGLISH))


# ---------------------------------------------------------------------------------- privacy


@ocr
def test_nothing_is_fetched_logged_or_printed(tmp_path, monkeypatch, capfd, caplog):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked the network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    photo_engine._engine.cache_clear()
    with caplog.at_level(logging.DEBUG):
        assert "segment VI" in words_of_photo(photo(tmp_path, ENGLISH)).text
        with pytest.raises(EmptyInput):
            words_of_photo(saved(np.full((90, 90), 200, np.uint8), tmp_path / "blank.png"))
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


def test_a_wheel_without_its_models_counts_as_not_installed(tmp_path, monkeypatch):
    pytest.importorskip("rapidocr", reason="needs the extra ocr")
    monkeypatch.setattr(photo_engine, "_MODELS", {"Det.model_path": "*_gone_*.onnx"})
    photo_engine._models.cache_clear()
    try:
        with pytest.raises(MissingExtra, match="not installed"):
            words_of_photo(photo(tmp_path, ENGLISH))
    finally:
        photo_engine._models.cache_clear()


# ---------------------------------------------------------------------- a page or a sonogram


@pytest.mark.parametrize("text", LANGUAGES)
@pytest.mark.parametrize(
    "look",
    [
        Look(),
        PHONE,
        Look(tilt_deg=-8, lean=0.1, light=0.35, blur_px=1.5, noise=5, desk=30),
        Look(brightness=0.4, light=0.5, noise=4, desk=30),
        Look(brightness=0.5, light=0.4, desk=200),
    ],
    ids=["scan", "by_phone", "badly_taken", "dim_on_dark_desk", "on_bright_desk"],
)
def test_a_page_of_words_looks_like_one(text, look):
    assert looks_like_page(taken(page(text), look))


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("shape", [(3, 3), (19, 700), (600, 800)])
def test_an_empty_picture_is_no_page(level, shape):
    assert not looks_like_page(np.full(shape, level, np.uint8))


def test_a_simulated_sonogram_is_no_page(tmp_path):
    made = list(make(tmp_path, count=6, seed=3))
    shown = [looks_like_page(next(iter(open_picture(each.dicom))).grey) for each in made]
    assert shown == [False] * 6


@pytest.mark.skipif(not STILLS.is_dir(), reason="the real stills are not at hand")
def test_no_real_sonogram_is_taken_for_a_page():
    stills = sorted(STILLS.iterdir())
    assert stills
    taken_for_pages = [
        path.name for path in stills if looks_like_page(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
    ]
    assert taken_for_pages == []


@pytest.mark.parametrize("look", [Look(), PHONE], ids=["scan", "by_phone"])
def test_the_photo_of_a_report_is_not_read_as_a_sonogram(tmp_path, look):
    path = saved(taken(page(ENGLISH), look), tmp_path / "report.jpg")
    with pytest.raises(
        UnsupportedInput,
        match=r"report\.jpg: looks like a photo of a page of words; hepaspot words",
    ):
        hepaspot.read(path)


# ------------------------------------------------------------------------------- the command


@ocr
def test_the_command_writes_a_text_that_read_takes(tmp_path):
    path, text = photo(tmp_path, ENGLISH), tmp_path / "report.txt"
    assert CliRunner().invoke(app, ["words", str(path), "-o", str(text)]).exit_code == 0
    assert fields(hepaspot.read(text)) == fields(read_report(ENGLISH))
    shown = CliRunner().invoke(app, ["words", str(path)])
    assert (shown.exit_code, shown.stdout) == (0, text.read_text(encoding="utf-8"))


@ocr
def test_the_command_writes_into_a_folder_under_the_name_of_the_photo(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    CliRunner().invoke(app, ["words", str(photo(tmp_path, ENGLISH)), "-o", str(folder)])
    assert "segment VI" in (folder / "photo.txt").read_text(encoding="utf-8")


@ocr
def test_the_command_does_not_write_over_the_photo(tmp_path):
    path = photo(tmp_path, ENGLISH)
    before = path.read_bytes()
    done = CliRunner().invoke(app, ["words", str(path), "-o", str(path)])
    assert done.exit_code == 7
    assert path.read_bytes() == before


def test_the_command_tells_a_missing_photo_in_one_line(tmp_path):
    done = CliRunner().invoke(app, ["words", str(tmp_path / "gone.jpg")])
    assert done.exit_code == 4
    assert done.stderr.strip().endswith("gone.jpg: there is no such file; check the path")
    assert done.stdout == ""
