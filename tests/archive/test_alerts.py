"""What an audit says is wrong in a report, and what it lets pass."""

from __future__ import annotations

import pytest

from hepaspot.archive.alerts import alerts_of
from hepaspot.archive.sections import PARTS
from hepaspot.report import impression_of, read_report
from hepaspot.weigh import assess

WIDE = "肝右叶见一强回声，大小约6mm。肝内胆管扩张，内径约5mm。"
NARROW = "The intrahepatic ducts are not dilated."


def alerts(text):
    return alerts_of(assess(read_report(text)), None, None)


def found(text):
    return [alert.id for alert in alerts(text)]


@pytest.mark.parametrize("impression", ["脂肪肝", "胆囊息肉", "肝内散在钙化灶"])
def test_wide_ducts_that_no_word_of_the_impression_takes_up(impression):
    text = f"超声所见：{WIDE}\n超声提示：{impression}"
    (alert,) = [each for each in alerts(text) if each.id == "dilatation_not_concluded"]

    assert "肝内胆管扩张" in text[alert.first.start - 2 : alert.first.end + 2]


@pytest.mark.parametrize(
    "impression",
    ["肝内胆管扩张", "脂肪肝，肝内胆管轻度扩张", "肝内胆管结石", "肝内胆管积气", "胆总管扩张"],
)
def test_wide_ducts_that_the_impression_takes_up_in_any_way(impression):
    assert "dilatation_not_concluded" not in found(f"超声所见：{WIDE}\n超声提示：{impression}")


def test_wide_ducts_of_a_report_that_does_not_conclude():
    assert "dilatation_not_concluded" not in found(WIDE)


@pytest.mark.parametrize("name", ["haemangioma", "hemangioma, follow-up in 12 months"])
def test_no_duct_statement_is_due_beside_a_haemangioma(name):
    seen = "Findings: A well-defined hyperechoic nodule in the right lobe, 14 mm.\nImpression: "

    assert found(f"{seen}Hepatic {name}.") == []
    assert found(f"{seen}Hepatic calcification.") == ["duct_statement_missing"]


def test_the_duct_beside_the_spot_is_told_for_the_impression_too():
    text = "超声所见：肝左叶见钙化斑。{}\n超声提示：肝内胆管结石"

    assert "duct_statement_missing" not in found(text.format("邻近肝内胆管未见明显扩张。"))
    assert "duct_statement_missing" in found(text.format(""))


@pytest.mark.parametrize(
    ("told", "concluded", "ids"),
    [
        ("S3段", "左内叶", ["segment_mismatch"]),
        ("右前叶", "S7段", ["segment_mismatch"]),
        ("右后叶上段", "右后叶下段", ["segment_mismatch"]),
        ("S4段", "左内叶", []),
        ("S6段", "右后叶", []),
        ("左叶", "左外叶", []),
        ("S3段", "右前叶", ["side_mismatch"]),
    ],
)
def test_parts_of_a_lobe_that_are_named_by_words(told, concluded, ids):
    text = (
        f"超声所见：肝{told}见一强回声，大小约6mm，后伴声影。肝内胆管未见扩张。\n"
        f"超声提示：肝{concluded}钙化灶"
    )
    assert found(text) == ids


def test_parts_of_a_lobe_in_english():
    text = (
        "Findings: A 6 mm echogenic focus with shadowing in segment 2. "
        f"{NARROW}\nImpression: Calcification in the {{}}."
    )
    assert found(text.format("left medial segment")) == ["segment_mismatch"]
    assert found(text.format("left lateral segment")) == []


@pytest.mark.parametrize(
    ("second", "ids"), [("右后叶", []), ("S7段", []), ("S8段", ["segment_mismatch"])]
)
def test_an_impression_may_take_up_either_of_two_spots_in_a_lobe(second, ids):
    text = (
        f"超声所见：肝右前叶见钙化灶6mm，{second}见钙化灶8mm。肝内胆管未见扩张。\n"
        "超声提示：肝右后叶钙化灶"
    )
    assert found(text) == ids


@pytest.mark.parametrize(
    ("other", "concluded"),
    [
        ("肝左叶胆管内见强回声，后伴声影，其远端胆管扩张。", "肝左叶胆管结石"),
        ("肝左叶见强回声，后伴声影，上游胆管扩张。", "肝内胆管扩张"),
        ("肝左叶胆管内见结石，左叶肝内胆管扩张。", "肝左叶胆管结石"),
    ],
)
def test_wide_ducts_of_a_spot_in_the_other_lobe_are_not_those_of_a_calcification(other, concluded):
    text = f"超声所见：{{}}肝右叶见一钙化斑，大小约5mm。\n超声提示：肝右叶钙化灶；{concluded}"
    at_large = "肝右叶见一钙化斑，大小约5mm。肝内胆管扩张。\n超声提示：肝右叶钙化灶"

    assert "calcification_with_dilatation" not in found(text.format(other))
    assert "calcification_with_dilatation" in found(f"超声所见：{at_large}")
    assert "calcification_with_dilatation" in found(text.format(other).replace("左", "右"))


def test_parts_of_a_lobe_may_be_cut_by_the_end_of_a_line():
    chinese = (
        "所见：肝区光点密集、明亮，肝肾对比增强，远场衰减。肝\n"
        "右后叶上段可见数个强回声灶，其中较大一个约1.4cm，后方声影清晰。\n"
        "肝内胆管未见扩张。脾不大，未见占位。双肾形态大小正常。印象：1.肝右\n"
        "{}钙化灶。2.轻度脂肪肝。"
    )
    assert found(chinese.format("前叶下段")) == ["segment_mismatch"]
    assert found(chinese.format("后叶上段")) == []
    english = (
        "Findings: 6 mm calcification in the right\nposterior segment. Intrahepatic ducts not "
        "dilated.\nImpression: Calcification in the right\n{} segment."
    )
    assert found(english.format("anterior")) == ["segment_mismatch"]
    assert found(english.format("posterior")) == []


def test_words_for_parts_of_a_lobe_name_segments_of_couinaud():
    for _, segments in PARTS:
        assert segments <= set(range(2, 9))


def test_the_impression_of_a_report_is_what_stands_under_its_heading():
    text = "超声所见：肝内胆管扩张。\n超声提示：1.肝内钙化灶 2.脂肪肝"

    assert "肝内钙化灶" in impression_of(text)
    assert "扩张" not in impression_of(text)
    assert impression_of("肝内胆管扩张。") == ""
