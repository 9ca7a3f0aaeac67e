"""The pages as people use them: every flow, in both languages, on phone, tablet and desktop."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs the extra 'serve'")
playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

from pypdf import PdfReader  # noqa: E402
from serve.site import CHINESE, ENGLISH, WARNING, clip, running, still  # noqa: E402

CHROMIUM = next(
    (
        path
        for path in map(Path, ("/usr/bin/chromium", "/usr/bin/chromium-browser"))
        if path.exists()
    ),
    None,
)
pytestmark = [
    pytest.mark.page,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here"),
]

WIDTHS = {"phone": 360, "tablet": 820, "desktop": 1400}
READ = {"en": "Read it", "zh": "开始读取"}
LOCALE = {"en": "en-GB", "zh": "zh-CN"}


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as run:
        opened = run.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with running(store=str(tmp_path_factory.mktemp("kept") / "exams.db")) as at:
        yield at


@pytest.fixture
def visit(browser, url):
    """Opens pages; in the end no page may have complained or asked another host."""
    contexts, complaints, foreign = [], [], []

    def complained(told):
        refused = "status of 422" in told.text  # what cannot be read is answered so
        if told.type == "error" and not refused:
            complaints.append(told.text)

    def open_page(path="/", *, width=1400, language="en", script=True, dark=False):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale=LOCALE[language],
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            has_touch=width < 1000,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", complained)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith((url, "data:", "blob:")) else foreign.append(asked.url)
            ),
        )
        page.goto(f"{url}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints
    assert not foreign


def read(page, text, language="en"):
    page.fill("#text", text)
    page.get_by_role("button", name=READ[language], exact=True).click()
    page.wait_for_url("**/exams/*")
    page.wait_for_load_state()
    return page


def read_files(page, *files):
    page.set_input_files(
        "#files", [{"name": name, "mimeType": "", "buffer": data} for name, data in files]
    )
    page.get_by_role("button", name="Read it", exact=True).click()
    page.wait_for_url("**/exams/*")
    return page


def violations(page):
    found = axe.Axe().run(page)
    return [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]]


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def until(page, expression, argument=None):
    """Waits until an expression is true; the policy of the page forbids Playwright's own way."""
    for _ in range(150):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def percent(page, card=0):
    figures = page.locator(".card").nth(card).locator(".bars .figure").first.inner_text()
    return re.search(r"\d+", figures).group()


# --------------------------------------------------------------------------------- reading


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_pasted_report_is_answered_on_every_screen_in_both_languages(visit, width, language):
    page = visit(width=width, language=language, dark=width == 820)
    assert violations(page) == []
    assert overflow(page) <= 0
    read(page, CHINESE, language)
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[language]
    verdict = page.locator(".verdict").inner_text()
    assert (
        verdict
        == {
            "en": "Cannot be told apart from what was given.",
            "zh": "根据现有资料无法区分。",
        }[language]
    )
    assert page.locator("mark").count() >= 3
    assert violations(page) == []
    assert overflow(page) <= 0


def test_the_language_is_switched_and_remembered(visit):
    page = visit()
    page.get_by_role("link", name="中文").click()
    assert page.locator("h1").inner_text().startswith("肝内强回声")
    read(page, ENGLISH, "zh")
    assert page.get_by_text("怎样才能弄清楚").first.is_visible()
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**language=en")
    page.goto(page.url.partition("?")[0])
    assert page.get_by_text("What would settle it").first.is_visible()


def test_warnings_stand_above_everything_with_a_sign(visit):
    page = read(visit(), WARNING)
    flags = page.locator("#flags")
    assert flags.bounding_box()["y"] < page.locator(".card").first.bounding_box()["y"]
    told = page.evaluate(
        "getComputedStyle(document.querySelector('#flags h2'), '::before').content"
    )
    assert "▲" in told
    for word in ("fever", "jaundice"):
        assert word in flags.inner_text().lower()


def test_an_example_is_read_with_one_click(visit):
    page = visit()
    page.get_by_role("button", name="A Chinese report").click()
    page.wait_for_url("**/exams/*")
    assert page.locator(".card").count() == 1


def test_files_are_dropped_listed_and_taken_out_again(visit):
    page = visit()
    page.set_input_files(
        "#files",
        [{"name": name, "mimeType": "text/plain", "buffer": b"x"} for name in ("a.txt", "b.txt")],
    )
    assert page.locator("#chosen li").all_inner_texts() == ["a.txt\n×", "b.txt\n×"]
    page.get_by_role("button", name="Remove a.txt").click()
    assert page.locator("#chosen li").all_inner_texts() == ["b.txt\n×"]
    assert page.evaluate("document.getElementById('files').files.length") == 1


