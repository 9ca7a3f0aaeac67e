"""What an audit takes, what it finds, and what it does with what it cannot read."""

from __future__ import annotations

import gzip
import shutil

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive.archives import (
    CALCIFIED,
    CLEAN,
    NORMAL,
    STONE,
    alerts,
    rows,
    run,
    sized,
    table,
    write_csv,
    write_lines,
)
from pydicom import dcmread

from hepaspot.archive.access import Access
from hepaspot.archive.laying_out import lay_out
from hepaspot.archive.overview import overview
from hepaspot.archive.page.figures import figures_of, opened
from hepaspot.archive.sources import Kind, Source, files_in
from hepaspot.errors import EmptyInput, InputError, MissingExtra, MissingInput, UnreadableInput
from hepaspot.export import case_of, export
from hepaspot.phantom import make
from hepaspot.reading import read
from hepaspot.weigh import assess


def one(text, **more):
    return {"exam": "E1", "person": "P", "date": "2024-01-02", "text": text, **more}


def test_every_exam_is_in_the_result_once_with_what_the_archive_tells_of_it(tmp_path):
    records = rows(40)
    run([write_csv(tmp_path / "a.csv", records)], tmp_path / "r")
    found = {row["exam"]: row for row in table(tmp_path / "r", "exams")}
    assert len(found) == len(table(tmp_path / "r", "exams")) == 40
    for record in records:
        row = found[record["exam"]]
        assert (str(row["date"]), row["site"]) == (record["date"], record["site"])
        assert row["foci"] == (record["text"] != NORMAL)
        assert row["named_stone"] == (record["text"] == STONE)
        assert row["ducts"] == ("dilated" if record["text"] == CALCIFIED else "not_dilated")


def test_a_stone_without_wide_ducts_and_a_calcification_with_wide_ones_are_alerts(tmp_path):
    records = [one(STONE), one(CALCIFIED, exam="E2", person="Q"), one(CLEAN, exam="E3", person="R")]
    run([write_csv(tmp_path / "a.csv", records)], tmp_path / "r")
    told = alerts(tmp_path / "r")
    assert ("E1", "stone_without_dilatation") in told
    assert ("E2", "calcification_with_dilatation") in told
    assert not [alert for exam, alert in told if exam == "E3"]


def test_an_alert_names_the_two_passages(tmp_path):
    run([write_csv(tmp_path / "a.csv", [one(STONE)])], tmp_path / "r")
    (row,) = (
        r for r in table(tmp_path / "r", "alerts") if r["alert"] == "stone_without_dilatation"
    )
    passages = [STONE[row[f"{part}_start"] : row[f"{part}_end"]] for part in ("first", "second")]
    assert "结石" in passages[0]
    assert "扩张" in passages[1]
    assert row["first_source"] == row["second_source"] == 0


def test_the_work_list_puts_a_missed_duct_before_a_wrong_word(tmp_path):
    records = [one(STONE, date="2024-06-01"), one(CALCIFIED, exam="E2", person="Q")]
    run([write_csv(tmp_path / "a.csv", records)], tmp_path / "r")
    lines = (tmp_path / "r" / "worklist.csv").read_text("utf-8-sig").splitlines()
    ranks = [line.split(",")[0] for line in lines[1:]]
    assert lines[0].startswith("rank,alert,exam,focus,date")
    assert ranks == sorted(ranks)
    assert lines[1].split(",")[2] == "E2"


def test_a_spot_is_compared_with_the_exam_of_the_same_person_before_it(tmp_path):
    records = [
        one(sized(6), exam="old", date="2022-03-01"),
        one(sized(10), exam="new", date="2024-03-01"),
        one(sized(10), exam="other", person="Q", date="2025-03-01"),
    ]
    run([write_csv(tmp_path / "a.csv", reversed_(records))], tmp_path / "r")
    assert alerts(tmp_path / "r") == {("new", "larger_since_prior")}
    (row,) = table(tmp_path / "r", "alerts")
    assert row["prior"] == "old"
    assert sized(10)[row["first_start"] : row["first_end"]] == "10 mm"
    assert sized(6)[row["second_start"] : row["second_end"]] == "6 mm"
    focus = next(f for f in table(tmp_path / "r", "foci") if f["exam"] == "new")
    assert (focus["size_mm"], focus["prior_size_mm"], focus["change"]) == (10, 6, "larger")


