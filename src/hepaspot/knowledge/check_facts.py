"""What makes a fact wrong: conditions, red flags and codes must use known words."""

from __future__ import annotations

from hepaspot.exam import Entity, SettingKind
from hepaspot.knowledge.book import Knowledge
from hepaspot.knowledge.refusal import known_sign, known_state, listed, refuse

LANDMARKS = frozenset(
    {
        "subcapsular",
        "dome",
        "periportal",
        "along_left_duct",
        "along_right_duct",
        "along_duct",
        "hilar",
        "near_gallbladder",
        "perivascular",
    }
)
"""Ids of places inside the liver, as `hepaspot.exam.Place.landmarks` holds them."""

HOSTS = frozenset({"cyst", "mass", "treated_lesion", "vessel_wall", "duct_wall"})
"""Ids of what a focus can lie in, as `hepaspot.exam.Focus.host` holds them."""

CODED_ONLY = frozenset({"anatomy", "segment", "attribute", "document"})
"""Kinds of concept that have codes and are no facts about a focus."""


def red_flags(knowledge: Knowledge) -> None:
    """Every red flag is a state of a known sign."""
    for flag in knowledge.red_flags:
        sign = known_sign("red_flags.toml", flag.id, flag.sign, knowledge.signs)
        known_state("red_flags.toml", flag.id, sign, flag.state)


def conditions(knowledge: Knowledge) -> None:
    """Every condition of a cause, a guidance or a screening rule is a known fact."""
    vocabulary = _vocabulary(knowledge)
    for file, rows in (
        ("causes.toml", knowledge.causes),
        ("guidance.toml", knowledge.guidance),
        ("screening.toml", knowledge.screening),
    ):
        for row in rows:
            for fact in (*(fact for line in row.when for fact in line), *row.unless):
                _known(file, row.id, fact, vocabulary)


def codes(knowledge: Knowledge) -> None:
    """Every coded concept is a known fact, or of a kind that only has codes."""
    vocabulary = _vocabulary(knowledge)
    for code in knowledge.codes:
        if code.concept.partition(":")[0] not in CODED_ONLY:
            _known("codes.toml", code.id, code.concept, vocabulary)


def _vocabulary(knowledge: Knowledge) -> dict[str, frozenset[str]]:
    return {
        "landmark": LANDMARKS,
        "host": HOSTS,
        "entity": frozenset(entity.value for entity in Entity),
        "setting": frozenset(kind.value for kind in SettingKind),
        "region": frozenset(knowledge.regions),
        "name": frozenset(name for row in knowledge.entities for name in row.names),
        **{sign.id: frozenset(sign.states) for sign in knowledge.signs},
    }


def _known(file: str, row: str, fact: str, vocabulary: dict[str, frozenset[str]]) -> None:
    kind, _, value = fact.partition(":")
    if kind not in vocabulary:
        refuse(file, row, f"unknown fact {fact!r}; write <sign>:<state>, landmark:, host:, ...")
    if value not in vocabulary[kind]:
        refuse(file, row, f"{kind} has no {value!r}; use {listed(vocabulary[kind])}")
