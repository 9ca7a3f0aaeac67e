"""The words the reader knows, from ``lexicon/*.toml``, as automata that find them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import ahocorasick

from hepaspot.report.fold import fold_terms, plain
from hepaspot.report.spelling import spell_out
from hepaspot.report.tags import Tag

LANGUAGES = ("en", "zh")

_LIVER_TAGS = Tag.DUCT | Tag.LOBE | Tag.LANDMARK | Tag.SEGMENT
_LONGEST_HEAD = 5
"""Letters of a word that a shorter term could swallow from a longer one."""


class Lex(NamedTuple):
    """One meaning of a term: its tag and what the entry in the lexicon says of it."""

    tag: int
    value: str = ""
    name: str | None = None
    sign: str | None = None
    count: str | None = None  # type: ignore[assignment]  # no one counts a meaning's fields
    host: str | None = None
    organ: str | None = None
    place: str | None = None
    refine: str | None = None
    adjective: bool = False
    language: str = ""


Meanings = tuple[Lex, ...]


class Match(NamedTuple):
    """What the automaton hands out: the term's length and its meanings.

    ``guard`` says that the term ends in a Latin letter, so that no small letter may follow.
    ``digit`` says that it begins with a digit, so that no other number may touch it.
    ``lexes`` is empty for a term that only shields a shorter one inside it.
    ``mask`` holds the bits of all the meanings, and whether they speak of the liver.
    """

    length: int
    lexes: Meanings
    guard: bool
    digit: bool
    mask: int


def automaton_for(text: str) -> ahocorasick.Automaton:
    """Give the automaton that finds the terms of ``text``; each hit hands out a `Match`.

    A text in ASCII can hold no Chinese term, and the automaton without them is faster to
    make and to run.
    """
    return _ascii_automaton() if text.isascii() else _whole_automaton()


@cache
def shorter_term(term: str) -> Match | None:
    """Give the longest other term that ``term`` begins with."""
    automaton = automaton_for(term)
    starts = (term[:length] for length in range(len(term) - 1, 0, -1))
    return next((automaton.get(start) for start in starts if start in automaton), None)


@cache
def _ascii_automaton() -> ahocorasick.Automaton:
    return _automaton({term: lexes for term, lexes in _terms().items() if term.isascii()})


@cache
def _whole_automaton() -> ahocorasick.Automaton:
    return _automaton(_terms())


def _automaton(terms: dict[str, Meanings]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    risky = _risky_ends(terms)
    different = {id(lexes): lexes for lexes in terms.values()}  # to hash one takes long
    masks = {key: _mask(lexes) for key, lexes in different.items()}
    for term, lexes in terms.items():
        automaton.add_word(term, _match(term, lexes, masks[id(lexes)], risky))
    automaton.make_automaton()
    return automaton


def _match(term: str, lexes: Meanings, mask: int, risky: set[str]) -> Match:
    if "Liver" in term or "epatic" in term or "肝" in term:
        mask |= Tag.LIVERISH
    if " " in term and term.rpartition(" ")[2] in risky:
        mask |= Tag.RISKY
    guard = "A" <= term[-1] <= "Z" or "a" <= term[-1] <= "z"
    meant = () if mask & Tag.NOISE else lexes
    return Match(len(term), meant, guard, term[0].isdigit(), mask)


def _mask(lexes: Meanings) -> int:
    mask = 0
    for lex in lexes:
        mask |= lex.tag
        if lex.tag == Tag.ORGAN:
            mask |= Tag.LIVERISH if lex.value in {"liver", "vein"} else Tag.FOREIGN
        elif lex.tag & _LIVER_TAGS or lex.organ == "liver":
            mask |= Tag.LIVERISH
    return mask


def _risky_ends(terms: Iterable[str]) -> set[str]:
    """Beginnings of longer words, the rest of which a term ending in them would cut off."""
    words = {term.split(" ", 1)[0] for term in terms if term[0].isascii()}
    starts = {word[: _LONGEST_HEAD + 1] for word in words if word.isascii() and word.isalpha()}
    return {start[:length] for start in starts for length in range(1, len(start))}


@cache
def _terms() -> dict[str, Meanings]:
    """Every term of the lexicon, folded, with its meanings."""
    terms: dict[str, Meanings] = {}
    for lex, spellings in _entries():
        alone = (lex,)
        for term in fold_terms(spellings):
            known = terms.get(term)
            terms[term] = alone if known is None else _with(known, lex)
    terms.pop("", None)
    return terms


def _entries() -> Iterator[tuple[Lex, list[str]]]:
    folder = files("hepaspot.report").joinpath("lexicon")
    for language in LANGUAGES:
        lexicon = tomllib.loads(folder.joinpath(f"{language}.toml").read_text("utf-8"))
        for entry in lexicon["entry"]:
            spellings = [s for term in entry["terms"] for s in spell_out(plain(term))]
            yield _lex(language, entry), spellings


def _lex(language: str, entry: dict[str, Any]) -> Lex:
    said = {key: entry[key] for key in entry.keys() - {"tag", "terms"}}
    return Lex(getattr(Tag, entry["tag"].upper()), language=language, **said)


def _with(meanings: Meanings, lex: Lex) -> Meanings:
    """One meaning a tag and sign: the entry that says more wins, a shield gives way."""
    if lex.tag == Tag.NOISE:
        return meanings
    kept = tuple(m for m in meanings if m.tag != Tag.NOISE)
    for other in kept:
        if (other.tag, other.sign) == (lex.tag, lex.sign):
            richer = max((other, lex), key=lambda m: sum(map(bool, m)))
            return tuple(richer if m is other else m for m in kept)
    return (*kept, lex)
