"""A filled sheet is read back into figures with honest intervals, and a wrong one is refused."""

from __future__ import annotations

import csv
import json
import random
import re
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("duckdb", reason="needs the extra 'archive'")

from archive.archives import table
from archive.reviewed import (
    ALERT,
    audited_archive,
    copied,
    drawn,
    fill,
    key_of,
    rows_of,
    truthful,
    with_alert,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hepaspot.archive.asking.answering import (
    ANSWERS,
    COLUMNS,
    HEADINGS,
    answers,
    meant,
    problems,
)
from hepaspot.archive.asking.calibration import Weighed, reliability
from hepaspot.archive.asking.figures import agreement, figures, weighed_spots, weights
from hepaspot.archive.asking.filled import filled
from hepaspot.archive.asking.intervals import (
    Counted,
    effective,
    kappa,
    sensitivity,
    wilson,
)
from hepaspot.archive.asking.plotting import plot
from hepaspot.cli.app import app
from hepaspot.errors import EmptyInput, InputError, MissingInput, UnreadableInput
from hepaspot.exam import Entity

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@st.composite
def layers(draw):
    found, decided = draw(COUNTS)
    return Counted(decided + draw(st.integers(0, 100_000)), decided, found)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return audited_archive(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture(scope="module")
def made(result, tmp_path_factory):
    return drawn(result, tmp_path_factory.mktemp("sheet"))[0]


# ----------------------------------------------------------------------------------- intervals


@given(COUNTS)
def test_a_share_lies_in_its_interval_and_the_interval_in_0_to_1(counted):
    found, n = counted
    share = wilson(found, n)
    assert 0 <= share.low <= share.value <= share.high <= 1
    assert share.value == found / n
    assert share.low < share.high


@given(COUNTS)
def test_a_share_and_what_is_left_of_it_mirror_each_other(counted):
    found, n = counted
    share, rest = wilson(found, n), wilson(n - found, n)
    assert share.low == pytest.approx(1 - rest.high)
    assert share.high == pytest.approx(1 - rest.low)


@given(COUNTS, st.integers(2, 20))
def test_more_of_the_same_narrows_the_interval(counted, times):
    found, n = counted
    assume(3 < found < n - 3)  # the ends for very few cases are another formula
    one, many = wilson(found, n), wilson(found * times, n * times)
    assert many.high - many.low < one.high - one.low


@pytest.mark.parametrize(
    ("found", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)],
)
def test_the_score_interval_is_that_of_the_textbook(found, n, low, high):
    """Newcombe RG. Stat Med 1998;17:857-872, table I, method 3."""
    share = wilson(found, n)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


@pytest.mark.parametrize("truth", [0.02, 0.1, 0.5, 0.93])
@pytest.mark.parametrize("n", [17, 50, 200])
def test_a_share_is_inside_its_interval_about_as_often_as_it_says(truth, n):
    draw = random.Random(f"{truth} {n}")
    held = 0
    for _ in range(1000):
        share = wilson(sum(draw.random() < truth for _ in range(n)), n)
        held += share.low <= truth <= share.high
    assert 0.92 < held / 1000 <= 1


@given(layers(), st.lists(layers(), min_size=1, max_size=3))
def test_a_sensitivity_lies_in_its_interval(flagged, clean):
    found = sensitivity(flagged, clean)
    assume(found is not None)
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    alerted = flagged.weight * flagged.found
    missed = sum(layer.weight * layer.found for layer in clean)
    assert found.value == pytest.approx(alerted / (alerted + missed))


@given(layers(), st.lists(layers(), min_size=1, max_size=3))
def test_what_is_missed_more_lowers_the_sensitivity(flagged, clean):
    first, *others = clean
    assume(first.found < first.decided and flagged.found)
    worse = Counted(first.size, first.decided, first.found + 1)
    before, after = sensitivity(flagged, clean), sensitivity(flagged, [worse, *others])
    assert after.value < before.value
    assert after.low <= before.low + 1e-9


def test_with_nothing_missed_the_lower_end_says_how_little_was_looked_at():
    few = sensitivity(Counted(300, 50, 45), [Counted(5000, 50, 0)])
    many = sensitivity(Counted(300, 50, 45), [Counted(5000, 2000, 0)])
    assert few.value == many.value == few.high == 1
    assert few.low < 0.5
    assert many.low > 0.9


def test_without_a_problem_anywhere_there_is_no_sensitivity():
    assert sensitivity(Counted(10, 5, 0), [Counted(90, 20, 0)]) is None


@pytest.mark.parametrize(
    ("shares", "decided"),
    [
        ((0.9, 0.02, 0.01, 0.002), (50, 17, 17, 16)),
        ((0.9, 0.02, 0.01, 0.002), (100, 100, 100, 100)),
        ((0.6, 0.10, 0.05, 0.02), (50, 17, 17, 16)),
        ((0.8, 0.20, 0.10, 0.10), (50, 50, 50, 50)),
    ],
)
def test_the_sensitivity_of_simulated_reviews_is_recovered_at_its_nominal_rate(shares, decided):
    sizes = (300, 2700, 1800, 1200)
    totals = [size * share for size, share in zip(sizes, shares, strict=True)]
    truth = totals[0] / sum(totals)
    draw = random.Random(f"{shares} {decided}")
    held, times = 0, 400
    for _ in range(times):
        flagged, *clean = (
            Counted(size, n, sum(draw.random() < share for _ in range(n)))
            for size, share, n in zip(sizes, shares, decided, strict=True)
        )
        found = sensitivity(flagged, clean)
        held += found is not None and found.low <= truth <= found.high
    assert 0.92 < held / times <= 1


PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60)


