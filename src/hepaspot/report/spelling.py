"""Spell out the alternatives of a term in the lexicon."""

from __future__ import annotations

from itertools import product

from hepaspot.errors import KnowledgeError


def spell_out(term: str) -> list[str]:
    """Give every spelling of a term with ``{a|b}`` alternatives, which may be nested."""
    choices = [
        [spelling for alternative in _alternatives(part[1:]) for spelling in spell_out(alternative)]
        if part.startswith("{")
        else [part]
        for part in _parts(term)
    ]
    return ["".join(choice) for choice in product(*choices)]


def _parts(term: str) -> list[str]:
    """Cut a term at its outer braces; a part in braces keeps the brace that opens it."""
    parts, depth = [""], 0
    for character in term:
        depth += (character == "{") - (character == "}")
        if character == "{" and depth == 1:
            parts.append("{")
        elif character == "}" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    if depth:
        raise KnowledgeError(f"lexicon: a brace stays open in a term of {len(term)} characters")
    return parts


def _alternatives(group: str) -> list[str]:
    """Cut the inside of a pair of braces at its own bars."""
    alternatives, depth = [""], 0
    for character in group:
        depth += (character == "{") - (character == "}")
        if character == "|" and depth == 0:
            alternatives.append("")
        else:
            alternatives[-1] += character
    return alternatives
