"""The content tree of a DICOM structured report as lines (PS3.3 C.17.3): what, and its value.

Who was examined, by whom and how (the observation and acquisition context), people, dates,
references and coordinates are left out: they are no words on the liver.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from hepaspot.errors import TooLarge

DEPTH: Final = 32
"""Containers in containers; templates of reports nest four to eight."""

ITEMS: Final = 20_000
"""Content items that are looked at; a report has tens, a set of measurements hundreds."""

_CONTEXT: Final = frozenset({"HAS OBS CONTEXT", "HAS ACQ CONTEXT"})
"""(0040,A010) *Relationship Type* of what is told of the circumstances."""

_MODIFIES: Final = "HAS CONCEPT MOD"
"""(0040,A010) of what narrows the meaning of the item above: its language, its site."""


def lines_of(dataset: Dataset) -> Iterator[str]:
    """The lines of a report, in the order of its tree.

    Raises
    ------
    TooLarge
        If the tree is deeper or has more items than any report's; without a file's name.
    """
    seen = 0
    waiting = [(item, 1) for item in reversed(_items(dataset))]
    while waiting:
        item, depth = waiting.pop()
        seen += 1
        if depth > DEPTH or seen > ITEMS:
            raise TooLarge("is larger than any report")
        relation = _text(item, "RelationshipType")
        if relation in _CONTEXT or (relation == _MODIFIES and depth == 1):
            continue
        yield from filter(None, [_line(item)])
        waiting.extend((child, depth + 1) for child in reversed(_items(item)))


def _items(dataset: Dataset) -> list[Dataset]:
    found = dataset.get("ContentSequence")
    return list(found) if isinstance(found, Sequence) else []


def _line(item: Dataset) -> str:
    name = _meaning(item, "ConceptNameCodeSequence")
    if _text(item, "ValueType") == "CONTAINER":
        return f"{name}:" if name else ""
    value = _value(item)
    return f"{name}: {value}" if name and value else value


def _value(item: Dataset) -> str:
    kind = _text(item, "ValueType")
    if kind == "TEXT":
        return _text(item, "TextValue")
    if kind == "CODE":
        return _meaning(item, "ConceptCodeSequence")
    if kind == "NUM":
        return _measured(item)
    return ""


def _measured(item: Dataset) -> str:
    measured = item.get("MeasuredValueSequence")
    if not isinstance(measured, Sequence) or not measured:
        return ""
    number = measured[0].get("NumericValue")
    unit = _unit(measured[0].get("MeasurementUnitsCodeSequence"))
    return "" if number is None else f"{number} {unit}".strip()


def _unit(codes: object) -> str:
    """The code of UCUM, which is the short form; "1" is no unit that a person writes."""
    if not isinstance(codes, Sequence) or not codes:
        return ""
    code = _text(codes[0], "CodeValue")
    return "" if code in {"1", "{ratio}", "{0:1}"} else code


def _meaning(item: Dataset, keyword: str) -> str:
    codes = item.get(keyword)
    return _text(codes[0], "CodeMeaning") if isinstance(codes, Sequence) and codes else ""


def _text(dataset: Dataset, keyword: str) -> str:
    value = dataset.get(keyword)
    return (
        value.replace("\r\n", "\n").replace("\r", "\n").strip("\0 \n")
        if isinstance(value, str)
        else ""
    )
