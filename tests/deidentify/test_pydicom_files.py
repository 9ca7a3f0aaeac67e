"""Ultrasound files of many makers and encodings lose their patient and keep their picture."""

from __future__ import annotations

import warnings
from pathlib import Path

import pydicom
import pytest
from intake.test_pydicom_files import READ, path_of

from hepaspot.deidentify import Key, Wish, deidentify
from hepaspot.errors import UnsupportedInput
from hepaspot.intake import open_picture
from hepaspot.intake.frames import Box

KEY = Key(b"the key of the tests of sample files")
PERSONAL = (
    *("PatientName", "PatientID", "PatientBirthDate", "AccessionNumber", "InstitutionName"),
    *("ReferringPhysicianName", "OperatorsName", "PerformingPhysicianName", "StudyDescription"),
    *("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "StudyDate", "StationName"),
    *("InstitutionAddress", "DeviceSerialNumber", "PhysiciansOfRecord", "OtherPatientIDs"),
)
LONG_ENOUGH = 6
"""Shorter values may stand in the pixels by chance: bytes."""

OF_EACH_ENCODING = (
    *("SC_rgb_dcmtk_+eb+cy+np.dcm", "SC_rgb_gdcm_KY.dcm", "SC_rgb_jls_lossy_line.dcm"),
    *("SC_rgb_rle_16bit.dcm", "SC_rgb_small_odd_big_endian.dcm", "image_dfl.dcm"),
)
WITH_REGION = {name for name, known in READ.items() if known.view is not None}


def personal(path: Path) -> set[bytes]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = pydicom.dcmread(path, stop_before_pixels=True)
        values = {keyword: str(data.get(keyword, "")) for keyword in PERSONAL}
    parts = {*values.values()}
    for keyword, value in values.items():
        if keyword.endswith(("Name", "Record")) and "Institution" not in keyword:
            parts |= {*value.replace("^", " ").split()}
    return {part.encode() for part in parts if len(part) >= LONG_ENOUGH}


@pytest.mark.parametrize("name", [*sorted(READ), *OF_EACH_ENCODING])
def test_a_sample_file_loses_its_patient_and_is_read_as_before(tmp_path, name):
    path = path_of(name)
    before = open_picture(path)
    half = Box(0, 0, before.width // 2 + 1, before.height // 2 + 1)
    wish = Wish() if name in WITH_REGION else Wish(keep_frame=half)
    done = deidentify(path, tmp_path, KEY, wish)
    data = done.path.read_bytes()
    assert [value for value in personal(path) if value in data] == []
    after = open_picture(done.path)
    assert (after.width, after.height, after.count) == (before.width, before.height, before.count)
    if name in WITH_REGION:
        assert (after.view, after.scale) == (before.view, before.scale)
    box = done.box
    inside = (slice(box.top, box.bottom), slice(box.left, box.right))
    one, other = next(iter(before)).grey, next(iter(after)).grey.copy()
    assert (one[inside] == other[inside]).all()
    other[inside] = 0
    assert other.max() == 0


@pytest.mark.parametrize("name", sorted({*READ} - WITH_REGION))
def test_a_sample_file_that_tells_no_region_is_refused(tmp_path, name):
    with pytest.raises(UnsupportedInput, match="does not tell where its ultrasound region is"):
        deidentify(path_of(name), tmp_path / "out", KEY, Wish())
    assert not (tmp_path / "out").exists()


def test_the_frames_of_one_study_in_three_encodings_stay_together(tmp_path):
    names = ("OBXXXX1A.dcm", "OBXXXX1A_expb.dcm", "OBXXXX1A_rle.dcm")
    new = [
        pydicom.dcmread(deidentify(path_of(name), tmp_path / name, KEY, Wish()).path)
        for name in names
    ]
    old = [pydicom.dcmread(path_of(name), stop_before_pixels=True) for name in names]
    for keyword in ("PatientID", "StudyInstanceUID", "StudyDate"):
        assert len({data[keyword].value for data in new}) == len(
            {data[keyword].value for data in old}
        )
