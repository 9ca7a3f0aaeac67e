"""What is read becomes an exam: counts, hosts, signs, history and statements."""

from __future__ import annotations

import pytest

from hepaspot.exam import Certainty, Count, Entity, Lobe, Setting, SettingKind, SourceKind
from hepaspot.report import read_report


def test_the_exam_keeps_the_text_its_language_and_the_setting():
    setting = Setting(SettingKind.HEALTH_CHECK)
    exam = read_report("肝右叶见钙化灶。", source_id="first", setting=setting)
    (source,) = exam.sources
    assert (source.id, source.kind, source.language) == ("first", SourceKind.REPORT, "zh")
    assert source.text == "肝右叶见钙化灶。"
    assert exam.setting == setting
    assert exam.foci[0].provenance.source == "first"


@pytest.mark.parametrize(
    ("text", "language"),
    [("Liver normal.", "en"), ("", "en"), ("CDFI：肝正常", "zh"), ("Ø 5 mm", "en")],
)
def test_one_chinese_character_makes_a_report_chinese(text, language):
    assert read_report(text).sources[0].language == language


def test_an_empty_report_has_no_findings():
    exam = read_report("")
    assert (exam.foci, exam.observations, exam.statements, exam.caveats) == ((), (), (), ())


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("Calcification in the left lobe.", Certainty.ASSERTED),
        ("Probable calcification in the left lobe.", Certainty.HEDGED),
        ("Echogenic focus in the left lobe, stone or calcification.", Certainty.EITHER_OR),
    ],
)
def test_a_statement_is_as_sure_as_its_words(text, certainty):
    (focus,) = read_report(text).foci
    assert focus.statements[0].certainty is certainty


def test_what_is_denied_of_the_liver_is_a_statement_and_no_focus():
    exam = read_report("肝内未见结石。")
    assert exam.foci == ()
    assert [(s.entity, s.certainty) for s in exam.statements] == [
        (Entity.DUCT_STONE, Certainty.NEGATED)
    ]


def test_a_stone_taken_out_is_history():
    exam = read_report("5年前行肝内胆管结石取石术。")
    assert exam.foci == ()
    assert exam.observation("history_duct_stone").state == "present"


def test_a_refuted_name_stays_with_its_focus():
    text = "The previously reported stone in the left lobe is in fact a calcified granuloma."
    (focus,) = read_report(text).foci
    said = {s.entity: s.certainty for s in focus.statements}
    assert said[Entity.DUCT_STONE] is Certainty.NEGATED
    assert said[Entity.CALCIFICATION] is Certainty.ASSERTED


@pytest.mark.parametrize(
    ("text", "lobe"),
    [
        ("肝S3见钙化灶。", Lobe.LEFT),
        ("肝S7见钙化灶。", Lobe.RIGHT),
        ("肝S1见钙化灶。", Lobe.CAUDATE),
    ],
)
def test_a_segment_says_the_lobe(text, lobe):
    (focus,) = read_report(text).foci
    assert focus.lobe is lobe


def test_segments_on_both_sides_are_both_lobes():
    (focus,) = read_report("肝S3、S7见多发钙化灶。").foci
    assert (focus.lobe, focus.segments) == (Lobe.BOTH, (3, 7))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("肝右叶见一强回声斑。", Count.SINGLE),
        ("肝内多发钙化灶。", Count.MULTIPLE),
        ("Calcifications in the right lobe.", Count.MULTIPLE),
        ("A calcification of 5 mm in the right lobe.", Count.SINGLE),
        ("肝右叶钙化灶。", None),
    ],
)
def test_a_number_is_given_only_where_the_words_tell_it(text, count):
    (focus,) = read_report(text).foci
    assert focus.count is count


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("肝右叶见强回声斑，后伴声影。", "present"),
        ("肝右叶见强回声斑，后伴淡声影。", "faint"),
        ("肝右叶见强回声斑，后方声影不明显。", "absent"),
        ("An echogenic focus in the right lobe with a comet-tail artifact.", "comet_tail"),
        ("An echogenic focus in the right lobe without shadowing.", "absent"),
    ],
)
def test_a_shadow_has_its_state(text, state):
    (focus,) = read_report(text).foci
    assert focus.observation("shadow").state == state


def test_a_calcification_in_a_cyst_wall_notes_its_host():
    (focus,) = read_report("肝右叶见囊肿，囊壁见钙化。").foci
    assert focus.host == "cyst"


def test_a_mass_counts_only_in_the_liver():
    assert read_report("A mass in the left kidney.").observation("mass") is None
    assert read_report("A mass in the liver.").observation("mass").state == "present"


def test_a_present_sign_outweighs_a_denial_elsewhere():
    text = "Clinical history: no fever. Fever since yesterday."
    assert read_report(text).observation("fever").state == "present"
