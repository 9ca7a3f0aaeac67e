"""An audit of a synthetic archive finds what was planted in it, and little else."""

from __future__ import annotations

from datetime import date

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from archive.planted import audited, names, table
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from hepaspot.archive.alerts import ranks
from hepaspot.archive.synthetic.passages import Role, marked, unmarked
from hepaspot.archive.synthetic.rates import usual_rates
from hepaspot.archive.synthetic.writing import Wanted, write_archive
from hepaspot.cli.app import app
from hepaspot.errors import InputError

RECALL = 0.98
FALSE_PER_1000 = 2.0
REPORTS = 3000
PICTURED = {"wide_duct_in_picture", "picture_disagrees", "size_mismatch"}
"""What takes a picture to find; an archive of words has none of it."""


@pytest.fixture(scope="module")
def score(tmp_path_factory):
    return audited(tmp_path_factory.mktemp("planted"), Wanted(REPORTS, seed=23, rate=8))


def test_planted_contradictions_are_found(score):
    assert score.recall >= RECALL, score.lines()


def test_each_kind_of_contradiction_is_planted_and_found(score):
    assert set(score.planted) == set(ranks()) - PICTURED
    for kind, planted in score.planted.items():
        # of a kind planted some dozen times one may be missed
        assert score.found[kind] >= min(planted - 1, RECALL * planted), (kind, score.misses)


def test_clean_reports_raise_hardly_an_alert(score):
    assert score.clean > 0.8 * REPORTS
    assert score.false_per_1000 <= FALSE_PER_1000, score.cries


def test_an_alert_at_other_words_is_not_counted_as_found():
    planted = {
        "first": [{"start": 10, "end": 14}],
        "second": [{"start": 30, "end": 40}],
        "prior": None,
    }
    alert = {"first_start": 12, "first_end": 20, "second_start": 30, "second_end": 31}
    alert["prior"] = None

    assert names(alert, planted)
    assert not names(alert | {"first_start": 14}, planted)
    assert not names(alert | {"second_start": None}, planted)
    assert not names(alert | {"prior": "another exam"}, planted)


def test_truth_names_words_that_stand_in_the_report(tmp_path):
    write_archive(tmp_path, Wanted(1500, seed=4, rate=6))
    texts = {row["exam"]: row["text"] for row in table(tmp_path, "reports")}

    named = 0
    for row in table(tmp_path, "truth"):
        of_second = row["prior"] or row["exam"]
        for exam, side in ((row["exam"], "first"), (of_second, "second")):
            for passage in row[side] or ():
                named += 1
                assert texts[exam][passage["start"] : passage["end"]] == passage["words"]
        assert row["kind"] is None or row["first"]
    assert named > 200


def test_every_exam_is_in_the_truth_and_is_clean_or_not(tmp_path):
    write_archive(tmp_path, Wanted(1200, seed=5))
    kinds = {}
    for row in table(tmp_path, "truth"):
        kinds.setdefault(row["exam"], set()).add(row["kind"])

    assert {row["exam"] for row in table(tmp_path, "reports")} == set(kinds)
    assert len(kinds) == 1200
    assert all(None not in each or len(each) == 1 for each in kinds.values())


def test_an_earlier_exam_is_of_the_same_person_and_older(tmp_path):
    write_archive(tmp_path, Wanted(2500, seed=6, rate=8))
    reports = {row["exam"]: row for row in table(tmp_path, "reports")}
    since = [row for row in table(tmp_path, "truth") if row["prior"]]

    assert {row["kind"] for row in since} == {
        "dilated_since_prior",
        "larger_since_prior",
        "name_changed_since_prior",
    }
    for row in since:
        now, then = reports[row["exam"]], reports[row["prior"]]
        assert now["person"] == then["person"]
        assert now["date"] > then["date"]
        assert now["site"] == then["site"]


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path):
    paths = [
        write_archive(tmp_path / name, Wanted(300, seed=seed))
        for name, seed in (("a", 7), ("b", 7), ("c", 8))
    ]
    first, again, other = (path.read_bytes() for path in paths)

    assert first == again
    assert first != other


def test_a_longer_archive_begins_with_the_shorter_one(tmp_path):
    write_archive(tmp_path / "short", Wanted(5000, seed=2))
    write_archive(tmp_path / "long", Wanted(5400, seed=2))

    assert table(tmp_path / "long", "reports")[:5000] == table(tmp_path / "short", "reports")


