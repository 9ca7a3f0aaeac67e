"""The page of an audit: its figures, its samples, and how it behaves in a browser."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from unicodedata import normalize

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive.archives import CALCIFIED, CLEAN, NORMAL, STONE, run, sized, table, write_csv
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from hepaspot.archive.page import write_page
from hepaspot.archive.page.bars import bar_of, scale_of
from hepaspot.archive.page.figures import IMPRESSION, MOST_SITES, figures_of, opened
from hepaspot.archive.page.saying import Saying
from hepaspot.archive.page.shares import Share
from hepaspot.archive.page.writing import source_name
from hepaspot.archive.plan import Columns, Plan
from hepaspot.archive.schema import INPUT, TABLES
from hepaspot.cli.app import app
from hepaspot.errors import InputError, OutputError
from hepaspot.exam import Setting
from hepaspot.explain.words import LANGUAGES, Words
from hepaspot.knowledge import load
from hepaspot.phantom import make

CHROMIUM = Path("/usr/bin/chromium")
KINDS = [row.id for row in load().alerts]
FLAGS = [row.id for row in load().red_flags]
HOSTILE = CALCIFIED.replace("segment VI", 'segment VI <script>alert("x")</script> & <b>bold</b>')


def archive():
    """Exams with every part of the page to say: sites, ages, sexes, an earlier exam, a bad row."""
    kinds = (NORMAL, STONE, CALCIFIED, CLEAN, HOSTILE)
    records = [
        {
            "exam": f"E{number:03}",
            "person": f"P{number}",
            "date": f"20{15 + number % 9}-03-1{number % 9}",
            "site": f"Health check centre of the district number {number % 4}",
            "age": str(21 + 7 * number % 80),
            "sex": ("F", "男", "")[number % 3],
            "text": kinds[number % 5],
        }
        for number in range(60)
    ]
    since = [
        {**records[0], "exam": "old", "person": "Q", "date": "2019-01-02", "text": sized(6)},
        {**records[0], "exam": "new", "person": "Q", "date": "2023-01-02", "text": sized(12)},
    ]
    return [*records, *since, {**records[0], "exam": "bad", "person": "R", "text": "\x01\x02" * 90}]


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    run([write_csv(folder / "a.csv", archive())], folder / "r", per_part=200)
    return folder / "r"


def page(result, language="en"):
    write_page(result, language)
    return (result / "index.html").read_text(encoding="utf-8")


# ---------------------------------------------------------------------------------- figures


def test_an_interval_is_that_of_wilson():
    low, high = Share(10, 100).interval
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)
    assert Share(0, 10).interval == (0.0, pytest.approx(0.2775, abs=1e-4))
    assert Share(0, 0).interval == (0.0, 1.0)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_the_share_and_mirrors_what_is_left_out(counts):
    count, total = counts
    low, high = Share(count, total).interval
    assert 0 <= low <= count / total <= high <= 1
    other_low, other_high = Share(total - count, total).interval
    assert (other_low, other_high) == (pytest.approx(1 - high), pytest.approx(1 - low))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 5000)), min_size=1, max_size=9))
def test_every_bar_fits_on_its_scale(pairs):
    shares = [Share(*pair) for pair in pairs]
    end = scale_of(shares)
    for share in shares:
        bar = bar_of(share, end)
        assert 0 <= bar.low <= bar.length + 1e-9
        assert bar.length <= 100
        assert bar.high is not None
        assert bar.length <= bar.high + 1e-9 <= 100 + 1e-6


def test_a_few_exams_do_not_stretch_the_scale_and_their_interval_is_left_open():
    few, many = Share(0, 2), Share(40, 1000)
    end = scale_of([few, many])
    assert end < 0.1
    assert bar_of(few, end).high is None


def test_one_person_of_one_does_not_stretch_the_scale_and_its_bar_is_cut():
    one, many = Share(1, 1), Share(40, 1000)
    end = scale_of([one, many])
    assert end == scale_of([many])
    cut = bar_of(one, end)
    assert (cut.length, cut.is_cut, cut.high) == (100, True, None)
    assert not bar_of(many, end).is_cut
    assert scale_of([one]) == 1


def exam_rows():
    return st.lists(
        st.fixed_dictionaries(
            {
                "date": st.none() | st.dates(date(2019, 1, 1), date(2022, 12, 31)),
                "site": st.none() | st.sampled_from([f"S{n:02}" for n in range(MOST_SITES + 4)]),
                "age_years": st.none() | st.integers(0, 104),
                "sex": st.sampled_from([None, "F", "male", "女", "?"]),
                "reports": st.integers(0, 2),
                "pictures": st.integers(0, 2),
                "of_liver": st.sampled_from([True, True, True, False]),
                "foci": st.integers(0, 3),
                "category": st.sampled_from([None, "2", "3"]),
                "duct_statement_missing": st.booleans(),
                "red_flags": st.lists(st.sampled_from(FLAGS), unique=True, max_size=3),
                "alerts": st.lists(st.sampled_from(KINDS), unique=True, max_size=4),
            }
        ),
        max_size=40,
    )


def foci_rows():
    names = st.sampled_from([None, "calcification", "duct_stone", "other"])
    return st.lists(
        st.fixed_dictionaries(
            {
                "stated": names,
                "ducts": st.sampled_from([None, "dilated", "not_dilated"]),
                "certainty": st.sampled_from(["asserted", "hedged", "either_or"]),
                "leaning": names,
                "conclusion": st.sampled_from([None, "cannot_tell", "calcification", "other"]),
            }
        ),
        max_size=30,
    )


def tables_of(folder, exams, foci):
    """An audit's tables that hold the rows and nothing else of interest."""
    exams = [{**row, "exam": f"E{n}"} for n, row in enumerate(exams)]
    for row in exams:
        row["judgement"] = {"2": "B", "3": "D2"}.get(row["category"])
    alerts = [{"exam": row["exam"], "alert": each} for row in exams for each in row["alerts"]]
    errors = [{"kind": "InputError", "reason": f"r{n % 3}"} for n in range(len(exams))]
    rows = {"exams": exams, "foci": foci, "alerts": alerts, "errors": errors, "input": []}
    for name, schema in {**TABLES, "input": INPUT}.items():
        pq.write_table(pa.Table.from_pylist(rows[name], schema), folder / f"{name}.parquet")


