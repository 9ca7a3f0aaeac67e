from __future__ import annotations

import msgspec
import pytest
from weigh.build import FINDINGS, IMPRESSION, a_focus, an_exam, at, said, seen, words

from hepaspot.exam import (
    Certainty,
    Count,
    Detail,
    Entity,
    Exam,
    Lobe,
    Measurement,
    Observation,
    Region,
    Size,
)
from hepaspot.knowledge import load
from hepaspot.weigh import assess

STONE, CALCIFICATION, OTHER = Entity.DUCT_STONE, Entity.CALCIFICATION, Entity.OTHER
SHUT = seen("duct_intrahepatic", "not_dilated", start=20)
WIDE = seen("duct_intrahepatic", "dilated", start=20)
PICTURE = Region("frame", 0, ((0, 0), (1, 0), (1, 1)))


def found(*signs, **exam) -> list[str]:
    return [c.id for c in assess(an_exam(*signs, **exam)).contradictions]


def a_stone(*more, **focus):
    return a_focus(statements=[said(STONE), *more], **focus)


def test_every_id_is_in_the_tables_and_every_table_row_can_be_found():
    known = {row.id for row in load().contradictions}
    assert known == {
        "stone_without_dilatation",
        "stone_denied_elsewhere",
        "calcification_with_dilatation",
        "impression_denied_in_findings",
        "side_mismatch",
        "segment_mismatch",
        "name_mismatch",
        "picture_disagrees",
        "size_mismatch",
    }


def test_a_stone_stated_beside_ducts_that_are_not_dilated():
    answer = assess(an_exam(SHUT, focus=a_stone()))
    (pair,) = answer.contradictions
    assert pair.id == "stone_without_dilatation"
    assert (pair.first, pair.second, pair.focus) == (words(40), words(20), "f1")


@pytest.mark.parametrize("ducts", [(), (WIDE,)])
def test_a_stone_beside_dilated_or_unmentioned_ducts_is_no_contradiction(ducts):
    assert found(*ducts, focus=a_stone()) == []


@pytest.mark.parametrize("certainty", set(Certainty) - {Certainty.ASSERTED})
def test_only_a_plainly_stated_stone_contradicts_the_ducts(certainty):
    assert found(SHUT, focus=a_focus(statements=[said(STONE, certainty)])) == []


def test_the_duct_beside_the_stone_decides_whether_it_is_contradicted():
    local_wide = seen("duct_local", "dilated")
    assert found(SHUT, local_wide, focus=a_stone()) == []
    assert found(WIDE, seen("duct_local", "not_dilated"), focus=a_stone()) == [
        "stone_without_dilatation"
    ]


def test_ducts_that_may_or_may_not_be_wide_contradict_nothing():
    unsure = Observation("duct_intrahepatic", {"dilated": 0.5, "not_dilated": 0.5}, words(20))
    assert found(unsure, focus=a_stone()) == []


def test_a_calcification_stated_in_a_dilated_duct_system():
    focus = a_focus(statements=[said(CALCIFICATION)])
    assert found(WIDE, focus=focus) == ["calcification_with_dilatation"]
    assert found(SHUT, focus=focus) == []
    assert found(focus=focus) == []


@pytest.mark.parametrize(
    ("lobe", "start", "certainty", "ids"),
    [
        (Lobe.LEFT, 20, None, []),
        (Lobe.LEFT, 200, Certainty.HEDGED, []),
        (Lobe.LEFT, 200, Certainty.NEGATED, ["calcification_with_dilatation"]),
        (Lobe.LEFT, 200, None, ["calcification_with_dilatation"]),
        (Lobe.RIGHT, 20, Certainty.ASSERTED, ["calcification_with_dilatation"]),
        (Lobe.BOTH, 20, Certainty.ASSERTED, ["calcification_with_dilatation"]),
        (None, 20, Certainty.ASSERTED, ["calcification_with_dilatation"]),
    ],
)
def test_wide_ducts_of_another_spot_are_no_contradiction_in_another_lobe(
    lobe, start, certainty, ids
):
    calcified = a_focus(statements=[said(CALCIFICATION)], places=[at(Lobe.RIGHT)])
    other = a_focus(
        [seen("duct_local", "dilated", start=start)],
        [said(STONE, certainty, start=70)] if certainty else [],
        [at(lobe, start=90)],
        id="f2",
    )
    exam = Exam(foci=(calcified, other), observations=(WIDE,))
    assert [pair.id for pair in assess(exam).contradictions] == ids


