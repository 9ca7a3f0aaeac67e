"""Treats every attribute of a data set as the profile asks, and remembers what it took out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import UID

from hepaspot.deidentify.dates import shifted, told_age
from hepaspot.deidentify.elements import (
    ENCODED,
    NUMBERS,
    WORDS,
    bound_values,
    codecs_of,
    element_of,
    forms_in,
    number_bytes,
    values_of,
)
from hepaspot.deidentify.secret import Key
from hepaspot.deidentify.table import DATES, Action, action_for
from hepaspot.deidentify.traces import Traces
from hepaspot.deidentify.wish import Wish

DUMMY: Final = "REMOVED"
"""What stands in place of a value that must not be empty."""

_DUMMIES: Final = {"AS": "000Y", "DA": "19000101", "DT": "19000101", "TM": "000000"}
"""The same where words cannot stand."""

_TAKEN_OUT: Final = frozenset(
    {Action.REMOVE, Action.EMPTY, Action.DUMMY, Action.OTHER_UID, Action.SHIFT}
)
_COUNTED: Final = {
    Action.REMOVE: "removed",
    Action.EMPTY: "emptied",
    Action.DUMMY: "emptied",
    Action.OTHER_UID: "uids",
    Action.SHIFT: "dates",
}


@dataclass(frozen=True)
class Counts:
    """How many elements with a value were treated in each way; ``repeated`` repeat another's."""

    removed: int = 0
    emptied: int = 0
    uids: int = 0
    dates: int = 0
    repeated: int = 0


@dataclass(frozen=True)
class Cleaned:
    """A data set without its patient, and what to look for in what is made of it."""

    dataset: Dataset
    traces: Traces
    written: frozenset[bytes]
    """Dates that were written, which may by chance be an old one."""
    counts: Counts


def cleaned(source: Dataset, key: Key, patient: bytes, wish: Wish) -> Cleaned:
    """A new data set with what the profile lets through.

    Parameters
    ----------
    source : Dataset
        As `source.read_source` gives it.
    key : Key
    patient : bytes
        As `patient.identity` gives it.
    wish : Wish

    Raises
    ------
    TooLarge
        Without the name of the file, if it holds more values than any header.
    """
    cleaner = _Cleaner(key, key.days(patient), wish, codecs_of(source))
    dataset = cleaner.dataset(source)
    traces = Traces(frozenset(form for form in cleaner.forms if not _is_registered(form)))
    repeated = sum(1 for _ in _emptied_repeats(dataset, traces))
    return Cleaned(
        dataset, traces, frozenset(cleaner.written), Counts(**cleaner.counts, repeated=repeated)
    )


@dataclass
class _Cleaner:
    key: Key
    days: int
    wish: Wish
    codecs: tuple[str, ...]
    forms: set[bytes] = field(default_factory=set)
    written: set[bytes] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def dataset(self, source: Dataset) -> Dataset:
        """The elements of ``source`` that are let through."""
        out = Dataset()
        for tag in list(source.keys()):
            element = self._treated(source, tag)
            if element is not None:
                out.add(element)
        return out

    def _treated(self, source: Dataset, tag: BaseTag) -> DataElement | None:
        # Nothing of a private element is read but the bytes that must not be found again.
        forms = forms_in(source, tag, self.codecs)
        element = element_of(source, tag)
        action = (
            Action.REMOVE if element is None else action_for(element.tag, element.VR, self.wish)
        )
        if element is not None and element.keyword == "SpecificCharacterSet":
            return None
        if action in _TAKEN_OUT:
            self.forms |= forms
            bound_values(len(self.forms))
            self.counts[_COUNTED[action]] += element is None or not element.is_empty
        if element is None or action is Action.REMOVE:
            return None
        return self._kept(element, action)

    def _kept(self, element: DataElement, action: Action) -> DataElement:
        if element.VR == "SQ":
            items = [] if action is Action.EMPTY else map(self.dataset, element.value)
            return DataElement(element.tag, "SQ", Sequence(items))
        values = [self._value(str(value), element.VR, action) for value in values_of(element)]
        if action is Action.DUMMY:
            values = [_DUMMIES.get(element.VR, DUMMY)]
            self.written |= {value.encode() for value in values if element.VR in DATES}
        if action is Action.EMPTY:
            values = []
        if action is Action.KEEP and element.VR not in {*WORDS, *NUMBERS}:
            return DataElement(element.tag, element.VR, element.value)
        return DataElement(element.tag, element.VR, _single(values))

    def _value(self, value: str, vr: str, action: Action) -> str:
        if action is Action.OTHER_UID:
            return value if not value or _is_registered(value.encode()) else self.key.uid(value)
        if action is Action.SHIFT:
            moved = shifted(value, vr, self.days)
            if vr != "TM":
                self.written |= {moved.encode(), moved[:8].encode()}
            return moved
        if vr == "AS":
            return told_age(value)
        if vr in NUMBERS:
            return value if NUMBERS[vr].fullmatch(value.strip()) else ""
        # Bytes of another encoding, which this representation cannot have, may be a name.
        return value if value.isascii() or vr in ENCODED else ""


def _is_registered(uid: bytes) -> bool:
    """Whether the standard itself gives this UID: a class, a transfer syntax."""
    return bool(UID(uid.decode("latin-1")).type)


def _single(values: list[str]) -> str | list[str] | None:
    return values if len(values) > 1 else next(iter(values), None)


def _emptied_repeats(dataset: Dataset, traces: Traces) -> Iterator[DataElement]:
    """Empties each value that was let through and repeats one that was taken out."""
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from _emptied_repeats(item, traces)
        elif element.VR in {*WORDS, *NUMBERS}:
            values = [str(value) for value in values_of(element)]
            kept = ["" if repeats(value, element.VR, traces) else value for value in values]
            if kept != values:
                element.value = _single(kept)
                yield element
        elif traces.in_bytes(number_bytes(element)):
            element.value = None
            yield element


def repeats(value: str, vr: str, traces: Traces) -> bool:
    """Whether a value of words or of digits repeats one that was taken out."""
    seen = traces.in_number if vr in NUMBERS else traces.in_text
    return any(seen(value.encode(codec, "replace")) for codec in ("utf-8", "latin-1"))
