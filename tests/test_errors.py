"""The error tree: its outline is true, and each error is caught as what it is."""

from __future__ import annotations

import re

import pytest

from hepaspot import errors

KINDS = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, errors.HepaspotError)
]
OUTLINE = errors.__doc__ or ""


@pytest.mark.parametrize("kind", KINDS[1:])
def test_the_outline_tells_each_error_and_its_exit_code(kind):
    line = next(line for line in OUTLINE.splitlines() if f"─ {kind.__name__} " in line)
    assert int(re.findall(r"exit (\d)$", line)[0]) == kind.exit_code


@pytest.mark.parametrize("kind", KINDS[1:])
def test_each_error_is_caught_by_the_builtin_that_the_outline_names(kind):
    line = next(line for line in OUTLINE.splitlines() if f"─ {kind.__name__} " in line)
    for builtin in re.findall(r"\((\w+Error)\)", line):
        assert issubclass(kind, getattr(__import__("builtins"), builtin))


def test_the_outline_tells_no_error_that_does_not_exist():
    told = set(re.findall(r"─ (\w+) ", OUTLINE))
    assert told == {kind.__name__ for kind in KINDS[1:]}


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_says_its_line_and_nothing_else(kind):
    assert str(kind("report.txt: is empty; give words")) == "report.txt: is empty; give words"


def test_one_clause_catches_whatever_goes_wrong_with_an_input():
    with pytest.raises(errors.InputError):
        raise errors.TooLarge("x")
    with pytest.raises(FileNotFoundError):
        raise errors.MissingInput("x")


def test_no_exit_code_is_that_of_a_wrong_command_line():
    assert {kind.exit_code for kind in KINDS} <= {1, 3, 4, 5, 6, 7}
