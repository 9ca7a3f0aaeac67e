"""Pages as a browser lays them out: on a phone nothing runs over the edge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from explain.cases import assessed

from hepaspot.explain import explain

CHROMIUM = Path("/usr/bin/chromium")
PHONE_WIDTH_PX = 375

pytestmark = [
    pytest.mark.page,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium here"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as run:
        opened = run.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("name", ["duct_stone", "contradictory"])
@pytest.mark.parametrize("audience", ["clinician", "patient"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_runs_over_the_edge_of_a_phone(browser, name, audience, language):
    page = browser.new_page(viewport={"width": PHONE_WIDTH_PX, "height": 700})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(explain(assessed(name), audience=audience, language=language, format="html"))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH_PX
    assert not [url for url in asked if not url.startswith(("about:", "data:"))]
    page.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_patients_page_prints_on_two_sheets_before_the_related_pages(browser, language):
    page = browser.new_page()
    text = explain(assessed("cannot_tell"), audience="patient", language=language, format="html")
    page.set_content(text)
    page.evaluate("document.querySelectorAll('.related').forEach(page => page.remove())")
    sheets = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert 1 <= sheets <= 2
    page.close()