@given(PAIRS)
def test_agreement_lies_in_its_interval_and_does_not_ask_who_is_first(pairs):
    found = kappa(pairs)
    assume(found is not None)
    assert -1 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1
    assert kappa([(b, a) for a, b in pairs]) == pytest.approx(found)


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=40))
def test_who_always_agrees_has_a_kappa_of_1(said):
    assume(len(set(said)) > 1)
    assert kappa([(each, each) for each in said]) == pytest.approx((1, 1, 1))


def test_kappa_and_its_error_are_those_of_fleiss_cohen_and_everitt():
    """Their worked example of 1969: 200 subjects, kappa 0.429, standard error 0.054."""
    table = {
        ("1", "1"): 53, ("1", "2"): 5, ("1", "3"): 2,
        ("2", "1"): 11, ("2", "2"): 14, ("2", "3"): 5,
        ("3", "1"): 1, ("3", "2"): 6, ("3", "3"): 3,
    }  # fmt: skip
    pairs = [pair for pair, count in table.items() for _ in range(2 * count)]
    found = kappa(pairs)
    assert found.value == pytest.approx(0.429, abs=5e-4)
    assert (found.high - found.low) / 2 / 1.96 == pytest.approx(0.054, abs=5e-4)


def test_where_both_say_one_thing_there_is_no_kappa():
    assert kappa([(True, True)] * 9) is None
    assert kappa([]) is None


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=30))
def test_unequal_weights_are_worth_no_more_than_equal_ones(given_weights):
    assert 1 - 1e-9 <= effective(given_weights) <= len(given_weights) + 1e-9
    assert effective([3.0] * len(given_weights)) == pytest.approx(len(given_weights))


@st.composite
def spots(draw):
    p = draw(st.floats(0, 1))
    told = {Entity.CALCIFICATION: p, Entity.DUCT_STONE: 1 - p}
    return Weighed(told, draw(st.sampled_from(list(told))), draw(st.floats(0.5, 200)))


@given(st.lists(spots(), max_size=40))
def test_every_spot_is_in_one_bin_whose_ends_hold_its_probability(found):
    bins = reliability(found, Entity.CALCIFICATION)
    assert sum(each.spots for each in bins) == len(found)
    for each in bins:
        assert each.low - 1e-9 <= each.told <= each.high + 1e-9
        assert each.seen.low <= each.seen.value <= each.seen.high


def test_a_calibrated_reader_lies_on_the_line():
    draw = random.Random(4)
    found = []
    for _ in range(4000):
        p = draw.random()
        named = Entity.CALCIFICATION if draw.random() < p else Entity.DUCT_STONE
        found.append(Weighed({Entity.CALCIFICATION: p}, named, 1.0))
    bins = reliability(found, Entity.CALCIFICATION)
    assert len(bins) == 5
    assert all(abs(each.seen.value - each.told) < 0.06 for each in bins)


