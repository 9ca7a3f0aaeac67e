"""Both languages say the same, in words that their readers know."""

from __future__ import annotations

import re
import warnings

import pytest
from explain.cases import NAMES, assessed

from hepaspot.explain import TOPICS, compose
from hepaspot.explain.document import Document, Line, lines
from hepaspot.explain.pages import page

NUMBER = re.compile(r"\d+(?:\.\d+)?")
QUOTED = re.compile(r"“[^”]*”")
LATIN = re.compile(r"[A-Za-z]{2,}")
KNOWN_IN_CHINESE = {"CT"}
LONGEST_CHINESE_SENTENCE = 40
HIGHEST_GRADE = 6.0


def both(name: str, audience: str) -> tuple[Document, Document]:
    return (
        compose(assessed(name), audience=audience, language="en"),
        compose(assessed(name), audience=audience, language="zh"),
    )


def own_words(said: tuple[Line, ...]) -> list[str]:
    """What is said without the words of the report."""
    return [QUOTED.sub("", line.text) for line in said]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_the_same_rules_are_said_in_the_same_order(name: str, audience: str):
    english, chinese = both(name, audience)
    assert [line.rule for line in english.trace] == [line.rule for line in chinese.trace]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_every_number_is_the_same_in_both_languages(name: str, audience: str):
    english, chinese = both(name, audience)
    for first, second in zip(english.trace, chinese.trace, strict=True):
        numbers = sorted(NUMBER.findall(first.text)), sorted(NUMBER.findall(second.text))
        assert numbers[0] == numbers[1], first.rule
        assert first.sources == second.sources
        assert first.notes == second.notes


@pytest.mark.parametrize("topic", TOPICS)
def test_every_number_of_a_page_is_the_same_in_both_languages(topic: str):
    english, chinese = page(topic, "en").trace, page(topic, "zh").trace
    for first, second in zip(english, chinese, strict=True):
        assert first.rule == second.rule
        assert sorted(NUMBER.findall(first.text)) == sorted(NUMBER.findall(second.text))


@pytest.mark.parametrize("name", NAMES)
def test_chinese_sentences_are_short(name: str):
    _, chinese = both(name, "patient")
    for text in own_words(tuple(lines((chinese.trace, chinese.related)))):
        for sentence in re.split("[。！？；]", text):
            assert len(sentence) <= LONGEST_CHINESE_SENTENCE, sentence


@pytest.mark.parametrize("name", NAMES)
def test_a_chinese_patient_meets_no_english_word(name: str):
    _, chinese = both(name, "patient")
    text = " ".join(own_words(tuple(lines((chinese.trace, chinese.related)))))
    assert set(LATIN.findall(text)) <= KNOWN_IN_CHINESE


def grade(text: str) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        textstat = pytest.importorskip("textstat")
    return float(textstat.flesch_kincaid_grade(text))


def prose(said: tuple[Line, ...]) -> str:
    """Sentences as a reader meets them; labels and figures are none."""
    kept = [text.strip().rstrip(":") for text in own_words(said)]
    return " ".join(text if text[-1:] in ".?" else f"{text}." for text in kept if " " in text)


@pytest.mark.parametrize("name", NAMES)
def test_an_english_patient_needs_six_years_of_school(name: str):
    english, _ = both(name, "patient")
    assert grade(prose(english.trace)) <= HIGHEST_GRADE


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_needs_six_years_of_school(topic: str):
    assert grade(prose(page(topic, "en").trace)) <= HIGHEST_GRADE
