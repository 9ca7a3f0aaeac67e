"""Every DICOM object of an export: valid, of the same study, the same whenever it is made."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import msgspec
import pydicom
import pytest
from export.dicom_cases import (
    CANARY,
    CANARY_ID,
    CANARY_PARTS,
    IDENTITY,
    case,
    case_from,
    dataset,
    demo,
    faults,
)

import hepaspot
from hepaspot.errors import InputError, UnsupportedInput
from hepaspot.exam import Focus, Picture, Region, Size, Source, SourceKind, plain
from hepaspot.export import Case, DicomPicture, case_of, export, handed_on
from hepaspot.export.case import UNKNOWN_DATE
from hepaspot.intake.dicom_identity import dicom_identity
from hepaspot.phantom import make

pytest.importorskip("highdicom", reason="the extra export is not installed")

OBJECTS = ("sr", "sc", "pdf", "seg")

FOLDERS = [Path(pydicom.__file__).parent / "data" / "test_files"]
try:
    import data_store

    FOLDERS.append(Path(data_store.__file__).parent / "data")
except ImportError:
    pass

STILLS = (
    *("examples_jpeg2k.dcm", "examples_palette.dcm", "examples_rgb_color.dcm", "US1_UNCI.dcm"),
    *("US1_UNCR.dcm", "US1_J2KI.dcm", "US1_J2KR.dcm", "OBXXXX1A.dcm", "OBXXXX1A_rle.dcm"),
    *("OBXXXX1A_expb.dcm", "gdcm-US-ALOKA-16.dcm", "gdcm-US-ALOKA-16_big.dcm"),
)
"""Ultrasound of real scanners that hepaspot reads, from pydicom and pydicom-data."""

CLIPS = (
    *("examples_ybr_color.dcm", "OBXXXX1A_2frame.dcm", "OBXXXX1A_rle_2frame.dcm"),
    *("OBXXXX1A_expb_2frame.dcm", "color3d_jpeg_baseline.dcm"),
)
"""As `STILLS`, of several frames."""


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("objects"))


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phantoms")
    return [Path(made.dicom) for made in make(folder, count=4, seed=11)]


def scanned(name: str) -> Path:
    found = [path for folder in FOLDERS for path in folder.rglob(name)]
    if not found:
        pytest.skip(f"{name} is not among the installed data")
    return found[0]


def marked_by_hand(path: Path) -> hepaspot.Assessment:
    """The answer for a clip with one focus that a person outlined in its second frame."""
    of = dicom_identity(path)
    source = Source(
        "picture",
        SourceKind.PICTURE,
        name=str(path),
        picture=Picture(of.columns, of.rows, of.frames, frame=1, mm_per_pixel_x=0.3),
    )
    here = Region("picture", 1, ((60.0, 60.0), (80.0, 61.5), (72.5, 80.0)), drawn=True)
    focus = Focus(
        "f1",
        here,
        sizes=(Size(here, axes_mm=(6.0, 5.5)),),
        observations=(plain("echo", "strong", here), plain("shadow", "present", here)),
    )
    return hepaspot.assess(hepaspot.Exam(sources=(source,), foci=(focus,)))


def made(case: Case, format: str) -> list[pydicom.FileDataset]:
    return [dataset(each.data) for each in export(case, format)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("format", OBJECTS)
def test_the_standards_validator_finds_no_error(picture, format, language, tmp_path):
    objects = export(case(picture, language=language), format)
    assert objects
    for each in objects:
        assert faults(each.data, tmp_path) == []


@pytest.mark.parametrize("format", OBJECTS)
def test_phantoms_with_and_without_foci_give_valid_objects(phantoms, format, tmp_path):
    for path in phantoms:
        for each in export(case(path), format):
            assert faults(each.data, tmp_path) == []


@pytest.mark.parametrize("name", STILLS)
def test_stills_of_real_scanners_give_valid_objects(name, tmp_path):
    scan = case(scanned(name))
    for format in OBJECTS:
        for each in export(scan, format):
            assert faults(each.data, tmp_path) == []


@pytest.mark.parametrize("name", ["color-pl.dcm", "color-px.dcm"])
def test_only_the_uids_that_a_scanner_made_up_are_found_fault_with(name, tmp_path):
    scan = case(scanned(name))
    for format in OBJECTS:
        for each in export(scan, format):
            found = faults(each.data, tmp_path)
            assert found
            assert all('Illegal root for UID - "999.999' in line for line in found)


@pytest.mark.parametrize("name", CLIPS)
def test_clips_of_real_scanners_give_valid_objects(name, tmp_path):
    path = scanned(name)
    clip = case_of(marked_by_hand(path))
    for format in ("sr", "sc", "pdf"):
        for each in export(clip, format):
            assert faults(each.data, tmp_path) == []


def test_an_outline_in_a_clip_names_its_frame_counted_from_one(tmp_path):
    clip = Path(make(tmp_path, frames=4, seed=3)[0].dicom)
    (report,) = made(case_of(marked_by_hand(clip)), "sr")
    frames = [each.value for each in report.iterall() if each.keyword == "ReferencedFrameNumber"]
    assert frames == [2]


@pytest.mark.parametrize("format", OBJECTS)
def test_an_object_belongs_to_the_patient_and_the_study_of_its_picture(picture, format):
    source = pydicom.dcmread(picture)
    for each in made(case(picture), format):
        assert each.PatientName == CANARY
        assert each.PatientID == CANARY_ID
        for keyword in ("StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "PatientBirthDate",
                        "PatientSex", "AccessionNumber", "ReferringPhysicianName"):  # fmt: skip
            assert each[keyword].value == source[keyword].value, keyword
        assert each.SOPInstanceUID != source.SOPInstanceUID
        assert each.SeriesInstanceUID != source.SeriesInstanceUID
        assert each.SpecificCharacterSet == "ISO_IR 192"


@pytest.mark.parametrize("format", OBJECTS)
def test_every_object_says_that_it_is_preliminary(picture, format):
    for each in made(case(picture), format):
        assert "preliminary" in each.SeriesDescription


def test_objects_of_one_format_share_a_series_and_formats_do_not(picture):
    series = {f: {each.SeriesInstanceUID for each in made(case(picture), f)} for f in OBJECTS}
    assert all(len(uids) == 1 for uids in series.values())
    assert len(set.union(*series.values())) == len(OBJECTS)


def test_another_process_in_another_folder_writes_the_same_bytes(picture, tmp_path):
    code = (
        "import hashlib, sys; from pathlib import Path; import hepaspot\n"
        "from hepaspot.export import case_of, export\n"
        "case = case_of(hepaspot.assess(hepaspot.read(Path(sys.argv[1]))))\n"
        "for f in ('sr', 'sc', 'pdf', 'seg', 'json'):\n"
        "    for each in export(case, f): print(each.name, hashlib.sha256(each.data).hexdigest())\n"
    )
    runs = []
    for seed, name in (("1", picture), ("2", os.path.relpath(picture, tmp_path))):
        ran = subprocess.run(
            [sys.executable, "-c", code, name],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=tmp_path,
            capture_output=True,
            check=True,
            text=True,
        )
        runs.append(ran.stdout)
    assert runs[0] == runs[1]
    assert len(runs[0].splitlines()) == 5


@pytest.mark.parametrize("format", ["sr", "sc", "pdf"])
def test_what_differs_has_another_uid(picture, format):
    uids = {
        made(each, format)[0].SOPInstanceUID
        for each in (
            case(picture),
            case(picture, language="zh"),
            case_of(case(picture).assessment, made=datetime(2026, 2, 3, 4, 5, 6)),  # noqa: DTZ001
        )
    }
    assert len(uids) == 3


def test_uids_are_made_from_uuids_as_the_standard_has_it(picture):
    from uuid import UUID

    for format in OBJECTS:
        for each in made(case(picture), format):
            for uid in (each.SOPInstanceUID, each.SeriesInstanceUID):
                assert uid.startswith("2.25.")
                assert uid.is_valid
                assert UUID(int=int(uid[5:])).version == 8


@pytest.mark.parametrize("format", OBJECTS)
def test_dates_are_those_of_the_study_never_todays(picture, format):
    for each in made(case(picture), format):
        told = {str(element.value) for element in each.iterall() if element.VR in {"DA", "DT"}} - {
            "",
            "19600229",
        }
        assert told == {"20240131"}


def test_a_time_that_is_given_is_the_time_of_the_objects(picture):
    at = datetime(2026, 2, 3, 4, 5, 6)  # noqa: DTZ001
    (report,) = made(case_of(case(picture).assessment, made=at), "sr")
    assert (report.ContentDate, report.ContentTime) == ("20260203", "040506")
    assert (report.StudyDate, report.StudyTime) == ("20240131", "142305")


def test_a_study_without_a_date_gives_the_date_that_stands_for_unknown(phantoms):
    (report,) = made(case(phantoms[0]), "sr")
    assert report.ContentDate == UNKNOWN_DATE


def test_nothing_written_names_a_file_of_this_machine(picture):
    for format in (*OBJECTS, "json"):
        for each in export(case(picture), format):
            assert str(picture.parent).encode() not in each.data
            assert picture.name.encode() not in each.data


def test_no_log_and_no_name_of_a_file_tells_the_patient(picture, caplog):
    caplog.set_level(logging.DEBUG)
    names = [each.name for format in (*OBJECTS, "json") for each in export(case(picture), format)]
    told = caplog.text + " ".join(names) + repr(case(picture)) + repr(case(picture).pictures)
    assert not [part for part in CANARY_PARTS if part in told]


def test_a_name_that_a_library_finds_fault_with_is_carried_on_and_not_logged(picture, caplog):
    patient = msgspec.structs.replace(IDENTITY.patient, name="Just One Name 王金丝雀")
    odd = case(picture)
    pictures = tuple(
        DicomPicture(p.source, p.path, msgspec.structs.replace(p.identity, patient=patient))
        for p in odd.pictures
    )
    caplog.set_level(logging.DEBUG)
    for format in OBJECTS:
        for each in made(Case(odd.assessment, pictures), format):
            assert each.PatientName == "Just One Name 王金丝雀"
    assert "Just" not in caplog.text


def test_pictures_of_two_patients_are_not_exported_as_one(picture, tmp_path):
    other = pydicom.dcmread(picture)
    other.PatientID, other.SOPInstanceUID = "another", "1.2.3.4"
    other.file_meta.MediaStorageSOPInstanceUID = other.SOPInstanceUID
    other.save_as(tmp_path / "b.dcm")
    exam = hepaspot.assess(hepaspot.read(picture, tmp_path / "b.dcm"))
    with pytest.raises(InputError, match="is of another patient or study than the first") as told:
        case_of(exam)
    assert not [part for part in CANARY_PARTS if part in str(told.value)]


def test_the_same_picture_twice_is_refused(picture, tmp_path):
    copy = tmp_path / "copy.dcm"
    copy.write_bytes(picture.read_bytes())
    exam = hepaspot.assess(hepaspot.read(picture, copy))
    with pytest.raises(InputError, match="holds the same DICOM picture twice"):
        case_of(exam)


@pytest.mark.parametrize("format", OBJECTS)
def test_an_exam_without_a_dicom_picture_has_no_study_to_go_into(format):
    words = hepaspot.assess(hepaspot.read("Calcification of 6 mm in segment VII with shadow."))
    with pytest.raises(UnsupportedInput, match="the exam: has no DICOM picture"):
        export(case_of(words), format)


def test_json_needs_no_picture_and_reads_back():
    words = hepaspot.assess(hepaspot.read("Calcification of 6 mm in segment VII with shadow."))
    (file,) = export(case_of(words), "json")
    assert hepaspot.Assessment.from_json(file.data) == handed_on(words) == words


def test_an_unknown_format_is_told_with_those_that_are_known(picture):
    with pytest.raises(UnsupportedInput, match=r"'csv' is not one of sr, sc, pdf, seg"):
        export(case(picture), "csv")


def test_a_language_that_is_not_spoken_is_refused(picture):
    with pytest.raises(ValueError, match="language must be 'en' or 'zh', got 'fr'"):
        case_of(case(picture).assessment, language="fr")


def test_the_marked_picture_is_the_picture_that_was_drawn_below_its_notice(picture):
    from hepaspot.export.marked_pictures import marked

    here = case(picture)
    (captured,) = made(here, "sc")
    drawn = marked(here, here.first)
    assert (captured.pixel_array[-drawn.shape[0] :] == drawn).all()
    strip = captured.pixel_array[: -drawn.shape[0]]
    assert 40 < strip.shape[0] < 120
    assert len({tuple(pixel) for row in strip for pixel in row}) > 10, "letters stand in it"
    assert captured.BurnedInAnnotation == "YES"
    assert captured.SourceImageSequence[0].ReferencedSOPInstanceUID == (
        here.first.identity.sop_instance_uid
    )


def test_a_clip_is_captured_as_its_contact_sheet_and_has_no_segmentation(tmp_path):
    clip = case_of(marked_by_hand(Path(make(tmp_path, frames=4, seed=3)[0].dicom)))
    (captured,) = made(clip, "sc")
    assert captured.Rows > captured.Columns * 0.9
    with pytest.raises(UnsupportedInput, match="is made of stills alone, and the exam has only"):
        export(clip, "seg")


def test_an_empty_exam_has_no_segmentation():
    empty = hepaspot.Assessment(hepaspot.Exam())
    assert export(case_from(empty), "json")
    with pytest.raises(UnsupportedInput, match="has no DICOM picture"):
        export(case_from(empty), "seg")
