"""Tables as they come out of real systems: what is understood, and what is told of the rest."""

from __future__ import annotations

import gzip
import json
import os
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive.archives import NORMAL, STONE, run, write_csv, write_lines
from hypothesis import given
from hypothesis import strategies as st

from hepaspot.archive.access import Access
from hepaspot.archive.columns import known_columns
from hepaspot.archive.days import define
from hepaspot.archive.laying_out import lay_out
from hepaspot.archive.plan import Plan, kept_plan
from hepaspot.archive.sources import sources, unread_files
from hepaspot.cli.auditing import _columns, _unread
from hepaspot.errors import InputError
from hepaspot.exam import Setting

TOLD, CONCLUDED = (part.partition("：")[2] for part in STONE.split("\n"))
REPORT = {"超声所见": TOLD, "超声提示": CONCLUDED}


def documents(path, folder, columns=()):
    """The documents that are laid out, the errors, and what is told of the tables."""
    folder.mkdir(exist_ok=True)
    _, tables = lay_out(sources([str(path)]), dict(columns), folder, access=Access(), per_part=50)
    read = (
        pq.read_table(folder / f"{name}.parquet").to_pylist() for name in ("input", "input-errors")
    )
    return *read, tables


def refusal(path, folder, kind=InputError, columns=()):
    folder.mkdir(exist_ok=True)
    with pytest.raises(kind) as refused:
        lay_out(sources([str(path)]), dict(columns), folder, access=Access())
    return str(refused.value)


@pytest.fixture(scope="module")
def cell():
    """What a cell is taken for."""
    with duckdb.connect() as base:
        define(base)
        yield lambda meaning, text: base.execute(
            f"SELECT {meaning}_of(?::VARCHAR)", [text]
        ).fetchall()[0][0]


@pytest.mark.parametrize(
    "written",
    [
        *("2023/7/3 8:05", "2023/7/3 15:30:00", "2023年7月3日 8时5分", "2023年7月3日 星期一"),
        *("2023-07-03T08:05:00", "2023. 7. 3", "2023 07 03", "20230703", "20230703080500"),
        *("3.7.2023", "03.07.2023 08:05", "45110", "45110.5"),
    ],
)
def test_a_day_is_understood_with_anything_behind_it(cell, written):
    assert str(cell("day", written)) == "2023-07-03"


@pytest.mark.parametrize(
    "written",
    [
        *("21-01-05", "0021-01-05", "1/5/2021", "2021-13-01", "2021-02-30", "20211301", "99999"),
        *("1234", "19725000", "some day", "2021-1-012", "1899-12-31", "2101-01-01", "12345"),
    ],
)
def test_what_may_be_another_day_is_none(cell, written):
    assert cell("day", written) is None


@given(day=st.dates(date(1954, 1, 1), date(2100, 12, 31)))
def test_a_day_is_the_same_however_it_is_written(cell, day):
    serial = (day - date(1899, 12, 30)).days
    forms = (
        *(f"{day.year}{a}{day.month}{b}{day.day}" for a, b in ("--", "//", "..", "年月", "  ")),
        *(day.isoformat(), day.strftime("%Y%m%d"), f"{day.day}.{day.month}.{day.year}"),
        *(str(serial), f"{serial}.25", f"{day.year}年{day.month:02}月{day.day:02}日 8时"),
    )
    assert {cell("day", form) for form in forms} == {day}


@pytest.mark.parametrize(
    ("written", "years"),
    [
        *(("45", 45), ("45.0", 45), ("45岁", 45), ("45 歲", 45), ("045Y", 45), ("45 years", 45)),
        *(("30周岁", 30), ("6个月", 0.5), ("3月", 0.25), ("036M", 3), ("18 months", 1.5)),
        *(("12天", 12 / 365.25), ("12D", 12 / 365.25), ("3周", 21 / 365.25), ("2岁3个月", 2)),
        *(("145", None), ("1979-03-04", None), ("19790304", None), ("1979年3月", None)),
        *(("40-50", None), ("unknown", None), ("", None)),
    ],
)
def test_an_age_is_of_its_unit_and_no_day_of_birth(cell, written, years):
    assert cell("age", written) == (years if years is None else pytest.approx(years))


