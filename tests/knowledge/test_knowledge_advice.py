"""What the packaged figures say, held against the advice that they follow."""

from __future__ import annotations

import pytest

from hepaspot.exam import Entity, SettingKind
from hepaspot.knowledge import Knowledge, RuleId, load


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def mean_ratio(knowledge: Knowledge, sign: str, state: str, setting: str) -> float:
    """Duct stone to calcification, rivals averaged, before any cap."""

    def share(entity: Entity) -> float:
        rows = knowledge.rows_for(sign, entity, setting)
        return sum(row.mean[state] for row in rows) / len(rows)

    return share(Entity.DUCT_STONE) / share(Entity.CALCIFICATION)


def test_a_judgement_is_never_passed_off_as_evidence(knowledge: Knowledge) -> None:
    assert [r.id for r in knowledge.likelihoods if r.basis == "J" and not r.convention] == []


def test_a_convention_weighs_five_cases_at_most(knowledge: Knowledge) -> None:
    weights = [row.effective_n or row.n for row in knowledge.likelihoods if row.convention]
    assert max(weights) <= knowledge.rule(RuleId.CONVENTION_N_MAX) == 5


def test_a_clean_shadow_a_round_shape_and_a_strong_echo_are_neutral(knowledge: Knowledge) -> None:
    assert {"present", "faint", "absent"} <= set(knowledge.sign("shadow").neutral)
    assert knowledge.sign("shape").neutral == ("round",)
    assert knowledge.sign("echo").neutral == ("strong",)


@pytest.mark.parametrize("state", ["dirty", "reverberation", "ring_down"])
def test_a_dirty_shadow_speaks_for_gas_or_other(knowledge: Knowledge, state: str) -> None:
    def likeliest(entity: Entity) -> float:
        return max(row.mean[state] for row in knowledge.rows_for("shadow", entity, "symptomatic"))

    clean = max(likeliest(Entity.CALCIFICATION), likeliest(Entity.DUCT_STONE))
    assert max(likeliest(Entity.DUCT_GAS), likeliest(Entity.OTHER)) > 2 * clean


@pytest.mark.parametrize("setting", list(SettingKind))
def test_dilated_ducts_speak_for_a_stone_and_other_ducts_against(
    knowledge: Knowledge, setting: SettingKind
) -> None:
    assert mean_ratio(knowledge, "duct_local", "dilated", setting) > 1.5
    assert mean_ratio(knowledge, "duct_local", "not_dilated", setting) < 1


def test_dilated_ducts_say_less_at_a_health_check(knowledge: Knowledge) -> None:
    at_check = mean_ratio(knowledge, "upstream", "dilated", "health_check")
    assert at_check < mean_ratio(knowledge, "upstream", "dilated", "symptomatic")


def test_after_gallbladder_removal_dilated_ducts_are_worth_about_two(
    knowledge: Knowledge,
) -> None:
    def share(entity: Entity) -> float:
        rows = knowledge.rows_for("upstream", entity, "post_cholecystectomy", "symptomatic")
        return rows[0].mean["dilated"]

    assert share(Entity.DUCT_STONE) / share(Entity.CALCIFICATION) == pytest.approx(2, abs=0.3)


@pytest.mark.parametrize(("state", "ratio"), [("left", 3), ("right", 0.3), ("both", 2)])
def test_the_lobe_is_worth_what_the_advice_shrinks_it_to(
    knowledge: Knowledge, state: str, ratio: float
) -> None:
    assert mean_ratio(knowledge, "lobe", state, "health_check") == pytest.approx(ratio, rel=0.25)


def test_the_duct_signs_share_rows_and_one_group(knowledge: Knowledge) -> None:
    assert knowledge.sign_rows("duct_local") == knowledge.sign_rows("upstream")
    assert knowledge.sign_rows("duct_intrahepatic") == knowledge.sign_rows("upstream")
    for sign in ("upstream", "duct_local", "duct_intrahepatic", "alignment", "lobe", "atrophy"):
        assert knowledge.sign(sign).group == "duct"
    assert knowledge.group("duct").lr_max == 20


def test_having_no_symptoms_counts_only_in_a_symptomatic_setting(knowledge: Knowledge) -> None:
    for sign in ("pain", "fever", "jaundice"):
        assert knowledge.rows_for(sign, Entity.DUCT_STONE, "health_check") == ()
        assert knowledge.sign(sign).neutral == ("present",)
        assert mean_ratio(knowledge, sign, "absent", "symptomatic") < 1


def test_the_caps_are_those_of_the_advice(knowledge: Knowledge) -> None:
    assert knowledge.rule(RuleId.SINGLE_LR_MIN) == 0.1
    assert knowledge.rule(RuleId.SINGLE_LR_MAX) == 10
    assert knowledge.rule(RuleId.NO_DILATATION_LR_MIN) == 0.3
    assert 5 <= knowledge.rule(RuleId.HEALTH_CHECK_DILATATION_LR_MAX) <= 10
    assert knowledge.rule(RuleId.SHADOW_IGNORED_BELOW_MM) == 5
    assert knowledge.rule(RuleId.INTERVAL) == 0.95


def test_the_two_printed_priors_are_both_run_in_east_asia(knowledge: Knowledge) -> None:
    given = [
        tuple(prior.shares[e] for e in list(Entity)[:3])
        for prior in knowledge.priors_for("health_check", "east_asia")
    ]
    assert given == [(68, 30, 2), (25, 71, 5)]


def test_every_region_has_a_spread_of_priors_that_favours_stones_with_symptoms(
    knowledge: Knowledge,
) -> None:
    assert knowledge.regions == ("east_asia", "south_east_asia", "elsewhere")
    for region in knowledge.regions:
        calm = knowledge.priors_for("health_check", region)
        ill = knowledge.priors_for("symptomatic", region)
        assert len(calm) == len(ill) == 2
        for before, after in zip(calm, ill, strict=True):
            assert before.mean[Entity.DUCT_STONE] < after.mean[Entity.DUCT_STONE]


def test_a_region_left_open_gives_the_priors_of_all(knowledge: Knowledge) -> None:
    assert len(knowledge.priors_for("health_check")) == 6
