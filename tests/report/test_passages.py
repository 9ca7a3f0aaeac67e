"""A report is cut where a sentence, a list entry or a section ends, and nowhere else."""

from __future__ import annotations

import pytest
from generator import generate
from hypothesis import given, settings
from hypothesis import strategies as st

from hepaspot.report.fold import fold
from hepaspot.report.passages import passages
from hepaspot.report.scan import scan

LONGEST_PASSAGE = 160


def cut(text):
    folded = fold(text).text
    return folded, passages(folded, scan(folded))


def words(text):
    folded, made = cut(text)
    return [folded[passage.start : passage.end].strip() for passage in made]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Liver normal. Stone seen.", ["Liver Normal", "Stone Seen"]),
        ("Stone of 1.5 mm.", ["Stone Of 1.5 Mm"]),
        ("1. Stone\n2. Calcification", ["1", "Stone", "2", "Calcification"]),
        ("1、肝结石 2、胆囊息肉", ["1", "肝结石 2", "胆囊息肉"]),
        ("Stone (segment 4) seen", ["Stone (Segment 4) Seen"]),
    ],
)
def test_a_passage_ends_with_its_sentence_or_list_entry(text, expected):
    assert words(text) == expected


def test_a_heading_names_the_section_of_what_follows():
    _, made = cut("FINDINGS: Stone in the liver. IMPRESSION:\nCalcification of the liver.")
    assert [passage.section for passage in made] == ["findings", "impression"]


def test_a_history_lasts_one_line():
    _, made = cut("HISTORY: gallstones\nCalcification of the liver.")
    assert [passage.section for passage in made] == ["history", ""]


def check_order(text):
    folded, made = cut(text)
    edges = [edge for passage in made for edge in (passage.start, passage.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(folded) for edge in edges)
    for passage in made:
        assert len(passage.found) <= LONGEST_PASSAGE
        for end, match in passage.found:
            assert passage.start <= end + 1 - match.length
            assert end < passage.end


@settings(deadline=None)
@given(st.text("liver stone 2).,;:、。\n肝段结石\uff1a第", max_size=200) | st.text(max_size=80))
def test_passages_cover_the_text_in_order_without_overlap(text):
    check_order(text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_passages_of_reports_come_in_order_without_overlap(language):
    for text, _ in generate(language, 5, 40):
        check_order(text)


def test_a_text_without_full_stops_is_cut_all_the_same():
    _, made = cut("stone, " * 400)
    assert len(made) > 1