def test_days_that_are_not_understood_are_counted_with_the_first_row(tmp_path):
    days = ["2024-01-01", "", "1/5/2021", "21-01-05"]
    records = [{"exam": str(n), "date": day, "text": NORMAL} for n, day in enumerate(days)]
    found, _, (told,) = documents(write_csv(tmp_path / "a.csv", records), tmp_path / "r")
    assert [str(row["date"]) for row in sorted(found, key=lambda row: row["exam"])] == [
        "2024-01-01",
        *["None"] * 3,
    ]
    assert (told.rows, told.days, told.undated, told.undated_row) == (4, 3, 2, 3)
    assert [line for line in _columns(told) if "days" in line] == [
        "hepaspot: a.csv: 2 of 3 days are not understood, such as in row 3; write them as "
        "2024-03-05, or these exams are compared with none"
    ]


def test_rows_without_a_report_are_counted_and_are_no_exams_and_no_errors(tmp_path):
    records = [REPORT, {"超声所见": "", "超声提示": " "}, REPORT]
    found, errors, (told,) = documents(write_csv(tmp_path / "a.csv", records), tmp_path / "r")
    assert (len(found), errors, told.rows, told.empty) == (2, [], 3, 1)
    assert "hepaspot: a.csv: 1 of 3 rows holds no report; no exam is made of it" in [
        *_columns(told)
    ]


@pytest.mark.parametrize("text", ["检查号,超声所见\n", "检查号,超声所见\n1,\n2, \n"])
def test_an_archive_without_an_exam_is_laid_out_and_read(tmp_path, text):
    (tmp_path / "a.csv").write_text(text, "utf-8")
    assert documents(tmp_path / "a.csv", tmp_path / "r")[:2] == ([], [])


def test_an_audit_without_an_exam_comes_to_its_end(tmp_path):
    (tmp_path / "a.csv").write_text("检查号,超声所见\n", "utf-8")
    plan = run([tmp_path / "a.csv"], tmp_path / "r")
    assert plan.done
    assert (tmp_path / "r" / "index.html").exists()


