"""Whose picture it is: carried over as written, shown nowhere, read where no harm can come."""

from __future__ import annotations

import msgspec
import numpy as np
import pydicom
import pytest
from export.dicom_cases import CANARY, CANARY_ID, CANARY_PARTS, IDENTITY, demo
from intake.dicoms import deflate_bomb, dicom, nested, saved, speckle

from hepaspot.errors import InputError, UnreadableInput, UnsupportedInput
from hepaspot.intake.dicom_identity import dicom_identity

UIDS = {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.4"}


def of(tmp_path, pixels=None, **elements):
    return dicom_identity(
        saved(tmp_path, dicom(speckle() if pixels is None else pixels, **(UIDS | elements)))
    )


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("identity"))


def test_patient_and_study_come_as_the_file_tells_them_whatever_its_characters(picture):
    found = dicom_identity(picture)
    assert found.patient.name == CANARY
    assert found.patient.id == CANARY_ID
    assert (found.patient.birth_date, found.patient.sex) == ("19600229", "F")
    assert (found.study.date, found.study.time) == ("20240131", "142305")
    assert (found.study.id, found.study.accession_number) == ("S7", "A-99")
    assert found.study.referring_physician == "Li^Wei"
    assert found.character_set == "GB18030"


def test_the_picture_comes_with_its_uids_and_size(picture):
    found, written = dicom_identity(picture), pydicom.dcmread(picture)
    assert found.sop_instance_uid == written.SOPInstanceUID
    assert found.sop_class_uid == written.SOPClassUID
    assert found.series_instance_uid == written.SeriesInstanceUID
    assert (found.rows, found.columns, found.frames) == (written.Rows, written.Columns, 1)


def test_frames_of_a_clip_are_counted(tmp_path):
    assert of(tmp_path, np.stack([speckle()] * 5)).frames == 5


@pytest.mark.parametrize("value", [IDENTITY, IDENTITY.patient, IDENTITY.study])
@pytest.mark.parametrize("shown", [repr, str, "{!r}".format, "{}".format])
def test_no_value_shows_the_patient(value, shown):
    assert shown(value) == f"{type(value).__name__}(...)"


def test_an_identity_survives_the_way_out_of_its_process():
    sent = msgspec.msgpack.encode(IDENTITY)
    assert msgspec.msgpack.decode(sent, type=type(IDENTITY)) == IDENTITY


@pytest.mark.parametrize(
    ("keyword", "written"),
    [
        ("StudyInstanceUID", b"1.2.x"),
        ("StudyInstanceUID", b"     "),
        ("SeriesInstanceUID", b"1..24"),
    ],
)
def test_a_picture_without_a_uid_that_others_refer_to_is_refused(tmp_path, keyword, written):
    uids = {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.4"} | {keyword: "9.9.9"}
    data = dicom(speckle(), **uids).replace(b"9.9.9", written)
    with pytest.raises(UnreadableInput, match=f"has no usable {keyword}"):
        dicom_identity(saved(tmp_path, data))


def test_an_id_that_dicom_does_not_allow_is_refused_without_being_quoted(tmp_path):
    data = dicom(speckle(), **(UIDS | {"PatientID": "X4711"}))
    at = data.index(b"X4711")
    data = data[:at] + b"X4\x0711" + data[at + 5 :]
    with pytest.raises(UnreadableInput, match="has a PatientID that DICOM does not allow") as told:
        dicom_identity(saved(tmp_path, data), name="a.dcm")
    assert "11" not in str(told.value)


def test_what_is_no_date_time_or_sex_is_left_out_rather_than_carried_on(tmp_path):
    data = dicom(
        speckle(), **(UIDS | {"StudyDate": "20240131", "StudyTime": "1423", "PatientSex": "F"})
    )
    data = data.replace(b"20240131", b"2024XX31").replace(b"CS\x02\x00F ", b"CS\x02\x00QQ")
    found = dicom_identity(saved(tmp_path, data))
    assert (found.study.date, found.study.time, found.patient.sex) == ("", "1423", "")


def test_a_day_that_no_calendar_has_is_left_out(tmp_path):
    data = dicom(speckle(), **UIDS, StudyDate="20240131").replace(b"20240131", b"20230229")
    assert dicom_identity(saved(tmp_path, data)).study.date == ""


def test_dates_of_the_standard_before_dicom_are_read(tmp_path):
    data = dicom(speckle(), **UIDS, StudyDate="20240131")
    data = data.replace(b"DA\x08\x0020240131", b"DA\x0a\x001997.04.24")
    assert dicom_identity(saved(tmp_path, data)).study.date == "19970424"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(deflate_bomb(600 << 20), id="inflates without end"),
        pytest.param(nested(4000), id="nested without end"),
        pytest.param(dicom(speckle())[:300], id="cut short"),
        pytest.param(b"\0" * 128 + b"DICM" + bytes(range(256)) * 40, id="noise"),
    ],
)
def test_a_hostile_header_is_one_line_of_refusal(tmp_path, data):
    with pytest.raises(InputError) as told:
        dicom_identity(saved(tmp_path, data), name="a.dcm")
    assert str(told.value).startswith("a.dcm: ")
    assert "\n" not in str(told.value)
    assert not [part for part in CANARY_PARTS if part in str(told.value)]


def test_what_is_no_dicom_file_is_named_so(tmp_path):
    (tmp_path / "a.txt").write_text("liver")
    with pytest.raises(UnsupportedInput, match=r"a\.txt: is no DICOM file"):
        dicom_identity(tmp_path / "a.txt")