# -------------------------------------------------------------------------------- read back


def test_a_truthful_review_finds_the_alert_right_and_nothing_missed(result, made):
    found = figures(result, filled(result, fill(made.sheet, truthful())))
    assert found.precision.value == found.sensitivity.value == 1
    assert 0.6 < found.precision.low < 1
    assert found.open_rows == found.undecided == 0
    flagged = next(layer for layer in found.layers if layer.stratum == "alert")
    assert (flagged.size, flagged.decided, flagged.found) == (len(with_alert(result)), 12, 12)


def test_a_reviewer_who_finds_half_of_the_alerts_wrong_halves_the_precision(result, made):
    key = key_of(made)
    flagged = [row["row"] for row in key["rows"] if row["stratum"] == "alert"]
    right = set(flagged[:6])
    path = fill(made.sheet, lambda row: {"problems": ALERT if row["row"] in right else "none"})
    found = figures(result, filled(result, path))
    assert found.precision.value == 0.5
    assert found.precision.low < 0.5 < found.precision.high


def test_a_miss_counts_by_the_exams_that_it_stands_for(result, made):
    key = key_of(made)
    missed = next(row["row"] for row in key["rows"] if row["stratum"] == "no_spot")
    flagged = {row["row"] for row in key["rows"] if row["stratum"] == "alert"}
    path = fill(
        made.sheet,
        lambda row: {"problems": ALERT if row["row"] in {missed, *flagged} else "none"},
    )
    shown = sum(row["stratum"] == "no_spot" for row in key["rows"])
    alerted, each = key["sizes"]["alert"], key["sizes"]["no_spot"] / shown
    found = figures(result, filled(result, path))
    assert found.sensitivity.value == pytest.approx(alerted / (alerted + each))


def test_weights_add_up_to_the_population(result, made):
    sheet = filled(result, fill(made.sheet, truthful()))
    all_rows = [drawn_.row for drawn_ in sheet.key.rows]
    assert sum(weights(sheet, all_rows).values()) == pytest.approx(sum(sheet.key.sizes.values()))
    ordered = sorted(sheet.key.rows, key=lambda drawn_: drawn_.stratum)
    strata = groupby(ordered, key=lambda drawn_: drawn_.stratum)
    half = [drawn_.row for _, group in strata for drawn_ in list(group)[::2]]
    assert {d.stratum for d in sheet.key.rows if d.row in half} == {
        d.stratum for d in sheet.key.rows
    }
    assert sum(weights(sheet, half).values()) == pytest.approx(sum(sheet.key.sizes.values()))


def test_an_undecided_row_counts_for_nothing(result, made):
    path = fill(made.sheet, lambda row: {**truthful()(row), "problems": "unsure"})
    found = figures(result, filled(result, path))
    assert found.undecided == 30
    assert found.precision is None
    assert found.sensitivity is None


def test_a_sheet_half_filled_is_read_and_says_what_is_open(result, made):
    kept = {row["row"] for row in rows_of(made.sheet)[:20]}
    left_open = fill(made.sheet, lambda row: truthful()(row) if row["row"] in kept else {})
    cut = fill(
        made.sheet,
        lambda row: truthful()(row) if row["row"] in kept else None,
        left_open.with_name("cut.csv"),
    )
    for path in (left_open, cut):
        sheet = filled(result, path)
        assert sheet.open_rows == 10
        assert sum(layer.decided for layer in figures(result, sheet).layers) == 20


def test_a_layer_that_nobody_decided_leaves_the_sensitivity_open(result, made):
    clean = {row["row"] for row in key_of(made)["rows"] if row["stratum"] == "spot"}
    path = fill(made.sheet, lambda row: {} if row["row"] in clean else truthful()(row))
    found = figures(result, filled(result, path))
    assert found.precision.value == 1
    assert found.sensitivity is None
    done = CliRunner().invoke(app, ["review", str(result.folder), str(path)])
    assert "not one exam of the layer spot is decided" in done.output


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16"])
def test_what_a_spreadsheet_makes_of_it_is_read(result, made, encoding, delimiter):
    plain = figures(result, filled(result, fill(made.sheet, truthful())))
    path = fill(made.sheet, truthful(), encoding=encoding, delimiter=delimiter)
    assert figures(result, filled(result, path)) == plain._replace(name=path.name)


