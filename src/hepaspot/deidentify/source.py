"""The whole header of a DICOM picture, within the bounds of intake."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from hepaspot.deidentify.elements import element_of, text_of, values_of
from hepaspot.errors import InputError, UnreadableInput
from hepaspot.intake.dicom_file import data_set
from hepaspot.intake.dicom_head import BEFORE_PIXELS, head_of


@dataclass(frozen=True)
class Source:
    """The data set of a file up to its pixels, and what its file says of it."""

    dataset: Dataset
    sop_class: str
    syntax: str


def read_source(path: Path, where: str) -> Source:
    """Read everything before the pixels of a DICOM file that `open_picture` has opened.

    Raises
    ------
    InputError
        If the header is damaged or over a bound.
    """
    with placed(where), path.open("rb") as file:
        found = data_set(file, os.fstat(file.fileno()).st_size)
        dataset = head_of(found, None, BEFORE_PIXELS)
        if not _is_named(dataset):
            raise UnreadableInput("has no SOP Instance UID (0008,0018); export it again")
        sop_class = text_of(dataset, "SOPClassUID") or found.sop_class
        return Source(dataset, sop_class, found.syntax)


def _is_named(dataset: Dataset) -> bool:
    instance = element_of(dataset, Tag("SOPInstanceUID"))
    return instance is not None and instance.VR == "UI" and len(values_of(instance)) == 1


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Puts the file's name before a refusal that has none."""
    try:
        yield
    except InputError as error:
        raise type(error)(f"{where}: {error}") from None
    except OSError:
        raise UnreadableInput(f"{where}: cannot be read any more; give it again") from None
