"""What was taken out, as bytes that must not be found again.

A short value is looked for as a whole word: the name Mary is not in PRIMARY, nor the number 123
in 41237. A long one is looked for anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import ahocorasick

SHORTEST_BYTES: Final = 3
"""Shorter values tell nothing, and stand everywhere: bytes. A Chinese character has three."""

WORD_BELOW_BYTES: Final = 8
"""Values shorter than this are looked for as whole words: bytes. Seven letters do occur in
another word; eight bytes that agree by chance would be one of 10^19."""

LEAST_DIFFERENT_BYTES: Final = 4
"""A value of fewer different bytes (00000000) is a pattern that an even grey makes too."""

SHORTEST_NUMBER_BYTES: Final = 6
"""In a numeric attribute, a shorter value is a measurement: bytes."""

LONGEST_BYTES: Final = 64
"""Of a longer value its start is looked for: bytes. Whoever keeps it keeps its start."""

MOST_VALUES: Final = 100_000
"""More values than any header has, and as many as are searched for in a second."""

_OTHER_CODECS: Final = ("utf-8", "gb18030", "big5", "latin-1")
_NAME_PARTS: Final = re.compile(r"[\^=\s,]+")
_CONTROL: Final = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")


def forms_of_text(text: str, codecs: Iterable[str]) -> frozenset[bytes]:
    """The bytes of a value, in the encodings of its file and in others that are met."""
    return frozenset(
        form
        for codec in {*codecs, *_OTHER_CODECS}
        if len(form := _encoded(text.strip("\0 "), codec)) >= SHORTEST_BYTES
    )


def forms_of_name(name: str, codecs: Iterable[str]) -> frozenset[bytes]:
    """The bytes of a person's name, whole and by component and word."""
    parts = {name, *_NAME_PARTS.split(name)}
    return frozenset().union(*(forms_of_text(part, codecs) for part in parts))


def forms_of_bytes(stored: bytes) -> frozenset[bytes]:
    """The values that stand in the bytes of an element, as they stand; none if it is no text."""
    stored = stored.strip(b"\0 ")
    if _CONTROL.search(stored):
        return frozenset()
    values = (value.strip(b"\0 ") for value in stored.split(b"\\"))
    return frozenset(value[:LONGEST_BYTES] for value in values if len(value) >= SHORTEST_BYTES)


@dataclass(frozen=True)
class Traces:
    """The values that were taken out, as bytes."""

    forms: frozenset[bytes]

    def in_text(self, value: bytes) -> bool:
        """Whether a value of text repeats one that was taken out."""
        lower = value.lower()
        return any(_stands_alone(form, lower, start) for start, form in self._hits(lower))

    def in_number(self, value: bytes) -> bool:
        """Whether a number written in digits repeats one that was taken out."""
        return len(value.strip(b"\0 ")) >= SHORTEST_NUMBER_BYTES and self.in_text(value)

    def in_bytes(self, value: bytes) -> bool:
        """Whether bytes that are no text repeat a value that is found nowhere by chance."""
        return any(True for _ in self.telling_in(value))

    def telling_in(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Where values stand that are found nowhere by chance, and these in lower case."""
        return (hit for hit in self._hits(data.lower()) if _is_telling(hit[1]))

    @property
    def longest_bytes(self) -> int:
        """Length of the longest value."""
        return max(map(len, self.forms), default=0)

    def _hits(self, lower: bytes) -> Iterator[tuple[int, bytes]]:
        if not self.forms:
            return
        # Strings of these characters are what the automaton takes for bytes.
        for end, form in self._automaton.iter(lower.decode("latin-1")):
            yield end + 1 - len(form), form

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        automaton = ahocorasick.Automaton()
        for form in {form.lower() for form in self.forms}:
            automaton.add_word(form.decode("latin-1"), form)
        automaton.make_automaton()
        return automaton


def _is_telling(form: bytes) -> bool:
    return len(form) >= WORD_BELOW_BYTES and len(set(form)) >= LEAST_DIFFERENT_BYTES


def _stands_alone(form: bytes, text: bytes, start: int) -> bool:
    # In Chinese encodings the second byte of a character may be that of a Latin letter.
    if len(form) >= WORD_BELOW_BYTES or not form.isascii():
        return True
    end = start + len(form)
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return not (_continues(form[:1], before) or _continues(form[-1:], after))


def _continues(end: bytes, beside: bytes) -> bool:
    """Whether a letter stands beside a letter, or a digit beside a digit."""
    return (end.isalpha() and beside.isalpha()) or (end.isdigit() and beside.isdigit())


def _encoded(text: str, codec: str) -> bytes:
    try:
        return text[:LONGEST_BYTES].encode(codec)[:LONGEST_BYTES]
    except (UnicodeError, LookupError):
        return b""
