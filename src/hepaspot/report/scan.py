"""Find the terms of the lexicon in a folded text."""

from __future__ import annotations

from typing import NamedTuple

from hepaspot.report.terms import Lex, Match, automaton_for, shorter_term

_NUMBER_BEFORE = frozenset("0123456789.")
_NUMBER_AFTER = frozenset("0123456789.xX*MmCc-~")
"""What makes a digit before or after it part of another number or size."""

Found = tuple[int, Match]
"""Index of a term's last character, and the term."""


class Token(NamedTuple):
    """One term found: folded characters ``start`` to ``end`` and what the term means."""

    start: int
    end: int
    lex: Lex


def scan(text: str) -> list[Found]:
    """Every term in ``text``, leftmost and longest first, word ends not yet looked at."""
    return list(automaton_for(text).iter_long(text))


def tokens(text: str, found: list[Found], stop: int) -> list[Token]:
    """The terms of one passage up to ``stop``, without those that end inside a word."""
    result: list[Token] = []
    at = 0
    while at < len(found):
        end, match = found[at]
        length, lexes, guard, digit, _ = match
        at += 1
        start, after = end + 1 - length, end + 1
        following = text[after : after + 1]
        if (guard and "a" <= following <= "z") or (digit and _is_inside_number(text, start, after)):
            whole = _whole_word(text, start, after)
            after, lexes = (start + whole.length, whole.lexes) if whole else (start + 1, ())
            found, at = _again(text, after, stop, found[at:]), 0
        for lex in lexes:
            result.append(Token(start, after, lex))  # noqa: PERF401 - a list a term costs more
    return result


def _again(text: str, start: int, stop: int, later: list[Found]) -> list[Found]:
    """Look again from ``start``, until a term comes that the first look had found too."""
    fresh: list[Found] = []
    if start >= stop:
        return fresh
    at = 0
    for hit in automaton_for(text).iter_long(text, start, stop):
        while at < len(later) and later[at][0] < hit[0]:
            at += 1
        if at < len(later) and later[at] == hit:
            return fresh + later[at:]
        fresh.append(hit)
    return fresh


def _is_inside_word(text: str, start: int, end: int, match: Match) -> bool:
    if match.guard and "a" <= text[end : end + 1] <= "z":
        return True
    return match.digit and _is_inside_number(text, start, end)


def _is_inside_number(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] in _NUMBER_BEFORE or text[end : end + 1] in _NUMBER_AFTER


def _whole_word(text: str, start: int, end: int) -> Match | None:
    """The longest term that the characters ``start`` to ``end`` begin with as a word."""
    shorter = shorter_term(text[start:end])
    while shorter is not None:
        end = start + shorter.length
        if not _is_inside_word(text, start, end, shorter):
            return shorter
        shorter = shorter_term(text[start:end])
    return None
