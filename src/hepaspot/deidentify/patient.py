"""Who the patient is, as far as files of one patient agree on it."""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset

from hepaspot.deidentify.elements import text_of

_TOLD_BY: Final = (("PatientID",), ("PatientName", "PatientBirthDate"), ("StudyInstanceUID",))
"""What tells a patient from others: the first of these that is there."""


def identity(dataset: Dataset) -> bytes:
    """The bytes that stand for the patient under the key; never shown."""
    for keywords in _TOLD_BY:
        told = [text_of(dataset, keyword) for keyword in keywords]
        if told[0]:
            return "\0".join((keywords[0], *told)).encode("utf-8", "surrogatepass")
    return b""
