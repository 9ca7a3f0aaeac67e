"""Words of a DICOM structured report of another system, read in a process under limits."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec

from hepaspot.errors import EmptyInput, MissingExtra, TooLarge, UnreadableInput
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.bounds import FILE_BYTES
from hepaspot.intake.clinical_kinds import is_structured_report
from hepaspot.intake.clinical_marks import own_answer
from hepaspot.intake.clinical_sr_process import Outcome, SrWords
from hepaspot.intake.kinds import HEAD_BYTES
from hepaspot.intake.processes import Ended, answer_of

HOW_BACK: Final = "or take its exam back with hepaspot.export.sr_reading.exam_from_sr"
"""What else can be done with an own report."""


def words_of_sr(data: bytes, where: str) -> str:
    """The words of a structured report: a line for each item of its content.

    Raises
    ------
    MissingExtra
        If what reads DICOM is not installed.
    UnsupportedInput
        If it is an answer of hepaspot itself.
    UnreadableInput
        If it is damaged, or takes too much time or memory.
    EmptyInput
        If it holds no words.
    TooLarge
        If it is larger than any report.
    """
    if find_spec("pydicom") is None:
        raise MissingExtra(
            f"{where}: is a DICOM structured report, and what reads DICOM is not installed; "
            'pip install "hepaspot[picture]"'
        )
    result = _read_apart(data)
    if result.outcome is Outcome.OWN:
        raise own_answer(where, HOW_BACK)
    if result.outcome in _REFUSALS:
        kind, words = _REFUSALS[result.outcome]
        raise kind(f"{where}: {words}")
    if not result.text.strip():
        raise EmptyInput(
            f"{where}: is a DICOM structured report without words; give the report's text or PDF"
        )
    return result.text


def is_own_report(path: str | os.PathLike[str]) -> bool:
    """Whether a file of that name is there and is a structured report that hepaspot wrote.

    False where that cannot be told (damaged, over a bound, pydicom not installed): reading it
    as a report will tell why.
    """
    try:
        with Path(path).open("rb") as stream:
            if not is_structured_report(stream.read(HEAD_BYTES)):
                return False
            stream.seek(0)
            data = stream.read(FILE_BYTES)
    except (OSError, ValueError):
        return False
    return find_spec("pydicom") is not None and _read_apart(data).outcome is Outcome.OWN


def _read_apart(data: bytes) -> SrWords:
    answer = answer_of("hepaspot.intake.clinical_sr_process", data, seconds=bounds.OPENING_SECONDS)
    if isinstance(answer, Ended):
        return SrWords(Outcome(answer.value))
    return msgspec.msgpack.decode(answer, type=SrWords)


_REFUSALS: Final = {
    Outcome.DAMAGED: (
        UnreadableInput,
        "is a damaged DICOM structured report; export it again",
    ),
    Outcome.TOO_LARGE: (
        TooLarge,
        "is a DICOM structured report larger than any report on a liver; give the report's text",
    ),
    Outcome.EXHAUSTED: (
        UnreadableInput,
        (
            f"is a DICOM structured report that takes more than {bounds.OPENING_SECONDS} s or "
            f"{bounds.DECODER_BYTES >> 20} MiB to read; export it again"
        ),
    ),
}
