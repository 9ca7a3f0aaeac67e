"""Reports out of a web page are shown without tags, and their passages stay where they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepaspot.archive.page.untagged import untagged

TAGS = ("<p>", "</p>", "<br/>", "<BR>", '<span style="color:red">', "</span>", "<b>", "&nbsp;")
WORDS = st.text("肝内胆管abc 8mm。", min_size=1, max_size=8).filter(str.strip)


@pytest.mark.parametrize(
    "text",
    [
        "A focus <5 mm, duct > 3 mm & more.",
        "T < S, p < 0.05",
        "a <b>bold</b> word",
        "<script>alert(1)</script>",
        "",
        "AT&T",
    ],
)
def test_what_is_not_plainly_html_stays_as_it_is(text):
    assert untagged(text).text == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<p>超声所见：肝大。</p><p>提示：正常。</p>", "超声所见：肝大。\n提示：正常。"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("8&nbsp;mm <b>x</b>", "8 mm x"),
        ("<div class='a'>&lt;5 mm</div>", "<5 mm"),
        ("<p>size <5 mm and >3</p>", "size <5 mm and >3"),
        ("&nbsp;<script>", " <script>"),
    ],
)
def test_tags_go_and_words_stay(text, shown):
    assert untagged(text).text == shown


@given(st.lists(st.one_of(WORDS, st.sampled_from(TAGS)), max_size=12))
def test_a_passage_is_the_same_words_in_its_new_place(pieces):
    text = "".join(pieces)
    told = untagged(text)
    at = 0
    for piece in pieces:
        if piece not in TAGS:
            words = piece.strip()
            start = at + piece.index(words)
            end = start + len(words)
            assert told.text[told.place(start) : told.end(end)] == words
        at += len(piece)


@given(st.lists(st.one_of(WORDS, st.sampled_from(TAGS)), max_size=12), st.data())
def test_places_keep_their_order_and_lie_in_the_words(pieces, data):
    text = "".join(pieces)
    told = untagged(text)
    places = [told.place(at) for at in range(len(text) + 1)]
    assert places == sorted(places)
    assert not places or (places[0] >= 0 and places[-1] <= len(told.text))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert 0 <= told.end(end) <= len(told.text)
    assert told.place(start) <= max(told.place(start), told.end(end))
