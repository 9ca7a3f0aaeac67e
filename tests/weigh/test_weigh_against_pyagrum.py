"""Point posteriors beside those of a Bayesian network library, from the rows themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from weigh.build import HEALTH_CHECK, SIGNS, SYMPTOMATIC, a_focus, an_exam, at, law, seen, spreads

from hepaspot.exam import Entity, Lobe
from hepaspot.knowledge import load
from hepaspot.weigh import assess

gum = pytest.importorskip("pyagrum")

UNCAPPED = ["count", "alignment", "in_duct", "ct_density", "history_biliary_surgery"]
"""Signs that no cap and no rule of neutrality touches at a health check."""


def network(setting):
    """Entity over signs, filled from priors and rows by hand: rivals in equal parts."""
    knowledge = load()
    net = gum.BayesNet()
    entity = net.add(gum.LabelizedVariable("entity", "", [e.value for e in Entity]))
    priors = knowledge.priors_for(setting.kind, setting.region)
    net.cpt(entity)[:] = [sum(p.mean[e] for p in priors) / len(priors) for e in Entity]
    for sign in [*UNCAPPED, "lobe"]:
        node = net.add(gum.LabelizedVariable(sign, "", list(SIGNS[sign].states)))
        net.addArc(entity, node)
        for index, e in enumerate(Entity):
            rows = knowledge.rows_for(sign, e, setting.kind)
            net.cpt(node)[{"entity": index}] = [
                sum(row.mean[state] for row in rows) / len(rows) for state in SIGNS[sign].states
            ]
    return net


NETWORKS = {setting: network(setting) for setting in (HEALTH_CHECK, SYMPTOMATIC)}


def expected(setting, evidence):
    inference = gum.LazyPropagation(NETWORKS[setting])
    inference.setEvidence(evidence)
    return list(inference.posterior("entity").tolist())


def compare(exam, setting, evidence):
    focus = assess(exam).foci[0]
    capped = [line.sign for line in focus.ledger if line.capped]
    if not capped:
        ours = [p.mean for p in focus.probabilities]
        assert ours == pytest.approx(expected(setting, evidence), abs=1e-9)
    return capped


@law
@given(st.data(), st.sampled_from([HEALTH_CHECK, SYMPTOMATIC]))
def test_means_are_those_of_the_network(data, setting):
    told = data.draw(
        st.fixed_dictionaries({}, optional={s: st.sampled_from(SIGNS[s].states) for s in UNCAPPED})
    )
    exam = an_exam(*(seen(sign, state) for sign, state in told.items()), setting=setting)
    compare(exam, setting, told)


@pytest.mark.parametrize("setting", [HEALTH_CHECK, SYMPTOMATIC])
@pytest.mark.parametrize("sign", UNCAPPED)
def test_means_for_one_sign_are_those_of_the_network_and_no_cap_is_in_the_way(sign, setting):
    for state in SIGNS[sign].states:
        exam = an_exam(seen(sign, state), setting=setting)
        assert compare(exam, setting, {sign: state}) == []


@pytest.mark.parametrize("lobe", [Lobe.LEFT, Lobe.RIGHT, Lobe.BOTH])
def test_means_for_the_lobe_and_the_number_are_those_of_the_network(lobe):
    exam = an_exam(seen("ct_density", "high"), focus=a_focus(places=[at(lobe)]))
    evidence = {"lobe": lobe.value, "ct_density": "high"}
    assert compare(exam, HEALTH_CHECK, evidence) == []


@law
@given(spreads("ct_density"), spreads("alignment"))
def test_blurred_observations_are_the_virtual_evidence_of_the_network(density, alignment):
    evidence = {
        o.sign: [o.likelihood[state] for state in SIGNS[o.sign].states]
        for o in (density, alignment)
    }
    assert compare(an_exam(density, alignment), HEALTH_CHECK, evidence) == []
