"""Words around a term change what it says: denial, doubt, time, organ."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepaspot.report.context import Cursor, Walk
from hepaspot.report.fold import fold
from hepaspot.report.passages import passages
from hepaspot.report.scan import scan
from hepaspot.report.tags import Tag


def walk(text):
    folded, cursor = fold(text).text, Cursor(organ="liver")
    cut = passages(folded, scan(folded))
    return [hit for passage in cut for hit in Walk(folded, passage, cursor).run()]


def mentions(text):
    return [hit for hit in walk(text) if hit.tag == Tag.MENTION]


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Calcification in the liver", [False]),
        ("No calcification in the liver", [True]),
        ("No calcification or stone", [True, True]),
        ("Calcification is not seen", [True]),
        ("肝内见钙化灶", [False]),
        ("肝内未见结石", [True]),
        ("未见结石，肝内可见钙化灶", [True, False]),
        ("Calcification rather than stone", [False, True]),
    ],
)
def test_a_denial_reaches_what_it_denies(text, denied):
    assert [hit.negated for hit in mentions(text)] == denied


@pytest.mark.parametrize("text", ["Possible stone", "?stone", "Stone?", "结石可能", "考虑结石"])
def test_a_doubt_may_stand_before_or_after(text):
    assert [hit.hedged for hit in mentions(text)] == [True]


@pytest.mark.parametrize("text", ["Calcification or stone", "Stone? Calcification?", "钙化或结石"])
def test_two_names_for_one_focus_stay_open(text):
    assert [hit.either for hit in mentions(text)] == [True, True]


@pytest.mark.parametrize(
    ("text", "organs"),
    [
        ("A calcification in the spleen", ["spleen"]),
        ("A calcification in the right lobe", ["liver"]),
        ("Kidney: calcification", ["kidney"]),
        ("脾脏见钙化灶", ["spleen"]),
    ],
)
def test_a_mention_lies_in_the_organ_told_beside_it(text, organs):
    assert [hit.organ for hit in mentions(text)] == organs


def test_a_bright_adjective_and_its_noun_are_one_focus():
    [focus] = mentions("Echogenic, well-defined foci")
    assert focus.lex.value == "neutral"
    assert focus.count == "multiple"


def test_a_correction_takes_back_the_names_before_it():
    refuted = [hit.refuted for hit in mentions("Stone, corrected to calcification")]
    assert refuted == [True, False]


def test_a_history_section_tells_nothing_of_today():
    assert [hit.dropped for hit in mentions("HISTORY: stone.\nFINDINGS: stone.")] == [True, False]


@settings(deadline=None)
@given(st.sampled_from(["Calcification", "Stone", "Haemangioma", "Granuloma"]), st.booleans())
def test_a_denial_flips_and_nothing_else_does(name, is_there):
    text = f"{name} in the right lobe of the liver"
    [hit] = mentions(text if is_there else f"No {name.lower()} in the right lobe of the liver")
    assert hit.negated is not is_there


WORDS = st.sampled_from(
    [
        "no",
        "stone",
        "calcification,",
        "or",
        "?",
        "/",
        "without",
        "shadow",
        "left",
        "duct",
        "dilated",
        "in",
        "the",
        "spleen",
        "segment",
        "5",
        "mm",
        "echogenic",
        "focus",
        "near",
        "another",
        "previously",
        "likely",
        "未见",
        "结石",
        "，",
        "左叶",
        "胆管",
        "扩张",
        "声影",
        "考虑",
        "或",
        "较前",
    ]
)


@settings(deadline=None)
@given(st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=80))
def test_any_words_in_any_order_are_walked_in_order(text):
    starts = [hit.start for hit in walk(text)]
    assert all(start >= 0 for start in starts)
