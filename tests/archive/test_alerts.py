"""What an audit says is wrong in a report, and what it lets pass."""

from __future__ import annotations

import pytest

from hepaspot.archive.alerts import alerts_of
from hepaspot.archive.sections import PARTS
from hepaspot.report import impression_of, read_report
from hepaspot.weigh import assess
from hepaspot.weigh.comparing import compare

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


@pytest.mark.parametrize(
    ("told", "impression"),
    [
        ("The common bile duct is dilated, 14 mm.", "Fatty liver."),
        ("The common bile duct is mildly dilated at 8 mm.", "Acute cholecystitis."),
        ("CBD 14 mm.", "Right renal stone. Fatty liver."),
        ("胆总管扩张，内径约14mm。", "肝脏未见明显异常"),
        ("胆总管扩张，内径约14mm，内见强回声6mm，后伴声影，考虑结石。", "胆囊炎"),
        ("胆总管内径约12mm。", "脂肪肝；右肾结石"),
    ],
)
def test_a_wide_bile_duct_that_no_word_of_the_impression_takes_up(told, impression):
    text = report(told, impression)
    (alert,) = [each for each in alerts(text) if each.id == "dilatation_not_concluded"]

    assert text[alert.first.start : alert.first.end] in told


@pytest.mark.parametrize(
    "impression",
    [
        *("胆总管扩张", "胆总管结石", "胆囊结石", "胆道梗阻", "黄疸待查", "肝门部占位", "胰头癌"),
        *("脂肪肝，建议MRCP检查", "建议ERCP", "胆道积气", "胆总管囊肿", "胆管炎"),
        *("Prominent CBD.", "Choledocholithiasis.", "Gallstones.", "Biliary obstruction."),
        *("Jaundice.", "Pancreatic head mass.", "Fatty liver. MRCP is advised.", "Pneumobilia."),
    ],
)
def test_a_wide_bile_duct_that_the_impression_takes_up_in_any_way(impression):
    told = "胆总管扩张，内径约14mm。" if not impression.isascii() else "CBD dilated, 14 mm."

    assert "dilatation_not_concluded" not in found(report(told, impression))
    assert "dilatation_not_concluded" in found(report(told, "Fatty liver."))


@pytest.mark.parametrize(
    "told",
    [
        "胆囊已切除，胆总管扩张，内径约13mm。",
        "Gallbladder surgically absent. The common duct is dilated, 12 mm.",
        "胆总管内径约8mm。",
        "胆总管未见扩张，内径约8mm。",
        "Common bile duct 7 mm.",
        "胆总管未见扩张。",
    ],
)
def test_a_bile_duct_that_may_be_as_wide_as_it_is(told):
    assert "dilatation_not_concluded" not in found(report(told, "Fatty liver."))


def report(told, impression):
    if told.isascii():
        return f"Findings: {told}\nImpression: {impression}"
    return f"超声所见：{told}\n超声提示：{impression}"


@pytest.mark.parametrize(("before", "after"), [(4, 7), (4, 8), (4, 10), (4, 11), (10, 21)])
def test_the_more_a_spot_grows_the_less_it_is_passed_over(before, after):
    (alert,) = since([("右叶", before)], [("右叶", after)])

    assert (alert.id, alert.rank, alert.with_prior) == ("larger_since_prior", 2, True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([("右叶", 10)], [("右叶", 4)]),
        ([("右叶", 4)], [("左叶", 10)]),
        ([("右叶S5段", 4)], [("右叶S8段", 10)]),
        ([("右叶", 4)], [("右叶", 10), ("右叶", 12)]),
        ([("右叶", 4)], [("右叶", 5)]),
    ],
)
def test_what_is_smaller_elsewhere_or_one_of_several_is_not_told_as_larger(before, after):
    assert since(before, after) == ()


def test_another_name_for_what_may_be_another_spot_is_no_change_of_name():
    changed = since([("右叶", 4, "结石")], [("右叶", 7, "钙化灶")])
    doubtful = since([("右叶", 4, "结石")], [("右叶", 10, "钙化灶")])

    assert [each.id for each in changed] == ["larger_since_prior", "name_changed_since_prior"]
    assert [each.id for each in doubtful] == ["larger_since_prior"]


def since(before, after):
    """Alerts of the later of two exams that come of the earlier one."""
    then, now = (assess(read_report(spots(each))) for each in (before, after))
    told = alerts_of(now, then, compare(then.exam, now.exam))
    return tuple(each for each in told if each.with_prior)


def spots(told):
    seen = "".join(spot_in(*each) for each in told)
    return f"超声所见：{seen}肝内胆管未见扩张。"


def spot_in(place, size_mm, name="强回声"):
    return f"肝{place}见一{name}，大小约{size_mm}mm，后伴声影。"


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
