"""Which words make a focus, and that every span is what it says it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepaspot.exam import Count, Entity, Exam, Lobe, Section, Words
from hepaspot.report import fields, read_report

FRAGMENTS = [
    "肝右叶见强回声斑",
    "大小约5mm",
    "后伴声影",
    "考虑肝内胆管结石",
    "未见",
    "钙化灶",
    "左外叶",
    "肝内胆管扩张",
    "各见一",
    "其内",
    "A calcification",
    "in the left lobe",
    "measuring 6 mm",
    "with shadowing",
    "no intrahepatic duct dilatation",
    "previously reported stone",
    "segment VII",
    "The second",
    "one in each of",
    "hepatic cyst",
    "Findings:",
    "Impression:",
    "超声提示：",
    "=",
    "血流通畅",
    "\n",
    "。",
    "，",
    ". ",
    ", ",
    "?",
    "1、",
]
made_up = st.lists(st.sampled_from(FRAGMENTS), max_size=24).map(" ".join)
any_text = st.one_of(st.text(max_size=200), made_up)

MIRRORED = {"左": "右", "右": "左"}
REPORTS = [
    "肝左叶见强回声斑，大小约6mm，后伴声影，考虑钙化灶。",
    "肝右叶可见钙化灶，左叶未见异常。",
    "肝左、右叶各见一强回声斑，大小分别为4mm、7mm。",
    "A 6 mm calcification in the left lobe with shadowing.",
    "Several calculi in the right lobe. No duct dilatation.",
]
OTHER_ORGANS = [
    "胆囊内见结石，大小约8mm，后伴声影。",
    "右肾见强回声斑，考虑结石。",
    "脾内见点状钙化灶。",
    "The gallbladder contains a 12 mm stone with shadowing.",
    "A 4 mm calcification lies in the left kidney.",
    "The spleen is normal.",
]


def words_of(exam: Exam) -> list[Words]:
    """Every passage that an exam points to."""
    found = [o.provenance for o in exam.observations]
    found += [s.provenance for s in exam.statements] + [c.provenance for c in exam.caveats]
    for focus in exam.foci:
        found.append(focus.provenance)
        parts = (*focus.places, *focus.sizes, *focus.observations, *focus.statements)
        found += [part.provenance for part in parts]
    return [words for words in found if isinstance(words, Words)]


def said(text: str, words: Words) -> str:
    return text[words.start : words.end]


@settings(deadline=None)
@given(any_text)
def test_reading_never_raises_and_every_span_lies_in_the_text(text):
    for words in words_of(read_report(text)):
        assert 0 <= words.start < words.end <= len(text)


@settings(deadline=None)
@given(made_up)
def test_a_reading_survives_its_json(text):
    exam = read_report(text)
    assert Exam.from_json(exam.to_json()) == exam


@pytest.mark.parametrize("report", REPORTS)
def test_mirrored_words_mirror_the_lobes(report):
    mirrored = report.replace("left", "\0").replace("right", "left").replace("\0", "right")
    mirrored = "".join(MIRRORED.get(c, c) for c in mirrored)
    sides = {Lobe.LEFT: Lobe.RIGHT, Lobe.RIGHT: Lobe.LEFT}
    lobes = [sides.get(focus.lobe, focus.lobe) for focus in read_report(report).foci]
    assert lobes
    assert [focus.lobe for focus in read_report(mirrored).foci] == lobes


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("sentence", OTHER_ORGANS)
def test_a_sentence_on_another_organ_changes_no_focus_of_the_liver(report, sentence):
    alone = fields(read_report(report))["foci"]
    assert fields(read_report(f"{report}{sentence}"))["foci"] == alone
    assert fields(read_report(f"{sentence}\n{report}"))["foci"] == alone


def test_every_part_of_a_focus_points_to_its_own_words():
    text = "肝右前叶见一强回声斑，大小约5×3mm，后伴淡声影，较前相仿，考虑钙化灶。"
    (focus,) = read_report(text).foci
    assert said(text, focus.provenance) == "强回声斑"
    assert [said(text, p.provenance) for p in focus.places] == ["肝右前叶"]
    assert [said(text, s.provenance) for s in focus.sizes] == ["5×3mm"]
    signs = {o.sign: said(text, o.provenance) for o in focus.observations}
    assert "声影" in signs["shadow"]
    assert "相仿" in signs["change"]
    assert [said(text, s.provenance) for s in focus.statements] == ["钙化灶"]


def test_spans_stay_right_where_noise_was_dropped_before_them():
    text = "肝_x0004_右叶  见\u200b强回声斑，\n大小约 6mm。"
    (focus,) = read_report(text).foci
    assert said(text, focus.sizes[0].provenance) == "6mm"


def test_two_names_without_a_word_between_them_are_two_foci():
    found = [f.statements[0].entity for f in read_report("肝内胆管结石钙化灶").foci]
    assert found == [Entity.DUCT_STONE, Entity.CALCIFICATION]


def test_a_noun_left_out_points_to_the_words_that_stand_for_it():
    text = "A calcification in segment 2. Another in segment 7."
    _, second = read_report(text).foci
    assert said(text, second.provenance) == "Another in"


def test_one_in_each_lobe_is_a_focus_for_each_with_its_own_size():
    text = "肝左、右叶各见一强回声斑，大小分别为4mm、7mm。"
    left, right = read_report(text).foci
    assert (left.lobe, right.lobe) == (Lobe.LEFT, Lobe.RIGHT)
    assert (left.sizes[0].axes_mm, right.sizes[0].axes_mm) == ((4.0,), (7.0,))
    assert left.count is right.count is Count.SINGLE


def test_distributed_sizes_written_apart_keep_their_own_words():
    text = "肝S6、S7各见一钙化灶，大小分别为6mm×4mm、9mm×7mm。"
    first, second = read_report(text).foci
    assert said(text, first.sizes[0].provenance) == "6mm×4mm"
    assert said(text, second.sizes[0].provenance) == "9mm×7mm"


def test_several_with_the_largest_measured_are_one_group():
    (focus,) = read_report("肝内见多个强回声斑，较大者约8mm。").foci
    assert focus.count is Count.MULTIPLE
    assert [size.axes_mm for size in focus.sizes] == [(8.0,)]


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("肝右叶见6mm强回声。门静脉内径11mm。", [(6.0,)]),
        ("肝右叶斜径135mm，肝左叶见强回声斑，大小约7mm。", [(7.0,)]),
        ("A calcification in segment 6 measuring 9 x 4 mm. Portal vein 11 mm.", [(9.0, 4.0)]),
        ("A stone lies in an intrahepatic duct of the right lobe measuring 12 mm.", [(12.0,)]),
        ("A calcification of 5 mm and a 30 mm cyst in the right lobe.", [(5.0,)]),
    ],
)
def test_a_focus_takes_its_own_size_and_leaves_those_of_others(text, sizes):
    (focus,) = read_report(text).foci
    assert [size.axes_mm for size in focus.sizes] == sizes


def test_a_size_that_no_focus_can_have_is_kept_and_flagged():
    (focus,) = read_report("A calcification of 400 mm in the left lobe.").foci
    assert focus.sizes[0].axes_mm == (400.0,)
    assert not focus.sizes[0].plausible


@pytest.mark.parametrize("text", ["肝右叶见强回声，大小=5mm。", "肝内见强回声,长径=3mm"])
def test_an_equals_sign_before_a_number_is_no_shape(text):
    (focus,) = read_report(text).foci
    assert focus.observation("shape") is None
    assert focus.sizes


def test_an_equals_sign_named_as_a_shape_is_parallel_lines():
    (focus,) = read_report("肝内见强回声，呈“=”征。").foci
    assert focus.observation("shape").state == "parallel_lines"


@pytest.mark.parametrize(
    "text",
    [
        "肝右叶见强回声斑，门静脉血流通畅。",
        "肝右叶见强回声斑。门静脉内径10mm，血流通畅。",
        "门静脉内径11mm，血流通畅，肝右叶见强回声斑。",
    ],
)
def test_flow_in_the_portal_vein_is_no_flow_in_a_focus(text):
    (focus,) = read_report(text).foci
    assert focus.observation("flow") is None


def test_flow_in_a_focus_is_its_own():
    (focus,) = read_report("肝右叶见强回声结节，CDFI：其内未见明显血流信号。").foci
    assert focus.observation("flow").state == "absent"


def test_words_before_a_conclusion_are_findings_without_a_heading():
    text = "A calcification in the left lobe. Impression: hepatic calcification."
    (focus,) = read_report(text).foci
    sections = [s.provenance.section for s in focus.statements]
    assert sections == [Section.FINDINGS, Section.IMPRESSION]


def test_words_of_a_report_without_any_heading_have_no_section():
    assert all(w.section is None for w in words_of(read_report("肝左叶见钙化灶，大小5mm。")))


@pytest.mark.parametrize(
    ("text", "of_liver"),
    [
        ("Thyroid ultrasound. The right lobe measures 5 cm. Impression: calcified nodule.", False),
        ("FINDINGS: Left kidney normal. 6 mm calcification.\nIMPRESSION: calcified focus.", False),
        ("双肾大小正常，左肾见一强回声，大小约5mm，后伴声影。\n提示：左肾结石", False),
        ("胆囊大小正常，内见强回声，后伴声影。\n提示：胆囊结石", False),
        ("Please find the invoice attached.", False),
        ("", False),
        ("5 mm calcification with shadow, right lobe.", True),
        ("甲状腺未见异常。肝右叶见钙化灶5mm。", True),
        ("前列腺增大，内见强回声斑。肝右叶未见异常。", True),
        ("Intrahepatic ducts are not dilated.", True),
        ("History: thyroid cancer.\nFindings: 5 mm echogenic focus in segment 6.", True),
    ],
)
def test_a_report_is_of_the_liver_where_it_names_a_part_of_it(text, of_liver):
    (source,) = read_report(text).sources
    assert source.of_liver is of_liver


def test_what_a_report_on_another_organ_concludes_is_no_focus_of_the_liver():
    text = (
        "Thyroid ultrasound. The right lobe measures 5 cm. There is a 6 mm calcification with "
        "acoustic shadow.\nImpression: calcified nodule."
    )
    assert read_report(text).foci == ()
    assert read_report(text.replace("Thyroid", "Liver")).foci


def test_a_history_of_another_organ_does_not_take_the_findings_from_the_liver():
    text = "History: thyroid cancer.\nFindings: a 5 mm echogenic focus with acoustic shadow."
    assert len(read_report(text).foci) == 1


@pytest.mark.parametrize(
    ("text", "lobe"),
    [
        ("肝左叶见一强回声，大小6mm，肝右叶未见异常回声，肝内胆管未见扩张。", Lobe.LEFT),
        ("肝左叶见一强回声，大小6mm，肝右叶形态正常。", Lobe.LEFT),
        ("肝左叶见一强回声，大小6mm，余肝右叶、尾状叶未见异常。", Lobe.LEFT),
        ("肝左叶形态正常，肝右叶见一强回声，大小6mm。", Lobe.RIGHT),
        ("肝左叶见强回声，肝右叶未见强回声。", Lobe.LEFT),
        ("肝右叶强回声6mm，左肝内胆管未见扩张。", Lobe.RIGHT),
        ("肝右叶大小正常，内见一强回声6mm。", Lobe.RIGHT),
        ("肝左叶见一强回声，大小6mm，右叶肝内胆管扩张。", Lobe.LEFT),
        ("左肝内胆管扩张，内见强回声团。", Lobe.LEFT),
        ("肝左、右叶见多个强回声，大者6mm。", Lobe.BOTH),
        ("A 6 mm echogenic focus in the left lobe, the right lobe is unremarkable.", Lobe.LEFT),
        ("The left lobe is normal, a 6 mm echogenic focus is seen in the right lobe.", Lobe.RIGHT),
    ],
)
def test_a_lobe_that_is_told_to_be_normal_is_no_place_of_a_focus_elsewhere(text, lobe):
    (focus,) = read_report(text).foci
    assert focus.lobe is lobe
