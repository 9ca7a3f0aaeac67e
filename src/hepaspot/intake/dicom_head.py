"""The head of a DICOM file, or a few attributes of it as they stand there: none is interpreted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from hepaspot.errors import InputError, TooLarge, UnreadableInput

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from hepaspot.intake.dicom_file import DataSet

BEFORE_PIXELS: Final = 0x7FDFFFFF
"""The last tag that can stand before (7FE0,xxxx), the pixels in whichever form."""

TO_THE_END: Final = 0xFFFFFFFF
"""The last tag of all: of an object that is nothing but header."""

LONGEST_UID: Final = 64
"""Characters of a UID (PS3.5, 9.1)."""

_UID: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")


def is_uid(text: str) -> bool:
    """Whether ``text`` is a UID, as far as digits and dots tell."""
    return len(text) <= LONGEST_UID and bool(_UID.fullmatch(text))


def head_of(source: DataSet, wanted: Iterable[str | int] | None, last: int) -> Dataset:
    """The attributes wanted (by keyword or tag; None for all), up to the tag ``last``.

    No other value is decoded; the stream of ``source`` is left behind the last one.

    Raises
    ------
    InputError
        Without the name of the file, where its head is damaged or too long.
    """
    from pydicom.filereader import read_dataset
    from pydicom.tag import Tag

    from hepaspot.intake.refusals import damaged

    try:
        return read_dataset(
            source.stream,  # type: ignore[arg-type]  # it reads, seeks and tells; no more is asked
            source.implicit,
            source.little,
            stop_when=lambda tag, vr, length: tag > last,
            specific_tags=None if wanted is None else [Tag(each) for each in wanted],
        )
    except (InputError, MemoryError):
        raise
    except RecursionError:
        raise TooLarge("has sequences nested deeper than any picture's; export it again") from None
    except Exception:  # noqa: BLE001 - a damaged head can end a parser in many ways
        # What the stream refused may have become another error on its way through the parser.
        raise (source.stream.refusal or damaged("its header cannot be read")) from None


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