def test_a_wide_duct_of_its_own_contradicts_whatever_is_told_of_another_lobe():
    own = seen("duct_local", "dilated", start=20)
    calcified = a_focus([own], [said(CALCIFICATION)], [at(Lobe.RIGHT)])
    other = a_focus([], [said(STONE, start=70)], [at(Lobe.LEFT, start=90)], id="f2")
    exam = Exam(foci=(calcified, other), observations=(WIDE,))
    assert "calcification_with_dilatation" in [c.id for c in assess(exam).contradictions]


def test_a_calcification_that_the_author_takes_for_a_stone_is_no_contradiction():
    both = [said(CALCIFICATION), said(STONE, Certainty.HEDGED, start=50)]
    assert found(WIDE, focus=a_focus(statements=both)) == []


def test_a_stone_stated_here_and_denied_for_the_liver():
    denial = said(STONE, Certainty.NEGATED, start=70)
    answer = assess(an_exam(focus=a_stone(), statements=[denial]))
    (pair,) = answer.contradictions
    assert (pair.id, pair.first, pair.second) == (
        "stone_denied_elsewhere",
        words(40),
        words(70),
    )


def test_a_stone_of_one_focus_denied_of_another_is_no_contradiction():
    other = a_focus(statements=[said(STONE, Certainty.NEGATED, start=70)], id="f2")
    assert assess(Exam(foci=(a_stone(), other))).contradictions == ()


@pytest.mark.parametrize("certainty", [Certainty.HEDGED, Certainty.EITHER_OR, Certainty.HISTORICAL])
def test_a_stone_that_is_not_plainly_stated_may_be_denied_elsewhere(certainty):
    focus = a_focus(statements=[said(STONE, certainty)])
    assert found(focus=focus, statements=[said(STONE, Certainty.NEGATED)]) == []


@pytest.mark.parametrize("entity", [STONE, CALCIFICATION])
def test_an_impression_whose_own_finding_is_denied_in_the_findings(entity):
    denial = said(entity, Certainty.NEGATED, FINDINGS, start=10)
    focus = a_focus(statements=[said(entity, section=IMPRESSION, start=90)])
    assert found(focus=focus, statements=[denial]) == ["impression_denied_in_findings"]


def test_a_denial_of_something_else_leaves_the_impression_alone():
    denial = said(STONE, Certainty.NEGATED, FINDINGS, start=10)
    focus = a_focus(statements=[said(CALCIFICATION, section=IMPRESSION, start=90)])
    assert found(focus=focus, statements=[denial]) == []


def test_a_denied_mimic_is_the_same_mimic_only_by_name():
    focus = a_focus(statements=[said(OTHER, section=IMPRESSION, name="haemangioma")])
    for name, ids in (("hydatid", []), ("haemangioma", ["impression_denied_in_findings"])):
        denial = said(OTHER, Certainty.NEGATED, FINDINGS, start=10, name=name)
        assert found(focus=focus, statements=[denial]) == ids


def test_findings_and_impression_that_name_different_diagnoses():
    focus = a_focus(statements=[said(CALCIFICATION), said(STONE, section=IMPRESSION, start=90)])
    assert found(focus=focus) == ["name_mismatch"]


def test_neutral_findings_under_a_named_impression_are_house_style():
    focus = a_focus(statements=[said(CALCIFICATION, section=IMPRESSION, start=90)])
    assert found(seen("shadow", "present"), focus=focus) == []


def test_a_hedged_name_in_either_section_is_no_mismatch():
    focus = a_focus(
        statements=[said(CALCIFICATION), said(STONE, Certainty.HEDGED, IMPRESSION, start=90)]
    )
    assert found(focus=focus) == []


def test_two_names_of_one_entity_are_no_mismatch():
    focus = a_focus(
        statements=[
            said(CALCIFICATION, name="granuloma"),
            said(CALCIFICATION, section=IMPRESSION, start=90),
        ]
    )
    assert found(focus=focus) == []


