"""Folding finds one spelling for many and can always say where it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepaspot.report.fold import fold, fold_terms, plain

WRITING = st.text("aB3 \n\t_x肝胆管，、。(:-\u200bßŉ（ａ無結石", max_size=80)
"""Texts made of what folding has to do with."""


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("CALCIFICATION in the liver", "Calcification In The Liver"),
        ("５×３ｍｍ", "5*3Mm"),
        ("無擴張", "无扩张"),
        ("节石", "结石"),
        ("肝 内 胆 管 结 石", "肝内胆管结石"),
        ("echogenic   focus", "Echogenic Focus"),
        ("stone_x000D_", "Stone"),
        ("calci\u00adfication", "Calcification"),
    ],
)
def test_spellings_of_one_word_fold_to_one(written, folded):
    assert fold(written).text == folded


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("an echogenic\nfocus", "An Echogenic Focus"),
        ("measuring\n5 mm", "Measuring 5 Mm"),
        ("右叶可见一枚强回声光斑后方伴声影大小约五毫米余其余肝实质回声均匀\n胆管", None),
        ("Liver normal\nGallbladder normal", "Liver Normal\nGallbladder Normal"),
        ("findings\n1. stone", "Findings\n1. Stone"),
    ],
)
def test_only_a_line_end_inside_a_sentence_goes(written, folded):
    assert fold(written).text == (folded or written.replace("\n", ""))


def test_a_line_of_capitals_goes_on_unless_the_next_one_is_a_heading():
    line = "THERE IS A SMALL ECHOGENIC FOCUS SEEN IN THE RIGHT LOBE OF"
    assert "\n" not in fold(f"{line}\nTHE LIVER").text
    assert "\n" in fold(f"{line}\nIMPRESSION: STONE").text


@given(WRITING | st.text(max_size=80))
def test_every_folded_span_lies_in_the_text(text):
    folded = fold(text)
    spans = [folded.span(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(WRITING)
def test_a_span_of_the_folded_text_is_the_original_that_folds_to_it(text):
    folded = fold(text)
    for at, character in enumerate(folded.text):
        start, end = folded.span(at, at + 1)
        if character.isalnum():
            assert fold(text[start:end]).text.lower() == character.lower()


@given(st.text("aB3肝，", max_size=40))
def test_a_text_without_noise_keeps_its_offsets(text):
    assert fold(text).origin is None
    assert len(fold(text).text) == len(text)


@given(st.lists(st.text("aB3 肝節石，", min_size=1, max_size=9).map(plain), min_size=1))
def test_terms_fold_together_as_each_would_alone(terms):
    spaced = [term for term in terms if term.count(" ") * 3 <= len(term)]
    if spaced:
        assert fold_terms(spaced) == [fold(term).text.strip(" ") for term in spaced]


FULL_LINE = "肝脏大小形态正常，包膜光整，实质回声分布均匀，血管走行清晰自然，"


@pytest.mark.parametrize(
    ("line", "after", "joined"),
    [
        ("大小约1", "2mm。", "大小约12Mm。"),
        ("大小约12m", "m，后方伴声影。", "大小约12Mm,后方伴声影。"),
        ("内径约0.", "4cm。", "内径约0.4Cm。"),
        ("肝右叶S8", "段见强回声。", "肝右叶S8段见强回声。"),
        ("肝左叶S4", "钙化灶。", "肝左叶S4钙化灶。"),
        ("未见结石。印象", "：1.肝囊肿。", "未见结石。印象:1.肝囊肿。"),
        ("未见结石。印象", ":1.肝囊肿。", "未见结石。印象:1.肝囊肿。"),
    ],
)
def test_a_chinese_line_that_was_broken_at_its_width_is_read_on(line, after, joined):
    assert fold(f"{FULL_LINE}{line}\n{after}").text.endswith(joined)


@pytest.mark.parametrize("after", ["2.肝囊肿", "3、脂肪肝", "超声提示：脂肪肝"])
def test_a_line_that_ends_after_a_size_is_not_read_on_into_the_next_item(after):
    assert "\n" in fold(f"{FULL_LINE}1.肝右叶钙化灶，约5mm\n{after}").text
