"""What was written is searched for what was taken out, and the search misses nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pydicom
import pytest
from deidentify.canaries import KEY, canary
from hypothesis import given
from hypothesis import strategies as st
from intake.dicoms import saved
from pydicom.tag import Tag

from hepaspot.deidentify import Wish, deidentify, one_file
from hepaspot.deidentify.cleaning import Cleaned, Counts
from hepaspot.deidentify.proof import Search, left_in
from hepaspot.deidentify.traces import Traces, forms_of_bytes, forms_of_name, forms_of_text
from hepaspot.errors import InternalError

SYLLABLES = st.text("QXZJqxzj", min_size=3, max_size=12)
AROUND = st.text(" ,.^\\/-", max_size=4)


def traces(*words: str) -> Traces:
    return Traces(frozenset().union(*(forms_of_text(word, ()) for word in words)))


@given(SYLLABLES, AROUND, AROUND)
def test_a_value_is_found_as_a_word_in_any_case(word, before, after):
    for text in (word, word.upper(), word.lower()):
        assert traces(word).in_text(f"{before}{text}{after}".encode())


@given(st.text("QXZJqxzj", min_size=8, max_size=12), st.text("abc", max_size=5))
def test_a_long_value_is_found_inside_others_too(word, around):
    assert traces(word).in_text(f"{around}{word}{around}".encode())


@given(st.text("肝脏王曉朙", min_size=2, max_size=5), st.text("肝脏王曉朙ab", max_size=5))
def test_a_chinese_value_is_found_wherever_it_stands(word, around):
    for codec in ("utf-8", "gb18030"):
        assert traces(word).in_text(f"{around}{word}{around}".encode(codec))


@pytest.mark.parametrize(
    ("word", "text"),
    [("Mary", "PRIMARY"), ("123", "41237"), ("Rom", "MONOCHROME2"), ("Li", "Li"), ("", "LIVER")],
)
def test_a_short_value_is_not_found_inside_another_word(word, text):
    assert not traces(word).in_text(text.encode())


@pytest.mark.parametrize(
    ("word", "text"), [("Mary", "Mary2"), ("123", "No123a"), ("123", "4.123"), ("Mary", "for MARY")]
)
def test_a_short_value_is_found_beside_what_it_is_not_made_of(word, text):
    assert traces(word).in_text(text.encode())


def test_a_short_number_in_a_numeric_attribute_is_a_measurement():
    assert not traces("33.3").in_number(b"33.3")
    assert traces("13800138000").in_number(b"13800138000 ")


def test_a_pattern_that_even_grey_makes_is_not_looked_for_in_pixels():
    assert not traces("00000000").in_bytes(b"0" * 20)
    assert traces("QZ138001").in_bytes(b"\0\1qz138001\2")
    assert list(traces("QZ138001").telling_in(b"\0QZ138001")) == [(1, b"qz138001")]


def test_a_name_is_looked_for_whole_and_by_its_parts():
    forms = forms_of_name("Qwangzhu^Xiaoming Yu=王曉朙^小朙", ("gb18030",))
    for part in ("Qwangzhu", "Xiaoming", "王曉朙", "小朙"):
        assert part.encode() in forms
        assert part.encode("gb18030") in forms
    assert b"Yu" not in forms


def test_bytes_that_are_no_text_are_not_taken_for_a_value():
    assert forms_of_bytes(b"\0\1\2Qwangzhu\3") == frozenset()
    assert forms_of_bytes(b"Qwangzhu\\QZ7 ") == {b"Qwangzhu", b"QZ7"}


@pytest.fixture
def written(tmp_path):
    """A new file, where its pixels start, and what was taken out of it."""
    path = deidentify(saved(tmp_path, canary()), tmp_path / "out", KEY, Wish()).path
    data = path.read_bytes()
    start = data.index(b"\xe0\x7f\x10\x00OB") + 12
    gone = Cleaned(pydicom.Dataset(), traces("Qwangzhu", "QZACC7"), frozenset(), Counts())
    return path, start, Search(gone, frozenset())


def test_a_clean_file_passes(written):
    path, start, search = written
    assert left_in(path, start, search) is None


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("Manufacturer", "Qwangzhu's"), ("SoftwareVersions", "1 QZACC7"), ("ImageComments", "qzacc7")],
)
def test_a_value_put_back_is_found_with_its_tag(written, keyword, value):
    path, start, search = written
    data = pydicom.dcmread(path)
    setattr(data.SequenceOfUltrasoundRegions[0], keyword, value)
    data.save_as(path)
    assert left_in(path, start + 100, search) == Tag(keyword)


@pytest.mark.parametrize("vr", ["OB", "UN"])
def test_an_element_of_plain_bytes_is_never_let_through(written, vr):
    path, start, search = written
    data = pydicom.dcmread(path)
    data.add_new(0x00189999, vr, b"anything")
    data.save_as(path)
    assert left_in(path, start, search) == Tag(0x00189999)


@pytest.mark.parametrize("place", [0, 5000, -8])
def test_a_value_in_the_pixels_is_found(written, place):
    path, start, search = written
    data = bytearray(path.read_bytes())
    at = start + place if place >= 0 else len(data) + place
    data[at : at + 8] = b"QWANGZHU"
    path.write_bytes(data)
    assert left_in(path, start, search) == Tag(0x7FE00010)


def test_a_value_across_two_pieces_of_a_large_file_is_found(written, monkeypatch):
    path, start, search = written
    data = bytearray(path.read_bytes())
    data[start + 100 : start + 108] = b"Qwangzhu"
    path.write_bytes(data)
    monkeypatch.setattr("hepaspot.deidentify.proof._CHUNK_BYTES", start + 104)
    assert left_in(path, start, search) == Tag(0x7FE00010)


def test_an_old_uid_or_date_that_is_left_is_found(written):
    path, start, search = written
    gone = replace(search.cleaned, traces=traces("1.2.826.0.1.999.72", "20240229"))
    data = pydicom.dcmread(path)
    data.StudyInstanceUID = "1.2.826.0.1.999.72"
    data.save_as(path)
    assert left_in(path, start, Search(gone, frozenset())) == Tag("StudyInstanceUID")
    data.StudyInstanceUID, data.StudyDate = "1.2.3", "20240229"
    data.save_as(path)
    assert left_in(path, start, Search(gone, frozenset())) == Tag("StudyDate")


def test_a_new_date_that_is_by_chance_an_old_one_is_let_through(written):
    path, start, search = written
    data = pydicom.dcmread(path)
    moved = data.StudyDate
    gone = replace(search.cleaned, traces=traces(moved), written=frozenset({moved.encode()}))
    assert left_in(path, start, Search(gone, frozenset())) is None


def test_if_a_value_is_left_nothing_is_written_and_the_line_names_the_tag_alone(
    shared, tmp_path, monkeypatch
):
    monkeypatch.setattr(one_file, "left_in", lambda *_: Tag("Manufacturer"))
    with pytest.raises(InternalError) as caught:
        shared(canary(Manufacturer="Qwangzhu"))
    assert str(caught.value).endswith(
        "picture.dcm: (0008,0070) would still hold a value that was taken out, so nothing was "
        "written; please send us this line"
    )
    assert list((tmp_path / "out").iterdir()) == []


def test_words_of_our_own_are_not_taken_for_the_patient_s(shared):
    """An icon says MONOCHROME2 too, and is removed: that is no reason to refuse the file."""
    icon = pydicom.Dataset()
    icon.PhotometricInterpretation, icon.PatientName = "MONOCHROME2", "Clean^Pixel"
    after = shared(canary(np.zeros((120, 160), np.uint8), IconImageSequence=[icon]))
    assert pydicom.dcmread(after).PhotometricInterpretation == "MONOCHROME2"
