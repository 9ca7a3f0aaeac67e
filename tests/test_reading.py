"""`hepaspot.read` takes a path or the words themselves, and confuses them never."""

from __future__ import annotations

from pathlib import Path

import pytest

import hepaspot

WORDS = "肝右叶见一6mm强回声，后方伴声影，肝内外胆管未见扩张。"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(WORDS, encoding="utf-8")
    return path


def test_a_path_a_name_and_the_words_give_the_same_exam(path):
    assert hepaspot.read(path) == hepaspot.read(str(path)) == hepaspot.read(WORDS)


def test_every_passage_of_the_exam_can_be_shown_in_the_words(path):
    exam = hepaspot.read(path)
    assert exam.sources[0].text == WORDS
    for focus in exam.foci:
        assert WORDS[focus.provenance.start : focus.provenance.end]


def test_the_setting_is_kept_in_the_exam():
    setting = hepaspot.Setting(kind=hepaspot.SettingKind.HEALTH_CHECK, region="east_asia")
    assert hepaspot.read(WORDS, setting=setting).setting == setting


@pytest.mark.parametrize("name", ["nowhere.txt", "lost/nowhere.pdf", Path("nowhere")])
def test_a_mistyped_path_is_not_read_as_words(name):
    with pytest.raises(hepaspot.MissingInput, match=r"there is no such file; check the path$"):
        hepaspot.read(name)


@pytest.mark.parametrize("words", ["Liver normal.", "a/b", "1.5", "No focus. See report.txt"])
def test_words_are_not_taken_for_a_path(words):
    assert hepaspot.read(words).sources[0].text == words


@pytest.mark.parametrize("words", ["x" * 300, "x" * 10_000, "a\nb.txt", "a\0b"])
def test_no_words_are_too_odd_to_be_looked_up(words):
    assert hepaspot.read(words).sources[0].text


@pytest.mark.parametrize("blank", ["", "  \n\t"])
def test_blank_words_are_refused(blank):
    with pytest.raises(hepaspot.EmptyInput, match=r"^the text given holds no words; give the"):
        hepaspot.read(blank)
