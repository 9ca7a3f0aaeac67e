"""``hepaspot export``: files into a folder, one line for what cannot be done."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from export.dicom_cases import CANARY_PARTS, demo

import hepaspot
from hepaspot import cli
from hepaspot.export.sr_reading import exam_from_sr

pytest.importorskip("highdicom", reason="the extra export is not installed")

REPORT = Path(__file__).parents[2] / "examples" / "en-calcification.txt"


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("command"))


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["hepaspot", "export", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return run


def test_each_format_becomes_a_file_and_each_file_is_told(run, picture, tmp_path):
    formats = [part for f in ("sr", "sc", "pdf", "seg", "json") for part in ("--to", f)]
    code, out, err = run(picture, *formats, "-o", tmp_path / "new" / "folder")
    assert (code, err) == (0, "")
    told = [Path(line) for line in out.splitlines()]
    assert sorted(told) == sorted((tmp_path / "new" / "folder").iterdir())
    assert len(told) == 5
    assert not [part for part in CANARY_PARTS if part in out]


def test_report_and_picture_are_one_exam(run, picture, tmp_path):
    assert run(picture, REPORT, "--to", "sr", "-o", tmp_path)[0] == 0
    back = exam_from_sr(tmp_path / "report.sr.dcm")
    assert back.exam.foci == hepaspot.read(picture, REPORT).foci


def test_setting_and_region_are_those_asked_for(run, picture, tmp_path):
    asked = ("--setting", "health-check", "--region", "east_asia")
    assert run(picture, "--to", "json", "-o", tmp_path, *asked)[0] == 0
    told = hepaspot.Assessment.from_json((tmp_path / "assessment.json").read_bytes())
    setting = hepaspot.Setting(kind=hepaspot.SettingKind.HEALTH_CHECK, region="east_asia")
    wanted = hepaspot.assess(hepaspot.read(picture), setting=setting)
    assert told.foci == wanted.foci
    assert told.priors == wanted.priors


def test_a_report_alone_has_no_study(run, tmp_path):
    code, _, err = run(REPORT, "--to", "sr", "-o", tmp_path / "out")
    assert code == 3
    assert err.startswith("hepaspot: the exam: has no DICOM picture, so that no patient and study")
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_is_a_wrong_command_line(run, picture, tmp_path):
    code, _, err = run(picture, "--to", "csv", "-o", tmp_path)
    assert code == 2
    assert "'csv' is none of sr, sc, pdf, seg" in err


def test_a_file_in_place_of_the_folder_is_told(run, picture, tmp_path):
    (tmp_path / "taken").write_text("")
    code, _, err = run(picture, "--to", "json", "-o", tmp_path / "taken")
    assert code == 7
    assert "cannot be written (file exists); choose another -o" in err


def test_a_file_that_was_given_is_never_written_over(run, picture, tmp_path):
    given = tmp_path / "report.sr.dcm"
    given.write_bytes(picture.read_bytes())
    code, _, err = run(given, "--to", "sr", "-o", tmp_path)
    assert code == 7
    assert "is one of the files given; name another folder with -o" in err
    assert given.read_bytes() == picture.read_bytes()


def test_a_fault_of_ours_quotes_nothing(run, picture, tmp_path, monkeypatch):
    def broken(case):
        raise KeyError(case.pictures[0].identity.patient.name)

    monkeypatch.setattr("hepaspot.export.plain_json.files", broken)
    code, _, err = run(picture, "--to", "json", "-o", tmp_path)
    assert code == 1
    assert "json: hepaspot failed to make it (KeyError at export/test_dicom_command.py:" in err
    assert not [part for part in CANARY_PARTS if part in err]