def reversed_(records):
    return list(reversed(records))


def test_exams_without_a_day_are_read_and_compared_with_nothing(tmp_path):
    records = [one(sized(6), exam="a", date=""), one(sized(10), exam="b", date="some day")]
    run([write_csv(tmp_path / "a.csv", records)], tmp_path / "r")
    assert [row["date"] for row in table(tmp_path / "r", "exams")] == [None, None]
    assert alerts(tmp_path / "r") == set()


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024-03-05 08:15:00", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("05.03.2024", "2024-03-05"),
    ],
)
def test_days_are_read_as_they_are_written(tmp_path, written, day):
    run([write_csv(tmp_path / "a.csv", [one(NORMAL, date=written)])], tmp_path / "r")
    assert str(table(tmp_path / "r", "exams")[0]["date"]) == day


def test_tables_of_every_kind_give_the_same_exams(tmp_path):
    records = rows(12)
    plain = write_csv(tmp_path / "a.csv", records)
    chinese = write_csv(tmp_path / "b.csv", records, "gb18030")
    lines = write_lines(tmp_path / "c.jsonl", records)
    packed = tmp_path / "d.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    parquet = tmp_path / "e.parquet"
    pq.write_table(pa.Table.from_pylist(records), parquet)
    for path in (plain, chinese, lines, packed, parquet):
        run([path], tmp_path / f"r-{path.name}")
    first, *others = (
        sorted(
            (row["exam"], row["date"], row["site"], row["foci"], tuple(row["alerts"]))
            for row in table(tmp_path / f"r-{path.name}", "exams")
        )
        for path in (plain, chinese, lines, packed, parquet)
    )
    assert len(first) == 12
    assert all(other == first for other in others)


def test_findings_and_impression_in_columns_of_their_own_are_one_report(tmp_path):
    told, concluded = STONE.split("\n")
    record = {
        "检查号": "E1",
        "超声所见": told.removeprefix("超声所见："),
        "超声提示": concluded.removeprefix("超声提示："),
    }
    run([write_csv(tmp_path / "a.csv", [record])], tmp_path / "r")
    assert ("E1", "stone_without_dilatation") in alerts(tmp_path / "r")


def test_a_column_with_a_name_of_its_own_can_be_told(tmp_path):
    path = write_csv(tmp_path / "a.csv", [{"id": "E9", "words": STONE}])
    run([path], tmp_path / "r", columns={"text": "words", "exam": "id"})
    assert ("E9", "stone_without_dilatation") in alerts(tmp_path / "r")


def test_a_table_without_reports_is_refused_with_what_to_do(tmp_path):
    path = write_csv(tmp_path / "a.csv", [{"id": "1", "words": "x"}])
    with pytest.raises(
        InputError,
        match=r"^a\.csv: none of its columns \(id, words\) is called .*, or findings= and impression=$",
    ):
        run([path], tmp_path / "r")
    with pytest.raises(InputError, match=r"^a\.csv: has no column 'wrods'; it has id, words$"):
        run([path], tmp_path / "r2", columns={"text": "wrods"})


def test_what_hepaspot_itself_made_is_no_exam_of_the_archive(tmp_path):
    made = next(iter(make(tmp_path / "in", count=1, seed=5, target="calcification"))).dicom
    case = case_of(assess(read(made)))
    for each in (*export(case, "sr"), *export(case, "sc"), *export(case, "pdf")):
        (tmp_path / "in" / each.name).write_bytes(each.data)
    run([tmp_path / "in"], tmp_path / "r")
    (row,) = table(tmp_path / "r", "exams")
    assert (row["pictures"], row["reports"]) == (1, 0)
    assert not table(tmp_path / "r", "errors")


def test_what_is_no_archive_is_refused(tmp_path):
    with pytest.raises(MissingInput, match=r"none\.csv: there is no such file or folder"):
        run([tmp_path / "none.csv"], tmp_path / "r")
    (tmp_path / "a.txt").write_text(STONE)
    with pytest.raises(InputError, match=r"a\.txt: is no table \(\.csv, \.jsonl, \.parquet\)"):
        run([tmp_path / "a.txt"], tmp_path / "r")


