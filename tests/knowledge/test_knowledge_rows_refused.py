"""A wrong likelihood row is refused in one line that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hepaspot.errors import KnowledgeError
from hepaspot.exam import Entity
from hepaspot.knowledge import load_from

Edit = Callable[[str, str, str], None]
Add = Callable[[str, str], None]
Refused = Callable[[str], None]

ROW = """
[[row]]
id = "new"
sign = "echo"
entity = "other"
setting = "health_check"
counts = {{ strong = {strong}, weak = {weak} }}
n = {n}
basis = "{basis}"
{rest}
"""


def row(
    rest: str = 'sources = ["K1"]',
    strong: float = 3,
    weak: float = 1,
    n: float = 4,
    basis: str = "S",
) -> str:
    """One likelihood row as a physician would write it."""
    return ROW.format(rest=rest, strong=strong, weak=weak, n=n, basis=basis)


def test_a_new_row_with_a_source_is_taken(folder: Path, add: Add) -> None:
    add("likelihoods.toml", row())
    assert load_from(folder).row("new").sources == ("K1",)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (
            row(rest=""),
            "has no source; add sources = [...] or convention = true with a note",
        ),
        (
            row(rest="convention = true"),
            "is a convention without a note; say in note why it was chosen",
        ),
        (row(rest='sources = ["Z9"]'), "unknown source 'Z9'; add it to sources.toml"),
        (row().replace('"echo"', '"eko"'), "unknown sign 'eko'; see signs.toml"),
        (
            row().replace("weak =", "dim ="),
            "counts must name each of strong, weak, no other",
        ),
        (row(strong=-1, weak=5), "count of strong is -1; it must be 0 or more"),
        (row(strong=9), "counts add up to 10 and exceed n = 4"),
        (row(strong=1), "counts add up to 2 and fall short of n = 4"),
        (
            row(rest='sources = ["K1"]\neffective_n = 6'),
            "effective_n must be above 0 and at most n = 4",
        ),
        (
            row(rest='sources = ["K1"]\neffective_n = 0'),
            "effective_n must be above 0 and at most n = 4",
        ),
        (
            row(rest='convention = true\nnote = "in words"', strong=9, n=10),
            "a convention weighs 10 cases, more than 5; lower effective_n",
        ),
        (row(basis="J"), "basis J is a judgement; mark it convention = true"),
        (
            row(rest='sources = ["K1"]\nconflicts_with = ["nobody"]'),
            "conflicts_with names the unknown row 'nobody'",
        ),
        (
            row(rest='sources = ["K1"]\nconflicts_with = ["echo-stone-k1"]'),
            "conflicts_with names 'echo-stone-k1', which has another sign, entity or setting",
        ),
        (row() + row(), "stands 2 times; give each row its own id"),
        (
            row().replace('"other"', '"gallstone"'),
            "Invalid enum value 'gallstone' - at `$.entity`; correct the field or take it out",
        ),
        (
            row(rest='sources = ["K1"]\ncomment = "x"'),
            "Object contains unknown field `comment`; correct the field or take it out",
        ),
        (
            row().replace("n = 4", 'n = "4"'),
            "Expected `float`, got `str` - at `$.n`; correct the field or take it out",
        ),
    ],
)
def test_a_wrong_likelihood_row_is_refused(
    add: Add, new: str, words: str, refused: Refused
) -> None:
    add("likelihoods.toml", new)
    refused(f"likelihoods.toml: row 'new': {words}")


def test_a_row_without_an_id_is_refused(folder: Path, add: Add) -> None:
    add("likelihoods.toml", "\n[[row]]\nn = 1\n")
    with pytest.raises(KnowledgeError, match=r"^likelihoods\.toml: row '\?': Object missing"):
        load_from(folder)


@pytest.mark.parametrize("count", ["nan", "inf"])
def test_a_count_that_is_no_number_is_refused(add: Add, count: str, refused: Refused) -> None:
    add("likelihoods.toml", row().replace("strong = 3", f"strong = {count}"))
    refused(
        f"likelihoods.toml: row 'new': count of strong is {count}; it must be 0 or more",
    )


def test_a_second_row_for_the_same_people_must_be_named_a_rival(add: Add, refused: Refused) -> None:
    add("likelihoods.toml", row().replace('"health_check"', '"any"'))
    refused(
        "likelihoods.toml: row 'echo-other-verbal': speaks for the same people as 'new'; "
        "name it in conflicts_with, or keep one"
    )


def test_rivals_that_name_each_other_are_both_kept(folder: Path, edit: Edit, add: Add) -> None:
    edit(
        "likelihoods.toml",
        'id = "echo-other-verbal"',
        'id = "echo-other-verbal"\nconflicts_with = ["new"]',
    )
    rest = 'sources = ["K1"]\nconflicts_with = ["echo-other-verbal"]'
    add("likelihoods.toml", row(rest=rest).replace('"health_check"', '"any"'))
    rivals = load_from(folder).rows_for("echo", Entity.OTHER, "symptomatic")
    assert [each.id for each in rivals] == ["echo-other-verbal", "new"]
