"""One page that works alone: nothing fetched, nothing injected, every sentence traceable."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import msgspec
import pytest
from explain.cases import NAMES, Report, assessed, calcification

from hepaspot.exam import Certainty, Entity, Exam, Focus, Statement
from hepaspot.explain import TOPICS, compose, explain, related_page
from hepaspot.explain.focus import SHOWN_FOCI
from hepaspot.weigh import assess

PAIRS = [("clinician", "en"), ("clinician", "zh"), ("patient", "en"), ("patient", "zh")]
LARGEST_PAGE_BYTES = 150_000
VOID = {"meta", "link", "br", "path", "circle", "rect", "ellipse", "stop"}
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> \"'><svg onload=alert(3)> "
    "{{ 7*7 }} {% raw %} </style><style>*{display:none} \x1b[31mred\x1b[0m \x9b2J \u202eevil"
)


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, bool]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def all(self, name: str) -> list[str]:
        return [found for _, attrs in self.tags if (found := attrs.get(name)) is not None]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("audience", "language"), PAIRS)
def test_a_page_is_well_formed_and_its_anchors_lead_somewhere(
    name: str, audience: str, language: str
):
    page = Page(explain(assessed(name), audience=audience, language=language, format="html"))
    assert page.open == []
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    inner = {href.removeprefix("#") for href in page.all("href") if href.startswith("#")}
    assert inner <= set(ids)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("audience", "language"), PAIRS)
def test_nothing_is_fetched_from_anywhere(name: str, audience: str, language: str):
    text = explain(assessed(name), audience=audience, language=language, format="html")
    page = Page(text)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "use"}
    assert not page.all("src")
    assert not page.all("xlink:href")
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    outer = [(tag, attrs) for tag, attrs in page.tags if "http" in (attrs.get("href") or "")]
    assert {tag for tag, _ in outer} <= {"a"}
    policy = next(attrs["content"] for _, attrs in page.tags if "http-equiv" in attrs)
    (sheet,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    own = b64encode(sha256(sheet.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{own}'"
    assert not page.all("style"), "a style in an element is refused by the policy"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("audience", "language"), PAIRS)
def test_every_sentence_of_the_document_stands_in_the_page_with_its_rule(
    name: str, audience: str, language: str
):
    document = compose(assessed(name), audience=audience, language=language)
    page = Page(explain(assessed(name), audience=audience, language=language, format="html"))
    assert {line.rule for line in document.trace} <= {*page.all("data-rule"), *drawn(document)}


def drawn(document: object) -> set[str]:
    """Rules of the words inside of drawings, which carry no attribute of their own."""
    return {line.rule for line in document.trace if ".figure." in line.rule}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("audience", "language"), PAIRS)
def test_a_page_stays_small(name: str, audience: str, language: str):
    text = explain(assessed(name), audience=audience, language=language, format="html")
    assert len(text.encode()) <= LARGEST_PAGE_BYTES


def crowded() -> Exam:
    exam = calcification()
    foci = tuple(msgspec.structs.replace(exam.foci[0], id=f"f{n}") for n in range(40))
    return msgspec.structs.replace(exam, foci=foci)


@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_a_page_of_very_many_foci_stays_small_and_says_what_it_left_out(audience: str):
    assessment = assess(crowded())
    text = explain(assessment, audience=audience, format="html")
    assert len(text.encode()) <= LARGEST_PAGE_BYTES
    assert f"{40 - SHOWN_FOCI} " in text
    assert f"{audience}.{'focus' if audience == 'clinician' else 'likely'}.more" in text


def hostile() -> Exam:
    r = Report(HOSTILE)
    said = Statement(Entity.OTHER, Certainty.ASSERTED, r.at(HOSTILE), "<b>name</b>")
    focus = Focus("<i>", r.at(HOSTILE), host="<u>host</u>", statements=(said,))
    return r.exam(focus)


@pytest.mark.parametrize(("audience", "language"), PAIRS)
def test_the_words_of_a_report_cannot_become_markup(audience: str, language: str):
    text = explain(assess(hostile()), audience=audience, language=language, format="html")
    page = Page(text)
    tags = [tag for tag, _ in page.tags]
    assert not {"script", "img", "b0", "u", "i0"} & set(tags)
    assert tags.count("style") == 1
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in text


@pytest.mark.parametrize("format", ["text", "html"])
@pytest.mark.parametrize(("audience", "language"), PAIRS)
def test_no_control_character_of_a_report_is_passed_on(format: str, audience: str, language: str):
    text = explain(assess(hostile()), audience=audience, language=language, format=format)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "evil" in text


def test_a_patients_page_carries_the_related_pages_behind_anchors():
    page = Page(explain(assessed("calcification"), audience="patient", format="html"))
    assert set(TOPICS) <= set(page.all("id"))
    assert {f"#{topic}" for topic in TOPICS} <= set(page.all("href"))


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_related_page_stands_alone_with_its_sources(topic: str, language: str):
    page = Page(related_page(topic, language, "html"))
    assert page.open == []
    assert [name for name in page.all("id") if name.startswith(f"source-{topic}-")]
    assert related_page(topic, language, "text").endswith("\n")


def test_a_topic_that_is_none_is_named():
    with pytest.raises(ValueError, match=r"topic must be one of calcification, .*, got 'spleen'"):
        related_page("spleen")


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh", "zh-Hans")])
def test_a_page_names_its_language(language: str, tag: str):
    text = explain(assessed("calcification"), language=language, format="html")
    assert f'<html lang="{tag}">' in text