def counted(rows, counts, among=lambda row: True):
    """How many of ``rows`` count, of those that belong."""
    kept = [row for row in rows if among(row)]
    return Share(sum(bool(counts(row)) for row in kept), len(kept))


@settings(max_examples=25, deadline=None)
@given(exams=exam_rows(), foci=foci_rows())
def test_figures_are_what_plain_counting_gives(tmp_path_factory, exams, foci):
    folder = tmp_path_factory.mktemp("counted")
    for row in exams:
        if not row["of_liver"]:
            row |= {"foci": 0, "alerts": []}
    tables_of(folder, exams, foci)
    with opened(folder) as base:
        found = figures_of(base)
    of_liver = [row for row in exams if row["of_liver"]]
    assert found.elsewhere == len(exams) - len(of_liver)
    assert sum(each.documents for each in found.reasons) + found.other_reasons == len(exams)
    check_totals(found, of_liver)
    check_groups(found, of_liver)
    check_alerts(found, of_liver)
    check_flags(found, of_liver)
    check_names(found, foci)


def check_flags(found, exams):
    held = Counter(each for row in exams for each in row["red_flags"])
    assert {each.name: each.share for each in found.flags} == {
        flag: Share(count, len(exams)) for flag, count in held.items()
    }
    counts = [each.share.count for each in found.flags]
    assert counts == sorted(counts, reverse=True)
    assert found.flag_any == counted(exams, lambda r: r["red_flags"])


def check_totals(found, exams):
    days = [row["date"] for row in exams if row["date"]]
    assert (found.exams, found.prevalence) == (len(exams), counted(exams, lambda r: r["foci"]))
    assert found.reports == sum(row["reports"] for row in exams)
    assert found.pictures == sum(row["pictures"] for row in exams)
    assert (found.first, found.last) == (min(days, default=None), max(days, default=None))
    assert found.undated == len(exams) - len(days)
    categories = Counter(
        (row["category"], row["category"] is not None or row["foci"] > 0) for row in exams
    )
    assert {(e.category, e.with_spot): e.exams for e in found.categories} == categories
    silent = [r for r in exams if r["duct_statement_missing"] and r["foci"] and r["reports"]]
    assert {(e.category, e.with_spot): e.no_ducts for e in found.categories if e.no_ducts} == (
        Counter((row["category"], True) for row in silent)
    )


