"""A few attributes from the head of a DICOM file, as they stand there: nothing is interpreted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from hepaspot.errors import InputError, UnreadableInput

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from hepaspot.intake.dicom_file import DataSet

LONGEST_UID: Final = 64
"""Characters of a UID (PS3.5, 9.1)."""

_UID: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")


def is_uid(text: str) -> bool:
    """Whether ``text`` is a UID, as far as digits and dots tell."""
    return len(text) <= LONGEST_UID and bool(_UID.fullmatch(text))


def head_of(source: DataSet, keywords: Iterable[str], last: int) -> Dataset:
    """The attributes named, up to the one with the tag ``last``; no other value is decoded.

    Raises
    ------
    InputError
        Without the name of the file, where its head is damaged or too long.
    """
    from pydicom.datadict import tag_for_keyword
    from pydicom.filereader import read_dataset

    from hepaspot.intake.refusals import damaged

    tags = [tag for keyword in keywords if (tag := tag_for_keyword(keyword)) is not None]
    try:
        return read_dataset(
            source.stream,  # type: ignore[arg-type]  # it reads, seeks and tells; no more is asked
            source.implicit,
            source.little,
            stop_when=lambda tag, vr, length: tag > last,
            specific_tags=list(tags),
        )
    except InputError:
        raise
    except Exception:  # noqa: BLE001 - a damaged head can end a parser in many ways
        raise damaged("its header cannot be read") from None


def text_in(head: Dataset, keyword: str) -> str:
    """A value as it stands in the file: what it should be is not asked, so nothing can fail."""
    value = getattr(head.get_item(keyword), "value", None)
    return value.decode("latin-1").strip("\0 ") if isinstance(value, bytes) else ""


def uid_in(head: Dataset, keyword: str) -> str:
    """A UID that must be there.

    Raises
    ------
    UnreadableInput
        Without the name of the file.
    """
    text = text_in(head, keyword)
    if is_uid(text):
        return text
    raise UnreadableInput(f"has no usable {keyword}; put it right at the scanner or PACS")