def test_most_reports_of_a_check_up_have_no_spot_and_no_contradiction(tmp_path):
    write_archive(tmp_path, Wanted(4000, seed=3))
    truth = table(tmp_path, "truth")
    spots = {row["exam"] for row in truth if row["spot"] in {"calcification", "stone"}}
    clean = [row for row in truth if row["kind"] is None]

    assert 0.04 < len(spots) / 4000 < 0.12
    assert len(clean) > 0.9 * 4000


def test_rates_multiply_contradictions_and_nothing_else():
    usual, more = usual_rates(), usual_rates().times(3)

    assert more.planted["name_mismatch"] == pytest.approx(3 * usual.planted["name_mismatch"])
    assert more.spot == usual.spot
    assert max(more.planted.values()) < 1


def test_none_is_planted_at_a_rate_of_nothing(tmp_path):
    write_archive(tmp_path, Wanted(1000, seed=9, rate=0))

    assert {row["kind"] for row in table(tmp_path, "truth")} == {None}


def test_an_archive_as_csv_holds_the_same_reports(tmp_path):
    path = write_archive(tmp_path / "csv", Wanted(200, seed=1, as_csv=True))
    write_archive(tmp_path / "parquet", Wanted(200, seed=1))

    texts = pa_csv.read_csv(
        path, parse_options=pa_csv.ParseOptions(newlines_in_values=True)
    ).column("text")
    assert texts.to_pylist() == [row["text"] for row in table(tmp_path / "parquet", "reports")]


def test_a_language_is_kept_to(tmp_path):
    write_archive(tmp_path / "en", Wanted(200, seed=1, language="en"))
    write_archive(tmp_path / "zh", Wanted(200, seed=1, language="zh"))

    assert all(row["text"].isascii() for row in table(tmp_path / "en", "reports"))
    assert all(max(row["text"]) >= "\u4e00" for row in table(tmp_path / "zh", "reports"))


def test_a_picture_and_its_report_are_one_exam(tmp_path):
    pydicom = pytest.importorskip("pydicom")
    pytest.importorskip("cv2")
    path = write_archive(tmp_path, Wanted(6, 2, seed=3))
    rows = pq.read_table(path).to_pylist()
    pictured = [row for row in rows if row["path"]]

    assert len(pictured) == 2
    for row in pictured:
        words = [r for r in rows if r["exam"] == row["exam"] and r["text"]]
        data = pydicom.dcmread(row["path"], stop_before_pixels=True)
        assert len(words) == 1
        assert words[0]["person"] == row["person"] == data.PatientID
        assert row["exam"] == data.StudyInstanceUID
        day = date.fromisoformat(f"{data.StudyDate[:4]}-{data.StudyDate[4:6]}-{data.StudyDate[6:]}")
        assert row["date"] == day


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(0), r"^reports: 0 cannot be made; give a number from 1 to 1000000$"),
        (Wanted(3, 4), r"^phantoms: 4 cannot be made; give no more than there are reports$"),
        (Wanted(3, language="fr"), r"no reports are written in 'fr'; give en, zh or both$"),
        (Wanted(3, rate=-1), r"^rate and seed: must be at least 0; give larger ones$"),
    ],
)
def test_what_cannot_be_made_is_refused_in_one_line(tmp_path, wanted, said):
    with pytest.raises(InputError, match=said):
        write_archive(tmp_path, wanted)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(Role)), st.text("ab，。 \n", max_size=8))))
def test_marks_go_and_leave_their_passages_behind(pieces):
    text = "x".join(marked(role, f"<{marked(Role.SIZE, words)}>") for role, words in pieces)

    plain, passages = unmarked(text)

    assert plain == "x".join(f"<{words}>" for _, words in pieces)
    for found in passages.values():
        for start, end, words in found:
            assert plain[start:end] == words
    assert sum(map(len, passages.values())) == len(pieces) + sum(bool(w) for _, w in pieces)


def test_the_command_names_the_tables_it_wrote(tmp_path):
    answer = CliRunner().invoke(
        app, ["synthetic", str(tmp_path / "made"), "--reports", "40", "--table", "csv"]
    )

    assert answer.exit_code == 0
    assert answer.stdout.split() == [
        str(tmp_path / "made" / "reports.csv"),
        str(tmp_path / "made" / "truth.parquet"),
    ]
    assert len({row["exam"] for row in table(tmp_path / "made", "truth")}) == 40


def test_the_command_refuses_what_cannot_be_made(tmp_path):
    answer = CliRunner().invoke(app, ["synthetic", str(tmp_path), "--reports", "2000000"])

    assert answer.exit_code == 3
    assert "2000000 cannot be made; give a number from 1 to 1000000" in answer.stderr
