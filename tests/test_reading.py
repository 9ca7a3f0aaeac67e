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


@pytest.mark.parametrize(
    "name",
    [
        "nowhere.txt",
        "lost/nowhere.pdf",
        "my reports/scan 7.txt",
        "my scan.PDF",
        "nowhere.tiff",
        "/tmp/my reports/nowhere.txt",
        "/lost/Dr. Who/scan.txt",
        "/lost/my reports/scan",
        "./nowhere",
        "C:\\lost\\nowhere",
        Path("nowhere"),
    ],
)
def test_a_mistyped_path_is_not_read_as_words(name):
    with pytest.raises(hepaspot.MissingInput, match=r"there is no such file; check the path$"):
        hepaspot.read(name)


@pytest.mark.parametrize(
    "words",
    [
        "Liver normal.",
        "a/b",
        "1.5",
        "No focus. See report.txt",
        "calcification w/o shadow in seg.VI",
        "calcification,seg.VII",
        "肝内钙化灶/结石",
        "肝右叶见强回声，大小9/3mm",
    ],
)
def test_words_are_not_taken_for_a_path(words):
    assert hepaspot.read(words).sources[0].text == words


@pytest.mark.parametrize("words", ["x" * 300, "x" * 10_000, "a\nb.txt"])
def test_no_words_are_too_odd_to_be_looked_up(words):
    assert hepaspot.read(words).sources[0].text


@pytest.mark.parametrize("blank", ["", "  \n\t"])
def test_blank_words_are_refused(blank):
    with pytest.raises(hepaspot.EmptyInput, match=r"^the text given holds no words; give the"):
        hepaspot.read(blank)


def test_a_name_in_a_folder_that_is_there_is_a_path(tmp_path, monkeypatch):
    (tmp_path / "reports").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(hepaspot.MissingInput):
        hepaspot.read("reports/scan")


@pytest.mark.parametrize("given", [b"Liver normal.", None, 7])
def test_what_is_no_string_and_no_path_is_a_type_error_in_one_line(given):
    with pytest.raises(TypeError, match=r"^hepaspot\.read takes a path or the words as str, not "):
        hepaspot.read(given)


def test_words_with_controls_are_read_as_their_file_is(tmp_path):
    path = tmp_path / "traced.txt"
    traced = f"\x1b[1m{WORDS}\x1b[0m\x1a"
    path.write_text(traced, encoding="utf-8")
    assert hepaspot.read(traced) == hepaspot.read(path) == hepaspot.read(WORDS)


def test_words_with_nul_are_refused_as_their_file_is(tmp_path):
    path = tmp_path / "binary.txt"
    path.write_text(f"{WORDS}\0", encoding="utf-8")
    for given in (path, f"{WORDS}\0"):
        with pytest.raises(hepaspot.UnreadableInput, match=r": holds binary data, not words; give"):
            hepaspot.read(given)


@pytest.mark.parametrize("kind", ["health-check", "health_check", "Health-Check"])
def test_the_kind_of_a_setting_may_be_a_word_in_either_spelling(kind):
    word = hepaspot.Setting(kind=kind)
    member = hepaspot.Setting(kind=hepaspot.SettingKind.HEALTH_CHECK)
    exam = hepaspot.read(WORDS)
    assert hepaspot.read(WORDS, setting=word) == hepaspot.read(WORDS, setting=member)
    assert hepaspot.assess(exam, setting=word) == hepaspot.assess(exam, setting=member)


def test_a_setting_of_no_known_kind_names_those_that_are():
    setting = hepaspot.Setting(kind="routine")
    exam = hepaspot.Exam(setting=setting)
    names = "one of health_check, symptomatic, or None"
    with pytest.raises(hepaspot.InputError, match=names):
        hepaspot.read(WORDS, setting=setting)
    with pytest.raises(hepaspot.InputError, match=names):
        hepaspot.assess(exam)