def test_what_cannot_be_read_is_told_in_the_reader_s_language(visit):
    page = visit(language="zh")
    page.set_input_files(
        "#files", [{"name": "a.gif", "mimeType": "", "buffer": b"GIF89a" + b"x" * 9}]
    )
    page.get_by_role("button", name="开始读取", exact=True).click()
    page.wait_for_selector("#problem:not([hidden])")
    told = page.locator("#problem").inner_text()
    assert told.startswith("不支持这种文件。")
    assert "a.gif: is a GIF picture" in told


def test_what_was_typed_stays_while_the_language_is_switched(visit):
    page = visit()
    page.fill("#text", ENGLISH)
    page.get_by_role("link", name="中文").click()
    page.wait_for_url("**language=zh")
    assert page.input_value("#text") == ENGLISH
    page.get_by_role("button", name="开始读取", exact=True).click()
    page.wait_for_url("**/exams/*")
    page.get_by_role("link", name="hepaspot").click()
    page.wait_for_url("**/")
    assert page.input_value("#text") == "", "what was sent is not left behind"


def test_the_printed_form_has_its_style(visit):
    page = read(visit(), ENGLISH)
    page.get_by_role("link", name="To print").click()
    page.wait_for_url("**/page?**")
    bar = page.locator(".track").first.bounding_box()
    assert bar["height"] < 30


def test_what_cannot_be_read_is_told_and_the_words_stay(visit):
    page = visit()
    page.fill("#text", ENGLISH)
    page.set_input_files(
        "#files", [{"name": "a.gif", "mimeType": "", "buffer": b"GIF89a" + b"x" * 9}]
    )
    page.get_by_role("button", name="Read it", exact=True).click()
    page.wait_for_selector("#problem:not([hidden])")
    assert "a.gif: is a GIF picture, which is not read" in page.locator("#problem").inner_text()
    assert page.input_value("#text") == ENGLISH
    assert page.locator("#progress").is_hidden()


# ------------------------------------------------------------------------------ questioning


def test_a_question_is_answered_in_place_and_the_answer_moves(visit):
    page = read(visit(), ENGLISH)
    address, before = page.url, percent(page)
    inside = page.get_by_role("button", name="Yes: inside the lumen")
    inside.click()
    until(page, "was => !document.querySelector('.bars .figure').innerText.startsWith(was)", before)
    assert page.url == address
    assert int(percent(page)) < int(before)
    again = page.get_by_role("button", name="Yes: inside the lumen")
    assert again.get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.activeElement.innerText") == "Yes: inside the lumen"
    page.get_by_role("button", name="Undo").click()
    until(page, "was => document.querySelector('.bars .figure').innerText.startsWith(was)", before)


def test_an_answer_is_taken_back_as_not_known(visit):
    page = read(visit(), ENGLISH)
    before = percent(page)
    page.get_by_role("button", name="No: outside the lumen").click()
    question = page.locator(".settle .question.answered")
    question.wait_for()
    question.get_by_role("button", name="Not known").click()
    page.wait_for_selector(".settle .question.answered", state="detached")
    assert percent(page) == before


def test_what_was_misread_is_put_right_and_can_be_put_back(visit):
    page = read(visit(), ENGLISH)
    before = percent(page)
    row = page.locator(".rows > li", has_text="intrahepatic ducts: not dilated")
    row.get_by_text("Not so?").click()
    row.get_by_role("button", name="Yes: dilated").click()
    changed = page.locator(".rows > li", has_text="intrahepatic ducts: dilated")
    changed.wait_for()
    assert int(percent(page)) < int(before)
    assert "Dilated" in page.locator("#flags").inner_text(), "a warning sign goes up at once"
    assert changed.get_by_role("button", name="As it was read").is_visible(), "it stays open"
    changed.get_by_role("button", name="As it was read").click()
    row.wait_for()
    assert percent(page) == before


def test_the_setting_is_seen_and_changed(visit):
    page = read(visit(), ENGLISH)
    before = page.locator(".bars .figure").all_inner_texts()
    assert page.locator("#exam-kind").input_value() == ""
    page.select_option("#exam-kind", "health_check")
    until(page, "was => document.querySelector('.bars .figure').innerText !== was", before[0])
    page.select_option("#exam-region", "elsewhere")
    page.get_by_text("2 changes by hand").wait_for()
    assert page.locator("#exam-kind").input_value() == "health_check"


def test_a_line_of_evidence_lights_its_words_and_leads_to_its_sources(visit):
    page = read(visit(), ENGLISH)
    row = page.locator(".rows > li", has_text="acoustic shadow")
    row.hover()
    lit = page.locator("mark.lit")
    assert lit.count() == 1
    assert "shadowing" in lit.inner_text()
    row.get_by_role("link", name="the figures").click()
    page.wait_for_url("**/knowledge/shadow")
    assert page.locator("table.figures tbody tr").count() > 3
    assert violations(page) == []
    page.go_back()
    source = page.locator(".rows .cites a").first
    source.click()
    assert page.locator("li:target").is_visible()