MARKED = [("utf-8-sig", b""), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")]
PLAIN = [("utf-16-le", b""), ("utf-16-be", b""), ("gb18030", b""), ("big5", b"")]


@pytest.mark.parametrize(("encoding", "mark"), [*MARKED, *PLAIN])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl"])
def test_tables_are_read_in_every_encoding_packed_or_not(tmp_path, encoding, mark, packed, name):
    told = TOLD if encoding != "big5" else "肝右葉見一強回聲光斑，大小約8mm，肝內膽管未見擴張。"
    record = {"exam": "E1", "findings": told}
    lines = ",\t"[name == "a.tsv"].join
    text = f"{lines(record)}\r\n{lines(record.values())}\r\n"
    if name == "a.jsonl":
        text = json.dumps(record, ensure_ascii=False) + "\n"
    data = mark + text.encode(encoding)
    path = tmp_path / (f"{name}.gz" if packed else name)
    path.write_bytes(gzip.compress(data) if packed else data)
    ((row,), errors, _) = documents(path, tmp_path / "r")
    assert (row["exam"], row["text"], errors) == ("E1", f"超声所见：{told}", [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "gb18030"])
def test_a_table_is_recoded_to_its_end_where_its_head_ends_within_a_character(tmp_path, encoding):
    records = [
        {"exam": str(number), "text": f"{number % 7 * '一'}{NORMAL}"} for number in range(15000)
    ]
    path = write_csv(tmp_path / "a.csv", records, encoding)
    assert path.stat().st_size > 1 << 20
    assert len(documents(path, tmp_path / "r")[0]) == 15000


def test_null_bytes_in_utf_8_are_no_other_encoding(tmp_path):
    (tmp_path / "a.csv").write_bytes(f"exam,text\nE1,{NORMAL[:9]}\0\n".encode())
    ((row,), _, _) = documents(tmp_path / "a.csv", tmp_path / "r")
    assert row["exam"] == "E1"


def test_findings_are_read_before_a_column_called_report_unless_it_is_told(tmp_path):
    path = write_csv(tmp_path / "a.csv", [{"报告": "已审核", **REPORT}])
    ((row,), _, (told,)) = documents(path, tmp_path / "r")
    assert row["text"] == STONE
    assert told.unused == ("报告",)
    ((row,), _, _) = documents(path, tmp_path / "r2", {"text": "报告"})
    assert row["text"] == "已审核"


def test_a_report_beside_an_impression_alone_is_read_with_it(tmp_path):
    records = [
        {"exam": "1", "报告": TOLD, "诊断": CONCLUDED},
        {"exam": "2", "报告": STONE, "诊断": CONCLUDED},
        {"exam": "3", "报告": "", "诊断": CONCLUDED},
    ]
    found, _, _ = documents(write_csv(tmp_path / "a.csv", records), tmp_path / "r")
    assert {row["exam"]: row["text"] for row in found} == {
        "1": f"{TOLD}\n超声提示：{CONCLUDED}",
        "2": STONE,
        "3": f"超声提示：{CONCLUDED}",
    }


def test_names_in_traditional_characters_are_known(tmp_path):
    record = {
        "檢查號": "E1",
        "超音波所見": TOLD,
        "診斷": CONCLUDED,
        "檢查日期": "2024/3/5 8:05",
        "年齡": "45歲",
        "性別": "女",
        "醫院": "S",
    }
    ((row,), _, (told,)) = documents(write_csv(tmp_path / "a.csv", [record]), tmp_path / "r")
    assert not told.unused
    assert (row["exam"], str(row["date"]), row["age_years"], row["site"]) == (
        *("E1", "2024-03-05", 45, "S"),
    )


def test_one_line_tells_what_every_column_was_taken_for(tmp_path):
    record = {"检查号": "E1", "检查日期": "2024-01-01", "体检号": "P", "姓名": "x", **REPORT}
    *_, (told,) = documents(write_csv(tmp_path / "a.csv", [record]), tmp_path / "r")
    assert list(_columns(told)) == [
        "hepaspot: a.csv: columns not used: 姓名; taken: findings is 超声所见; impression is "
        "超声提示; exam is 检查号; person is 体检号; date is 检查日期"
    ]


def test_a_missing_impression_is_told(tmp_path):
    path = write_csv(
        tmp_path / "a.csv", [{"exam": "1", "person": "P", "date": "", "findings": "x"}]
    )
    *_, (told,) = documents(path, tmp_path / "r")
    assert next(_columns(told)) == (
        "hepaspot: a.csv: has findings and no impression; say which with --column impression=NAME"
    )


def test_lines_that_are_no_json_are_errors_with_their_numbers(tmp_path):
    good = json.dumps({"exam": "E1", "text": NORMAL})
    lines = [good, '{"exam": broken', "", good.replace("E1", "E2"), "[1]", '{"exam": "cut']
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    found, errors, (told,) = documents(tmp_path / "a.jsonl", tmp_path / "r")
    assert {row["exam"] for row in found} == {"E1", "E2"}
    assert [row["origin"] for row in errors] == [f"a.jsonl, line {line}" for line in (2, 5, 6)]
    assert {row["reason"] for row in errors} == {"the line is no object of JSON"}
    assert told.rows == 2


NESTED = {
    "exam": 7,
    "patient": {"id": "P", "age": "45岁", "birth": {"date": "1979-01-01"}},
    "report": {"findings": TOLD, "impression": CONCLUDED, "more": ["x"]},
    "date": {"$date": "2024-01-02T03:04:05Z"},
}


def test_what_is_nested_is_known_by_its_last_name(tmp_path):
    pq.write_table(pa.Table.from_pylist([NESTED]), tmp_path / "a.parquet")
    for path in (write_lines(tmp_path / "a.jsonl", [NESTED]), tmp_path / "a.parquet"):
        ((row,), _, (told,)) = documents(path, tmp_path / path.suffix)
        assert (row["exam"], str(row["date"]), row["age_years"]) == ("7", "2024-01-02", 45)
        assert row["text"] == STONE
        assert told.used["person"] == "patient.id"
        assert set(told.unused) == {"patient.birth.date", "report.more"}


def test_lists_are_not_taken_for_words(tmp_path):
    record = {"exam": "E1", "findings": [TOLD, "脾不大"]}
    pq.write_table(pa.Table.from_pylist([record]), tmp_path / "a.parquet")
    for path in (write_lines(tmp_path / "a.jsonl", [record]), tmp_path / "a.parquet"):
        assert refusal(path, tmp_path / "r") == (
            f"{path.name}: its column 'findings' holds lists or groups, where words are wanted; "
            "write them as one text, or name another column with --column"
        )


def test_a_title_above_the_headings_and_a_line_on_separators_are_passed_over(tmp_path):
    (tmp_path / "a.csv").write_text(f"导出,,\n2024年,,\n检查号,报告,\nE1,{NORMAL[:9]},\n", "utf-8")
    (tmp_path / "b.csv").write_text(f"sep=;\nexam;text\nE1;{NORMAL[:9]}\n", "utf-8-sig")
    for name in ("a.csv", "b.csv"):
        ((row,), errors, _) = documents(tmp_path / name, tmp_path / name.replace(".", "-"))
        assert (row["exam"], row["text"], errors) == ("E1", NORMAL[:9], [])


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.csv", b"", "is empty; export it again, or leave it out"),
        ("a.csv", b"\xef\xbb\xbf\r\n", "is empty; export it again, or leave it out"),
        ("a.csv", b"PK\x03\x04\0\0", "is a workbook or another packed file, no table; save it as"),
        ("a.csv", b"<html><td>1", "is a web page or XML, no table; save it as .csv, in UTF-8"),
        ("a.csv", b"\xff" * 9, "is in no encoding that is known, or damaged; save it"),
        ("a.csv.gz", b"\x1f\x8bnothing", "cannot be read (it is damaged); check it"),
        (
            "a.jsonl",
            b'[\n {\n  "exam": 1\n }\n]',
            "holds no object in any of its lines; write each",
        ),
    ],
)
def test_what_is_no_table_is_told_what_it_is_and_leaves_nothing(tmp_path, name, data, told):
    (tmp_path / name).write_bytes(data)
    line = refusal(tmp_path / name, tmp_path / "r")
    assert line.startswith(f"{name}: {told}")
    assert "\n" not in line
    assert not list((tmp_path / "r").iterdir())