def test_sorted_rows_give_the_same_figures(result, made):
    plain = figures(result, filled(result, fill(made.sheet, truthful())))
    path = fill(made.sheet, truthful())
    rows = rows_of(path)[::-1]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert figures(result, filled(result, path)) == plain


def test_the_answers_of_the_page_need_no_reports(result, made):
    path = fill(made.sheet, truthful())
    lines = [
        ",".join(row[name] for name in ("sheet", "row", "problems", "spot", "proven"))
        for row in rows_of(path)
    ]
    path.write_text("\n".join(["sheet,row,problems,spot,proven", *lines]), "utf-8")
    assert figures(result, filled(result, path)).precision.value == 1


@pytest.mark.parametrize(
    "cell",
    [f"{ALERT};name_mismatch", f"{ALERT}；name_mismatch", f" {ALERT.upper()}, name_mismatch "],
)
def test_several_problems_are_told_apart_however_they_are_joined(result, made, cell):
    path = fill(made.sheet, lambda row: {"problems": cell}, delimiter="\t")
    answers = filled(result, path).answers.values()
    assert {answer.problems for answer in answers} == {frozenset({ALERT, "name_mismatch"})}


CHINESE = {
    "none": "无",
    "calcification_with_dilatation": "诊断钙化但胆管扩张",
    ALERT: "诊断结石但胆管不扩张",
    "duct_stone": "肝内胆管结石",
    "calcification": "钙化",
    "no_spot": "无强回声灶",
}


@pytest.mark.parametrize(
    ("yes", "no"), [("yes", "no"), ("Y", "N"), ("是", "否"), ("有", "无"), ("ＹＥＳ", "ｎ")]
)
def test_answers_in_chinese_mean_the_same_as_in_english(result, made, yes, no):
    names = iter(range(1000))

    def english(row):
        return {**truthful()(row), "proven": ("yes", "no")[next(names) % 2]}

    def chinese(row):
        cells = english(row)
        told = {name: CHINESE[cells[name]] for name in ("problems", "spot")}
        return {**told, "proven": {"yes": yes, "no": no}[cells["proven"]]}

    plain = filled(result, fill(made.sheet, english))
    again = filled(result, fill(made.sheet, chinese, encoding="gb18030"))
    assert again.answers == plain.answers
    assert {answer.proven for answer in again.answers.values()} == {True, False}


@pytest.mark.parametrize("column", ANSWERS)
def test_each_answer_has_one_chinese_word_that_is_read_as_it(column):
    told = answers(column)
    assert len(set(told.values())) == len(told)
    for answer, word in told.items():
        assert meant(column, word) == meant(column, f" {answer.upper()} ") == answer
        assert len(re.split(r"[;；,，、|\s]+", word)) == 1, "stays one word in a list of them"


def test_several_problems_may_be_told_in_both_languages(result, made):
    path = fill(made.sheet, lambda row: {"problems": "肝叶不一致；NAME_mismatch"}, delimiter="\t")
    found = filled(result, path).answers.values()
    assert {answer.problems for answer in found} == {frozenset({"side_mismatch", "name_mismatch"})}


def test_nothing_is_wrong_and_a_problem_do_not_go_together_in_chinese_either(result, made):
    path = fill(made.sheet, spoiled({"problems": "无;肝叶不一致"}))
    with pytest.raises(InputError, match="row 5: problems says none or unsure and more"):
        filled(result, path)


def test_chinese_headings_are_read(result, made):
    path = fill(made.sheet, truthful())
    plain = filled(result, path).answers
    heading, rest = path.read_text("utf-8-sig").split("\n", 1)
    names = {english: chinese for chinese, english in HEADINGS.items()}
    assert set(names) == set(COLUMNS)
    heading = ",".join(names[each] for each in heading.strip().split(","))
    path.write_text(f"{heading}\n{rest}", "utf-8")
    assert filled(result, path).answers == plain


