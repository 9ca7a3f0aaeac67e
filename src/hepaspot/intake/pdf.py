"""Words of a PDF, read in a process of its own under limits of time and memory.

A PDF is a program for a page; a crafted one can make a parser spin or swell. The process
that reads it is stopped by the clock, and by the system when it takes too much memory.
"""

from __future__ import annotations

from typing import Final

import msgspec

from hepaspot.errors import HepaspotError, ScanWithoutText, TooLarge, UnreadableInput
from hepaspot.intake import bounds
from hepaspot.intake.pdf_process import Outcome, PdfWords
from hepaspot.intake.processes import Ended, answer_of


def words_of_pdf(data: bytes, where: str) -> str:
    """The words of a PDF, page by page.

    Raises
    ------
    ScanWithoutText
        If its pages are pictures of words, or blank.
    UnreadableInput
        If it is damaged, protected, or takes too much time or memory.
    TooLarge
        If it is over a bound of `hepaspot.intake.bounds`.
    """
    result = _read_apart(data)
    if result.outcome is Outcome.WORDS:
        return result.text
    raise _ERRORS[result.outcome](f"{where}: {_ADVICE[result.outcome]}")


def _read_apart(data: bytes) -> PdfWords:
    answer = answer_of("hepaspot.intake.pdf_process", data, seconds=bounds.PDF_SECONDS)
    if isinstance(answer, Ended):
        return PdfWords(Outcome(answer.value))
    return msgspec.msgpack.decode(answer, type=PdfWords)


_ERRORS: Final[dict[Outcome, type[HepaspotError]]] = {
    Outcome.NO_WORDS: ScanWithoutText,
    Outcome.NO_LETTERS: ScanWithoutText,
    Outcome.PROTECTED: UnreadableInput,
    Outcome.DAMAGED: UnreadableInput,
    Outcome.EXHAUSTED: UnreadableInput,
    Outcome.TOO_MANY_PAGES: TooLarge,
    Outcome.TOO_MANY_WORDS: TooLarge,
}

_ADVICE: Final = {
    Outcome.NO_WORDS: (
        "no text in the PDF (a scan, or empty); give the PDF that the report system wrote, "
        "or type the words"
    ),
    Outcome.NO_LETTERS: (
        "is a PDF whose font does not say which letters it shows; copy the words into a text file"
    ),
    Outcome.PROTECTED: "is protected by a password; save it without one",
    Outcome.DAMAGED: "is a damaged PDF; export it again",
    Outcome.EXHAUSTED: (
        f"is a PDF that takes more than {bounds.PDF_SECONDS} s or "
        f"{bounds.PDF_MEMORY_BYTES >> 30} GiB to read; export it again, or copy the words "
        "into a text file"
    ),
    Outcome.TOO_MANY_PAGES: (
        f"has more than {bounds.PDF_PAGES} pages; give the pages of one report"
    ),
    Outcome.TOO_MANY_WORDS: (
        f"holds more than {bounds.TEXT_BYTES >> 20} MiB of words; give one report a file"
    ),
}