# -------------------------------------------------------------------------------- pictures


def test_a_dicom_still_is_answered_marked_and_put_back(visit):
    page = read_files(visit(), ("still.dcm", still()))
    page.wait_for_selector("[data-viewer] canvas")
    assert page.locator(".card").count() == 1
    assert violations(page) == []
    row = page.locator(".rows > li[data-light]").first
    row.get_by_role("button", name="Show in the picture").click()
    stage = page.locator("[data-viewer] canvas").first.bounding_box()
    page.get_by_role("button", name="Mark a spot").click()
    page.mouse.click(stage["x"] + stage["width"] * 0.5, stage["y"] + stage["height"] * 0.358)
    until(page, "document.querySelectorAll('.card').length === 2")
    page.get_by_role("button", name="Undo").click()
    until(page, "document.querySelectorAll('.card').length === 1")


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_picture_and_its_report_fit_every_screen(visit, width):
    page = read_files(visit(width=width), ("s.dcm", still()), ("r.txt", ENGLISH.encode()))
    page.wait_for_selector("[data-viewer] canvas")
    assert overflow(page) <= 0
    box = page.locator("[data-viewer] canvas").first.bounding_box()
    assert box["width"] > 0.4 * min(width, 1400) - 40
    assert violations(page) == []


def test_a_clip_tells_how_far_it_is_and_can_be_stopped(visit):
    page = visit()
    page.set_input_files("#files", [{"name": "c.dcm", "mimeType": "", "buffer": clip(30)}])
    page.get_by_role("button", name="Read it", exact=True).click()
    page.get_by_text(re.compile(r"Reading frame \d+ of 30")).wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped. Nothing was kept.").wait_for()
    assert page.url.endswith("/")


def test_the_keyboard_stays_with_the_picture_after_a_change(visit):
    page = read_files(visit(), ("still.dcm", still()))
    page.wait_for_selector("[data-viewer] canvas")
    page.locator("[data-viewer] [tabindex='0']").first.focus()
    page.keyboard.press("n")
    page.keyboard.press("Delete")
    page.get_by_text("1 change by hand").wait_for()
    assert page.evaluate("document.activeElement.closest('[data-viewer]') !== null")
    page.keyboard.press("Control+z")
    page.get_by_text("Nothing changed by hand").wait_for()


def test_a_spot_that_is_outlined_already_and_a_dark_place_are_no_new_spots(visit):
    page = read_files(visit(), ("still.dcm", still()))
    page.wait_for_selector("[data-viewer] canvas")
    box = page.locator("[data-viewer] canvas").first.bounding_box()
    page.get_by_role("button", name="Mark a spot").click()
    for x, y, words in ((349, 313, "outlined already"), (558, 357, "nothing bright stands out")):
        page.mouse.click(box["x"] + box["width"] * x / 800, box["y"] + box["height"] * y / 600)
        page.get_by_text(re.compile(words)).first.wait_for()
    assert page.get_by_text("Nothing changed by hand").is_visible()


# ------------------------------------------------------------------- photo of a printed report


def test_a_photo_of_a_chinese_report_is_checked_corrected_and_answered(visit, tmp_path):
    pytest.importorskip("rapidocr", reason="needs the extra 'ocr'")
    from intake.pages import font_file, saved
    from intake.pages import page as printed

    if font_file("zh-cn") is None:
        pytest.skip("no font with Chinese letters here")
    path = saved(printed(CHINESE), tmp_path / "photo.jpg")
    page = visit(language="zh", width=820)
    page.set_input_files("#photo", str(path))
    page.get_by_role("button", name="开始读取", exact=True).click()
    page.wait_for_url("**/drafts/*", timeout=60_000)
    assert violations(page) == []
    assert page.locator("figure img").evaluate("image => image.naturalWidth") > 500
    words = page.input_value("textarea")
    assert "强回声" in words
    page.fill("textarea", CHINESE)
    page.get_by_role("button", name="文字无误，开始读取").click()
    page.wait_for_url("**/exams/*")
    assert page.locator(".card").count() == 1


# --------------------------------------------------------------------------- the patient's page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_patient_s_page_needs_no_script(visit, language):
    page = visit(language=language, script=False, width=820)
    read(page, CHINESE, language)
    page.locator(".exam-tools a").first.click()
    page.wait_for_url("**/patient")
    assert page.locator("script").count() == 0
    assert page.locator("html").get_attribute("lang").startswith(language)
    normal = page.locator("h2").first.bounding_box()["height"]
    page.get_by_role("link", name={"en": "Larger type", "zh": "大字"}[language]).click()
    page.wait_for_url("**type=large")
    assert page.locator("h2").first.bounding_box()["height"] > 1.2 * normal
    other = {"en": "中文", "zh": "English"}[language]
    page.get_by_role("link", name=other).click()
    page.wait_for_url("**type=large")
    assert page.locator("html").get_attribute("lang").startswith({"en": "zh", "zh": "en"}[language])
    assert page.locator("html").get_attribute("class") == "large"