def test_a_column_that_somebody_added_does_not_replace_one_of_the_sheet(result, made):
    path = fill(made.sheet, truthful())
    plain = filled(result, path).answers
    rows = [{**row, "问题": "看看"} for row in rows_of(path)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert filled(result, path).answers == plain


USE = (
    f"use none, unsure, {', '.join(problems())} (无, 不确定, 诊断钙化但胆管扩张, "
    "超声提示未提胆管扩张, "
)


def spoiled(cells, at=3):
    """Fill truthfully, but spoil one row."""
    count = iter(range(1000))
    return lambda row: {**truthful()(row), **(cells if next(count) == at else {})}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"problems": "Zhang San"}, f"row 5: problems holds a word that is no answer; {USE}"),
        (
            {"problems": "side_mismatch;name_mismach"},
            f'row 5: problems holds the word "name_mismach" that is no answer; {USE}',
        ),
        ({"problems": f"none;{ALERT}"}, "row 5: problems says none or unsure and more; leave one"),
        ({"spot": "Zhang"}, "row 5: spot must be one of calcification, duct_stone, duct_gas, "),
        ({"proven": "perhaps"}, "row 5: proven must be one of yes, no (是, 否)"),
        (
            {"spot": "囊肿"},
            "row 5: spot must be one of calcification, duct_stone, duct_gas, other, cannot_tell, "
            "several, no_spot (钙化, 肝内胆管结石, 胆管积气, 其他, 无法判断, 多个且性质不同, "
            "无强回声灶)",
        ),
        ({"row": "bcdfghjk"}, "row 5: is none of the sheet; take out what was added"),
        ({"sheet": "bcdfghjk"}, "joins several sheets; give each by itself"),
        ({"report": "Changed words."}, "row 5: its words are not those that were given out; sort "),
        ({"earlier_report": "Added."}, "row 5: its words are not those that were given out; sort "),
    ],
)
def test_a_sheet_that_was_changed_is_refused_in_one_line(result, made, cells, words):
    path = fill(made.sheet, spoiled(cells))
    with pytest.raises(InputError, match=f"^filled.csv: {re.escape(words)}") as caught:
        filled(result, path)
    assert "\n" not in str(caught.value)
    assert "Zhang" not in str(caught.value)


def test_rows_are_counted_as_a_spreadsheet_does(result, made):
    """It counts rows that were left empty, and one of several lines once."""
    path = fill(made.sheet, spoiled({"proven": "perhaps"}))
    lines = path.read_bytes().decode("utf-8-sig").split("\r\n")
    heading, rest = lines[0], lines[1:]
    empty = ["", "," * heading.count(",")]
    path.write_text("\r\n".join([heading, *empty, *rest]), "utf-8", newline="")
    with pytest.raises(InputError, match=r"^filled\.csv: row 7: proven must be one of yes, no \("):
        filled(result, path)


def test_the_documentation_lists_every_word_of_a_problem_and_no_other():
    page = (Path(__file__).parents[2] / "docs" / "asking-again.md").read_text("utf-8")
    listed = re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", page, re.MULTILINE)
    assert dict(listed) == problems()


def test_one_column_sorted_by_itself_is_noticed(result, made):
    rows = rows_of(made.sheet)
    words = iter(sorted((row["report"], row["earlier_report"]) for row in rows))
    path = fill(
        made.sheet,
        lambda row: {
            **truthful()(row),
            **dict(zip(("report", "earlier_report"), next(words), strict=True)),
        },
    )
    with pytest.raises(InputError, match="its words are not those that were given out"):
        filled(result, path)


def test_a_row_that_stands_twice_is_refused(result, made):
    first = rows_of(made.sheet)[0]
    path = fill(
        made.sheet, spoiled({name: first[name] for name in ("row", "report", "earlier_report")})
    )
    with pytest.raises(InputError, match=r"^filled\.csv: row 5: stands twice; leave one of them$"):
        filled(result, path)


def test_a_sheet_of_another_result_is_refused(result, made, tmp_path):
    other = copied(result, tmp_path / "other")
    with pytest.raises(InputError, match="was not drawn from this result; name the one"):
        filled(other, fill(made.sheet, truthful(), tmp_path / "filled.csv"))


