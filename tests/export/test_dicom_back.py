"""``hepaspot read`` takes hepaspot's own structured report back, and nothing that was bent."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import msgspec
import pytest
from export.dicom_cases import CANARY_PARTS, case, case_from, dataset, demo
from export.made_up_exams import exams
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from intake.clinicals import sr, words

import hepaspot
from hepaspot import cli
from hepaspot.cli.given import exam_of
from hepaspot.cli.wish import Answered
from hepaspot.errors import InputError, UnreadableInput, UnsupportedInput
from hepaspot.exam import Region, Setting, SettingKind, SourceKind, Words
from hepaspot.export import case_of, export, handed_on
from hepaspot.export.sr_reading import exam_from_sr
from hepaspot.intake import HEAD_BYTES
from hepaspot.intake.clinical_marks import is_own_object
from hepaspot.intake.clinical_sr import is_own_report
from hepaspot.phantom import make

pytest.importorskip("highdicom", reason="the extra export is not installed")

REPORT = Path(__file__).parents[2] / "examples" / "en-calcification.txt"

situations = st.builds(
    Setting,
    kind=st.none() | st.sampled_from(SettingKind),
    region=st.sampled_from([None, "east_asia", "elsewhere"]),
)


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("back"))


@pytest.fixture(scope="module")
def report(picture):
    (file,) = export(case(picture), "sr")
    return file.data


@pytest.fixture
def own(report, tmp_path):
    path = tmp_path / "own.sr.dcm"
    path.write_bytes(report)
    return path


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*arguments, stdin: bytes = b""):
        monkeypatch.setattr(sys, "argv", ["hepaspot", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return run


def answer_in(line: str) -> hepaspot.Assessment:
    return msgspec.json.decode(line, type=Answered).assessment


def save(data, path: Path) -> Path:
    data.save_as(path)
    return path


# --- the same answer as before ---


@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(exam=exams(), situation=situations)
def test_every_exam_that_is_taken_back_is_answered_as_before(tmp_path_factory, exam, situation):
    before = hepaspot.assess(msgspec.structs.replace(exam, setting=situation))
    (file,) = export(case_from(before, "a", "b"), "sr")
    path = tmp_path_factory.mktemp("law") / "own.dcm"
    path.write_bytes(file.data)
    assert hepaspot.assess(exam_of([str(path)], Setting(), None)) == before


@pytest.mark.parametrize(
    ("seed", "frames", "target", "language"),
    [
        (1, 1, "stone_in_dilated_duct", "zh"),
        (4, 1, "none", "en"),
        (3, 24, "calcification", "en"),
    ],
)
def test_a_phantom_and_its_report_are_answered_as_before_they_were_exported(
    run, tmp_path, seed, frames, target, language
):
    (made,) = make(tmp_path, seed=seed, frames=frames, target=target, language=language)
    asked = ("--setting", "symptomatic", "--region", "east_asia")
    files, out = (made.dicom, made.report), tmp_path / "out"
    assert run("export", *files, "--to", "sr", "-o", out, *asked)[0] == 0
    before = answer_in(run("read", *files, "--format", "json", *asked)[1])
    code, line, err = run("read", out / "report.sr.dcm", "--format", "json")
    assert (code, err) == (0, "")
    assert answer_in(line) == handed_on(before)


def test_what_the_user_says_of_the_setting_goes_before_what_the_report_says(run, picture, tmp_path):
    assert run("export", picture, "--to", "sr", "-o", tmp_path, "--setting", "symptomatic")[0] == 0
    named = (tmp_path / "report.sr.dcm", "--format", "json", "--region", "elsewhere")
    kept = answer_in(run("read", *named)[1]).exam.setting
    assert kept == Setting(kind=SettingKind.SYMPTOMATIC, region="elsewhere")
    other = answer_in(run("read", *named, "--setting", "health-check")[1]).exam.setting
    assert other.kind is SettingKind.HEALTH_CHECK


# --- with other files of the exam ---


def test_the_report_of_the_same_exam_is_put_together_with_it(run, picture, own):
    together = answer_in(run("read", own, REPORT, "--format", "json")[1])
    sources = {source.kind for source in together.exam.sources}
    assert sources == {SourceKind.PICTURE, SourceKind.REPORT}
    (focus,) = together.exam.foci
    assert {type(seen.provenance) for seen in focus.observations} == {Words, Region}
    apart = hepaspot.assess(hepaspot.read(picture, REPORT))
    assert [each.probabilities for each in together.foci] == [
        each.probabilities for each in apart.foci
    ]


def test_a_report_through_a_pipe_is_put_together_with_it_too(run, own):
    piped = run("read", own, "-", "--format", "json", stdin=REPORT.read_bytes())[1]
    named = run("read", own, REPORT, "--format", "json")[1]
    assert answer_in(piped).foci == answer_in(named).foci


def test_reports_of_two_studies_are_refused(run, picture, own, tmp_path):
    data = dataset(picture.read_bytes())
    data.StudyInstanceUID = "1.2.826.0.1.99.77"
    other = save(data, tmp_path / "other.dcm")
    (file,) = export(case_of(hepaspot.assess(hepaspot.read(other))), "sr")
    again = tmp_path / "again.sr.dcm"
    again.write_bytes(file.data)
    code, out, err = run("read", own, again)
    assert (code, out) == (3, "")
    assert f"{again}: is of another study than {own}; read one study at a time" in err


def test_it_can_be_handed_on_in_forms_that_need_no_picture(run, own, picture, tmp_path):
    assert run("export", own, "--to", "json", "-o", tmp_path)[0] == 0
    told = hepaspot.Assessment.from_json((tmp_path / "assessment.json").read_bytes())
    assert told == handed_on(case(picture).assessment)
    code, _, err = run("export", own, "--to", "sr", "-o", tmp_path)
    assert code == 3
    assert "has no DICOM picture" in err


@pytest.mark.parametrize("asked", [("--format", "html"), ("--pictures", "drawn")])
def test_that_there_is_no_picture_to_draw_in_is_said(run, own, tmp_path, monkeypatch, asked):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("read", own, *asked)
    assert code == 0
    assert out
    assert err == (
        "hepaspot: a report of hepaspot tells of pictures and does not hold them, so none is "
        "drawn; give their files too\n"
    )
    assert not (tmp_path / "drawn").exists()


def test_pictures_that_are_given_again_are_drawn(run, own, picture, tmp_path):
    code, _, err = run("read", own, picture, "--pictures", tmp_path / "drawn")
    assert (code, err) == (0, "")
    assert (tmp_path / "drawn" / f"{picture.stem}.png").is_file()


# --- what is refused ---


def test_a_report_that_was_changed_is_refused_in_one_line(run, own, tmp_path):
    data = dataset(own.read_bytes())
    (group,) = data.ContentSequence[-2].ContentSequence
    number = next(item for item in group.ContentSequence if item.ValueType == "NUM")
    number.MeasuredValueSequence[0].NumericValue = "99"
    changed = save(data, tmp_path / "changed.dcm")
    code, out, err = run("read", changed)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert f"hepaspot: {changed}: was changed after hepaspot wrote it" in err


def test_a_number_that_is_shown_otherwise_than_it_is_computed_with_is_a_change(own, tmp_path):
    data = dataset(own.read_bytes())
    (group,) = data.ContentSequence[-2].ContentSequence
    number = next(item for item in group.ContentSequence if item.ValueType == "NUM")
    number.MeasuredValueSequence[0].FloatingPointValue += 0.5
    with pytest.raises(UnreadableInput, match="was changed after hepaspot wrote it"):
        exam_from_sr(save(data, tmp_path / "changed.dcm"))


def test_a_report_that_was_stripped_is_refused_in_one_line(run, own, tmp_path):
    data = dataset(own.read_bytes())
    data.remove_private_tags()
    stripped = save(data, tmp_path / "stripped.dcm")
    code, out, err = run("read", stripped, REPORT)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert f"hepaspot: {stripped}: carries no exam of hepaspot" in err
    assert not [part for part in CANARY_PARTS if part in err]


def test_a_report_cut_short_is_damaged_and_not_taken_for_an_own_one(run, own):
    own.write_bytes(own.read_bytes()[:-200])
    assert not is_own_report(own)
    code, _, err = run("read", own)
    assert code == 3
    assert "is a damaged DICOM structured report; export it again" in err


def test_through_a_pipe_it_is_refused(run, report):
    code, out, err = run("read", "-", stdin=report)
    assert (code, out) == (3, "")
    assert "standard input: is an answer of hepaspot itself, not a report" in err


def test_the_library_names_the_function_that_takes_it_back(own):
    with pytest.raises(
        UnsupportedInput,
        match=r"take its exam back with hepaspot\.export\.sr_reading\.exam_from_sr",
    ) as told:
        hepaspot.read(own)
    assert "\n" not in str(told.value)


def test_one_that_an_archive_gave_another_maker_is_no_foreign_report(own, tmp_path):
    data = dataset(own.read_bytes())
    data.Manufacturer = "An Archive"
    assert is_own_report(save(data, tmp_path / "archived.dcm"))
    with pytest.raises(UnsupportedInput, match="is an answer of hepaspot itself"):
        hepaspot.read(tmp_path / "archived.dcm")


def test_neither_a_foreign_report_nor_a_picture_nor_nothing_is_an_own_one(picture, tmp_path):
    foreign = tmp_path / "foreign.dcm"
    foreign.write_bytes(sr(words("Finding", "Calcification")))
    for path in (foreign, picture, tmp_path, tmp_path / "nothing.dcm", "words\0of a report"):
        assert not is_own_report(path)


# --- in a folder ---


@pytest.fixture
def folder(picture, own, tmp_path):
    """A folder with a picture, and in one within it an own and a foreign report."""
    made = tmp_path / "exam"
    (made / "reports").mkdir(parents=True)
    (made / "IM1").write_bytes(picture.read_bytes())
    (made / "reports" / "SR1").write_bytes(own.read_bytes())
    foreign = sr(words("Finding", "9 mm calcification in segment 6 of the liver"))
    (made / "reports" / "SR2").write_bytes(foreign)
    return made


def test_in_a_folder_a_foreign_report_is_read_and_an_own_one_left_out_openly(run, folder):
    code, line, err = run("read", folder, "--format", "json")
    assert code == 0
    assert err == (
        f"hepaspot: {folder / 'reports' / 'SR1'}: is an answer of hepaspot itself, so it is left "
        "out\n"
    )
    exam = answer_in(line).exam
    assert [source.kind for source in exam.sources] == [SourceKind.PICTURE, SourceKind.REPORT]
    assert "segment 6" in exam.sources[1].text


def test_whatever_else_was_exported_into_a_folder_is_left_out_openly_too(run, folder):
    formats = [part for format in ("sr", "sc", "pdf", "seg") for part in ("--to", format)]
    code, made, _ = run("export", folder, *formats, "-o", folder)
    assert code == 0
    code, line, err = run("read", folder, "--format", "json")
    assert code == 0
    told = err.splitlines()
    for path in (*made.splitlines(), folder / "reports" / "SR1"):
        assert f"hepaspot: {path}: is an answer of hepaspot itself, so it is left out" in told
    assert len(told) == 5
    assert len(answer_in(line).exam.sources) == 2


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"])
def test_what_hepaspot_exported_is_known_by_its_head_and_a_phantom_is_none_of_it(
    picture, tmp_path, syntax
):
    for file in (*export(case(picture), "sc"), *export(case(picture), "seg")):
        data = dataset(file.data)
        data.file_meta.TransferSyntaxUID = syntax
        path = tmp_path / file.name
        data.save_as(path, implicit_vr=syntax.endswith(".1.2"), little_endian=True)
        assert is_own_object(path.read_bytes()[:HEAD_BYTES])
    assert dataset(picture.read_bytes()).Manufacturer == "hepaspot"
    assert not is_own_object(picture.read_bytes()[:HEAD_BYTES])


def test_a_structured_report_is_read_once_whatever_its_name(folder):
    (folder / "reports" / "SR1").unlink()
    (folder / "reports" / "SR2").rename(folder / "report.txt")
    assert len(hepaspot.read(folder).sources) == 2


def test_an_own_report_is_taken_back_where_it_is_named_beside_its_folder(run, folder):
    named = folder / "reports" / "SR1"
    code, line, err = run("read", folder, named, "--format", "json")
    assert (code, err.count("left out")) == (0, 1)
    assert len(answer_in(line).exam.sources) == 3


def test_an_export_reads_a_folder_as_reading_does(run, folder, tmp_path):
    code, _, err = run("export", folder, "--to", "json", "-o", tmp_path / "out")
    assert code == 0
    assert "SR1: is an answer of hepaspot itself, so it is left out" in err
    told = hepaspot.Assessment.from_json((tmp_path / "out" / "assessment.json").read_bytes())
    assert [source.kind.value for source in told.exam.sources] == ["picture", "report"]


def test_the_library_warns_of_what_it_leaves_out(folder):
    with pytest.warns(UserWarning, match="SR1: is an answer of hepaspot itself, so it is left out"):
        exam = hepaspot.read(folder)
    assert len(exam.sources) == 2


def test_a_folder_of_reports_alone_is_still_to_be_named_one_by_one(run, folder):
    (folder / "IM1").unlink()
    with pytest.raises(InputError, match=r"is a folder with .*; name the reports in it"):
        hepaspot.read(folder)
