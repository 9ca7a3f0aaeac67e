"""Cases for the tests of what is exported as DICOM: a picture of a made-up person, answered."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pydicom
import pytest

import hepaspot
from hepaspot.export import Case, DicomPicture, case_of
from hepaspot.intake.dicom_identity import DicomIdentity, Patient, Study
from hepaspot.phantom import write_demo

CANARY = "Wangcanary^Xiaoming=王金丝雀^小明"
CANARY_ID = "CANARY-4711"
CANARY_PARTS = ("Wangcanary", "Xiaoming", "金丝雀", "小明", "4711")
"""None of these may stand in an error, a log or a name of a file."""

IDENTITY = DicomIdentity(
    Patient(CANARY, CANARY_ID, "19600229", "F"),
    Study("1.2.826.0.1.99.1", "20240131", "142305", "S7", "A-99", "Li^Wei", "Abdomen"),
    sop_class_uid="1.2.840.10008.5.1.4.1.1.6.1",
    sop_instance_uid="1.2.826.0.1.99.3",
    series_instance_uid="1.2.826.0.1.99.2",
    rows=480,
    columns=640,
)


def demo(folder: Path) -> Path:
    """The demo's still, of the canary patient."""
    made = write_demo(folder)
    data = pydicom.dcmread(made.dicom)
    data.SpecificCharacterSet = "GB18030"
    data.PatientName, data.PatientID = CANARY, CANARY_ID
    data.PatientBirthDate, data.PatientSex = "19600229", "F"
    data.StudyDate, data.StudyTime, data.StudyID = "20240131", "142305", "S7"
    data.AccessionNumber, data.ReferringPhysicianName = "A-99", "Li^Wei"
    data.save_as(made.dicom)
    return Path(made.dicom)


@cache
def answered(path: Path, *more: Path) -> hepaspot.Assessment:
    """What hepaspot makes of a picture, and of reports beside it."""
    return hepaspot.assess(hepaspot.read(path, *more))


def case(path: Path, *more: Path, language: str = "en") -> Case:
    """The case of a picture, ready to be exported."""
    return case_of(answered(path, *more), language=language)


def case_from(assessment: hepaspot.Assessment, *sources: str, **changes) -> Case:
    """A case without files: each source is a picture of the canary patient."""
    import msgspec

    pictures = tuple(
        DicomPicture(
            source,
            Path("nowhere.dcm"),
            msgspec.structs.replace(IDENTITY, sop_instance_uid=f"1.2.826.0.1.99.3.{n}", **changes),
        )
        for n, source in enumerate(sources)
    )
    return Case(assessment, pictures)


def dataset(data: bytes) -> pydicom.FileDataset:
    """What a file of an export holds."""
    from io import BytesIO

    return pydicom.dcmread(BytesIO(data))


def faults(data: bytes, folder: Path) -> list[str]:
    """What ``dciodvfy`` finds wrong with an object."""
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian: dicom3tools) is not installed")
    path = folder / "object.dcm"
    path.write_bytes(data)
    said = subprocess.run(["dciodvfy", path], capture_output=True, check=False)
    lines = (said.stdout + said.stderr).decode(errors="replace").splitlines()
    assert lines, "it says at least what kind of object it is"
    return [line for line in lines if "Error" in line]
