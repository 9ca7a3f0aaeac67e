"""The usual questions, each a file of SQL whose first line says in a comment what it tells."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from hepaspot.archive.asking.describing import SCHEMAS
from hepaspot.errors import InputError


class Question(NamedTuple):
    """A question with a name."""

    name: str
    title: str
    sql: str


@cache
def questions() -> tuple[Question, ...]:
    """Every question, by name."""
    folder = files(__package__) / "queries"
    found = [each for each in folder.iterdir() if each.name.endswith(".sql")]
    return tuple(
        _question(each.name.removesuffix(".sql"), each.read_text(encoding="utf-8"))
        for each in sorted(found, key=lambda each: each.name)
    )


def sql_of(asked: str) -> str:
    """The SQL of a question, by its name; what is more than one word is SQL itself.

    The name of a table asks for all of it.

    Raises
    ------
    InputError
        If no question has the name.
    """
    if len(asked.split()) != 1:
        return asked
    name = asked.strip().replace("-", "_").lower()
    for question in questions():
        if question.name == name:
            return question.sql
    if name in SCHEMAS:
        return f"SELECT * FROM {name}"
    near = get_close_matches(name, [*SCHEMAS, *(question.name for question in questions())], 1)
    hint = f"did you mean {near[0]}?" if near else "hepaspot query RESULT lists them"
    raise InputError(f"the query: no question has that name; {hint}")


def _question(name: str, text: str) -> Question:
    comment, _, sql = text.partition("\n")
    return Question(name, comment.removeprefix("--").strip(), sql)
