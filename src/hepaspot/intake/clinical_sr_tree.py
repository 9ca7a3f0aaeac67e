"""The content tree of a DICOM structured report as lines (PS3.3 C.17.3): what, and its value.

Who was examined, by whom and how (the observation and acquisition context), people, dates,
references and coordinates are left out: they are no words on the liver.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hepaspot.intake.dicom_tree import Coded, Item

_CONTEXT: Final = frozenset({"HAS OBS CONTEXT", "HAS ACQ CONTEXT"})
"""(0040,A010) *Relationship Type* of what is told of the circumstances."""

_MODIFIES: Final = "HAS CONCEPT MOD"
"""(0040,A010) of what narrows the meaning of the item above: its language, its site."""

_UNWRITTEN: Final = frozenset({"1", "{ratio}", "{0:1}"})
"""Codes of UCUM for no unit, which a person does not write."""


def lines_of(root: Item) -> Iterator[str]:
    """The lines of a report, in the order of its tree."""
    for item in root.items:
        if item.relation != _MODIFIES:  # there it is of the report: no finding
            yield from _lines(item)


def _lines(item: Item) -> Iterator[str]:
    if item.relation in _CONTEXT:
        return
    yield from filter(None, [_line(item)])
    for below in item.items:
        yield from _lines(below)


def _line(item: Item) -> str:
    name = _meaning(item.name)
    if item.kind == "CONTAINER":
        return f"{name}:" if name else ""
    value = _value(item)
    return f"{name}: {value}" if name and value else value


def _value(item: Item) -> str:
    if item.kind == "TEXT":
        return _clean(item.text)
    if item.kind == "CODE":
        return _meaning(item.code)
    if item.kind == "NUM" and item.text:
        return f"{_clean(item.text)} {_unit(item.unit)}".strip()
    return ""


def _unit(unit: Coded | None) -> str:
    """The code of UCUM, which is the short form."""
    return "" if unit is None or unit.code in _UNWRITTEN else _clean(unit.code)


def _meaning(concept: Coded | None) -> str:
    return "" if concept is None else _clean(concept.meaning)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\0 \n")
