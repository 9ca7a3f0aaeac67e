"""Says what is wrong in a configuration, and what was meant, as far as that can be guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import inspect

from hepaspot.serve.node.settings import IN_WORDS, NodeSettings


def in_words(error: msgspec.ValidationError, told: dict[str, Any]) -> str:
    """The library's words, with the place as it is written in the file ``told``, and a hint."""
    what, _, where = str(error).partition(" - at `$")
    place = where.rstrip("`").lstrip(".")
    for pattern, words in IN_WORDS.items():
        what = what.replace(f"`str` matching regex {pattern!r}", words)
    hint = _hint(what, place, told)
    line = f"{place or 'the file'}: {what[:1].lower()}{what[1:]}"
    line = f"{line} ({hint})" if hint else line
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _hint(what: str, place: str, told: dict[str, Any]) -> str:
    wanted, value = _at(place, told)
    key = re.search(r"(unknown|required) field `(.*)`", what)
    if key is not None:
        return _about_key(key[1], key[2], _sections(wanted, value))
    if what.startswith("Invalid"):
        return _one_of(_values(wanted))
    if "Expected `array`" in what:
        return _about_list(place, wanted, value)
    if "`object`, got `array`" in what:
        return f"write [{place}] with one bracket"
    if "got `str`" in what:
        return "a number, true or false stands without quotes"
    return ""


def _about_list(place: str, wanted: list[inspect.Type], value: object) -> str:
    items = [each.item_type for each in _each(wanted) if isinstance(each, inspect.VarTupleType)]
    if not all(isinstance(each, inspect.LiteralType) for each in items):
        return f"write [[{place}]] with two brackets"
    words = _values(items)
    return f'write a list such as ["{value if value in words else words[0]}"]'


def _about_key(how: str, key: str, sections: list[inspect.StructType]) -> str:
    if how == "required":
        return _one_of(_values(sections)) if key == "kind" else ""
    known = [field.encode_name for each in sections for field in each.fields]
    near = get_close_matches(key, known, 1)
    return f"did you mean {near[0]}?" if near else _one_of(known)


def _at(place: str, told: Any) -> tuple[list[inspect.Type], Any]:
    """What may stand at a place such as ``send[0].port``, and what stands there."""
    wanted: list[inspect.Type] = [inspect.type_info(NodeSettings)]
    for name, number in re.findall(r"(\w+)|\[(\d+)\]", place):
        if number:
            wanted = [each.item_type for each in wanted if isinstance(each, inspect.VarTupleType)]
            told = told[int(number)]
        else:
            sections = _sections(wanted, told)
            fields = [each for section in sections for each in section.fields]
            found = [each.type for each in fields if each.encode_name == name]
            wanted = [*found] or [_tags(sections)]
            told = told.get(name) if isinstance(told, dict) else None
    return wanted, told


def _sections(wanted: list[inspect.Type], told: Any) -> list[inspect.StructType]:
    """The sections that may be meant: of several, those of the kind that the file names."""
    found = [each for each in _each(wanted) if isinstance(each, inspect.StructType)]
    kind = told.get("kind") if isinstance(told, dict) else None
    return [each for each in found if each.tag is not None and each.tag == kind] or found


def _each(wanted: Sequence[inspect.Type]) -> list[inspect.Type]:
    """Types, those of a choice one by one."""
    return [
        each
        for one in wanted
        for each in (one.types if isinstance(one, inspect.UnionType) else [one])
    ]


def _tags(sections: list[inspect.StructType]) -> inspect.LiteralType:
    return inspect.LiteralType(tuple(str(each.tag) for each in sections))


def _values(wanted: Sequence[inspect.Type]) -> list[str]:
    """The words that may stand there."""
    found: list[str] = []
    for each in _each(wanted):
        if isinstance(each, inspect.LiteralType):
            found += [str(value) for value in each.values]
        elif isinstance(each, inspect.StructType) and each.tag is not None:
            found.append(str(each.tag))
    return found


def _one_of(words: list[str]) -> str:
    return f"one of {', '.join(dict.fromkeys(words))}" if words else ""
