"""The tables that come with hepaspot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hepaspot.exam import Entity, SettingKind
from hepaspot.knowledge import (
    Duct,
    Knowledge,
    LikelihoodRow,
    Row,
    RowSetting,
    Sign,
    load,
)

PRESENT = ("present", "absent")
DILATED = ("dilated", "not_dilated")
SIGNS: dict[str, tuple[str, ...]] = {
    "echo": ("strong", "weak"),
    "shadow": (
        "present",
        "faint",
        "absent",
        "dirty",
        "reverberation",
        "comet_tail",
        "ring_down",
    ),
    "upstream": DILATED,
    "duct_local": DILATED,
    "alignment": ("along_duct", "outside_duct", "scattered"),
    "in_duct": ("inside", "outside"),
    "shape": ("round", "linear", "branching", "parallel_lines", "arch", "irregular"),
    "mobility": ("moves", "fixed"),
    "change": ("stable", "larger", "smaller", "new"),
    "ct_density": ("high", "near_liver"),
    "flow": PRESENT,
    "twinkling": PRESENT,
    "lobe": ("left", "right", "both", "caudate"),
    "count": ("single", "multiple"),
    "size": ("lt_5mm", "ge_5mm"),
    "depth": ("subcapsular", "deep"),
    "duct_intrahepatic": DILATED,
    "duct_extrahepatic": DILATED,
    "liver_tests": ("abnormal", "normal"),
    **dict.fromkeys(
        (
            "atrophy",
            "mass",
            "portal_hypertension",
            "ascites",
            "fever",
            "jaundice",
            "pain",
            "weight_loss",
            "itch",
            "history_biliary_surgery",
            "history_cholecystectomy",
            "history_biliary_stent",
            "history_duct_stone",
            "history_cancer",
            "history_chronic_liver_disease",
            "history_tuberculosis",
            "history_hydatid",
            "history_schistosomiasis",
            "history_other_parasite",
            "history_granulomatous_disease",
            "history_dialysis",
            "history_liver_treatment",
            "history_trauma",
            "surgical_clips",
            "biliary_stent",
            "drain_or_tips",
        ),
        PRESENT,
    ),
}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def every_row(knowledge: Knowledge) -> Iterator[Row]:
    for table in (
        knowledge.entities,
        knowledge.signs,
        knowledge.likelihoods,
        knowledge.priors,
        knowledge.thresholds,
        knowledge.rules,
        knowledge.groups,
        knowledge.causes,
        knowledge.guidance,
        knowledge.screening,
        knowledge.red_flags,
        knowledge.contradictions,
        knowledge.tests,
        knowledge.codes,
    ):
        yield from table


def settings_of(sign: Sign) -> tuple[str, ...]:
    return (sign.only_in,) if sign.only_in else tuple(SettingKind)


def test_the_signs_and_their_states_are_those_that_the_readers_give(knowledge: Knowledge) -> None:
    assert {sign.id: sign.states for sign in knowledge.signs} == SIGNS


def test_the_tables_are_read_once_and_keep_their_version(knowledge: Knowledge) -> None:
    assert load() is knowledge
    assert len(knowledge.version) == 12


def test_every_weighing_sign_has_rows_for_each_entity_in_each_setting(
    knowledge: Knowledge,
) -> None:
    for sign in knowledge.signs:
        for setting in settings_of(sign):
            for entity in Entity:
                assert bool(knowledge.rows_for(sign.id, entity, setting)) == sign.weighs


def test_every_source_is_cited_or_says_why_it_is_kept(knowledge: Knowledge) -> None:
    cited = {source for row in every_row(knowledge) for source in row.sources}
    cited |= {s for test in knowledge.tests for each in test.accuracy for s in each.sources}
    assert {s.id for s in knowledge.sources if s.id not in cited and not s.note} == set()
    assert cited <= {source.id for source in knowledge.sources}


def test_every_row_can_be_traced_to_a_source_or_to_a_reason(knowledge: Knowledge) -> None:
    for row in every_row(knowledge):
        assert row.sources or (row.convention and row.note), row.id


def test_two_limits_hold_for_an_intrahepatic_duct(knowledge: Knowledge) -> None:
    limits = knowledge.thresholds_for(Duct.INTRAHEPATIC)
    assert [(row.limit_mm, row.portal_ratio) for row in limits] == [(2, None), (None, 0.4)]


@pytest.mark.parametrize(
    ("age_years", "limit_mm"), [(None, 6), (35, 6), (60, 6), (70, 7), (85, 8.5)]
)
def test_the_common_duct_may_widen_with_age(
    knowledge: Knowledge, age_years: float | None, limit_mm: float
) -> None:
    (row,) = knowledge.thresholds_for(Duct.EXTRAHEPATIC)
    assert row.limit_mm_at(age_years) == pytest.approx(limit_mm)


def test_the_common_duct_may_be_ten_mm_without_a_gallbladder(knowledge: Knowledge) -> None:
    (row,) = knowledge.thresholds_for(Duct.EXTRAHEPATIC, RowSetting.POST_CHOLECYSTECTOMY)
    assert row.limit_mm_at(40) == 10


SHADOW = {"shadow:present"}
WIDE, NARROW = {"duct_intrahepatic:dilated"}, {"duct_local:not_dilated"}


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        (SHADOW | NARROW, ("2", "B")),
        (SHADOW | WIDE, ("3", "D2")),
        (SHADOW | WIDE | NARROW, ("3", "D2")),
        (WIDE, ("3", "D2")),
        (SHADOW, None),
        (NARROW, None),
    ],
)
def test_the_screening_rules_follow_the_manual_and_need_the_ducts_to_be_told(
    knowledge: Knowledge, facts: set[str], answer: tuple[str, str] | None
) -> None:
    row = next((row for row in knowledge.screening if row.holds(facts)), None)
    assert (row and (row.category, row.judgement)) == answer


@pytest.mark.parametrize(
    "fact",
    [
        "duct_local:dilated",
        "duct_intrahepatic:dilated",
        "fever:present",
        "jaundice:present",
        "pain:present",
        "liver_tests:abnormal",
        "atrophy:present",
        "mass:present",
        "history_cancer:present",
        "history_chronic_liver_disease:present",
    ],
)
def test_a_red_flag_is_kept_and_takes_the_reassurance_away(knowledge: Knowledge, fact: str) -> None:
    assert fact in {f"{flag.sign}:{flag.state}" for flag in knowledge.red_flags}
    calm = next(row for row in knowledge.guidance if row.id == "low_risk_no_further_imaging")
    assert calm.holds({"entity:calcification"})
    assert not calm.holds({"entity:calcification", fact})


def test_the_contradictions_are_those_that_the_readers_find(knowledge: Knowledge) -> None:
    assert {row.id for row in knowledge.contradictions} == {
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


def test_no_test_is_endoscopic_cholangiography(knowledge: Knowledge) -> None:
    assert {"mrcp", "unenhanced_ct"} <= {test.id for test in knowledge.tests}
    assert not any("ercp" in test.id for test in knowledge.tests)


def test_every_segment_and_the_liver_have_a_code_and_liver_calcification_no_invented_one(
    knowledge: Knowledge,
) -> None:
    for concept in ("anatomy:liver", *(f"segment:{number}" for number in range(1, 9))):
        assert [code.system for code in knowledge.codes_for(concept)] == ["SCT"]
    meanings = {code.meaning for code in knowledge.codes_for("entity:calcification")}
    assert meanings == {"Other specified diseases of liver", "Pathologic calcification"}
    assert len({(code.system, code.code, code.concept) for code in knowledge.codes}) == len(
        knowledge.codes
    )


def test_a_row_is_found_by_its_id_and_a_stranger_is_not(knowledge: Knowledge) -> None:
    row: LikelihoodRow = knowledge.row("upstream-stone-k2")
    assert (row.counts["dilated"], row.n, row.sources) == (52, 54, ("K2",))
    assert knowledge.source("K5").pmid == "11468436"
    with pytest.raises(KeyError, match="nobody"):
        knowledge.source("nobody")