@pytest.mark.parametrize(
    ("findings", "impression", "ids"),
    [
        (Lobe.LEFT, Lobe.RIGHT, ["side_mismatch"]),
        (Lobe.LEFT, Lobe.LEFT, []),
        (Lobe.BOTH, Lobe.LEFT, []),
        (Lobe.LEFT, None, []),
        (Lobe.CAUDATE, Lobe.LEFT, ["side_mismatch"]),
    ],
)
def test_sides_of_findings_and_impression(findings, impression, ids):
    places = [at(findings), at(impression, section=IMPRESSION, start=90)]
    assert found(focus=a_focus(places=places)) == ids


@pytest.mark.parametrize(
    ("findings", "impression", "ids"),
    [
        ((6,), (7,), ["segment_mismatch"]),
        ((6, 7), (7,), []),
        ((6,), (), []),
    ],
)
def test_segments_of_findings_and_impression(findings, impression, ids):
    places = [
        at(Lobe.RIGHT, *findings),
        at(Lobe.RIGHT, *impression, section=IMPRESSION, start=90),
    ]
    assert found(focus=a_focus(places=places)) == ids


def test_a_segment_on_the_other_side_is_told_once_as_a_side():
    places = [at(Lobe.LEFT, 3), at(Lobe.RIGHT, 8, section=IMPRESSION, start=90)]
    assert found(focus=a_focus(places=places)) == ["side_mismatch"]


def test_two_places_within_the_findings_are_no_mismatch():
    assert found(focus=a_focus(places=[at(Lobe.LEFT), at(Lobe.RIGHT, start=65)])) == []


@pytest.mark.parametrize(("absent", "ids"), [(0.9, ["picture_disagrees"]), (0.7, [])])
def test_words_that_the_picture_does_not_bear_out(absent, ids):
    picture = Observation("shadow", {"present": 1 - absent, "absent": absent}, PICTURE)
    focus = a_focus([seen("shadow", "present"), picture])
    assert found(focus=focus) == ids


@pytest.mark.parametrize(("wide", "ids"), [(0.9, ["picture_disagrees"]), (0.7, [])])
def test_a_wide_duct_in_the_picture_where_the_words_have_none(wide, ids):
    tube = Observation("duct_local", {"dilated": wide, "not_dilated": 1 - wide}, PICTURE)
    narrow = seen("duct_intrahepatic", "not_dilated")
    assert found(narrow, focus=a_focus([tube])) == ids
    assert found(seen("duct_intrahepatic", "dilated"), focus=a_focus([tube])) == []
    assert found(focus=a_focus([tube])) == []


def test_a_focus_without_any_statement_has_no_contradiction():
    assert found(SHUT) == []
    assert found(WIDE) == []


def two_foci(told, concluded):
    first = a_focus(**told)
    second = a_focus(**concluded, id="f2")
    second = msgspec.structs.replace(second, provenance=words(90, IMPRESSION))
    return [c.id for c in assess(Exam(foci=(first, second))).contradictions]


IN_FINDINGS = {"statements": [said(CALCIFICATION)], "places": [at(Lobe.LEFT)]}


@pytest.mark.parametrize(
    ("entity", "lobe", "ids"),
    [
        (STONE, Lobe.LEFT, ["name_mismatch"]),
        (STONE, None, ["name_mismatch"]),
        (CALCIFICATION, Lobe.RIGHT, ["side_mismatch"]),
        (CALCIFICATION, Lobe.LEFT, []),
        (STONE, Lobe.RIGHT, []),
    ],
)
def test_the_only_focus_of_each_section_is_one_lesion_unless_all_differs(entity, lobe, ids):
    concluded = {
        "statements": [said(entity, section=IMPRESSION, start=95)],
        "places": [at(lobe, section=IMPRESSION, start=97)],
    }
    assert two_foci(IN_FINDINGS, concluded) == ids


def test_a_focus_that_the_impression_repeats_is_not_matched_with_another_one():
    repeated = {
        "statements": [said(CALCIFICATION), said(CALCIFICATION, section=IMPRESSION, start=80)],
    }
    concluded = {"statements": [said(STONE, section=IMPRESSION, start=95)]}
    assert two_foci(repeated, concluded) == []