@pytest.mark.parametrize("size", ["", "&type=large"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_patient_s_page_prints_on_two_sheets(visit, tmp_path, language, size):
    page = read(visit(), CHINESE)
    page.goto(f"{page.url}/patient?language={language}{size}")
    pdf = tmp_path / "patient.pdf"
    page.pdf(path=str(pdf), prefer_css_page_size=True)
    assert len(PdfReader(pdf).pages) <= 2
    page.emulate_media(media="screen")
    assert violations(page) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_with_a_picture_and_warnings_prints_on_two_sheets(visit, tmp_path, language):
    page = read_files(visit(), ("still.dcm", still()), ("r.txt", WARNING.encode()))
    page.goto(f"{page.url}/patient?language={language}")
    pdf = tmp_path / "patient.pdf"
    page.pdf(path=str(pdf), prefer_css_page_size=True)
    assert len(PdfReader(pdf).pages) <= 2


# ------------------------------------------------------------------------------ without script


def test_everything_but_the_viewer_works_without_script(visit):
    page = read(visit(script=False), ENGLISH)
    before = percent(page)
    page.get_by_role("button", name="Yes: inside the lumen").click()
    assert int(percent(page)) < int(before)
    page.get_by_role("button", name="Undo").click()
    assert percent(page) == before
    page.select_option("#exam-kind", "symptomatic")
    page.get_by_role("button", name="Apply").click()
    assert page.locator("#exam-kind").input_value() == "symptomatic"
    page.get_by_text("Forget this exam now").click()
    page.get_by_role("button", name="Yes, forget it").click()
    assert page.locator("#text").input_value() == ""


def test_a_picture_is_shown_with_what_was_found_without_script(visit):
    page = read_files(visit(script=False), ("still.dcm", still()))
    image = page.locator("[data-viewer] img")
    assert image.evaluate("image => image.complete && image.naturalWidth") > 600


def test_a_problem_is_told_without_script(visit):
    page = visit(script=False)
    page.get_by_role("button", name="Read it", exact=True).click()
    assert "there is nothing to read" in page.locator(".problem[role=alert]").first.inner_text()


# ----------------------------------------------------------------------------------- keeping


def test_exams_are_kept_found_compared_and_deleted_for_good(visit):
    page = visit()
    for day, size in (("2024-03-01", "6 mm"), ("2026-03-01", "11 mm")):
        page.get_by_role("link", name="hepaspot").click()
        read(page, ENGLISH.replace("6 mm", size))
        page.get_by_label("Person").fill("A-1207")
        page.get_by_label("Day of the exam").fill(day)
        page.get_by_role("button", name="Keep", exact=True).click()
        page.get_by_text("This exam is kept.").wait_for()
    page.get_by_role("link", name="Compare with the exam of 2024-03-01").click()
    assert "Larger than before." in page.locator(".pair").inner_text()
    assert "+5.0 mm" in page.locator(".pair").inner_text()
    assert violations(page) == []
    page.get_by_role("link", name="Kept exams").click()
    page.get_by_label("Words in it").fill("echogenic")
    page.get_by_role("button", name="Search").click()
    assert page.locator(".kept-list > li").count() == 2
    assert violations(page) == []
    page.get_by_role("button", name="Open").first.click()
    page.wait_for_url("**/exams/*")
    assert page.get_by_text("This exam is kept.").is_visible()
    page.get_by_role("link", name="Kept exams").click()
    for _ in range(2):
        page.get_by_text("Delete …").first.click()
        page.get_by_role("button", name="Delete for good").first.click()
        page.wait_for_url("**/kept")
    page.get_by_text("Nothing is kept that fits.").wait_for()
    assert page.get_by_text("Nothing is kept that fits.").is_visible()


def test_a_server_that_keeps_nothing_offers_no_keeping(browser):
    with running() as at:
        page = browser.new_page()
        page.goto(at)
        assert page.get_by_role("link", name="Kept exams").count() == 0
        assert "Nothing that you give is kept" in page.locator("footer").inner_text()
        page.close()


# ---------------------------------------------------------------------------------- lightness


def test_the_first_page_weighs_less_than_100_kilobytes(browser, url):
    page = browser.new_page()
    weights = []
    page.on("response", lambda answer: weights.append(len(answer.body())))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    assert len(weights) >= 4
    assert sum(weights) <= 100_000
    page.close()