def check_groups(found, exams):
    years = {str(row["date"].year) for row in exams if row["date"]}
    assert [group.name for group in found.by_year] == sorted(years)
    for group in found.by_year:
        own = [row for row in exams if row["date"] and str(row["date"].year) == group.name]
        assert group.share == counted(own, lambda row: row["foci"])
    sexes = {"F": "female", "女": "female", "male": "male"}
    for group in found.by_age:
        low = int(group.name)
        own = [
            row
            for row in exams
            if row["age_years"] is not None
            and min(row["age_years"] // 10 * 10, 90) == low
            and sexes.get(row["sex"]) == group.sex
        ]
        assert group.share == counted(own, lambda row: row["foci"])
    assert sum(g.share.total for g in found.by_age) == sum(
        row["age_years"] is not None for row in exams
    )
    counts = Counter(row["site"] for row in exams if row["site"])
    shown = sorted(counts, key=lambda site: (-counts[site], site))[:MOST_SITES]
    assert found.other_sites == len(counts) - len(shown)
    for group in found.by_site:
        own = [row for row in exams if named(row["site"], shown) == group.name]
        assert group.share == counted(own, lambda row: row["foci"])
    assert sum(group.share.total for group in found.by_site) == len(exams)


def named(site, shown):
    return site if site is None or site in shown else ""


def check_alerts(found, exams):
    reported = [row for row in exams if row["reports"]]
    assert [kind.id for kind in found.kinds] == sorted(KINDS, key=rank_of)
    for kind in found.kinds:
        share = counted(exams, lambda row, kind=kind: kind.id in row["alerts"])
        assert (kind.share, kind.alerts) == (share, share.count)
    assert found.impression_any == counted(reported, lambda row: {*row["alerts"]} & {*IMPRESSION})
    for group in found.impression:
        assert group.share == counted(reported, lambda row, g=group: g.name in row["alerts"])
    spots = [row for row in reported if row["foci"]]
    assert found.no_ducts == counted(spots, lambda row: row["duct_statement_missing"])
    for groups in (found.no_ducts_by_year, found.no_ducts_by_site):
        assert all(group.share.total for group in groups)
    assert sum(group.share.count for group in found.no_ducts_by_site) == found.no_ducts.count
    for position, rank in enumerate(found.ranks):
        told = sum(site.by_rank[position] for site in found.sites)
        assert told == sum(any(rank_of(k) == rank for k in row["alerts"]) for row in exams)
    assert sum(site.any for site in found.sites) == sum(bool(row["alerts"]) for row in exams)


def rank_of(kind):
    return next(row.rank for row in load().alerts if row.id == kind)


def check_names(found, foci):
    said = Counter(
        ("either_or" if f["certainty"] == "either_or" else f["stated"], f["leaning"]) for f in foci
    )
    assert {(each.stated, each.leaning): each.foci for each in found.named} == said
    one = [f for f in foci if f["stated"] not in (None, "other") and f["certainty"] != "either_or"]
    assert found.same_name == counted(
        one, lambda f: f["leaning"] == f["stated"], lambda f: f["leaning"]
    )
    assert found.other_concluded == counted(
        one,
        lambda f: f["conclusion"] not in (f["stated"], "cannot_tell"),
        lambda f: f["conclusion"],
    )
    open_ = [f for f in foci if f["conclusion"] in (None, "cannot_tell")]
    assert found.no_verdict == Share(len(open_), len(foci))
    assert found.no_verdict_no_ducts == counted(open_, lambda f: f["ducts"] is None)


def test_a_share_is_told_with_its_interval_in_the_unit_of_its_plot():
    share = Share(12, 1000)
    assert Saying(Words("en")).share(share) == "1.2\u00a0%"
    assert Saying(Words("zh")).share(share) == "1.2%"
    assert Saying(Words("en"), per=1000).share(share) == "12.0"
    assert Saying(Words("en"), per=1000).interval(share) == "6.9 to 20.9"
    assert Saying(Words("zh"), per=1000).interval(Share(0, 200)) == "0～18.8"
    assert Saying(Words("zh"), per=1000).interval(Share(0, 20_000)) == "0～0.19"
    assert Saying(Words("en")).share(Share(0, 7)) == "0\u00a0%"
    assert Saying(Words("en")).share(Share(4, 10_000)) == "0.04\u00a0%"
    assert Saying(Words("en")).of(share) == "12\u00a0of\u00a01,000"


# ---------------------------------------------------------------------------------- samples


class Samples(HTMLParser):
    """The samples of a page: kind, exam, and each document with the places that are marked."""

    def __init__(self, text):
        super().__init__()
        self.found, self._path, self._kind = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        if tag in {"meta", "rect", "line", "svg", "pattern", "br"}:
            return
        self._path.append((tag, about.get("class") or ""))
        if about.get("class") == "kind":
            self._kind = about["id"]
        elif about.get("class") == "sample":
            self.found.append({"kind": self._kind, "exam": "", "documents": [], "absent": []})
        elif tag == "blockquote":
            self.found[-1]["documents"].append({"text": "", "marks": {}})

    def handle_endtag(self, tag):
        while self._path and self._path.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags = [tag for tag, _ in self._path]
        if "article" not in tags or "sup" in tags:
            return
        if "h4" in tags:
            self.found[-1]["exam"] += data
        elif "blockquote" in tags:
            document = self.found[-1]["documents"][-1]
            start = len(document["text"])
            document["text"] += data
            for mark in (name for tag, name in self._path if tag == "mark"):
                for number in re.findall(r"\d", mark):
                    low, _ = document["marks"].get(number, (start, None))
                    document["marks"][number] = low, len(document["text"])
        elif tags[-1] == "p" and self._path[-1][1] == "absent":
            self.found[-1]["absent"].append(data.strip())


def spans(row, name):
    return row[f"{name}_start"], row[f"{name}_end"]


def test_samples_mark_exactly_the_passages_of_their_alerts(audited):
    texts = {row["exam"]: row["text"] for row in table(audited, "input")}
    alerts = table(audited, "alerts")
    samples = Samples(page(audited)).found
    assert {each["kind"] for each in samples} == {row["alert"] for row in alerts}
    for each in samples:
        row = next(r for r in alerts if (r["exam"], r["alert"]) == (each["exam"], each["kind"]))
        if row["prior"]:
            before, now = each["documents"]
            assert (before["text"], now["text"]) == (texts[row["prior"]], texts[row["exam"]])
            assert before["marks"] == {"2": spans(row, "second")}
            assert now["marks"] == {"1": spans(row, "first")}
            continue
        (document,) = each["documents"]
        assert document["text"] == texts[row["exam"]]
        wanted = {"1": spans(row, "first")}
        if row["second_source"] is not None:
            wanted["2"] = spans(row, "second")
        assert document["marks"] == wanted


def test_five_exams_of_each_kind_are_shown_or_all_there_are(audited):
    given_in = {}
    for row in table(audited, "alerts"):
        given_in.setdefault(row["alert"], set()).add(row["exam"])
    shown = Counter(each["kind"] for each in Samples(page(audited)).found)
    assert shown == {kind: min(5, len(exams)) for kind, exams in given_in.items()}
    assert max(map(len, given_in.values())) > 5


def test_a_comparison_shows_both_reports_with_their_days(audited):
    text = page(audited)
    part = text[text.index('id="larger_since_prior"') :].split('<div class="kind"')[0]
    assert "Exam before: 2019-01-02" in part
    assert "This exam: 2023-01-02" in part


def test_two_persons_with_an_exam_of_one_id_are_not_mixed_up(tmp_path):
    records = [
        {"exam": "E1", "person": "P", "date": "2024-01-02", "text": STONE},
        {"exam": "E1", "person": "Q", "date": "2024-02-02", "text": NORMAL},
    ]
    run([write_csv(tmp_path / "a.csv", records)], tmp_path / "r")
    (sample,) = Samples(page(tmp_path / "r")).found
    assert sample["documents"][0]["text"] == STONE


def test_a_picture_is_named_and_not_shown_and_a_lost_file_loses_nothing_else(tmp_path):
    made = next(iter(make(tmp_path / "in", count=1, seed=5, target="calcification")))
    made.dicom.with_suffix(".txt").write_text(
        "Findings: A 6 mm echogenic focus without shadowing in the right lobe. The intrahepatic "
        "bile ducts are not dilated.\nImpression: Intrahepatic duct stone.",
        "utf-8",
    )
    run([tmp_path / "in"], tmp_path / "r")
    kinds = {row["alert"] for row in table(tmp_path / "r", "alerts")}
    assert {"picture_disagrees", "stone_without_dilatation"} <= kinds
    pictured = [s for s in Samples(page(tmp_path / "r")).found if s["kind"] == "picture_disagrees"]
    assert [sample["absent"] for sample in pictured] == [["A picture, not shown here"]]
    made.dicom.with_suffix(".txt").unlink()
    lost = [sample["absent"] for sample in Samples(page(tmp_path / "r")).found]
    assert ["Its words cannot be read any more"] in lost


# --------------------------------------------------------------------------------- the page


def test_an_audit_leaves_its_page_and_a_finished_one_can_have_it_in_another_language(tmp_path):
    path = write_csv(tmp_path / "a.csv", [{"text": STONE}])
    run([path], tmp_path / "r")
    english = (tmp_path / "r" / "index.html").read_bytes()
    assert b'<html lang="en">' in english
    assert page(tmp_path / "r", "zh").startswith('<!doctype html>\n<html lang="zh-Hans">')
    run([path], tmp_path / "r")
    assert (tmp_path / "r" / "index.html").read_bytes() == english
    assert not list((tmp_path / "r").glob("index.html.*"))


def test_the_command_writes_the_page_in_the_language_asked_for_and_says_where(tmp_path):
    path = write_csv(tmp_path / "a.csv", [{"text": NORMAL}])
    words = ["audit", str(path), "-o", str(tmp_path / "r"), "--language", "zh", "--workers", "1"]
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0
    assert f"The page: {tmp_path / 'r' / 'index.html'}" in told.output
    assert "<h1>档案审核</h1>" in (tmp_path / "r" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_the_same_bytes_when_written_twice(audited, language):
    assert page(audited, language) == page(audited, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_alert_has_its_words(language):
    words = Words(language)
    rules = [f"archive.alert.{kind}{end}" for kind in KINDS for end in ("", ".what")]
    assert [rule for rule in rules if not words.knows(rule)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_first_that_it_must_be_guarded_and_what_it_is(audited, language):
    words, text = Words(language), page(audited, language)
    first = text[: text.index('<section id="audited"')]
    for rule in ("archive.guard.heading", "clinician.banner.preliminary"):
        assert words.say(rule) in first
    assert words.say("clinician.banner.device") in first
    assert 'href="worklist.csv"' in text


def test_words_of_a_report_are_shown_and_never_obeyed(audited):
    text = page(audited)
    assert "&lt;script&gt;alert(" in text
    assert "<script" not in text
    assert "<b>bold" not in text


def test_names_of_exams_and_sites_are_escaped_and_cleaned(tmp_path):
    record = {"exam": "<i>E\u202e1</i>", "site": '"><img src=x>', "text": STONE}
    run([write_csv(tmp_path / "a.csv", [record])], tmp_path / "r")
    text = page(tmp_path / "r")
    assert "&lt;i&gt;E1&lt;/i&gt;" in text
    assert "<i>" not in text
    assert "<img" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_nothing_outside_itself_but_the_work_list(audited, language):
    text = page(audited, language)
    links = set(re.findall(r'(?:href|src|action)="([^"]*)"', text))
    assert {link for link in links if not link.startswith("#")} == {"worklist.csv"}
    assert not re.search(r"@import|url\((?!#)|<(?:link|script|iframe|object|img)\b", text)
    assert "default-src 'none'" in text
    anchors = set(re.findall(r' id="([^"]+)"', text))
    assert {link[1:] for link in links if link.startswith("#")} <= anchors


def test_figures_of_the_page_are_those_of_the_tables(audited):
    text = re.sub(r"\s+", " ", page(audited))
    exams, foci = table(audited, "exams"), table(audited, "foci")
    assert f"<dd>{len(exams)}</dd>" in text
    assert f"<dd>{len(foci)}</dd>" in text
    assert f"in {sum(row['foci'] > 0 for row in exams)} exams" in text
    assert "holds binary data" in text
    larger = text[text.index("Spot larger than before") :]
    assert f"1 of {len(exams)}" in larger[: larger.index("</div>")]


def test_columns_of_leanings_that_no_spot_has_are_left_out(audited):
    text = page(audited)
    part = text[text.index('<section id="names"') : text.index('<section id="impression"')]
    held = {row["leaning"] for row in table(audited, "foci")}
    words = Words("en")
    assert held
    for entity in ("calcification", "duct_stone", "duct_gas", "other"):
        column = words.say("archive.column.leans", entity=words.term("entity", entity))
        assert (f">{column}</th>" in part) == (entity in held)


def test_it_says_how_many_spots_have_no_word_on_the_ducts(tmp_path):
    silent = "Findings: A 6 mm echogenic focus in segment VI.\nImpression: Calcification."
    records = [{"text": silent}, {"text": silent}, {"text": CALCIFIED}]
    run([write_csv(tmp_path / "a.csv", records)], tmp_path / "r")
    text = re.sub(r"\s+", " ", page(tmp_path / "r"))
    foci, exams = table(tmp_path / "r", "foci"), table(tmp_path / "r", "exams")
    open_ = [row for row in foci if row["conclusion"] in (None, "cannot_tell")]
    silent = sum(row["ducts"] is None for row in open_)
    assert 0 < silent < len(open_)
    assert f"({silent} of {len(open_)}) have no word on the ducts" in text
    missing = sum(row["duct_statement_missing"] and row["category"] is None for row in exams)
    told = f"Bright spot, no category can be given (no word on the ducts in {missing} of these)"
    assert missing
    assert told in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_red_flags_are_told_by_their_plain_names(tmp_path, language):
    ill = f"发热，黄疸。{STONE}"
    records = [{"exam": f"E{n}", "text": ill if n == 3 else NORMAL} for n in range(4)]
    run([write_csv(tmp_path / "a.csv", records)], tmp_path / "r")
    text, words = page(tmp_path / "r", language), Words(language)
    part = text[text.index('<section id="flags"') : text.index('<section id="ducts"')]
    held = {flag for row in table(tmp_path / "r", "exams") for flag in row["red_flags"]}
    assert {"fever", "jaundice"} <= held
    for flag in FLAGS:
        assert (f"<dt>{words.term('flag', flag)}</dt>" in part) == (flag in held)
    assert Saying(words).of(Share(1, 4)) in part


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_no_exam_has_a_red_flag_it_is_said(tmp_path, language):
    run([write_csv(tmp_path / "a.csv", [{"text": NORMAL}])], tmp_path / "r")
    assert Words(language).say("archive.flags.nothing") in page(tmp_path / "r", language)


def test_another_conclusion_is_told_of_only_where_anything_was_concluded(tmp_path):
    foci = [{"stated": "duct_stone", "conclusion": "cannot_tell"} for _ in range(5)]
    exams = [{"of_liver": True, "foci": 5, "alerts": [], "red_flags": [], "category": None}]
    sentence = "It reaches a conclusion of its own"
    (tmp_path / "audit.json").write_bytes(msgspec.json.encode(Plan.of([], {}, Setting())))
    tables_of(tmp_path, exams, foci)
    assert sentence not in page(tmp_path)
    tables_of(tmp_path, exams, [*foci, {"stated": "duct_stone", "conclusion": "calcification"}])
    assert sentence in page(tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_left_out_is_told_over_all_tables(tmp_path, language):
    tables_of(tmp_path, [], [])
    told = [
        Columns("a.csv", {}, rows=1200, empty=1100, days=100, undated=3),
        Columns("b.csv", {}, rows=1000, empty=5, days=0),
    ]
    plan = Plan.of([], {}, Setting())
    plan = msgspec.structs.replace(plan, tables=tuple(told), unread={"xlsx": 2, "<b>": 1})
    (tmp_path / "audit.json").write_bytes(msgspec.json.encode(plan))
    text, say = page(tmp_path, language), Words(language).say
    assert say("archive.audited.left.undated", n="3", total="100") in text
    assert say("archive.audited.left.empty", n="1,105", total="2,200") in text
    each = Words(language).join(("xlsx 2", "&lt;b&gt; 1"))
    assert say("archive.audited.left.unread", n="3", each=each) in text
    (tmp_path / "audit.json").write_bytes(msgspec.json.encode(Plan.of([], {}, Setting())))
    assert say("archive.audited.left") not in page(tmp_path, language)


def test_a_report_out_of_a_web_page_is_shown_without_tags_and_marked_at_the_same_words(tmp_path):
    findings, impression = STONE.split("\n")
    tagged = f"<p>{findings}</p><p>&nbsp;{impression}</p>"
    run([write_csv(tmp_path / "a.csv", [{"exam": "E", "text": tagged}])], tmp_path / "r")
    rows_ = {row["alert"]: row for row in table(tmp_path / "r", "alerts")}
    samples = Samples(page(tmp_path / "r")).found
    assert {each["kind"] for each in samples} == set(rows_) != set()
    for each in samples:
        (document,) = each["documents"]
        assert "<" not in document["text"]
        assert "nbsp" not in document["text"]
        for number, name in (("1", "first"), ("2", "second")):
            if number in document["marks"]:
                low, high = document["marks"][number]
                start, end = spans(rows_[each["kind"]], name)
                assert document["text"][low:high] == tagged[start:end]


def test_one_is_told_in_the_singular(tmp_path):
    run([write_csv(tmp_path / "a.csv", [{"text": STONE, "age": "1"}])], tmp_path / "r")
    text = page(tmp_path / "r").replace("\u00a0", " ")
    for words in (
        "<dt>exam</dt><dd>1</dd>",
        "bright spot, or group of them<small>in 1 exam</small>",
        "<dt>alert</dt><dd>1</dd>",
        "<dt>documents not read</dt><dd>0</dd>",
        "1 report, 0 pictures and clips",
        "1 alert in 1 exam<",
        "1 year ",
    ):
        assert words in text


def test_an_archive_with_nothing_to_read_has_a_page_that_says_so(tmp_path):
    run([write_csv(tmp_path / "a.csv", [{"text": "\x01\x02" * 90}])], tmp_path / "r")
    text = page(tmp_path / "r")
    assert "The archive holds no exam that could be read." in text
    assert "No bright spot was found." in text
    assert "<article" not in text
    assert "nan" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_archive_does_not_tell_is_said_and_not_plotted(tmp_path, language):
    run([write_csv(tmp_path / "a.csv", [{"text": CLEAN}, {"text": NORMAL}])], tmp_path / "r")
    text, words = page(tmp_path / "r", language), Words(language)
    for told in ("year", "age", "site"):
        assert words.say(f"archive.prevalence.no_{told}") in text
    assert text.count(words.say("archive.alerts.nothing")) == 2
    assert words.say("archive.errors.nothing") in text
    assert words.say("archive.sites.heading") not in text


def test_a_source_is_named_without_its_size_and_time():
    assert source_name("/data/of 2024/a.csv 4756302 1795897675345342410") == "/data/of 2024/a.csv"
    assert source_name("s3://bucket/a.parquet") == "s3://bucket/a.parquet"


def test_a_folder_without_an_audit_and_a_damaged_table_are_told_in_one_line(audited, tmp_path):
    with pytest.raises(InputError, match=r"nothing: holds no audit; name the folder of one$"):
        write_page(tmp_path / "nothing", "en")
    for path in audited.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "foci.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(
        OutputError, match=r"its tables cannot be read to their end .* another folder$"
    ):
        write_page(tmp_path, "en")


def test_a_folder_with_a_bracket_in_its_name_is_read(tmp_path):
    run([write_csv(tmp_path / "a.csv", [{"text": STONE}])], tmp_path / "r[1]*")
    assert "stone_without_dilatation" in page(tmp_path / "r[1]*")


# ------------------------------------------------------------------------------ in a browser


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as run_:
        opened_ = run_.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened_
        opened_.close()


def visited(browser, result, language, width, *, dark=False, script=True):
    """The page opened from its folder, with all that it asked for."""
    write_page(result, language)
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
    )
    shown = context.new_page()
    asked, complaints = [], []
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("console", lambda told: complaints.append(told.text))
    shown.goto(f"file://{result}/index.html")
    return shown, asked, complaints


in_browser = [
    pytest.mark.page,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium here"),
]


def with_marks(test):
    for mark in in_browser:
        test = mark(test)
    return test


@with_marks
@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("en", 390, False), ("zh", 390, True), ("zh", 1400, False), ("en", 1400, True)],
)
def test_axe_finds_nothing_with_every_table_open(browser, audited, language, width, dark):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    shown, _, _ = visited(browser, audited, language, width, dark=dark)
    shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = axe.Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    shown.context.close()


@with_marks
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 390, 1400])
def test_nothing_runs_over_the_edge_and_nothing_is_asked_for(browser, audited, language, width):
    shown, asked, complaints = visited(browser, audited, language, width)
    shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [f"file://{audited}/index.html"]
    assert complaints == []
    shown.context.close()