def test_a_table_that_went_away_or_cannot_be_reached_is_told_by_its_name(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(4))
    gone = Source(Kind.CSV, str(path))
    path.unlink()
    with pytest.raises(
        UnreadableInput, match=r"^a\.csv: cannot be read \(no such file .*; check it$"
    ):
        lay_out([gone], {}, tmp_path, access=Access())
    far = Source(Kind.CSV, path.as_uri())
    with pytest.raises(InputError, match=r"^a\.csv: cannot be read as csv; correct it$"):
        lay_out([far], {}, tmp_path, access=Access())


def test_a_store_without_its_library_is_told_in_one_line(tmp_path, monkeypatch):
    def needs(scheme):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec, "filesystem", needs)
    with pytest.raises(MissingExtra, match=r"^s3://: needs .* \(Install s3fs to access S3\); inst"):
        lay_out([Source(Kind.CSV, "s3://archive/a.csv")], {}, tmp_path, access=Access())
    monkeypatch.undo()
    with pytest.raises(InputError, match=r"^no-such://: is no store that fsspec knows; check"):
        lay_out([Source(Kind.CSV, "no-such://archive/a.csv")], {}, tmp_path, access=Access())


def test_reports_on_other_organs_are_read_and_left_out_of_the_figures(tmp_path):
    thyroid = "甲状腺：右叶见一强回声，大小约5mm，后伴声影。\n超声提示：甲状腺右叶钙化灶"
    records = [
        one(CLEAN) | {"exam": "first", "person": "A", "date": "2019-05-06"},
        one(thyroid) | {"exam": "thyroid", "person": "A", "date": "2020-05-06"},
        one(CLEAN) | {"exam": "last", "person": "A", "date": "2021-05-06"},
        one(NORMAL) | {"exam": "normal", "person": "B", "date": "2021-05-06"},
    ]
    run([write_csv(tmp_path / "a.csv", records)], tmp_path / "r")
    found = {row["exam"]: row for row in table(tmp_path / "r", "exams")}
    assert {exam: row["of_liver"] for exam, row in found.items()} == {
        "first": True,
        "thyroid": False,
        "last": True,
        "normal": True,
    }
    assert found["last"]["prior"] == "first"
    assert found["thyroid"]["prior"] is None
    assert found["thyroid"]["foci"] == 0
    told = list(overview(tmp_path / "r"))
    assert told[:2] == [
        "3 exams, 2 bright spots, 0 alerts, 0 documents not read",
        "1 more of which the reports name no liver",
    ]
    with opened(tmp_path / "r") as base:
        figures = figures_of(base)
    assert (figures.exams, figures.elsewhere, figures.with_spot) == (3, 1, 2)


def test_a_parquet_table_tells_of_its_own_columns_alone(tmp_path):
    pq.write_table(pa.Table.from_pylist([one(NORMAL, more="x")]), tmp_path / "a.parquet")
    plan = run([tmp_path / "a.parquet"], tmp_path / "r")
    assert plan.tables[0].unused == ("more",)


def test_the_same_report_given_twice_is_one_exam_with_one_report(tmp_path):
    path = write_csv(tmp_path / "a.csv", [one(STONE), one(STONE)])
    run([path], tmp_path / "r")
    (row,) = table(tmp_path / "r", "exams")
    assert (row["reports"], row["foci"]) == (1, 1)


def test_a_folder_of_pictures_and_reports_is_joined_by_study(tmp_path):
    for made in make(tmp_path / "in", count=2, seed=5, target="calcification", language="en"):
        assert made.dicom
    (tmp_path / "in" / "alone").mkdir()
    (tmp_path / "in" / "alone" / "note.txt").write_text(STONE, "utf-8")
    run([tmp_path / "in"], tmp_path / "r")
    found = table(tmp_path / "r", "exams")
    both = [row for row in found if row["pictures"]]
    assert len(found) == 3
    assert [(row["pictures"], row["reports"]) for row in both] == [(1, 1), (1, 1)]
    assert ("alone/note.txt", "stone_without_dilatation") in alerts(tmp_path / "r")


