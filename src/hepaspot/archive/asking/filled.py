"""Reads a sheet back, from a page or a spreadsheet, whatever the latter made of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple

from hepaspot.archive.asking.answering import (
    ANSWERS,
    HEADINGS,
    NONE,
    UNSURE,
    answers,
    folded,
    meant,
)
from hepaspot.archive.asking.key import Drawn, Key, digest_of_words, kept_key
from hepaspot.archive.asking.result import Audited
from hepaspot.errors import EmptyInput, InputError, MissingInput, TooLarge, UnreadableInput
from hepaspot.exam import Entity
from hepaspot.intake import decode_bytes

LARGEST_BYTES: Final = 256 << 20
"""Size of a sheet that is read (convention): 4,000 exams with the longest reports."""

DIGEST: Final = 8
"""Letters of the digest of a filled sheet in the names of its figures (convention)."""

SLIP: Final = 0.75
"""Likeness from which a word is a slip of an allowed one, 0 to 1 (convention)."""

_ENTITIES: Final = frozenset(entity.value for entity in Entity)

_BETWEEN: Final = re.compile(r"[;；,，、|\s]+")


class Answer(NamedTuple):
    """What a reviewer said of one exam; ``problems`` is None where nothing was said.

    ``spot`` is None where it was left open.
    """

    problems: frozenset[str] | None
    spot: str | None
    proven: bool

    @property
    def entity(self) -> Entity | None:
        """What the spot is, where there is one and it could be told."""
        return Entity(self.spot) if self.spot in _ENTITIES else None

    def has(self, alert: str) -> bool | None:
        """Whether the exam has the problem; None where it is not decided."""
        if self.problems is None or self.problems == {UNSURE}:
            return None
        return alert in self.problems


@dataclass(frozen=True)
class Filled:
    """The answers of one reviewer, by row; ``digest`` tells this file from another review."""

    name: str
    key: Key
    answers: Mapping[str, Answer]
    digest: str

    @property
    def open_rows(self) -> int:
        """Rows of the sheet without an answer to what is wrong."""
        told = sum(answer.problems is not None for answer in self.answers.values())
        return len(self.key.rows) - told


def filled(result: Audited, path: Path) -> Filled:
    """The sheet in a file, with its key.

    Rows may stand in any order and may be missing; what is answered counts.

    Raises
    ------
    InputError
        If it is no sheet, one of another result, or something in it was changed that is no
        answer; in one line, without a word of a report.
    """
    name = path.name
    data = _bytes(path)
    rows = _rows(data, name)
    marks = {row["sheet"] for row in rows.values()}
    if len(marks) != 1:
        raise InputError(f"{name}: joins several sheets; give each by itself")
    key = kept_key(result, marks.pop(), name)
    known = {drawn.row: drawn for drawn in key.rows}
    answers: dict[str, Answer] = {}
    for number, row in rows.items():
        where = f"{name}: row {number}"
        drawn = known.get(row["row"])
        if drawn is None:
            raise InputError(f"{where}: is none of the sheet; take out what was added")
        if drawn.row in answers:
            raise InputError(f"{where}: stands twice; leave one of them")
        _same_words(drawn, row, where)
        answers[drawn.row] = _answer(row, where)
    found = Filled(name, key, answers, sha256(data).hexdigest()[:DIGEST])
    if found.open_rows == len(key.rows):
        raise EmptyInput(f"{name}: no row of it is answered; fill in the column problems")
    return found


def _rows(data: bytes, name: str) -> dict[int, dict[str, str]]:
    """The rows that hold anything, each by its number in a spreadsheet."""
    text = decode_bytes(data, name).text
    # Excel writes what its list separator is, and a tab into its "Unicode text".
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    try:
        told = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        columns = _columns(next(told, []))
        if missing := [each for each in ("sheet", "row", *ANSWERS) if each not in columns]:
            raise InputError(f"{name}: has no column {missing[0]}; give the sheet with its heading")
        rows = {number: _tidy(columns, cells) for number, cells in enumerate(told, start=2)}
    except csv.Error:
        raise UnreadableInput(f"{name}: is not CSV to its end; save it as CSV again") from None
    kept = {number: row for number, row in rows.items() if any(row.values())}
    if not kept:
        raise EmptyInput(f"{name}: holds no row; give the sheet that was filled in")
    return kept


def _columns(heading: Sequence[str]) -> list[str]:
    """The columns, those with a Chinese heading too where no other one has the name."""
    named = [folded(each) for each in heading]
    return [each if HEADINGS.get(each) in named else HEADINGS.get(each, each) for each in named]


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise TooLarge(f"{path.name}: is larger than any sheet; give the sheet")
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingInput(f"{path.name}: there is no such file; check the path") from None
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise UnreadableInput(f"{path.name}: cannot be read ({reason}); check it") from None


def _tidy(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells by their column; those that a spreadsheet left away at the end of a row are empty."""
    return {name: cell.strip() for name, cell in zip_longest(columns, cells, fillvalue="") if name}


def _same_words(drawn: Drawn, row: Mapping[str, str], where: str) -> None:
    """Refuse a row whose words are another's, as after one column was sorted by itself."""
    report = row.get("report", "")
    if report and digest_of_words(report, row.get("earlier_report", "")) != drawn.words:
        raise InputError(
            f"{where}: its words are not those that were given out; sort whole rows alone, "
            "and save as CSV UTF-8"
        )


def _answer(row: Mapping[str, str], where: str) -> Answer:
    spot = _one_of(row["spot"], where, "spot")
    proven = _one_of(row["proven"], where, "proven")
    return Answer(_problems(row["problems"], where), spot, proven == "yes")


def _problems(cell: str, where: str) -> frozenset[str] | None:
    said = {each: meant("problems", each) for each in _BETWEEN.split(folded(cell)) if each}
    if wrong := sorted(each for each, meaning in said.items() if meaning is None):
        allowed = answers("problems")
        raise InputError(
            f"{where}: problems holds {_called(wrong, [*allowed, *allowed.values()])} that is no "
            f"answer; use {_listed(allowed)}, several with a semicolon between them"
        )
    told = frozenset(meaning for meaning in said.values() if meaning is not None)
    if told & {NONE, UNSURE} and len(told) > 1:
        raise InputError(f"{where}: problems says {NONE} or {UNSURE} and more; leave one")
    return told or None


def _called(wrong: Sequence[str], allowed: Sequence[str]) -> str:
    """The wrong word, where it is a slip of an answer: another one may be a name from a report."""
    slips = [word for word in wrong if get_close_matches(word, allowed, 1, SLIP)]
    return f'the word "{slips[0]}"' if slips else "a word"


def _one_of(cell: str, where: str, column: str) -> str | None:
    if not cell:
        return None
    answer = meant(column, cell)
    if answer is None:
        raise InputError(f"{where}: {column} must be one of {_listed(answers(column))}")
    return answer


def _listed(allowed: Mapping[str, str]) -> str:
    """The answers in both languages."""
    return f"{', '.join(allowed)} ({', '.join(allowed.values())})"