@with_marks
def test_bars_and_intervals_are_drawn_to_scale(browser, audited):
    shown, _, _ = visited(browser, audited, "en", 1400, script=True)
    row = shown.locator("#prevalence .plot").first.locator(".row").first
    track = row.locator("svg").bounding_box()
    fill = row.locator(".fill").bounding_box()
    percent = float(re.search(r"([\d.]+)\s%", row.locator(".figure").inner_text())[1])
    assert fill["width"] / track["width"] == pytest.approx(percent / 100, abs=0.01)
    ends = sorted(each.bounding_box()["x"] for each in row.locator(".whisker").all())
    assert ends[0] < fill["x"] + fill["width"] < ends[-1]
    shown.context.close()


@with_marks
def test_samples_are_folded_but_the_first_and_open_for_who_follows_a_link(browser, audited):
    shown, _, _ = visited(browser, audited, "en", 1400)
    folds = shown.locator("#samples details")
    assert folds.count() > 3
    is_open = "[...document.querySelectorAll('#samples details')].map(each => each.open)"
    assert shown.evaluate(is_open) == [True] + [False] * (folds.count() - 1)
    kind = folds.last.locator(".kind").get_attribute("id")
    assert not shown.locator(f"#{kind} article").first.is_visible()
    shown.click(f"#alerts a[href='#{kind}']")
    shown.locator(f"#{kind} article").first.wait_for(state="visible")
    shown.context.close()