def test_a_mark_cannot_lead_out_of_the_folder_of_keys(result, made, tmp_path):
    path = fill(made.sheet, lambda row: {**truthful()(row), "sheet": "../audit"})
    with pytest.raises(InputError, match="was not drawn from this result"):
        filled(result, path)


def test_a_sheet_of_an_earlier_audit_is_refused(result, tmp_path):
    other = copied(result, tmp_path / "other")
    sheet, _ = drawn(other, tmp_path / "sheet", count=3, clean=3)
    path = fill(sheet.sheet, truthful())
    import pyarrow.parquet as pq

    table = pq.read_table(other.tables["exams"])
    pq.write_table(table.slice(1), other.tables["exams"])
    with pytest.raises(InputError, match="was drawn before this audit was made; draw the sample"):
        filled(other, path)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", EmptyInput, "holds no words"),
        (b"a,b\n1,2\n", InputError, "has no column sheet; give the sheet with its heading"),
        (b"sheet,row,problems,spot\n", InputError, "has no column proven; give the sheet"),
        (b"sheet,row,problems,spot,proven\n", EmptyInput, "holds no row; give the sheet"),
        (b'sheet,row,problems,spot,proven\nb,"c', UnreadableInput, "is not CSV to its end"),
        (b"PK\x03\x04\x00\x00\x00", InputError, "filled.csv: "),
    ],
)
def test_what_is_no_sheet_is_refused_in_one_line(result, tmp_path, data, error, words):
    path = tmp_path / "filled.csv"
    path.write_bytes(data)
    with pytest.raises(error, match=re.escape(words)) as caught:
        filled(result, path)
    assert "\n" not in str(caught.value)


def test_an_empty_sheet_and_one_that_is_not_there_are_told(result, made, tmp_path):
    with pytest.raises(EmptyInput, match="no row of it is answered; fill in the column problems"):
        filled(result, made.sheet)
    with pytest.raises(MissingInput, match="there is no such file; check the path"):
        filled(result, tmp_path / "nowhere.csv")


@pytest.fixture(scope="module")
def larger(tmp_path_factory):
    return audited_archive(tmp_path_factory.mktemp("larger"), 400)


