"""The tree of a DICOM structured report, as plain values, read in a process of its own.

What an item means is not judged here; every concept keeps its code as it was written.
"""

from __future__ import annotations

import os
from collections.abc import MutableSequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import msgspec

from hepaspot.errors import TooLarge, UnsupportedInput
from hepaspot.exam import Value
from hepaspot.intake import picture_bounds as bounds

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

STRUCTURED_REPORTS: Final = frozenset(
    f"1.2.840.10008.5.1.4.1.1.88.{end}" for end in ("11", "22", "33", "34")
)
"""Basic Text, Enhanced, Comprehensive and Comprehensive 3D SR Storage (PS3.4 B.5)."""

PRIVATE_GROUP: Final = 0x0099
"""Group of hepaspot's private attributes in what it exports."""

PRIVATE_CREATOR: Final = "HEPASPOT EXAM 1"
"""(0099,0010): who made the private attributes."""

PRIVATE_ELEMENT: Final = 0x01
"""(0099,xx01): the assessment as JSON."""

MOST_ITEMS: Final = 20_000
"""Content items of one report; convention, a report of a hundred foci has 4,000."""

DEEPEST: Final = 24
"""Levels of a tree; convention, TID 1500 has six, other templates up to eight."""


class Coded(Value, frozen=True):
    """A coded concept: its code, its coding scheme, its plain meaning."""

    code: str
    scheme: str
    meaning: str = ""


class Pictured(Value, frozen=True):
    """An image that an item refers to; frames count from 1, none are all."""

    sop_class_uid: str
    sop_instance_uid: str
    frames: tuple[int, ...] = ()


class Item(Value, frozen=True):
    """One content item (PS3.3 C.17.3): what it is about, what it says, what hangs below it.

    The ``text`` of a number is how it was written.
    """

    kind: str
    relation: str = ""
    name: Coded | None = None
    text: str = ""
    code: Coded | None = None
    number: float | None = None
    unit: Coded | None = None
    shape: str = ""
    points: tuple[float, ...] = ()
    pictured: Pictured | None = None
    items: tuple[Item, ...] = ()

    def __repr__(self) -> str:
        return f"Item({self.kind})"  # its text may be a patient's


class Tree(Value, frozen=True):
    """A structured report: its class, its tree, and what hepaspot itself added as JSON."""

    sop_class_uid: str
    root: Item
    own: bytes | None = None

    def __repr__(self) -> str:
        return "Tree(...)"


def dicom_tree(path: str | os.PathLike[str], *, name: str | None = None) -> Tree:
    """Read the tree of a structured report.

    Raises
    ------
    InputError
        If the file is no structured report, is damaged, or is over a bound.
    MissingExtra
        If pydicom is not installed.
    """
    from hepaspot.intake.dicom_identity import facts_of
    from hepaspot.intake.messages import Wanted

    return msgspec.msgpack.decode(facts_of(path, Wanted.TREE, name), type=Tree)


def tree_in(path: Path) -> Tree:
    """The tree of the report in the file, read in this very process: the one that decodes.

    Raises
    ------
    InputError
        Without the name of the file.
    """
    data = _data(path)
    sop_class = _told(data, "SOPClassUID")
    if sop_class not in STRUCTURED_REPORTS:
        raise UnsupportedInput("is no structured report of a kind that is read; give an SR object")
    return Tree(sop_class, root_of(data), _own(data))


def root_of(data: Dataset) -> Item:
    """The tree in a data set that was read already.

    Raises
    ------
    TooLarge
        Without a file's name, if it has more items or levels than any report.
    """
    return _item(data, [MOST_ITEMS], DEEPEST)


def _data(path: Path) -> Dataset:
    from pydicom.filereader import read_dataset

    from hepaspot.intake.dicom_file import data_set

    size = path.stat().st_size
    if size > bounds.HEADER_BYTES:
        raise TooLarge(f"is larger than {bounds.HEADER_BYTES >> 20} MiB, which no report is")
    with path.open("rb") as file:
        source = data_set(file, size)
        # Not through the stream that counts: a report is nothing but header. Its size, the
        # memory and the time of this process bound it.
        return read_dataset(cast("BinaryIO", source.file), source.implicit, source.little)


def _item(data: Dataset, left: list[int], deep: int) -> Item:
    left[0] -= 1
    if left[0] < 0 or deep < 0:
        raise TooLarge("has a tree larger than any report's; ask for the report as text")
    measured = _first(data, "MeasuredValueSequence")
    return Item(
        kind=_told(data, "ValueType"),
        relation=_told(data, "RelationshipType"),
        name=_coded(_first(data, "ConceptNameCodeSequence")),
        text=_text(data) if measured is None else _told(measured, "NumericValue"),
        code=_coded(_first(data, "ConceptCodeSequence")),
        number=None if measured is None else _number(measured),
        unit=None if measured is None else _coded(_first(measured, "MeasurementUnitsCodeSequence")),
        shape=_told(data, "GraphicType"),
        points=tuple(float(each) for each in data.get("GraphicData") or ()),
        pictured=_pictured(_first(data, "ReferencedSOPSequence")),
        items=tuple(_item(each, left, deep - 1) for each in data.get("ContentSequence") or ()),
    )


def _text(data: Dataset) -> str:
    keywords = ("TextValue", "UID", "PersonName", "Date", "Time", "DateTime")
    return next((_told(data, keyword) for keyword in keywords if keyword in data), "")


def _told(data: Dataset, keyword: str) -> str:
    """One value as it was written; empty where it is missing, or there are several."""
    value = data.get(keyword)
    return "" if value is None or isinstance(value, MutableSequence) else str(value)


def _number(measured: Dataset) -> float | None:
    for keyword in ("FloatingPointValue", "NumericValue"):
        value = measured.get(keyword)
        if value is not None:
            return float(value)
    return None


def _coded(data: Dataset | None) -> Coded | None:
    if data is None:
        return None
    codes = (_told(data, f"{length}CodeValue") for length in ("", "Long", "URN"))
    return Coded(
        next(filter(None, codes), ""),
        _told(data, "CodingSchemeDesignator"),
        _told(data, "CodeMeaning"),
    )


def _pictured(data: Dataset | None) -> Pictured | None:
    if data is None:
        return None
    frames = data.get("ReferencedFrameNumber")
    if frames is None:
        numbers: tuple[int, ...] = ()
    elif isinstance(frames, int | str):
        numbers = (int(frames),)
    else:
        numbers = tuple(int(each) for each in frames)
    return Pictured(
        _told(data, "ReferencedSOPClassUID"), _told(data, "ReferencedSOPInstanceUID"), numbers
    )


def _first(data: Dataset, keyword: str) -> Dataset | None:
    items = data.get(keyword)
    return items[0] if items else None


def _own(data: Dataset) -> bytes | None:
    try:
        block = data.private_block(PRIVATE_GROUP, PRIVATE_CREATOR)
        value = block[PRIVATE_ELEMENT].value
    except KeyError:
        return None
    return bytes(value) if isinstance(value, bytes) else None
