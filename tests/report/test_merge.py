"""One lesion in findings and impression is one focus; two lesions stay two."""

from __future__ import annotations

import time

import pytest

from hepaspot.exam import Certainty, Count, Entity, Section
from hepaspot.report import read_report
from hepaspot.weigh import assess

FINDINGS, IMPRESSION = Section.FINDINGS, Section.IMPRESSION
MOST_FOCI = 200
LONGEST_READING_S = 20.0
"""Far above what is needed; only an unbounded search comes near it."""


def told(*, findings: str, impression: str) -> str:
    return f"超声所见：{findings}\n超声提示：{impression}"


@pytest.mark.parametrize(
    ("findings", "impression"),
    [
        ("肝右叶见强回声斑，大小约6mm，后伴声影。", "肝右叶钙化灶。"),
        ("肝左叶见钙化灶。", "肝内钙化灶。"),
        ("肝S6见强回声斑。", "肝右叶强回声，考虑胆管结石。"),
    ],
)
def test_one_lesion_in_findings_and_impression_is_one_focus(findings, impression):
    (focus,) = read_report(told(findings=findings, impression=impression)).foci
    assert focus.statements


def test_each_word_of_a_merged_focus_says_in_which_section_it_stands():
    text = told(
        findings="肝右叶见钙化灶，大小约6mm，后伴声影。", impression="肝右叶钙化灶，较前相仿。"
    )
    (focus,) = read_report(text).foci
    assert focus.provenance.section is FINDINGS
    assert [s.provenance.section for s in focus.statements] == [FINDINGS, IMPRESSION]
    assert [p.provenance.section for p in focus.places] == [FINDINGS, IMPRESSION]
    assert focus.sizes[0].provenance.section is FINDINGS
    assert focus.observation("shadow").provenance.section is FINDINGS
    assert focus.observation("change").provenance.section is IMPRESSION


def test_the_name_of_the_impression_is_given_to_the_bare_echo_of_the_findings():
    text = told(findings="肝右叶见强回声斑。", impression="肝右叶钙化灶。")
    (focus,) = read_report(text).foci
    assert [(s.entity, s.certainty) for s in focus.statements] == [
        (Entity.CALCIFICATION, Certainty.ASSERTED)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "肝左叶见钙化灶，大小4mm。肝右叶见钙化灶，大小9mm。",
        "Calcification in segment 2. Another in segment 7.",
        "A calcification in the left lobe and a stone in the right intrahepatic duct.",
        "A calcification in the left lobe and a haemangioma in the right lobe.",
    ],
)
def test_two_lesions_stay_two(text):
    assert len(read_report(text).foci) == 2


def test_a_later_sentence_adds_to_the_focus_before_it():
    (focus,) = read_report("肝右叶见一强回声斑。大小约7mm。后方伴声影。").foci
    assert focus.sizes[0].axes_mm == (7.0,)
    assert focus.observation("shadow").state == "present"


def test_the_size_of_the_findings_stands_where_the_impression_repeats_it():
    text = told(findings="肝右叶见强回声斑，大小约6mm。", impression="肝右叶钙化灶（6mm）。")
    (focus,) = read_report(text).foci
    assert [size.axes_mm for size in focus.sizes] == [(6.0,)]


def test_a_sum_in_the_impression_counts_none_of_the_foci():
    text = told(
        findings="肝左叶见一强回声斑，大小4mm。肝右叶见一强回声斑，大小9mm。",
        impression="肝内多发钙化灶。",
    )
    left, right = read_report(text).foci
    assert left.count is right.count is Count.SINGLE
    assert left.statements
    assert right.statements


@pytest.mark.parametrize(
    ("findings", "impression", "contradiction"),
    [
        ("肝右叶见钙化灶。", "肝左叶钙化灶。", "side_mismatch"),
        ("肝S6见钙化灶。", "肝S8钙化灶。", "segment_mismatch"),
        ("肝右叶见强回声斑，肝内未见结石。", "肝内胆管结石。", "impression_denied_in_findings"),
    ],
)
def test_what_the_sections_say_against_each_other_is_found(findings, impression, contradiction):
    exam = read_report(told(findings=findings, impression=impression))
    assert contradiction in {c.id for c in assess(exam).contradictions}


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"A calcification of {n % 90} mm in segment {n % 8 + 1}." for n in range(1500)),
        "肝左叶见6mm强回声斑。" * 1500,
        "A stone in the left lobe. " + "The second lies in the right lobe. " * 1500,
    ],
)
def test_foci_without_end_are_cut_off_in_time(text):
    start = time.perf_counter()
    exam = read_report(text)
    assert time.perf_counter() - start < LONGEST_READING_S
    assert len(exam.foci) <= MOST_FOCI


def test_a_report_with_too_many_foci_says_so():
    text = " ".join(f"A {n % 90 + 2} mm calcification in segment 6." for n in range(300))
    assert "too_many_foci" in {c.id for c in read_report(text).caveats}
    assert not read_report(text[:400]).caveats