@pytest.mark.parametrize(
    ("told", "picture", "ids"),
    [
        ("present", "absent", ["picture_disagrees"]),
        ("absent", "present", ["picture_disagrees"]),
        ("faint", "present", []),
        ("faint", "absent", []),
        ("dirty", "present", []),
        ("absent", "faint", []),
    ],
)
def test_only_a_shadow_and_none_oppose_each_other(told, picture, ids):
    shown = Observation("shadow", {picture: 1.0}, PICTURE)
    assert found(focus=a_focus([seen("shadow", told), shown])) == ids


def test_a_picture_says_nothing_against_the_words_on_a_group():
    shown = Observation("shadow", {"absent": 1.0}, PICTURE)
    focus = a_focus([seen("shadow", "present"), shown])
    assert found(focus=focus) == ["picture_disagrees"]
    assert found(focus=msgspec.structs.replace(focus, count=Count.MULTIPLE)) == []


@pytest.mark.parametrize(("partner_mm", "ids"), [(4.5, ["picture_disagrees"]), (2.2, [])])
def test_a_wide_tube_beside_one_as_narrow_as_a_duct_may_be_the_portal_branch(partner_mm, ids):
    beside = Detail("partner", Measurement(partner_mm, "mm"))
    tube = Observation("duct_local", {"dilated": 1.0}, PICTURE, details=(beside,))
    assert found(SHUT, focus=a_focus([tube])) == ids


def test_words_on_the_ducts_are_held_against_the_name_whatever_the_picture_shows():
    wide = Observation("duct_local", {"dilated": 1.0}, PICTURE)
    assert "stone_without_dilatation" in found(SHUT, focus=a_stone(observations=[wide]))
    narrow = Observation("duct_local", {"not_dilated": 1.0}, PICTURE)
    assert "stone_without_dilatation" not in found(WIDE, focus=a_stone(observations=[narrow]))
    assert "stone_without_dilatation" in found(focus=a_stone(observations=[narrow]))


@pytest.mark.parametrize(
    ("told_mm", "shown_mm", "ids"),
    [
        (20.0, (9.0, 6.0), ["size_mismatch"]),
        (3.0, (9.0, 6.0), ["size_mismatch"]),
        (3.0, (9.0, 2.5), []),
        (6.0, (9.0, 6.0), []),
    ],
)
def test_a_picture_is_larger_than_the_words_only_both_ways(told_mm, shown_mm, ids):
    focus = a_focus(size_mm=told_mm)
    shown = Size(PICTURE, shown_mm)
    assert found(focus=msgspec.structs.replace(focus, sizes=(*focus.sizes, shown))) == ids


def test_sizes_of_a_group_and_of_gas_are_not_held_against_a_picture():
    shown = Size(PICTURE, (4.0, 4.0))
    plain = a_focus(size_mm=20.0)
    focus = msgspec.structs.replace(plain, sizes=(*plain.sizes, shown))
    gas = msgspec.structs.replace(focus, statements=(said(Entity.DUCT_GAS),))
    assert found(focus=focus) == ["size_mismatch"]
    assert found(focus=gas) == []
    assert found(focus=msgspec.structs.replace(focus, count=Count.MULTIPLE)) == []


def test_the_duct_beside_the_spot_of_the_findings_bears_on_the_name_of_the_impression():
    told = {
        "statements": [said(CALCIFICATION)],
        "observations": [seen("duct_local", "not_dilated", start=50)],
    }
    concluded = {"statements": [said(STONE, section=IMPRESSION, start=95)]}
    assert set(two_foci(told, concluded)) == {"name_mismatch", "stone_without_dilatation"}


def test_a_stone_of_the_impression_explains_wide_ducts_beside_a_calcification():
    told = {
        "statements": [said(CALCIFICATION)],
        "observations": [seen("duct_local", "dilated", start=50)],
    }
    concluded = {"statements": [said(STONE, section=IMPRESSION, start=95)]}
    assert two_foci(told, concluded) == ["name_mismatch"]
