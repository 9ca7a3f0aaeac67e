"""The command as its users meet it."""

from __future__ import annotations

import sys

import pydicom
import pytest
from deidentify.canaries import WORDS, canary, traces_in, with_odd_groups
from intake.dicoms import saved

from hepaspot import cli


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs the command line in this process: exit code, stdout, stderr."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["hepaspot", "deidentify", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def folder(tmp_path):
    """A study of two files, and one that is none, in a folder."""
    place = tmp_path / "in"
    (place / "sub").mkdir(parents=True)
    saved(place, with_odd_groups(canary()), "one.dcm")
    saved(place / "sub", canary(instance=2), "two.dcm")
    saved(place, b"words of Qwangzhu", "notes.txt")
    return place


def test_a_folder_is_treated_and_each_file_told_in_one_line(run, folder, tmp_path):
    code, told, complaints = run(folder, "-o", tmp_path / "out")
    assert (code, complaints) == (0, "")
    one, two, summary, about_key = told.splitlines()
    assert "one.dcm: " in one
    assert "two.dcm: " in two
    assert " elements removed, " in one
    assert " UIDs and " in one
    assert "1 frame black outside 140 × 80 pixels at 10,20; " in one
    assert summary == (
        "2 of 2 files written. Words inside the part that is kept are not looked for: look at "
        "every picture before you share it."
    )
    assert about_key.startswith("The key of this run is gone: ")
    new = list((tmp_path / "out").iterdir())
    assert len(new) == 2
    assert len({pydicom.dcmread(path).StudyInstanceUID for path in new}) == 1
    assert [traces_in(path.read_bytes()) for path in new] == [[], []]
    assert not any(word in told for word in WORDS)


def test_with_a_key_file_a_later_run_matches(run, folder, tmp_path):
    key = tmp_path / "key"
    code, told, _ = run(folder / "one.dcm", "-o", tmp_path / "first", "--key-file", key)
    assert code == 0
    assert told.startswith(f"{key}: a new key; keep it where no one else comes\n")
    assert "The key of this run is gone" not in told
    code, told, _ = run(folder / "sub", "-o", tmp_path / "second", "--key-file", key)
    assert code == 0
    assert "a new key" not in told
    one, two = (pydicom.dcmread(next((tmp_path / name).iterdir())) for name in ("first", "second"))
    assert one.PatientID == two.PatientID
    assert one.SeriesInstanceUID == two.SeriesInstanceUID
    assert one.StudyDate == two.StudyDate


def test_a_file_that_fails_does_not_lose_the_others(run, folder, tmp_path):
    saved(folder, canary(SequenceOfUltrasoundRegions=None), "a-bad.dcm")
    code, told, complaints = run(folder, "-o", tmp_path / "out")
    assert code == 3
    assert complaints.count("\n") == 1
    assert "a-bad.dcm: does not tell where its ultrasound region is" in complaints
    assert "2 of 3 files written." in told
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_nothing_is_written_over(run, folder, tmp_path):
    arguments = (folder / "one.dcm", "-o", tmp_path / "out", "--key-file", tmp_path / "key")
    assert run(*arguments)[0] == 0
    before = next((tmp_path / "out").iterdir()).read_bytes()
    code, _, complaints = run(*arguments)
    assert code == 7
    assert "is there already, and nothing is written over; choose another -o" in complaints
    assert next((tmp_path / "out").iterdir()).read_bytes() == before


def test_a_file_where_the_folder_should_be_is_not_said_to_be_an_answer(run, folder, tmp_path):
    (tmp_path / "out").write_text("notes")
    code, _, complaints = run(folder / "one.dcm", "-o", tmp_path / "out")
    assert code == 7
    assert "cannot be written (file exists); choose another -o" in complaints
    assert (tmp_path / "out").read_text() == "notes"


def test_the_part_to_keep_can_be_named(run, folder, tmp_path):
    code, told, _ = run(folder / "one.dcm", "-o", tmp_path / "out", "--keep-frame", "5,6,70,80")
    assert code == 0
    assert "1 frame black outside 70 × 80 pixels at 5,6" in told


def test_it_says_so_when_nothing_was_blanked(run, folder, tmp_path):
    _, told, _ = run(folder / "one.dcm", "-o", tmp_path / "out", "--keep-frame", "0,0,160,120")
    assert "nothing blanked in 1 frame" in told


@pytest.mark.parametrize("written", ["", "1,2,3", "1,2,0,4", "-1,2,3,4", "a,b,c,d", "1,2,3,4,5"])
def test_a_part_that_is_no_part_is_a_wrong_command_line(run, folder, tmp_path, written):
    code, _, complaints = run(folder, "-o", tmp_path / "out", f"--keep-frame={written}")
    assert code == 2
    assert "give X,Y,WIDTH,HEIGHT in whole pixels, such as 120,60,680,459" in " ".join(
        complaints.split()
    )


def test_sex_and_age_are_kept_on_request(run, folder, tmp_path):
    code, _, _ = run(folder / "one.dcm", "-o", tmp_path / "out", "--keep-characteristics")
    assert code == 0
    after = pydicom.dcmread(next((tmp_path / "out").iterdir()))
    assert (after.PatientSex, after.PatientAge) == ("F", "073Y")


def test_a_folder_without_pictures_is_told(run, tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, complaints = run(tmp_path / "empty", "-o", tmp_path / "out")
    assert code == 3
    assert "empty: holds no picture; name the folder of an exam" in complaints


def test_a_missing_file_has_its_own_code(run, tmp_path):
    code, told, complaints = run(tmp_path / "none.dcm", "-o", tmp_path / "out")
    assert code == 4
    assert "none.dcm: there is no such file" in complaints
    assert told == ""


def test_values_that_repeated_the_patient_are_counted(run, tmp_path):
    path = saved(tmp_path, canary(Manufacturer="made for Qwangzhu"))
    _, told, _ = run(path, "-o", tmp_path / "out")
    assert "1 more emptied that repeated a removed value" in told


def test_a_fault_is_told_without_what_it_is_about(run, folder, tmp_path, monkeypatch):
    def failing(*_):
        raise RuntimeError("Qwangzhu")

    monkeypatch.setattr("hepaspot.deidentify.one_file.cleaned", failing)
    code, _, complaints = run(folder / "one.dcm", "-o", tmp_path / "out")
    assert code == 1
    assert "hepaspot failed on this file (RuntimeError at " in complaints
    assert "Qwangzhu" not in complaints.replace(str(folder), "")


def test_without_the_libraries_it_says_what_to_install(run, folder, tmp_path, monkeypatch):
    monkeypatch.setattr("hepaspot.cli.deidentifying.find_spec", lambda _: None)
    code, _, complaints = run(folder, "-o", tmp_path / "out")
    assert code == 3
    assert 'pip install "hepaspot[picture]"' in complaints
