"""Three slots for the ducts: intrahepatic, extrahepatic and beside a focus."""

from __future__ import annotations

import pytest

from hepaspot import knowledge
from hepaspot.exam import Exam
from hepaspot.report import read_report

SLOTS = ("duct_intrahepatic", "duct_extrahepatic")


def states(exam: Exam) -> tuple[str | None, ...]:
    return tuple(o.state if (o := exam.observation(slot)) else None for slot in SLOTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("肝内胆管未见扩张。", ("not_dilated", None)),
        ("胆总管扩张，肝内胆管无扩张。", ("not_dilated", "dilated")),
        ("肝内外胆管未见扩张。", ("not_dilated", "not_dilated")),
        ("No intra- or extrahepatic duct dilatation.", ("not_dilated", "not_dilated")),
        ("The left intrahepatic ducts are dilated.", ("dilated", None)),
        ("The bile ducts are unremarkable.", ("not_dilated", "not_dilated")),
        ("The common bile duct is dilated.", (None, "dilated")),
        ("肝内胆管未见结石。", (None, None)),
        ("The pancreatic duct is dilated.", (None, None)),
        ("The hepatic veins are dilated.", (None, None)),
        ("The intrahepatic ducts are not visualised.", (None, None)),
    ],
)
def test_each_slot_says_what_is_said_of_it_and_no_more(text, expected):
    assert states(read_report(text)) == expected


def test_silence_on_the_ducts_is_not_stated():
    assert states(read_report("肝右叶见钙化灶。")) == (None, None)


@pytest.mark.parametrize("text", ["胆总管内径{}mm。", "The common bile duct measures {} mm."])
def test_a_width_is_judged_by_the_limit_of_the_tables(text):
    (row,) = knowledge.load().thresholds_for(knowledge.Duct.EXTRAHEPATIC)
    at_limit = read_report(text.format(row.limit_mm)).observation("duct_extrahepatic")
    above = read_report(text.format(row.limit_mm + 1)).observation("duct_extrahepatic")
    assert (at_limit.state, above.state) == ("not_dilated", "dilated")
    assert above.measurement.value == row.limit_mm + 1
    assert above.measurement.unit == "mm"


def test_a_wider_common_duct_is_normal_once_the_gallbladder_is_out():
    with_bladder = read_report("胆总管内径9mm。")
    without = read_report("胆囊切除术后，胆总管内径9mm。")
    assert with_bladder.observation("duct_extrahepatic").state == "dilated"
    assert without.observation("duct_extrahepatic").state == "not_dilated"


def test_any_dilated_part_makes_the_slot_dilated():
    text = "右肝内胆管未见扩张，左肝内胆管扩张。"
    assert read_report(text).observation("duct_intrahepatic").state == "dilated"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("肝右叶见强回声斑，局部胆管无扩张。", "not_dilated"),
        ("A calcification in segment 6; the adjacent duct is dilated.", "dilated"),
    ],
)
def test_the_duct_beside_a_focus_is_told_of_the_focus(text, state):
    exam = read_report(text)
    assert exam.foci[0].observation("duct_local").state == state


def test_a_dilated_duct_that_holds_the_focus_is_its_local_duct():
    exam = read_report("The left hepatic duct is dilated with several stones within it.")
    assert exam.observation("duct_intrahepatic").state == "dilated"
    assert [f.observation("duct_local").state for f in exam.foci] == ["dilated"]


@pytest.mark.parametrize(
    ("text", "caveat"),
    [
        ("肝内胆管显示不清。", "ducts_not_seen"),
        ("胆总管显示不清。", "extrahepatic_duct_not_seen"),
        ("The common bile duct is not visualised.", "extrahepatic_duct_not_seen"),
        ("The left lobe is obscured by bowel gas.", "liver_obscured"),
    ],
)
def test_not_seen_is_a_caveat_and_no_state(text, caveat):
    exam = read_report(text)
    assert [c.id for c in exam.caveats] == [caveat]
    assert states(exam) == (None, None)


def test_the_words_of_a_duct_state_are_its_duct_and_its_state():
    text = "肝大小正常，肝内胆管未见扩张，胆囊正常。"
    words = read_report(text).observation("duct_intrahepatic").provenance
    assert text[words.start : words.end].startswith("肝内胆管")
    assert text[words.start : words.end].endswith("扩张")
