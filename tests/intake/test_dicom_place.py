"""Where a DICOM object belongs, read from the head of its file, however badly that is written."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake.clinicals import sr
from pydicom import dcmread
from pydicom.config import disable_value_validation
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from hepaspot.errors import InputError, UnsupportedInput
from hepaspot.intake.dicom_place import place_in

STUDY, SERIES, CLASS, INSTANCE = "1.2.1", "1.2.2", "1.2.840.10008.5.1.4.1.1.6.1", "1.2.3"
PERSON = "Zhang^San 13800138000"


def written(path, syntax=ExplicitVRLittleEndian, raw=(), **elements):
    """A file; ``raw`` replaces bytes of it after it was written."""
    data = Dataset()
    data.StudyInstanceUID, data.SeriesInstanceUID = STUDY, SERIES
    data.SOPClassUID, data.SOPInstanceUID = CLASS, INSTANCE
    data.PatientName, data.PatientID = PERSON, PERSON
    for keyword, value in elements.items():
        if value is None:
            delattr(data, keyword)
        else:
            setattr(data, keyword, value)
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    data.file_meta.MediaStorageSOPClassUID = CLASS
    data.file_meta.MediaStorageSOPInstanceUID = INSTANCE
    out = io.BytesIO()
    data.save_as(out, enforce_file_format=True)
    told = out.getvalue()
    for old, new in raw:
        assert told.count(old) == 1
        told = told.replace(old, new)
    path.write_bytes(told)
    return path


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]
)
def test_the_uids_are_read_in_every_encoding(tmp_path, syntax):
    place = place_in(written(tmp_path / "a", syntax, InstanceNumber=7))
    assert place[:4] == (STUDY, SERIES, CLASS, INSTANCE)
    assert (place.number, place.own) == (7, False)


def test_a_deflated_object_is_refused_before_it_is_inflated(tmp_path):
    path = written(tmp_path / "a", DeflatedExplicitVRLittleEndian)
    line = r"^is deflated, which is not taken here; send it uncompressed$"
    with pytest.raises(UnsupportedInput, match=line):
        place_in(path)


@pytest.mark.parametrize(
    "keyword", ["StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "SOPInstanceUID"]
)
@pytest.mark.parametrize("value", [None, "", "1.2.x", "1.2 3", "1" * 65, "..", "1.2\\1.3"])
def test_an_object_without_a_usable_uid_is_refused_with_its_name(tmp_path, keyword, value):
    with disable_value_validation():
        path = written(tmp_path / "a", **{keyword: value})
    line = f"^has no usable {keyword}; put it right at the scanner or PACS$"
    with pytest.raises(InputError, match=line):
        place_in(path)


@pytest.mark.parametrize(
    "number", [b"1.5 ", b"abc ", b"-1  ", b"1\\2 ", b"9" * 12, "²²".encode(), b"\xff\xff", b"    "]
)
def test_a_number_that_is_none_counts_as_none_and_keeps_no_object_out(tmp_path, number):
    number += b" " * (len(number) % 2)
    raw = [
        (
            b"\x20\0\x13\0IS\x02\x0077",
            b"\x20\0\x13\0IS" + len(number).to_bytes(2, "little") + number,
        )
    ]
    assert place_in(written(tmp_path / "a", InstanceNumber=77, raw=raw)).number == 0


def test_values_of_another_kind_than_they_should_be_keep_no_object_out(tmp_path):
    raw = [(b"\x08\0\x70\0LO", b"\x08\0\x70\0FD"), (b"\x10\0\x20\0LO", b"\x10\0\x20\0US")]
    assert place_in(written(tmp_path / "a", Manufacturer="Maker", raw=raw)).study == STUDY


def test_what_stands_behind_the_head_is_not_read(tmp_path):
    path = written(tmp_path / "a", InstanceNumber=1)
    path.write_bytes(path.read_bytes() + b"\x28\0\x10\0XX" + b"\xff" * 6)
    assert place_in(path).number == 1


@pytest.mark.parametrize(
    ("maker", "modality", "own"),
    [
        ("hepaspot", "SR", True),
        ("hepaspot", "OT", True),
        ("hepaspot", "US", False),
        ("Another", "SR", False),
        (None, None, False),
    ],
)
def test_what_hepaspot_made_of_an_exam_is_known_and_its_phantoms_are_exams(
    tmp_path, maker, modality, own
):
    elements = {} if maker is None else {"Manufacturer": maker, "Modality": modality}
    assert place_in(written(tmp_path / "a", **elements)).own is own


def test_patients_are_told_apart_by_a_hash_that_does_not_tell_who_they_are(tmp_path):
    one, same, other, nobody = (
        place_in(written(tmp_path / "a", PatientID=id)).patient
        for id in (PERSON, f"{PERSON} ", "Li^Si", "")
    )
    assert one == same != other
    assert nobody == ""
    assert re.fullmatch("[0-9a-f]{64}", one)


def test_a_report_has_its_place_like_a_picture(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(sr(StudyInstanceUID=STUDY, SeriesInstanceUID=SERIES))
    assert place_in(path).study == STUDY


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(cut=st.integers(0, 500), at=st.integers(132, 500), junk=st.binary(max_size=6))
def test_a_damaged_file_has_a_place_or_one_line_without_a_word_of_it(tmp_path, cut, at, junk):
    path = written(tmp_path / "a", InstanceNumber=3)
    data = path.read_bytes()
    path.write_bytes((data[:at] + junk + data[at + len(junk) :])[: len(data) - cut])
    try:
        place_in(path)
    except InputError as error:
        told = str(error)
        assert "\n" not in told
        assert "Zhang" not in told
        assert str(path) not in told


def test_a_file_that_is_not_there_is_an_error_of_the_disk(tmp_path):
    with pytest.raises(FileNotFoundError):
        place_in(tmp_path / "none")


def test_a_real_file_is_placed_as_a_full_reader_places_it(tmp_path):
    path = written(tmp_path / "a", InstanceNumber=12, Modality="US")
    full = dcmread(path)
    assert place_in(path)[:4] == (
        full.StudyInstanceUID,
        full.SeriesInstanceUID,
        full.SOPClassUID,
        full.SOPInstanceUID,
    )
