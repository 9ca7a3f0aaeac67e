"""Terms are found where a word begins and ends, the longest first; sizes and segments too."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepaspot.report.fold import fold
from hepaspot.report.scan import scan, tokens
from hepaspot.report.segments import segments
from hepaspot.report.sizes import sizes
from hepaspot.report.terms import automaton_for

LONGEST_TERM = 80


@cache
def some_terms():
    terms = sorted(automaton_for("肝").keys())
    return terms[:: len(terms) // 600]


def brute_force(text):
    """Leftmost and longest terms, looked for at every character in turn."""
    automaton, found, at = automaton_for("肝"), [], 0
    while at < len(text):
        ends = range(min(len(text), at + LONGEST_TERM), at, -1)
        end = next((end for end in ends if fits(automaton, text, at, end)), None)
        if end is not None:
            found += [(at, end, lex) for lex in automaton.get(text[at:end]).lexes]
        at = end or at + 1
    return found


def fits(automaton, text, start, end):
    match = automaton.get(text[start:end], None)
    if match is None or (match.guard and "a" <= text[end : end + 1] <= "z"):
        return False
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return not match.digit or not (
        (before and before in "0123456789.") or (after and after in "0123456789.xX*MmCc-~")
    )


def found_in(text):
    return [tuple(token) for token in tokens(text, scan(text), len(text))]


@settings(deadline=None)
@given(st.data())
def test_scanning_finds_what_a_search_by_hand_finds(data):
    pieces = st.sampled_from(some_terms()) | st.sampled_from(["x", "ing", " ", "5", ". ", "，"])
    text = "".join(data.draw(st.lists(pieces, max_size=12)))
    assert found_in(text) == brute_force(text)


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_scanned(text):
    folded = fold(text).text
    found_in(folded)
    sizes(folded, 0, len(folded))
    segments(folded, 0, len(folded))


def test_a_term_does_not_end_inside_a_word():
    assert not any(lex.value == "duct_stone" for _, _, lex in found_in("Stonewall"))


def written_sizes(text):
    folded = fold(text).text
    return [size.axes_mm for size in sizes(folded, 0, len(folded))]


@pytest.mark.parametrize(
    ("text", "axes_mm"),
    [
        ("5 mm", [(5.0,)]),
        ("0.5 x 0.4 cm", [(5.0, 4.0)]),
        ("3mm x 0.4cm", [(3.0, 4.0)]),
        ("5×4×3毫米", [(5.0, 4.0, 3.0)]),
        ("one centimetre", [(10.0,)]),
        ("two by three mm", [(2.0, 3.0)]),
        ("5 kg", []),
        ("25 mm/s", []),
        ("(normal <6 mm)", []),
        ("5", []),
    ],
)
def test_a_size_is_given_in_millimetres(text, axes_mm):
    assert written_sizes(text) == axes_mm


def test_a_range_is_told_from_a_list():
    ranged, listed = (sizes(text, 0, len(text))[0] for text in ("3-5 Mm", "3、5 Mm"))
    assert (ranged.is_range, ranged.listed) == (True, False)
    assert (listed.is_range, listed.listed) == (False, True)


@given(st.integers(1, 99), st.integers(1, 99))
def test_centimetres_are_ten_millimetres(first, second):
    in_mm, in_cm = written_sizes(f"{first}0 x {second}0 mm"), written_sizes(f"{first}x{second} cm")
    assert in_mm == in_cm == [(first * 10.0, second * 10.0)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("segment IVa", [(4,)]),
        ("Couinaud segments 5 and 6", [(5, 6)]),
        ("S5/6", [(5, 6)]),
        ("S5-8", [(5, 6, 7, 8)]),
        ("肝Ⅵ段", [(6,)]),
        ("第八段", [(8,)]),
        ("segment of bowel", []),
        ("5 mm", []),
    ],
)
def test_segments_are_counted_as_couinaud_did(text, numbers):
    folded = fold(text).text
    assert [found.segments for found in segments(folded, 0, len(folded))] == numbers