def test_a_refused_table_leaves_no_copy_of_its_words(tmp_path):
    path = write_csv(tmp_path / "a.csv", [{"检查": "1", "词": TOLD}], "gb18030")
    assert "--column text=NAME" in refusal(path, tmp_path / "r")
    assert not list((tmp_path / "r").iterdir())


def test_a_table_without_headings_is_refused_without_a_whole_cell(tmp_path):
    (tmp_path / "a.csv").write_text(f"E1,{NORMAL[:9]}{TOLD}\nE2,x\n", "utf-8")
    assert TOLD not in refusal(tmp_path / "a.csv", tmp_path / "r")


def test_files_of_a_folder_that_nobody_looks_at_are_counted_by_how_they_end(tmp_path):
    write_csv(tmp_path / "a.csv", [REPORT])
    for name in ("2022.xlsx", "2023.XLSX", "all.json", "DICOMDIR", ".hidden.zip", "x.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "inner").mkdir()
    write_csv(tmp_path / "inner" / "b.csv", [REPORT])
    counts = unread_files(sources([str(tmp_path)]))
    assert counts == {".xlsx": 2, ".json": 1, ".csv": 1}
    assert list(_unread(counts)) == [
        "hepaspot: 4 files are not read: 2 .xlsx, 1 .json, 1 .csv; save tables as .csv"
    ]


def test_what_is_told_of_tables_and_files_is_kept_beside_the_result(tmp_path):
    (tmp_path / "in").mkdir()
    write_csv(tmp_path / "in" / "a.csv", [REPORT | {"date": "1/5/2021"}, dict.fromkeys(REPORT, "")])
    (tmp_path / "in" / "b.xlsx").write_text("x")
    run([tmp_path / "in"], tmp_path / "r")
    kept = kept_plan(tmp_path / "r")
    assert kept.unread == {".xlsx": 1}
    (told,) = kept.tables
    assert (told.rows, told.empty, told.days, told.undated) == (2, 1, 1, 1)


def test_a_source_that_was_written_again_is_named(tmp_path):
    path = write_csv(tmp_path / "a.csv", [REPORT])
    before = Plan.of(sources([str(path)]), {}, Setting())
    os.utime(path, ns=(1, 1))
    after = Plan.of(sources([str(path)]), {}, Setting())
    assert before.other_than(after) == "other sources (a.csv was written again since)"


@pytest.mark.parametrize("between", [" ", "_", "-", ""])
def test_columns_are_known_whatever_stands_between_their_words(between):
    present = [name.replace(" ", between) for name in ("Patient ID", "Study Date", "Report Text")]
    found = known_columns(present, {}, "a.csv")
    assert [found[meaning] for meaning in ("person", "date", "text")] == present
