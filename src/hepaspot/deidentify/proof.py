"""Searches a written file for what was taken out of it.

Twice: every value of the header, read back, for short and long values; and every byte of the
file, pixels too, for values that are long enough to be found nowhere by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from hepaspot.deidentify.cleaning import Cleaned, repeats
from hepaspot.deidentify.elements import NUMBERS, WORDS, number_bytes, values_of
from hepaspot.deidentify.table import BINARY, DATES
from hepaspot.intake.dicom_header import PIXELS

FILE_VERSION: Final = Tag(0x00020001)
"""(0002,0001) *File Meta Information Version*: two bytes that every file has."""

_CHUNK_BYTES: Final = 1 << 22


@dataclass(frozen=True)
class Search:
    """What is looked for, and what may stand all the same.

    Attributes
    ----------
    cleaned : Cleaned
    own : frozenset of str
        Values that hepaspot wrote itself.
    """

    cleaned: Cleaned
    own: frozenset[str]


def left_in(path: Path, header_bytes: int, search: Search) -> BaseTag | None:
    """The element of a written file in which a value is left that was taken out; or None.

    Parameters
    ----------
    path : Path
    header_bytes : int
        Where the pixels start.
    search : Search
    """
    header = dcmread(path, stop_before_pixels=True)
    elements = list(_elements(header))
    for element in elements:
        if _is_left(element, search):
            return element.tag
    place = _telling_place(path, search)
    if place is None:
        return None
    return Tag(PIXELS) if place >= header_bytes else elements[0].tag


def _elements(header: Dataset) -> Iterator[DataElement]:
    """The leaves of the header, those of the file itself first."""
    for dataset in filter(None, (getattr(header, "file_meta", None), header)):
        for element in dataset:
            if element.VR == "SQ":
                for item in element.value:
                    yield from _elements(item)
            else:
                yield element


def _is_left(element: DataElement, search: Search) -> bool:
    if element.VR in BINARY:
        return bool(element.tag != FILE_VERSION)
    values = [str(value) for value in values_of(element)]
    if element.VR in {*WORDS, *NUMBERS}:
        traces = search.cleaned.traces
        return any(repeats(v, element.VR, traces) for v in values if v not in search.own)
    if element.VR == "UI" or element.VR in DATES:
        taken = search.cleaned.traces.forms - search.cleaned.written
        return any(value.encode() in taken for value in values if value not in search.own)
    return search.cleaned.traces.in_bytes(number_bytes(element))


def _telling_place(path: Path, search: Search) -> int | None:
    """Where in the file a value stands that is found nowhere by chance."""
    overlap = max(0, search.cleaned.traces.longest_bytes - 1)
    start, tail = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            window = tail + chunk
            for place, form in search.cleaned.traces.telling_in(window):
                if not _may_stand(form, search):
                    return start - len(tail) + place
            start += len(chunk)
            tail = window[len(window) - overlap :] if overlap < len(window) else window
    return None


def _may_stand(form: bytes, search: Search) -> bool:
    own = (value.lower().encode() for value in search.own)
    return form in search.cleaned.written or any(form in value for value in own)
