"""Reads elements that may hold anything at all, and the values that stand in them."""

from __future__ import annotations

import logging
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from pydicom.charset import convert_encodings
from pydicom.config import disable_value_validation
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag

from hepaspot.deidentify.traces import MOST_VALUES, forms_of_bytes, forms_of_name, forms_of_text
from hepaspot.errors import TooLarge

UNREADABLE: Final = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    EOFError,
    OSError,
    struct.error,
    BytesLengthException,
)
"""What pydicom raises over an element that is not what it says."""

NUMBERS: Final = {
    "DS": re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"),
    "IS": re.compile(r"[-+]?\d{1,11}"),
}
"""Numbers written in digits: how they are written (PS3.5 6.2)."""

WORDS: Final = frozenset({"AE", "AS", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})
"""Value representations that hold words."""

ENCODED: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
"""Those that (0008,0005) *Specific Character Set* holds for; the others are ASCII (PS3.5 6.1.2)."""

_SEARCHED: Final = WORDS | {"DA", "DT", "UI"}


_LAYOUTS: Final = {
    "FL": "<f4",
    "FD": "<f8",
    "SS": "<i2",
    "US": "<u2",
    "SL": "<i4",
    "UL": "<u4",
    "SV": "<i8",
    "UV": "<u8",
    "AT": "<u4",
}
"""How binary numbers lie in a file."""


@contextmanager
def silence() -> Iterator[None]:
    """Keeps pydicom from warning and logging: its words quote the values that they are about."""
    logger = logging.getLogger("pydicom")
    was_disabled, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings(), disable_value_validation():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = was_disabled


def element_of(dataset: Dataset, tag: BaseTag) -> DataElement | None:
    """The element, its value read; None where that cannot be done."""
    try:
        return dataset[tag]
    except UNREADABLE:
        return None


def values_of(element: DataElement) -> list[Any]:
    """The values, one or many; none where it is empty."""
    if element.is_empty:
        return []
    return list(element.value) if isinstance(element.value, MultiValue | list) else [element.value]


def text_of(dataset: Dataset, keyword: str) -> str:
    """The values of an element as text; empty where it is missing or cannot be read."""
    element = element_of(dataset, Tag(keyword)) if keyword in dataset else None
    return "" if element is None else "\\".join(map(str, values_of(element))).strip("\0 ")


def number_bytes(element: DataElement) -> bytes:
    """The values of binary numbers as they lie in a file, where bytes may spell words."""
    layout = _LAYOUTS.get(element.VR)
    try:
        return b"" if layout is None else np.array(values_of(element), layout).tobytes()
    except UNREADABLE:
        return b""  # and so it cannot be written either


def codecs_of(dataset: Dataset) -> tuple[str, ...]:
    """The encodings of (0008,0005) *Specific Character Set*, as Python calls them."""
    try:
        return tuple(convert_encodings(dataset.get("SpecificCharacterSet")))
    except UNREADABLE:
        return ()


def forms_in(dataset: Dataset, tag: BaseTag, codecs: tuple[str, ...]) -> frozenset[bytes]:
    """The bytes of every value that an element holds, those of its items too.

    Raises
    ------
    TooLarge
        Without the name of the file, if there are more than `MOST_VALUES`.
    """
    found: set[bytes] = set()
    for forms in _forms(dataset, tag, codecs):
        found |= forms
        bound_values(len(found))
    return frozenset(found)


def bound_values(count: int) -> None:
    """Refuse a header of more values than `MOST_VALUES`.

    Raises
    ------
    TooLarge
        Without the name of the file.
    """
    if count > MOST_VALUES:
        raise TooLarge("has more values than any picture's header; export it without attachments")


def _forms(dataset: Dataset, tag: BaseTag, codecs: tuple[str, ...]) -> Iterator[frozenset[bytes]]:
    stored = _stored(dataset, tag)
    if isinstance(stored, RawDataElement) and isinstance(stored.value, bytes):
        bound_values(stored.value.count(b"\\"))  # before it is taken apart
    element = element_of(dataset, tag)
    if element is not None and element.VR == "SQ":
        for item in element.value:
            for inner in item.keys():  # noqa: SIM118  a data set walks over its elements
                yield from _forms(item, inner, codecs)
        return
    if isinstance(stored, RawDataElement) and isinstance(stored.value, bytes):
        yield _worth_a_search(forms_of_bytes(stored.value), element)
    if element is not None and element.VR in _SEARCHED:
        for value in values_of(element):
            yield _forms_of_value(str(value), element.VR, codecs)


def _stored(dataset: Dataset, tag: BaseTag) -> object:
    try:
        return dataset.get_item(tag)
    except UNREADABLE:
        return None


def _worth_a_search(forms: frozenset[bytes], element: DataElement | None) -> frozenset[bytes]:
    """Of what may be text; the bytes of a number or of a time would be found by chance."""
    if element is None or element.VR in {"UN", *_SEARCHED, *NUMBERS}:
        return forms
    return frozenset()


def _forms_of_value(text: str, vr: str, codecs: tuple[str, ...]) -> frozenset[bytes]:
    if vr == "PN":
        return forms_of_name(text, codecs)
    if vr == "DT":
        return forms_of_text(text, codecs) | forms_of_text(text[:8], codecs)
    return forms_of_text(text, codecs)
