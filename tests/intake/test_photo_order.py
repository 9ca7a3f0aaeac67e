"""Pieces of words found on a page become lines and sentences, however the page was held."""

from __future__ import annotations

from math import cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepaspot.intake.photo_engine import Piece
from hepaspot.intake.photo_rows import rows_of
from hepaspot.intake.photo_text import text_of

LETTER = 20
LINE = 34


def piece(text: str, left: float, line: float, *, degrees: float = 0.0) -> Piece:
    """Words at ``left`` pixels in a line, a Latin letter half as wide as high."""
    width = sum(LETTER / 2 if letter.isascii() else LETTER for letter in text)
    top = 100 + line * LINE
    corners = [(left, top), (left + width, top), (left + width, top + LETTER), (left, top + LETTER)]
    across, down = cos(radians(degrees)), sin(radians(degrees))
    a, b, c, d = ((x * across - y * down + 500, x * down + y * across + 500) for x, y in corners)
    return Piece(text, 0.99, (a, b, c, d))


def read(*pieces: Piece) -> str:
    return text_of(rows_of(pieces))


TABLE = [("Liver", 100, 0), ("normal", 400, 0), ("Gallbladder", 100, 1), ("stones", 400, 1)]
LEFT_FIRST = sorted(TABLE, key=lambda cell: cell[1])


def test_a_table_is_read_row_by_row():
    assert read(*(piece(*cell) for cell in LEFT_FIRST)) == "Liver    normal\nGallbladder    stones"


@given(st.permutations(TABLE), st.floats(-10, 10))
def test_neither_tilt_nor_the_order_of_finding_changes_what_is_read(cells, degrees):
    turned = [piece(*cell, degrees=degrees) for cell in cells]
    assert read(*turned) == "Liver    normal\nGallbladder    stones"


@given(st.floats(-10, 10), st.floats(0.2, 4))
def test_a_longer_page_is_read_from_top_to_bottom_at_any_tilt_and_size(degrees, scale):
    lines = [f"Line {n} tells of one more thing that was seen." for n in range(20)]
    pieces = [piece(line, 100, n, degrees=degrees) for n, line in enumerate(lines)]
    scaled = [
        Piece(p.text, p.score, tuple((x * scale, y * scale) for x, y in p.box))
        for p in reversed(pieces)
    ]
    assert read(*scaled).splitlines() == lines


def test_pieces_of_one_sentence_are_joined_by_a_blank_and_chinese_ones_without():
    assert read(piece("In segment", 100, 0), piece("VI a focus.", 210, 0)) == (
        "In segment VI a focus."
    )
    assert read(piece("肝右叶见一，", 100, 0), piece("强回声斑", 240, 0)) == "肝右叶见一，强回声斑"


FULL = "The liver is of normal size and there is in segment"


def test_a_line_that_was_full_goes_on_in_the_next_even_with_a_capital():
    assert read(piece(FULL, 100, 0), piece("VI a focus of 5 mm.", 100, 1)) == (
        f"{FULL} VI a focus of 5 mm."
    )


def test_a_full_chinese_line_goes_on_without_a_blank_and_into_an_indented_paragraph():
    first = "肝脏大小形态正常包膜光滑实质回声均匀肝右叶见一强回声"
    assert read(piece(first, 140, 0), piece("斑，后方伴声影。", 100, 1)) == (
        f"{first}斑，后方伴声影。"
    )


@pytest.mark.parametrize(
    "following",
    ["2. Cyst", "2、肝囊肿", "Impression: cyst", "结论：钙化灶", "- cyst", "(2) Cyst"],
)
def test_a_full_line_does_not_run_on_into_a_list_or_a_heading(following):
    assert read(piece(FULL, 100, 0), piece(following, 100, 1)).splitlines() == [FULL, following]


def test_a_line_that_ended_before_the_edge_does_not_run_on():
    short = "Calcification in segment"
    rows = (piece(FULL + ".", 100, 0), piece(short, 100, 1), piece("Cyst", 100, 2))
    assert read(*rows).splitlines() == [FULL + ".", short, "Cyst"]


def test_a_line_behind_an_empty_one_does_not_go_on():
    pieces = [piece(f"{FULL}.", 100, n) for n in range(4)]
    assert read(*pieces, piece(FULL, 100, 4), piece("cyst", 100, 7)).endswith(f"{FULL}\ncyst")


def test_a_word_cut_at_its_hyphen_is_made_whole_but_a_prefix_left_open_stays():
    first = "Seen many years after the resection by hepatico-"
    assert read(piece(first, 100, 0), piece("jejunostomy.", 100, 1)) == f"{first}jejunostomy."
    first = "The calibre is normal in all of the ducts, intra-"
    assert read(piece(first, 100, 0), piece("and extrahepatic.", 100, 1)) == (
        f"{first} and extrahepatic."
    )


@pytest.mark.parametrize(
    ("seen", "meant"), [("VIl", "VII"), ("lV", "IV"), ("VIiI", "VIII"), ("l|I", "III")]
)
def test_small_strokes_in_the_numeral_of_a_segment_are_mended(seen, meant):
    assert read(piece(f"In segment {seen} a focus.", 100, 0)) == f"In segment {meant} a focus."


@pytest.mark.parametrize("word", ["ill", "will", "Vil", "lll", "11", "IIl1"])
def test_other_words_and_numbers_keep_their_letters(word):
    kept = {"Vil": "VII", "lll": "lll"}.get(word, word)
    assert read(piece(f"A {word} b", 100, 0)) == f"A {kept} b"


def test_a_page_without_words_gives_no_text():
    assert read() == ""
