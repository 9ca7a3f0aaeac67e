"""The process that reads one DICOM structured report: bytes come in on stdin, `SrWords` go out.

A damaged file makes the parser fail in any way at all: this process then ends with a
failure, and the one that started it takes that for the answer.
"""

from __future__ import annotations

import io
import logging
import sys
import warnings
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from hepaspot.errors import InputError, TooLarge
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.clinical_marks import OWN_MANUFACTURER
from hepaspot.intake.dicom_tree import PRIVATE_CREATOR, PRIVATE_GROUP
from hepaspot.intake.limits import limit_this_process

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_CREATOR: Final = (PRIVATE_GROUP << 16) + 0x10
"""(0099,0010), where hepaspot says that it wrote private attributes."""

_READ: Final = ("SpecificCharacterSet", "Manufacturer", "ContentSequence", _CREATOR)
"""All that is read of the file: nothing about the patient is ever loaded."""


class Outcome(StrEnum):
    """How the reading of a structured report ended."""

    WORDS = "words"
    OWN = "own"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    EXHAUSTED = "exhausted"


class SrWords(msgspec.Struct, frozen=True):
    """The words of a structured report, or why there are none."""

    outcome: Outcome
    text: str = ""


def main() -> None:
    """Read a structured report from stdin, write `SrWords` as MessagePack to stdout."""
    data = sys.stdin.buffer.read()
    limit_this_process(
        memory_bytes=bounds.DECODER_BYTES, processor_seconds=bounds.OPENING_PROCESSOR_SECONDS
    )
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sys.stdout.buffer.write(msgspec.msgpack.encode(_words_or_reason(data)))


def load() -> None:
    """Load what structured reports are read with."""
    import hepaspot.intake.dicom_file
    import hepaspot.intake.dicom_head  # noqa: F401


def _words_or_reason(data: bytes) -> SrWords:
    try:
        return _words(data)
    except TooLarge:
        return SrWords(Outcome.TOO_LARGE)
    except InputError:
        return SrWords(Outcome.DAMAGED)
    except (MemoryError, RecursionError):
        return SrWords(Outcome.EXHAUSTED)


def _words(data: bytes) -> SrWords:
    from hepaspot.intake.clinical_sr_tree import lines_of
    from hepaspot.intake.dicom_tree import root_of

    dataset = _dataset(data)
    if _is_own(dataset):
        return SrWords(Outcome.OWN)
    return SrWords(Outcome.WORDS, "\n".join(lines_of(root_of(dataset))))


def _is_own(dataset: Dataset) -> bool:
    """By who made it, or where an archive changed that, by what it carries."""
    maker = str(dataset.get("Manufacturer", "")).strip().lower()
    carries = _CREATOR in dataset and str(dataset[_CREATOR].value).strip() == PRIVATE_CREATOR
    return maker == OWN_MANUFACTURER or carries


def _dataset(data: bytes) -> Dataset:
    from hepaspot.intake.dicom_file import data_set
    from hepaspot.intake.dicom_head import TO_THE_END, head_of

    return head_of(data_set(io.BytesIO(data), len(data)), _READ, TO_THE_END)


if __name__ == "__main__":
    main()
