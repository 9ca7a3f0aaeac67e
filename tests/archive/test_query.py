"""A finished audit is asked: usual questions and free SQL, which can read and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("duckdb", reason="needs the extra 'archive'")

import pyarrow.parquet as pq
from archive.archives import table
from archive.reviewed import audited_archive, copied, records
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hepaspot.archive.asking.answers import RowFormat, rows_of, write_rows
from hepaspot.archive.asking.asking import asked
from hepaspot.archive.asking.questions import questions, sql_of
from hepaspot.archive.asking.result import audited
from hepaspot.archive.page.figures import figures_of, opened
from hepaspot.archive.plan import kept_plan
from hepaspot.archive.schema import ERRORS, EXAMS, INPUT, TABLES
from hepaspot.cli.app import app
from hepaspot.cli.asking import SHOWN
from hepaspot.errors import HepaspotError, InputError, MissingInput, OutputError

RUN = CliRunner()


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return audited_archive(tmp_path_factory.mktemp("asked"))


def answer(result, query):
    """Rows of an answer as dicts."""
    with asked(result, query) as reader:
        names = reader.schema.names
        return [dict(zip(names, row, strict=True)) for batch in reader for row in rows_of(batch)]


# ------------------------------------------------------------------------------------ questions


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_every_question_has_a_title_and_is_answered(result, question):
    assert re.fullmatch(r"[A-Z][^.]{10,90}", question.title)
    with asked(result, question.name) as reader:
        assert len(set(reader.schema.names)) == len(reader.schema.names)
        reader.read_all()


def test_prevalence_counts_every_exam_once(result):
    exams = table(result.folder, "exams")
    for question in ("prevalence_by_year", "prevalence_by_age", "prevalence_by_site"):
        rows = answer(result, question)
        assert sum(row["exams"] for row in rows) == len(exams)
        assert sum(row["with_spots"] for row in rows) == sum(row["foci"] > 0 for row in exams)


def test_stones_without_dilated_ducts_are_those_that_were_planted(result):
    planted = {row["exam"] for row in records(100) if "肝内胆管结石" in row["text"]}
    rows = answer(result, "stone_without_dilated_ducts")
    assert {row["exam"] for row in rows} == planted
    assert {row["site"] for row in rows} <= {"S0", "S1", "S2"}


def test_calcifications_with_dilated_ducts_are_those_that_were_planted(result):
    planted = {row["exam"] for row in records(100) if "ducts are dilated" in row["text"]}
    found = {row["exam"] for row in answer(result, "calcification_with_dilated_ducts")}
    assert found == planted


def test_categories_are_counted_as_the_page_counts_them(result):
    rows = answer(result, "categories")
    with opened(result.folder) as base:
        shown = figures_of(base).categories
    columns = ("category", "judgement", "with_spot_or_category", "exams", "duct_statement_missing")
    assert {tuple(row[each] for each in columns) for row in rows} == {
        (each.category, each.judgement, each.with_spot, each.exams, each.no_ducts) for each in shown
    }
    assert len(rows) == len(shown) > 2
    assert sum(row["percent"] for row in rows) == pytest.approx(100, abs=0.1)


def test_alerts_are_counted_as_the_table_has_them(result):
    rows = answer(result, "alerts")
    assert sum(row["alerts"] for row in rows) == len(table(result.folder, "alerts"))
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)


def test_a_question_may_be_written_with_hyphens():
    assert sql_of("Prevalence-by-year") == sql_of("prevalence_by_year")


@pytest.mark.parametrize("table", ["exams", "Foci", "documents"])
def test_the_name_of_a_table_asks_for_all_of_it(result, table):
    assert answer(result, table) == answer(result, f"SELECT * FROM {table}")
    assert answer(result, table)


def test_a_question_that_is_not_there_is_refused_with_the_nearest_one(result):
    words = "^the query: no question has that name; did you mean prevalence_by_year\\?$"
    with pytest.raises(InputError, match=words):
        answer(result, "prevalence_by_yer")


def test_free_sql_sees_all_five_tables(result):
    names = {row["name"] for row in answer(result, "SHOW TABLES")}
    assert names == {"exams", "foci", "alerts", "errors", "documents"}
    rows = answer(result, "SELECT count(*) AS n FROM documents WHERE text LIKE '%结石%'")
    assert rows == [{"n": 20}]


def test_the_tables_are_told_with_what_each_column_holds(result):
    rows = answer(result, "tables")
    for name, schema in {**TABLES, "documents": INPUT}.items():
        told = [(row["column"], row["what"]) for row in rows if row["table"] == name]
        assert told == [(each.name, each.metadata[b"what"].decode()) for each in schema]
        assert [row["column"] for row in rows if row["table"] == name] == [
            row["column_name"] for row in answer(result, f"DESCRIBE {name}")
        ]
    assert len(rows) <= SHOWN


# ---------------------------------------------------------------------------------- read-only


HARMFUL = [
    "COPY exams TO '{at}/out.csv'",
    "COPY exams TO '{result}/exams.parquet' (FORMAT parquet)",
    "EXPORT DATABASE '{at}'",
    "CREATE TABLE t AS SELECT 1",
    "DROP VIEW exams",
    "DELETE FROM exams",
    "ATTACH '{at}/other.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '1TB'",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "SELECT 1; COPY exams TO '{at}/out.csv'",
    "PREPARE p AS SELECT 1",
    "USE memory",
    "",
    "-- nothing",
]
REACHING = [
    "SELECT * FROM read_csv('{at}/secret.csv')",
    "SELECT * FROM read_text('{at}/secret.csv')",
    "SELECT * FROM '{at}/secret.csv'",
    "SELECT * FROM glob('{at}/*')",
    "SELECT * FROM parquet_metadata('{at}/secret.csv')",
    "SELECT * FROM sniff_csv('{at}/secret.csv')",
    "SELECT * FROM 'https://example.org/x.parquet'",
    "SELECT * FROM read_blob('{result}/audit.json')",
    "SELECT * FROM enable_logging(storage='file', storage_config={{'path': '{at}/log'}})",
    "SELECT * FROM query('SELECT * FROM read_text(''{at}/secret.csv'')')",
    "SELECT * FROM query_table('{at}/secret.csv')",
    "SELECT * FROM test_reader",
]


@pytest.mark.parametrize("sql", HARMFUL)
def test_only_one_select_is_run(result, tmp_path, sql):
    before = (result.folder / "exams.parquet").read_bytes()
    with pytest.raises(InputError, match=r"^the query: [^\n]+$"):
        answer(result, " " + sql.format(at=tmp_path, result=result.folder) + " ")
    assert not list(tmp_path.iterdir())
    assert (result.folder / "exams.parquet").read_bytes() == before


@pytest.mark.parametrize("sql", REACHING)
def test_no_other_file_and_no_network_can_be_reached(result, tmp_path, sql):
    (tmp_path / "secret.csv").write_text("a,b\nthe-secret,2\n")
    test_reader = [1]  # a variable of this frame, which a query must not see
    with pytest.raises(HepaspotError, match=r"^the query: [^\n]+$") as caught:
        answer(result, sql.format(at=tmp_path, result=result.folder))
    assert "the-secret" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]
    assert test_reader


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELEC 1 FROM exams", 'the query: syntax error at or near "SELEC"; correct it'),
        (
            "SELECT nope FROM exams",
            'the query: Referenced column "nope" not found in FROM clause; exams has '
            + ", ".join(EXAMS.names),
        ),
        (
            "SELECT e.nope, o.text FROM errors AS e, documents AS o",
            'the query: Values list "e" does not have a column named "nope"; errors has '
            f"{', '.join(ERRORS.names)}; documents has {', '.join(INPUT.names)}",
        ),
        (
            "WITH t AS (SELECT 1 AS a) SELECT nope FROM t",
            'the query: Referenced column "nope" not found in FROM clause; correct it',
        ),
        (
            "SELECT * FROM nowhere",
            "the query: Table with name nowhere does not exist; the tables are exams, foci, "
            "alerts, errors, documents",
        ),
        (
            "SELECT text::INTEGER FROM documents",
            "the query: a value does not fit what is done with it; use try_cast, or leave it out",
        ),
    ],
)
def test_a_wrong_query_is_told_in_one_line(result, sql, words):
    with pytest.raises(InputError, match=f"^{re.escape(words)}$"):
        answer(result, sql)


@pytest.mark.parametrize(
    "expression",
    [
        "text::INTEGER",
        "text::DATE",
        "text::JSON",
        "error(text)",
        "strptime(text, '%Y')",
        "(CASE WHEN exam > 'E00090' THEN text ELSE '1' END)::INTEGER",
        "regexp_matches('a', text || '(')",
    ],
)
def test_no_word_of_a_report_stands_in_an_error(result, expression):
    with pytest.raises(HepaspotError) as caught:
        answer(result, f"SELECT {expression} FROM documents")
    assert not re.search(r"[\u4e00-\u9fff]|echogenic|calcification", str(caught.value))


def test_a_query_that_needs_too_much_memory_says_so(result):
    sql = "SELECT string_agg(a.text || b.text || c.text, '') FROM documents a, documents b, documents c"
    with pytest.raises(OutputError, match="needs more memory or disk than it may have"):
        answer(result, sql)


# -------------------------------------------------------------------------------------- files


@given(
    st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=8)), max_size=6)
)
def test_what_is_written_reads_back_the_same(values):
    import pyarrow as pa

    batch = pa.RecordBatch.from_pydict(
        {"n": pa.array(range(len(values))), "v": pa.array(values, pa.string())}
    )
    table_ = pa.Table.from_batches([batch])
    for format in RowFormat:
        reader = table_.to_reader()
        buffer = io.BytesIO()
        from hepaspot.archive.asking import answers

        assert answers._WRITERS[format](reader, buffer) == len(values)
        data = buffer.getvalue()
        if format is RowFormat.PARQUET:
            assert pq.read_table(io.BytesIO(data)).to_pylist() == table_.to_pylist()
        elif format is RowFormat.JSONL:
            told = [json.loads(line) for line in data.decode().split("\n") if line]
            assert told == table_.to_pylist()
        else:
            told = list(csv.reader(io.StringIO(data.decode(), newline="")))
            assert told[0] == ["n", "v"]
            assert [row[1] for row in told[1:]] == [value or "" for value in values]


def test_the_ending_of_a_file_tells_the_form(result, tmp_path):
    for name in ("rows.csv", "rows.jsonl", "rows.parquet"):
        done = RUN.invoke(
            app, ["query", str(result.folder), "alerts", "-o", str(tmp_path / "in" / name)]
        )
        assert done.exit_code == 0, done.output
    assert (tmp_path / "in/rows.csv").read_bytes().startswith(b"\xef\xbb\xbfrank,alert,"), (
        "Excel reads it as UTF-8"
    )
    assert pq.read_table(tmp_path / "in/rows.parquet").num_rows == len(
        (tmp_path / "in/rows.jsonl").read_text().splitlines()
    )


def test_nothing_in_the_result_is_replaced(result, tmp_path):
    for name in ("exams.parquet", "new.csv", "reviews/x.csv"):
        path = result.folder / name
        with (
            asked(result, "SELECT 1 AS one") as reader,
            pytest.raises(OutputError, match="lies in the result; choose another -o"),
        ):
            write_rows(reader, RowFormat.CSV, path, result.folder)
        assert name == "exams.parquet" or not path.exists()


def test_a_query_that_fails_midway_leaves_no_file(result, tmp_path):
    sql = "SELECT (CASE WHEN range > 90000 THEN 'x' ELSE '1' END)::INTEGER FROM range(100000)"
    with pytest.raises(InputError), asked(result, sql) as reader:
        write_rows(reader, RowFormat.CSV, tmp_path / "rows.csv", result.folder)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells no peak memory")
def test_rows_stream_in_bounded_memory(result):
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from hepaspot.archive.asking.result import audited\n"
        "from hepaspot.archive.asking.asking import asked\n"
        "from hepaspot.archive.asking.answers import RowFormat, write_rows\n"
        "sql = \"SELECT range AS n, repeat('x', 400) AS t FROM range(1500000)\"\n"
        "result = audited(Path(sys.argv[1]))\n"
        "with asked(result, sql) as reader:\n"
        "    print(write_rows(reader, RowFormat.PARQUET, Path(sys.argv[2]), result.folder))\n"
        "told = Path('/proc/self/status').read_text()\n"
        "print(told.split('VmHWM:')[1].split()[0])\n"
    )
    with_file = subprocess.run(
        [
            sys.executable,
            "-c",
            program,
            str(result.folder),
            str(result.folder.parent / "r.parquet"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    rows, peak_kib = map(int, with_file.stdout.split())
    assert rows == 1_500_000
    assert peak_kib < 260 * 1024, "600 MB of rows"


# ----------------------------------------------------------------------------------- terminal


def test_without_a_question_they_are_listed(result):
    done = RUN.invoke(app, ["query", str(result.folder)], env={"COLUMNS": "80"})
    assert done.exit_code == 0
    assert all(question.name in done.output for question in questions())
    assert "What their columns hold: hepaspot query RESULT tables" in done.output
    assert max(map(len, done.output.splitlines())) <= 80


def test_an_answer_is_a_table_within_the_terminal(result):
    for question in questions():
        done = RUN.invoke(app, ["query", str(result.folder), question.name], env={"COLUMNS": "80"})
        assert done.exit_code == 0, done.output
        assert max(map(len, done.output.splitlines())) <= 80


def test_words_of_a_report_cannot_steer_the_terminal(result):
    done = RUN.invoke(app, ["query", str(result.folder), "SELECT chr(27) || '[2J[red]x' AS a"])
    assert "\x1b[2J" not in done.output
    assert "[2J[red]x" in done.output


def test_a_long_answer_says_that_there_is_more(result):
    done = RUN.invoke(app, ["query", str(result.folder), "SELECT * FROM range(5000)"])
    assert "The first 100 rows. All of them: --format csv" in done.output


def test_a_wrong_query_ends_with_its_line_and_code(result):
    done = RUN.invoke(app, ["query", str(result.folder), "SELECT nope FROM exams"])
    assert done.exit_code == 3
    assert done.output.count("\n") == 1


def test_an_ending_that_is_no_form_is_told_with_those_that_are(result, tmp_path):
    done = RUN.invoke(app, ["query", str(result.folder), "alerts", "-o", str(tmp_path / "x.xlsx")])
    assert done.exit_code == 2
    assert "x.xlsx: write .csv, .jsonl or .parquet, or say the form with --format" in done.output
    assert not list(tmp_path.iterdir())


def test_one_row_is_not_called_rows(result, tmp_path):
    words = ["query", str(result.folder), "SELECT 1 AS one", "-o", str(tmp_path / "x.csv")]
    assert "1 row: " in RUN.invoke(app, words).output


def test_parquet_needs_a_file(result):
    done = RUN.invoke(app, ["query", str(result.folder), "alerts", "--format", "parquet"])
    assert done.exit_code == 2
    assert "parquet goes into a file" in done.output


# ------------------------------------------------------------------------------------ results


def test_a_folder_that_is_no_finished_audit_is_refused(result, tmp_path):
    with pytest.raises(MissingInput, match="there is no such folder; name the result of an audit"):
        audited(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no audit; run hepaspot audit first"):
        audited(tmp_path)
    import msgspec

    plan = kept_plan(result.folder)
    msgspec.structs.replace(plan, done=False).keep(tmp_path)
    with pytest.raises(InputError, match="its audit is not finished; give its command again"):
        audited(tmp_path)
    plan.keep(tmp_path)
    with pytest.raises(MissingInput, match=r"exams\.parquet: is gone from the result"):
        audited(tmp_path)


def test_a_damaged_table_is_told_in_one_line(result, tmp_path):
    other = copied(result, tmp_path / "other")
    (other.folder / "foci.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(InputError, match=r"foci\.parquet: cannot be read; audit anew$"):
        answer(other, "SELECT 1 AS one")


def test_a_folder_with_a_quote_in_its_name_can_be_asked(result, tmp_path):
    other = copied(result, tmp_path / "it's")
    assert answer(other, "SELECT count(*) AS n FROM exams") == [{"n": 100}]
