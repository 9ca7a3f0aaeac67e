"""A blinded sheet shows the words of exams, and nothing by which to tell which have an alert."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

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
    with_alert,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from hepaspot.archive.alerts import ranks
from hepaspot.archive.asking.answering import COLUMNS, problems
from hepaspot.archive.asking.filled import filled
from hepaspot.archive.asking.key import LETTERS, digest_of_words, mark
from hepaspot.archive.asking.page import page_of
from hepaspot.archive.asking.sampling import SheetRow, known_alert, sample, write_sheet
from hepaspot.archive.asking.strata import CLEAN, Stratum, shares
from hepaspot.cli.app import app
from hepaspot.errors import InputError, OutputError

CHROMIUM = Path("/usr/bin/chromium")
PHONE_WIDTH_PX = 390
DESKTOP_WIDTH_PX = 1400


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return audited_archive(tmp_path_factory.mktemp("sampled"))


# ------------------------------------------------------------------------------------- drawing


@given(st.integers(0, 500), st.lists(st.integers(0, 200), min_size=3, max_size=3))
def test_clean_exams_are_shared_over_the_layers_as_far_as_they_reach(count, sizes):
    held = dict(zip(CLEAN, sizes, strict=True))
    taken = shares(count, held)
    assert sum(taken.values()) == min(count, sum(sizes))
    assert all(0 <= taken[each] <= held[each] for each in CLEAN)
    if count >= sum(size > 0 for size in sizes):
        assert all(taken[each] > 0 for each in CLEAN if held[each]), "no layer is left out"
    open_ = [taken[each] for each in CLEAN if taken[each] < held[each]]
    assert not open_ or max(open_) - min(open_) <= 1, "evenly"


def test_the_sample_has_as_many_exams_with_the_alert_as_asked_for(result, tmp_path):
    made, key = drawn(result, tmp_path, count=7, clean=11)
    flagged = {row["exam"] for row in key["rows"] if row["stratum"] == "alert"}
    assert (made.rows, made.flagged, len(flagged)) == (18, 7, 7)
    assert flagged <= with_alert(result)
    assert not {row["exam"] for row in key["rows"] if row["stratum"] != "alert"} & with_alert(
        result
    )


def test_layers_add_up_to_the_exams_with_words(result, tmp_path):
    _, key = drawn(result, tmp_path)
    assert sum(key["sizes"].values()) == len(table(result.folder, "exams"))
    assert key["sizes"]["alert"] == len(with_alert(result))


def test_a_small_archive_gives_all_that_it_has(result, tmp_path):
    made, key = drawn(result, tmp_path, count=2000, clean=2000)
    assert made.rows == sum(key["sizes"].values())


def test_by_default_no_layer_gives_more_clean_exams_than_there_are_with_the_alert(result, tmp_path):
    all_ = len(with_alert(result))
    few, _ = drawn(result, tmp_path, count=4, clean=None)
    many, key = drawn(result, tmp_path, count=2000, clean=None)
    assert (few.rows - few.flagged, few.flagged, few.are_all) == (4, 4, False)
    assert (many.flagged, many.are_all) == (all_, True)
    layers = Counter(row["stratum"] for row in key["rows"])
    assert all(layers[each] == min(all_, key["sizes"][each]) for each in CLEAN)


def test_the_command_says_when_there_are_no_more_exams_with_the_alert(result, tmp_path):
    words = ["sample", str(result.folder), "--alert", ALERT, "--seed", "1", "-o", str(tmp_path)]
    all_ = len(with_alert(result))
    few = CliRunner().invoke(app, [*words, "-n", "3"]).output
    assert few.startswith("6 exams, 3 of them with the alert (seed 1)\n")
    many = CliRunner().invoke(app, [*words, "-n", "500"]).output
    assert f", {all_} of them with the alert, all that there are (seed 1)\n" in many


def test_the_same_seed_draws_the_same_sheet_and_another_one_another(result, tmp_path):
    one, _ = drawn(result, tmp_path / "1", seed=1)
    again, _ = drawn(result, tmp_path / "2", seed=1)
    other, _ = drawn(result, tmp_path / "3", seed=2)
    assert one.sheet.read_bytes() == again.sheet.read_bytes()
    assert one.page.read_bytes() == again.page.read_bytes()
    assert one.sheet.read_bytes() != other.sheet.read_bytes()


def test_every_exam_of_a_layer_is_drawn_about_as_often(result, tmp_path):
    seen = Counter()
    for seed in range(60):
        _, key = drawn(result, tmp_path / "s", count=5, clean=0, seed=seed)
        seen.update(row["exam"] for row in key["rows"])
    each = 60 * 5 / len(with_alert(result))
    assert set(seen) == with_alert(result)
    assert all(abs(count - each) < 5 * each**0.5 for count in seen.values())


# ------------------------------------------------------------------------------------ blinding


def test_a_sheet_names_no_exam_no_alert_and_no_place(result, tmp_path):
    made, key = drawn(result, tmp_path)
    exams = {row["exam"]: row for row in table(result.folder, "exams")}
    for text in (made.sheet.read_text("utf-8-sig"), made.page.read_text("utf-8")):
        for row in key["rows"]:
            assert row["exam"] not in text
            assert exams[row["exam"]]["origin"] not in text
        for hidden in ("stratum", "other_alert", "seed", str(key["seed"] * 1000), key["result"]):
            assert hidden not in text
    assert not any(alert in made.sheet.read_text("utf-8-sig") for alert in ranks())


def test_every_exam_is_asked_the_same_whatever_alert_is_reviewed(result, tmp_path):
    forms = []
    for alert in (ALERT, "calcification_with_dilatation"):
        made, _ = drawn(result, tmp_path / alert, alert=alert)
        page = made.page.read_text("utf-8")
        forms += re.findall(r"<form.*?</form>", page, re.DOTALL)
    assert len(forms) == 60
    assert len(set(forms)) == 1


def test_what_is_written_depends_on_the_words_alone(tmp_path):
    rows = [SheetRow("bcd", "Liver: normal.", ""), SheetRow("fgh", "Liver: 4 mm stone.", "Before.")]
    write_sheet(tmp_path, "jkl", rows)
    assert (tmp_path / "sheet.html").read_text("utf-8") == page_of("jkl", rows)
    told = [
        (row["row"], row["report"], row["earlier_report"])
        for row in rows_of(tmp_path / "sheet.csv")
    ]
    assert told == [tuple(row) for row in rows]


def test_answers_are_empty_and_columns_in_their_order(result, tmp_path):
    made, _ = drawn(result, tmp_path)
    rows = rows_of(made.sheet)
    assert tuple(rows[0]) == COLUMNS
    assert {row[name] for row in rows for name in ("problems", "spot", "proven", "comment")} == {""}


def test_order_says_nothing_of_the_alert(result, tmp_path):
    """The mean place of exams with an alert lies where chance puts it, over many seeds."""
    places = []
    for seed in range(80):
        _, key = drawn(result, tmp_path / "o", count=10, clean=10, seed=seed)
        places += [n for n, row in enumerate(key["rows"]) if row["stratum"] == "alert"]
    n = len(places)
    mean, expected = sum(places) / n, 19 / 2
    # Standard error of the mean of 10 places drawn of 20 without putting back, 80 times.
    error = ((20**2 - 1) / 12 / 10 * (10 / 19) / 80) ** 0.5
    assert abs(mean - expected) < 4 * error


def test_marks_say_nothing_of_the_alert(result, tmp_path):
    first = {"alert": Counter(), "clean": Counter()}
    for seed in range(60):
        _, key = drawn(result, tmp_path / "m", count=10, clean=10, seed=seed)
        for row in key["rows"]:
            layer = "alert" if row["stratum"] == "alert" else "clean"
            first[layer][row["row"][0] < "n"] += 1
    share = {layer: counts[True] / sum(counts.values()) for layer, counts in first.items()}
    assert abs(share["alert"] - share["clean"]) < 4 * (0.5 / 600) ** 0.5


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_mark_is_a_word_of_letters_that_no_spreadsheet_counts_with(parts):
    assert re.fullmatch(f"[{LETTERS}]{{8}}", mark(*parts))


@given(st.text("ab \n\r\t", max_size=20), st.text("ab \n", max_size=20))
def test_words_keep_their_digest_however_lines_are_broken(report, earlier):
    kept = digest_of_words(report, earlier)
    assert digest_of_words(report.replace("\n", "\r\n").strip(), earlier) == kept
    assert digest_of_words(f"{report} x", earlier) != kept


def test_an_earlier_exam_is_shown_wherever_there_is_one(result, tmp_path):
    made, key = drawn(result, tmp_path, count=2000, clean=2000)
    prior = {row["exam"]: row["prior"] for row in table(result.folder, "exams")}
    exam_of = {row["row"]: row["exam"] for row in key["rows"]}
    for row in rows_of(made.sheet):
        assert bool(row["earlier_report"]) == (prior[exam_of[row["row"]]] is not None)
    assert any(row["earlier_report"] for row in rows_of(made.sheet))


def test_words_that_begin_like_a_formula_stay_words(tmp_path):
    words = ["=1+1", "+cmd", "-2 mm", "@x", "\tx"]
    write_sheet(tmp_path, "bcd", [SheetRow(f"b{n}", text, text) for n, text in enumerate(words)])
    for row, text in zip(rows_of(tmp_path / "sheet.csv"), words, strict=True):
        assert row["report"] == row["earlier_report"] == f" {text}"


@settings(max_examples=30)
@given(st.text(max_size=60))
def test_a_report_cannot_put_anything_into_the_page(words):
    page = page_of("bcd", [SheetRow("fgh", f"{words}<script>alert(1)</script>", '"><img src=x>')])
    assert page.count("<script>") == 1
    assert "<img" not in page


# ---------------------------------------------------------------------------------- languages


def test_a_sheet_in_chinese_asks_the_same_and_is_the_same_sheet(result, tmp_path):
    one, key = drawn(result, tmp_path / "en")
    two = sample(result, ALERT, 12, 18, 5, tmp_path / "zh", language="zh")
    assert two.key == one.key
    assert key_of(two) == key
    assert two.sheet.read_bytes() == one.sheet.read_bytes()
    english, chinese = (each.page.read_text("utf-8") for each in (one, two))
    assert '<html lang="zh-Hans">' in chinese
    asked = r'<input type="(?:checkbox|radio)" name="\w+" value="\w+">'
    assert re.findall(asked, chinese) == re.findall(asked, english)


def test_no_english_sentence_is_left_in_a_chinese_sheet():
    page = page_of("bcd", [SheetRow("fgh", "肝脏正常。", "肝脏正常。")], "zh")
    body = re.sub(r"<(script|style|code|head)\b.*?</\1>", "", page, flags=re.DOTALL)
    told = " ".join([re.sub(r"<[^>]*>", " ", body), *re.findall(r'aria-label="([^"]*)"', body)])
    known = {"sheet", "csv", "CSV", "CT", "MRI", "problems", "spot", "proven", "bcd"}
    assert set(re.findall(r"[A-Za-z]+", told)) <= known
    for sentence in problems("zh").values():
        assert sentence in told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sheet_is_in_the_language_of_the_page_or_in_the_one_asked_for(result, tmp_path, language):
    from hepaspot.archive.page import write_page

    other = copied(result, tmp_path / "r")
    write_page(other.folder, language)
    words = ["sample", str(other.folder), "--alert", ALERT, "-n", "2", "-o", str(tmp_path / "s")]
    for asked, wanted in (
        ([], language),
        (["--language", "zh"], "zh"),
        (["--language", "en"], "en"),
    ):
        done = CliRunner().invoke(app, [*words, *asked])
        assert done.exit_code == 0, done.output
        page = (tmp_path / "s" / "sheet.html").read_text("utf-8")
        assert f'<html lang="{"zh-Hans" if wanted == "zh" else "en"}">' in page


def test_without_a_page_the_sheet_is_in_english(tmp_path):
    from hepaspot.archive.page import language_of_page

    assert language_of_page(tmp_path) == "en"
    (tmp_path / "index.html").write_text('<!doctype html>\n<html lang="fr">')
    assert language_of_page(tmp_path) == "en"


# ---------------------------------------------------------------------------------------- keys


def test_the_key_stays_in_the_result_for_its_owner_alone(result, tmp_path):
    made, _ = drawn(result, tmp_path)
    assert made.key.parent == result.folder / "reviews"
    assert made.key.stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet.csv", "sheet.html"]


def test_a_sheet_is_for_its_owner_alone(result, tmp_path):
    made, _ = drawn(result, tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    for path in (made.sheet, made.page):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_sheet_that_lay_open_is_closed_when_it_is_drawn_again(result, tmp_path):
    made, _ = drawn(result, tmp_path)
    made.sheet.chmod(0o644)
    made.page.chmod(0o644)
    drawn(result, tmp_path)
    assert {path.stat().st_mode & 0o777 for path in (made.sheet, made.page)} == {0o600}


def test_a_sheet_does_not_go_beside_its_key(result):
    with pytest.raises(OutputError, match="lies in the result, beside the key; choose another -o"):
        sample(result, ALERT, 5, 5, 1, result.folder / "reviews")


def test_each_alert_of_words_is_put_to_the_reviewer():
    pictures = {"picture_disagrees", "wide_duct_in_picture", "size_mismatch"}
    assert set(problems()) == set(problems("zh")) == set(ranks()) - pictures
    assert all(words[0].isupper() and words.endswith(".") for words in problems().values())
    assert all(words.endswith("。") for words in problems("zh").values())


@pytest.mark.parametrize(
    ("alert", "words"),
    [
        ("picture_disagrees", "rests on a picture, which a sheet of words does not show"),
        ("nonsense", "there is no such alert; use one of calcification_with_dilatation, "),
    ],
)
def test_an_alert_that_cannot_be_reviewed_is_refused(alert, words):
    with pytest.raises(InputError, match=words):
        known_alert(alert)


def test_an_alert_that_no_exam_has_is_refused(result, tmp_path):
    with pytest.raises(InputError, match="no exam with words has the alert side_mismatch"):
        sample(result, "side_mismatch", 5, 5, 1, tmp_path)


def test_a_report_in_a_file_that_went_away_is_told_without_its_name(tmp_path):
    from archive.archives import CALCIFIED, run

    from hepaspot.archive.asking.result import audited

    folder = tmp_path / "reports"
    folder.mkdir()
    for number in range(3):
        (folder / f"ZHANG-{number}.txt").write_text(CALCIFIED + f"\nNo. {number}", "utf-8")
    run([folder], tmp_path / "result")
    other = audited(tmp_path / "result")
    made = sample(other, "calcification_with_dilatation", 3, 0, 1, tmp_path / "sheet")
    assert [row["report"] for row in rows_of(made.sheet)].count("") == 0
    assert len(key_of(made)["rows"]) == 3
    (folder / "ZHANG-1.txt").unlink()
    with pytest.raises(InputError, match="a report can no longer be read; put the files back") as e:
        sample(other, "calcification_with_dilatation", 3, 0, 1, tmp_path / "again")
    assert "ZHANG" not in str(e.value)


# ---------------------------------------------------------------------------------------- page


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip("no chromium here")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as run:
        opened = run.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def sheet(result, tmp_path_factory):
    made, _ = drawn(result, tmp_path_factory.mktemp("page"), count=3, clean=3)
    return made


@pytest.fixture
def visit(browser, sheet):
    """Opens the page; in the end it may not have complained, or asked for anything."""
    asked, complaints, pages = [], [], []

    def opened(width=DESKTOP_WIDTH_PX, scheme="light", made=sheet):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        pages.append(page)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda told: complaints.append(told.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(made.page.as_uri())
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []
    assert not [url for url in asked if not url.startswith(("file:", "blob:", "data:"))]


@pytest.mark.page
@pytest.mark.parametrize("width", [PHONE_WIDTH_PX, DESKTOP_WIDTH_PX])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_passes_axe_and_stays_within_the_screen(visit, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit(width, scheme)
    page.evaluate("document.querySelector('details').open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelector('meta[http-equiv]').remove()")
    found = axe.Axe().run(page).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html'][:90]}" for each in found] == []


@pytest.fixture(scope="module")
def chinese_sheet(result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("zh")
    return sample(result, ALERT, 3, 3, 5, folder, language="zh")


@pytest.mark.page
@pytest.mark.parametrize("width", [PHONE_WIDTH_PX, DESKTOP_WIDTH_PX])
def test_the_chinese_page_passes_axe_counts_in_chinese_and_saves_what_is_read_back(
    visit, result, chinese_sheet, width, tmp_path
):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit(width, made=chinese_sheet)
    page.evaluate("document.querySelector('details').open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.inner_text("#count") == "已答 0/6 次检查"
    page.get_by_label("没有问题。").first.check()
    assert page.inner_text("#count") == "已答 1/6 次检查，尚未保存"
    with page.expect_download() as download:
        page.click("#save")
    download.value.save_as(tmp_path / "saved.csv")
    answered = filled(result, tmp_path / "saved.csv")
    assert [each.problems for each in answered.answers.values() if each.problems] == [{"none"}]
    page.evaluate("document.querySelector('meta[http-equiv]').remove()")
    found = axe.Axe().run(page).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html'][:90]}" for each in found] == []


@pytest.mark.page
def test_answers_are_counted_saved_and_loaded(visit, sheet, tmp_path):
    page = visit()
    page.check("#exam-1 input[value=stone_without_dilatation]")
    page.check("#exam-1 input[value=duct_stone]")
    page.check("#exam-1 [name=proven][value=yes]")
    page.fill("#exam-2 [name=comment]", 'a "quoted", word')
    page.check("#exam-2 input[value=none]")
    assert page.inner_text("#count") == "2 of 6 exams answered, not saved yet"
    with page.expect_download() as download:
        page.click("#save")
    saved = tmp_path / "saved.csv"
    download.value.save_as(saved)
    assert re.fullmatch(r"answers-\w+\.csv", download.value.suggested_filename)
    assert page.inner_text("#count") == "2 of 6 exams answered"
    rows = rows_of(saved)
    assert [row["problems"] for row in rows] == ["stone_without_dilatation", "none", *[""] * 4]
    assert rows[0] | {"sheet": "", "row": ""} == {
        "sheet": "", "row": "", "problems": "stone_without_dilatation", "spot": "duct_stone",
        "proven": "yes", "comment": "",
    }  # fmt: skip
    assert rows[1]["comment"] == 'a "quoted", word'
    assert [row["row"] for row in rows] == [row["row"] for row in rows_of(sheet.sheet)]
    other = visit()
    other.set_input_files("#file", str(saved))
    other.wait_for_function("document.querySelectorAll(':checked').length === 4")
    assert other.input_value("#exam-2 [name=comment]") == 'a "quoted", word'
    assert other.inner_text("#count") == "2 of 6 exams answered"


@pytest.mark.page
def test_nothing_wrong_stands_alone(visit):
    page = visit()
    page.check("#exam-1 input[value=name_mismatch]")
    page.check("#exam-1 input[value=side_mismatch]")
    page.check("#exam-1 input[value=none]")
    ticked = "[...document.querySelectorAll('#exam-1 :checked')].map(input => input.value)"
    assert page.evaluate(ticked) == ["none"]
    page.check("#exam-1 input[value=side_mismatch]")
    assert page.evaluate(ticked) == ["side_mismatch"]


@pytest.mark.page
def test_answers_of_another_sheet_are_not_loaded(visit, sheet, tmp_path):
    strange = fill(
        sheet.sheet, lambda row: {"sheet": "xxx", "problems": "none"}, tmp_path / "x.csv"
    )
    page = visit()
    page.set_input_files("#file", str(strange))
    page.wait_for_function("document.getElementById('count').textContent.includes('not saved ans')")
    assert page.evaluate("document.querySelectorAll(':checked').length") == 0


@pytest.mark.page
def test_the_next_open_exam_is_reached_by_keyboard(visit):
    page = visit()
    page.check("#exam-1 input[value=none]")
    page.focus("#next")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "exam-2"


@pytest.mark.page
def test_a_printed_sheet_holds_every_form_and_no_buttons(visit, sheet, tmp_path):
    from pypdf import PdfReader

    page = visit()
    page.pdf(path=tmp_path / "sheet.pdf", format="A4")
    text = "\n".join(each.extract_text() for each in PdfReader(tmp_path / "sheet.pdf").pages)
    assert text.count("What is wrong in the words?") == sheet.rows
    assert "Next open" not in text


def test_strata_of_the_key_are_those_that_the_archive_is_divided_into():
    assert {*CLEAN, Stratum.ALERT} == set(Stratum)