def test_a_row_with_words_and_a_file_beside_its_table_is_one_exam_of_both(tmp_path):
    made = next(iter(make(tmp_path / "in" / "pictures", count=1, seed=5, target="calcification")))
    record = one(CLEAN, path=f"pictures/{made.dicom.name}")
    run([write_csv(tmp_path / "in" / "a.csv", [record])], tmp_path / "r")
    (row,) = table(tmp_path / "r", "exams")
    assert (row["exam"], row["reports"], row["pictures"]) == ("E1", 1, 1)
    assert not table(tmp_path / "r", "errors")


def test_a_table_of_reports_and_a_folder_of_pictures_are_joined_by_study(tmp_path):
    made = next(iter(make(tmp_path / "in", count=1, seed=5, target="calcification"))).dicom
    told = dcmread(made, stop_before_pixels=True)
    table_ = write_csv(
        tmp_path / "a.csv",
        [one(CLEAN, exam=str(told.StudyInstanceUID), person=str(told.PatientID))],
    )
    run([table_, tmp_path / "in"], tmp_path / "r", per_part=1)
    (row,) = table(tmp_path / "r", "exams")
    assert (row["reports"], row["pictures"]) == (1, 1)


def test_what_cannot_be_read_is_set_aside_with_its_reason_and_loses_nothing_else(tmp_path):
    made = next(iter(make(tmp_path / "in", count=1, seed=5, target="calcification")))
    data = made.dicom.read_bytes()
    (tmp_path / "in" / "cut.dcm").write_bytes(data[: len(data) // 2])
    (tmp_path / "in" / "empty.txt").write_text("  ")
    (tmp_path / "in" / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    shutil.copy(made.dicom, tmp_path / "in" / "good.dcm")
    run([tmp_path / "in"], tmp_path / "r")
    errors = {row["origin"]: row for row in table(tmp_path / "r", "errors")}
    assert set(errors) == {"cut.dcm", "empty.txt", "bad.pdf"}
    assert errors["empty.txt"]["kind"] == EmptyInput.__name__
    assert all(str(tmp_path) not in row["reason"] for row in errors.values())
    assert sum(row["pictures"] for row in table(tmp_path / "r", "exams")) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_line_that_is_no_row_is_told_by_the_name_of_its_table(tmp_path, encoding):
    path = tmp_path / "报告.csv"
    path.write_text("exam,report\nE1,肝右叶见钙化灶。\nE2,肝,大小,正常\n", encoding)
    run([path], tmp_path / "r")
    (error,) = table(tmp_path / "r", "errors")
    assert error["origin"] == "报告.csv, line 3"


def test_a_line_that_is_no_row_is_an_error_and_the_others_are_read(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(8))
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, "E9,P,2024-01-01,S,words,one,too,many"]), "utf-8")
    run([path], tmp_path / "r")
    assert len(table(tmp_path / "r", "exams")) == 8
    (row,) = table(tmp_path / "r", "errors")
    assert "no row of the table" in row["reason"]


def test_no_person_of_the_archive_is_in_the_tables(tmp_path):
    records = [one(CLEAN, person="张三 SECRET-77")]
    run([write_csv(tmp_path / "a.csv", records)], tmp_path / "r")
    for path in (tmp_path / "r").iterdir():
        assert b"SECRET-77" not in path.read_bytes()
    assert "SECRET-77" not in str([table(tmp_path / "r", name) for name in ("exams", "foci")])


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("exam.dcm", True),
        ("EXAM.IMA", True),
        ("IM000001", True),
        ("1.2.840.113619.2.55.3", True),
        ("US.1.2.840.113619.2.55.3.604688119.971", True),
        ("report.TXT", True),
        ("DICOMDIR", False),
        ("program.exe", False),
        ("report.txt.bak", False),
    ],
)
def test_files_are_known_by_how_their_names_end_and_a_uid_is_no_ending(tmp_path, name, wanted):
    (tmp_path / name).write_text(STONE)
    assert [path.name for path in files_in(tmp_path)] == ([name] if wanted else [])
