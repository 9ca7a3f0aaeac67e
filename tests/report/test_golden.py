"""Every golden line is read as a careful reader reads it; what is not, is on the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import msgspec
import pytest
from report.lines import KNOWN, LANGUAGES, Line, cases, differences, lines

from hepaspot.exam import Exam, Words
from hepaspot.report import fields, read_report

MOST_MISSES = 0.03
"""Share of the golden lines that may be known misses (convention)."""
WIDE = {code: code + 0xFEE0 for code in map(ord, "0123456789,:;()?%")}
HALF = {code + 0xFEE0: code for code in map(ord, "0123456789,:;()?%./+-~<>=")}
FIELDS = {*fields(Exam()), "contradictions"}
FOCUS_FIELDS = set(fields(read_report("A calcification in segment VI."))["foci"][0])
LAWS: dict[str, Callable[[str], str]] = {
    "blank_start": lambda text: f"\n  {text}",
    "final_line_end": lambda text: f"{text}\n",
    "final_line_ends": lambda text: f"{text}  \n\n\n",
    "crlf": lambda text: text.replace("\n", "\r\n"),
}
"""What changes nothing in any language."""
CHINESE_LAWS: dict[str, Callable[[str], str]] = {
    "full_width": lambda text: text.translate(WIDE),
    "half_width": lambda text: text.translate(HALF),
}


@pytest.mark.parametrize("line", cases("golden"))
def test_a_golden_line_is_read_as_a_careful_reader_reads_it(line):
    assert differences(line.expect, read_report(line.text)) == []


def test_the_known_misses_are_few():
    missed = sum(len(KNOWN["golden"][language]) for language in LANGUAGES)
    assert missed <= MOST_MISSES * sum(len(lines("golden", language)) for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_miss_is_a_golden_line(language):
    assert set(KNOWN["golden"][language]) <= {line.id for line in lines("golden", language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_golden_line_has_an_id_of_its_own_and_expects_fields_that_exist(language):
    golden = lines("golden", language)
    assert len({line.id for line in golden}) == len(golden)
    assert {key for line in golden for key in line.expect} <= FIELDS
    foci = [focus for line in golden for focus in line.expect.get("foci", [])]
    assert {key for focus in foci for key in focus} <= FOCUS_FIELDS


# -- laws ----------------------------------------------------------------------------------


def every_line(language: str) -> list[Line]:
    return lines("golden", language) + lines("blind", language)


def known(law: str, language: str) -> list[str]:
    return sorted(KNOWN["laws"].get(law, {}).get(language, []))


def passages(value: object) -> Iterator[Words]:
    """Every passage that ``value`` was read from."""
    if isinstance(value, Words):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from passages(getattr(value, name))
    elif isinstance(value, tuple):
        for part in value:
            yield from passages(part)


def in_its_text(line: Line) -> bool:
    return all(
        words.source == "report" and 0 <= words.start < words.end <= len(line.text)
        for words in passages(read_report(line.text))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_read_names_the_words_it_was_read_from(language):
    broken = [line.id for line in every_line(language) if not in_its_text(line)]
    assert sorted(broken) == known("passage_in_text", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reading_survives_json(language):
    exams = [read_report(line.text) for line in every_line(language)]
    assert [Exam.from_json(exam.to_json()) for exam in exams] == exams


@pytest.mark.parametrize(
    ("language", "law"),
    [*product(LANGUAGES, LAWS), *product(["zh"], CHINESE_LAWS)],
)
def test_how_a_text_is_typed_changes_no_field(language, law):
    retyped = (LAWS | CHINESE_LAWS)[law]
    broken = [
        line.id
        for line in every_line(language)
        if fields(read_report(retyped(line.text))) != fields(read_report(line.text))
    ]
    assert sorted(broken) == known(law, language)


def test_a_law_in_the_list_of_known_misses_exists():
    assert set(KNOWN["laws"]) <= {*LAWS, *CHINESE_LAWS, "passage_in_text"}
