"""The lexicon spells out its terms, and a word keeps what it means."""

from __future__ import annotations

import pytest

from hepaspot.errors import KnowledgeError
from hepaspot.report.tags import Tag
from hepaspot.report.terms import automaton_for, shorter_term, spell_out


@pytest.mark.parametrize(
    ("term", "spellings"),
    [
        ("stone", ["stone"]),
        ("{bile |}duct", ["bile duct", "duct"]),
        ("{a|b}{c|d}", ["ac", "ad", "bc", "bd"]),
        ("{a{b|c}|}d", ["abd", "acd", "d"]),
    ],
)
def test_alternatives_are_spelled_out(term, spellings):
    assert spell_out(term) == spellings


def test_an_open_brace_is_told_with_the_length_of_its_term():
    message = r"^lexicon: a brace stays open in a term of 5 characters$"
    with pytest.raises(KnowledgeError, match=message):
        spell_out("{a|b ")


def test_both_automata_give_an_ascii_term_the_same_meanings():
    whole = automaton_for("肝")
    for term, match in automaton_for("liver").items():
        assert whole.get(term).lexes == match.lexes


def test_a_term_knows_the_longest_term_it_begins_with():
    shorter = shorter_term("Calcifications")
    assert shorter is not None
    assert shorter.length == len("Calcification")
    assert shorter.lexes[0].tag == Tag.MENTION