def test_reviewers_of_known_skill_are_recovered_from_sheets_at_the_nominal_rate(larger, tmp_path):
    """Of 80 exams with the alert 64 have the problem, and 12 others have it too."""
    exams = {row["exam"]: ALERT in row["alerts"] for row in table(larger.folder, "exams")}
    flagged = sorted(exam for exam, has in exams.items() if has)
    others = sorted(exam for exam, has in exams.items() if not has)
    wrong = {*flagged[: len(flagged) * 4 // 5], *others[::27]}
    precision = len(wrong & set(flagged)) / len(flagged)
    sensitivity_ = len(wrong & set(flagged)) / len(wrong)
    held, times = [0, 0], 40
    for seed in range(times):
        made, key = drawn(larger, tmp_path, count=25, clean=60, seed=seed)
        exam_of = {row["row"]: row["exam"] for row in key["rows"]}

        def says(row, exam_of=exam_of):
            return {"problems": ALERT if exam_of[row["row"]] in wrong else "none"}

        found = figures(larger, filled(larger, fill(made.sheet, says)))
        held[0] += found.precision.low <= precision <= found.precision.high
        held[1] += found.sensitivity.low <= sensitivity_ <= found.sensitivity.high
    assert min(held) / times >= 0.875


# ------------------------------------------------------------------------------- two reviewers


def test_two_who_say_the_same_agree(result, made):
    one = filled(result, fill(made.sheet, truthful()))
    two = filled(result, fill(made.sheet, truthful(), one_path := made.sheet.with_name("2.csv")))
    assert one_path.exists()
    found = agreement(one, two)
    assert (found.problem_rows, found.spot_rows) == (30, 30)
    assert found.problem.value == found.spot.value == pytest.approx(1)


def test_rows_that_only_one_answered_are_left_out_of_the_agreement(result, made):
    one = filled(result, fill(made.sheet, truthful()))
    count = iter(range(1000))
    two = filled(
        result,
        fill(
            made.sheet,
            lambda row: truthful()(row) if next(count) < 25 else None,
            made.sheet.with_name("2.csv"),
        ),
    )
    assert agreement(one, two).problem_rows == 25


def test_reviews_of_two_sheets_have_no_agreement(result, made, tmp_path):
    other, _ = drawn(result, tmp_path, seed=99)
    one = filled(result, fill(made.sheet, truthful()))
    two = filled(result, fill(other.sheet, truthful()))
    with pytest.raises(InputError, match=r"is another sheet than filled\.csv; give two reviews of"):
        agreement(one, two)


# --------------------------------------------------------------------------------- calibration


def test_only_exams_with_one_spot_are_held_against_the_probabilities(result, made):
    sheet = filled(result, fill(made.sheet, truthful()))
    found = weighed_spots(result, sheet)
    named = sum(answer.entity is not None for answer in sheet.answers.values())
    assert len(found) == named
    assert all(sum(spot.probabilities.values()) == pytest.approx(1, abs=1e-3) for spot in found)
    assert sum(spot.weight for spot in found) < sum(sheet.key.sizes.values())


def test_the_plot_is_a_picture_with_a_dot_for_each_bin(result, made):
    found = figures(result, filled(result, fill(made.sheet, truthful())))
    drawn_ = ET.fromstring(plot(found.bins, "A <title>"))
    space = {"s": "http://www.w3.org/2000/svg"}
    assert len(drawn_.findall(".//s:circle", space)) == len(found.bins) > 0
    assert drawn_.find("s:title", space).text == "A <title>"
    for dot in drawn_.findall(".//s:circle", space):
        assert 0 <= float(dot.get("cx")) <= 320
        assert 0 <= float(dot.get("cy")) <= 320


# ------------------------------------------------------------------------------------ command


def test_the_command_tells_figures_and_keeps_them_with_the_result(result, made):
    one = fill(made.sheet, truthful())
    two = fill(made.sheet, truthful(), made.sheet.with_name("second.csv"))
    done = CliRunner().invoke(
        app, ["review", str(result.folder), str(one), str(two)], env={"COLUMNS": "80"}
    )
    assert done.exit_code == 0, done.output
    for words in ("Precision    100.0%", "Sensitivity  100.0%", "Cohen's kappa", "second.csv: "):
        assert words in done.output
    told = [line for line in done.output.splitlines() if str(result.folder) not in line]
    assert max(map(len, told)) <= 80
    (path,) = re.findall(r"Figures: (\S+)", done.output)
    kept = json.loads(Path(path).read_text())
    assert kept["reviews"][0]["precision"]["value"] == 1
    assert kept["agreement"]["problem_rows"] == 30


def test_a_second_reviewer_does_not_replace_the_figures_of_the_first(result, made):
    sheets = [
        fill(made.sheet, truthful(proven=proven), made.sheet.with_name(f"{proven}.csv"))
        for proven in ("yes", "no")
    ]
    told = [
        CliRunner().invoke(app, ["review", str(result.folder), str(path)]).output
        for path in (*sheets, sheets[0])
    ]
    files = [re.findall(r"(?:Figures|Plot): +(\S+)", each) for each in told]
    assert files[0] == files[2]
    assert len(files[0]) == 2
    assert not {*files[0]} & {*files[1]}
    for path, name in zip(files[:2], ("yes.csv", "no.csv"), strict=True):
        assert json.loads(Path(path[0]).read_text())["reviews"][0]["name"] == name


def test_one_file_is_not_taken_for_two_reviewers(result, made):
    path = fill(made.sheet, truthful())
    linked = path.with_name("linked.csv")
    linked.unlink(missing_ok=True)
    linked.symlink_to(path)
    for second in (path, linked):
        done = CliRunner().invoke(app, ["review", str(result.folder), str(path), str(second)])
        words = f"hepaspot: {second.name}: is given twice; give the sheets of two reviewers\n"
        assert (done.exit_code, done.output) == (3, words)


def test_the_command_refuses_a_third_reviewer(result, made):
    path = str(fill(made.sheet, truthful()))
    done = CliRunner().invoke(app, ["review", str(result.folder), path, path, path])
    assert done.exit_code == 2
    assert "give one sheet, or those of two reviewers" in done.output
