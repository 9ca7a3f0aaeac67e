"""The words the reader knows, from ``lexicon/*.toml``, as one automaton over both languages."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, NamedTuple

import ahocorasick

from hepaspot.errors import KnowledgeError
from hepaspot.report.fold import fold
from hepaspot.report.tags import Tag

LANGUAGES = ("en", "zh")


class Lex(NamedTuple):
    """One meaning of a term: its tag and what the entry in the lexicon says of it."""

    tag: int
    value: str = ""
    name: str | None = None
    sign: str | None = None
    count: str | None = None
    host: str | None = None
    organ: str | None = None
    place: str | None = None
    refine: str | None = None
    adjective: bool = False
    language: str = ""


class Match(NamedTuple):
    """What the automaton hands out: the term's length, its meanings and a shorter term.

    ``guard`` says that the term ends in a Latin letter, so that no small letter may follow.
    ``shorter`` is the longest term that this one begins with, for when the guard fails.
    ``mask`` holds the bits of all the meanings, and whether they speak of the liver.
    """

    length: int
    lexes: tuple[Lex, ...]
    guard: bool
    digit: bool
    shorter: Match | None
    mask: int


def spell_out(term: str) -> list[str]:
    """Every spelling of a term with ``{a|b}`` alternatives, which may be nested."""
    depth, piece = 0, ""
    sequence: list[list[str]] = []
    alternatives: list[str] = []
    for character in term:
        if character == "{":
            if depth == 0:
                sequence.append([piece])
                piece, alternatives = "", []
            else:
                piece += character
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                sequence.append([s for a in (*alternatives, piece) for s in spell_out(a)])
                piece = ""
            else:
                piece += character
        elif character == "|" and depth == 1:
            alternatives.append(piece)
            piece = ""
        else:
            piece += character
    if depth:
        raise KnowledgeError(f"lexicon: a brace stays open in a term of {len(term)} characters")
    sequence.append([piece])
    return ["".join(choice) for choice in product(*sequence)]


def _entries() -> list[tuple[str, dict[str, Any]]]:
    folder = files("hepaspot.report").joinpath("lexicon")
    return [
        (language, entry)
        for language in LANGUAGES
        for entry in tomllib.loads(folder.joinpath(f"{language}.toml").read_text("utf-8"))["entry"]
    ]


def _terms() -> dict[str, tuple[Lex, ...]]:
    terms: dict[str, tuple[Lex, ...]] = {}
    for language, entry in _entries():
        lex = Lex(
            tag=getattr(Tag, entry["tag"].upper()),
            language=language,
            **{key: entry[key] for key in entry.keys() - {"tag", "terms"}},
        )
        for pattern in entry["terms"]:
            for spelling in spell_out(pattern):
                term = fold(spelling).text.strip(" ")
                if term:
                    terms[term] = _with(terms.get(term, ()), lex)
    return terms


def _with(meanings: tuple[Lex, ...], lex: Lex) -> tuple[Lex, ...]:
    """One meaning a tag and sign: the entry that says more wins, a shield gives way."""
    if lex.tag == Tag.NOISE and meanings:
        return meanings
    kept = tuple(m for m in meanings if m.tag != Tag.NOISE)
    for other in kept:
        if (other.tag, other.sign) == (lex.tag, lex.sign):
            richer = max((other, lex), key=lambda m: sum(bool(field) for field in m))
            return tuple(richer if m is other else m for m in kept)
    return (*kept, lex)


_LIVER_TAGS = Tag.DUCT | Tag.LOBE | Tag.LANDMARK | Tag.SEGMENT


def _mask(term: str, lexes: tuple[Lex, ...]) -> int:
    mask = 0
    for lex in lexes:
        mask |= lex.tag
        if lex.tag == Tag.ORGAN:
            mask |= Tag.LIVERISH if lex.value in ("liver", "vein") else Tag.FOREIGN
        elif lex.tag & _LIVER_TAGS or lex.organ == "liver":
            mask |= Tag.LIVERISH
    if "Liver" in term or "epatic" in term or "肝" in term:
        mask |= Tag.LIVERISH
    return mask


def _swallows(term: str, heads: set[str]) -> bool:
    """Whether the last word of a term may be the beginning of a longer, other word."""
    last = term.rsplit(" ", 1)[1]
    return len(last) <= 5 and last.isascii() and last.isalpha() and last in heads


@cache
def automaton() -> ahocorasick.Automaton:
    """The automaton; each hit hands out a `Match`."""
    terms = _terms()
    matcher = ahocorasick.Automaton()
    matches: dict[str, Match] = {}
    heads = {term[:n] for term in terms for n in range(1, min(len(term), 6))}
    for term in sorted(terms, key=len):
        last = term[-1]
        shorter = next((matches[term[:n]] for n in range(len(term) - 1, 0, -1) if term[:n] in matches), None)
        mask = _mask(term, terms[term]) | (Tag.RISKY if " " in term and _swallows(term, heads) else 0)
        matches[term] = Match(
            len(term), terms[term], "a" <= last.lower() <= "z", term[0].isdigit(), shorter, mask
        )
        matcher.add_word(term, matches[term])
    matcher.make_automaton()
    return matcher
