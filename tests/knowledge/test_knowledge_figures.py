"""How a figure becomes a distribution, and when a conditional row holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepaspot.exam import Entity
from hepaspot.knowledge import Basis, Cause, LikelihoodRow, Prior, Rate, RowSetting

COUNTS = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 500), min_size=2
).filter(lambda counts: sum(counts.values()) > 0)
FACTS = st.frozensets(st.sampled_from(["x:1", "x:2", "y:1", "y:2", "z:1"]))
LINES = st.lists(st.lists(st.sampled_from(["x:1", "x:2", "y:1"]), min_size=1).map(tuple))


def likelihood(counts: dict[str, float], effective_n: float | None = None) -> LikelihoodRow:
    return LikelihoodRow(
        id="row",
        sign="sign",
        entity=Entity.OTHER,
        setting=RowSetting.ANY,
        counts=counts,
        n=sum(counts.values()),
        basis=Basis.SEEN,
        effective_n=effective_n,
    )


def cause(when: list[tuple[str, ...]], unless: tuple[str, ...] = ()) -> Cause:
    return Cause(id="cause", entity=Entity.OTHER, when=tuple(when), unless=unless)


def test_a_figure_of_two_states_is_smoothed_as_the_recipe_says() -> None:
    assert likelihood({"yes": 52, "no": 2}).mean["yes"] == pytest.approx(52.5 / 55)


def test_a_discount_keeps_the_share_and_lowers_the_weight() -> None:
    row = likelihood({"yes": 52, "no": 2}, effective_n=10)
    assert row.alpha == pytest.approx({"yes": 52 / 5.4 + 0.5, "no": 2 / 5.4 + 0.5})


@given(COUNTS)
def test_shares_add_up_and_nothing_is_impossible_or_certain(counts: dict[str, float]) -> None:
    mean = likelihood(counts).mean
    assert sum(mean.values()) == pytest.approx(1)
    assert all(0 < share < 1 for share in mean.values())


@given(COUNTS, st.floats(0.01, 1))
def test_a_discount_never_makes_a_state_surer(counts: dict[str, float], part: float) -> None:
    n = sum(counts.values())
    full, less = likelihood(counts).mean, likelihood(counts, effective_n=part * n).mean
    for state in counts:
        even = 1 / len(counts)
        assert abs(less[state] - even) <= abs(full[state] - even) + 1e-9


@given(COUNTS, st.sampled_from(["a", "b", "c", "d"]))
def test_one_more_case_never_lowers_its_state(counts: dict[str, float], state: str) -> None:
    counts = {**counts, state: counts.get(state, 0)}
    more = {**counts, state: counts[state] + 1}
    assert likelihood(more).mean[state] > likelihood(counts).mean[state]


@given(st.lists(st.floats(0.01, 1000), min_size=4, max_size=4), st.floats(0.1, 100))
def test_the_total_of_a_prior_does_not_matter(shares: list[float], effective_n: float) -> None:
    def prior(factor: float) -> Prior:
        weights = {e: s * factor for e, s in zip(Entity, shares, strict=True)}
        return Prior(
            id="prior",
            setting=RowSetting.HEALTH_CHECK,
            region="here",
            shares=weights,
            effective_n=effective_n,
        )

    assert prior(1).mean == pytest.approx(prior(7).mean)
    assert sum(prior(1).alpha.values()) == pytest.approx(effective_n)


def test_a_rate_is_smoothed_where_it_is_a_count_and_halved_where_it_is_a_range() -> None:
    assert Rate(k=21, n=21).mean == pytest.approx(21.5 / 22)
    assert Rate(k=21, n=21, effective_n=10).mean == pytest.approx(10.5 / 11)
    assert Rate(low=0.5, high=0.9).mean == pytest.approx(0.7)


@given(LINES, FACTS, FACTS)
def test_knowing_more_never_undoes_what_speaks_for_a_row(
    when: list[tuple[str, ...]], facts: frozenset[str], more: frozenset[str]
) -> None:
    if cause(when).holds(facts):
        assert cause(when).holds(facts | more)


@given(LINES, FACTS)
def test_what_speaks_against_a_row_outweighs_what_speaks_for_it(
    when: list[tuple[str, ...]], facts: frozenset[str]
) -> None:
    assert not cause(when, unless=("y:2",)).holds(facts | {"y:2"})


@given(LINES.filter(bool), FACTS)
def test_a_row_that_holds_names_known_facts_as_its_reasons(
    when: list[tuple[str, ...]], facts: frozenset[str]
) -> None:
    row = cause(when)
    because = row.because(facts)
    assert set(because) <= facts
    assert len(set(because)) == len(because)
    if row.holds(facts):
        assert because


def test_a_row_without_conditions_always_holds() -> None:
    assert cause([]).holds(frozenset())


def test_nothing_known_is_nothing_that_speaks_for_a_row() -> None:
    assert not cause([("x:1",)]).holds(frozenset())