@with_marks
def test_printing_unfolds_every_sample(browser, audited, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    shown, _, _ = visited(browser, audited, "en", 1400)
    count = shown.locator(".quoted figcaption").count()
    shown.pdf(path=str(tmp_path / "page.pdf"), prefer_css_page_size=True)
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(tmp_path / "page.pdf").pages)
    origin = Path(shown.locator(".quoted figcaption").first.inner_text()).name.split(":")[0]
    samples = text[text.index("Up to 5 exams") :]
    assert samples.count(f"{origin}:") == count > 5
    shown.context.close()


@with_marks
@pytest.mark.parametrize("language", LANGUAGES)
def test_printed_samples_begin_on_a_sheet_of_their_own(browser, audited, language, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    shown, _, _ = visited(browser, audited, language, 1400)
    shown.pdf(path=str(tmp_path / "page.pdf"), prefer_css_page_size=True)
    # Some characters come out of a PDF as radicals that look the same.
    sheets = [
        normalize("NFKC", sheet.extract_text())
        for sheet in pypdf.PdfReader(tmp_path / "page.pdf").pages
    ]
    first = next(n for n, text in enumerate(sheets) if "Impression:" in text or "超声提示:" in text)
    lead = Words(language).say("archive.samples.heading")
    assert first > 0
    assert sheets[first].lstrip().startswith(lead)
    shown.context.close()
