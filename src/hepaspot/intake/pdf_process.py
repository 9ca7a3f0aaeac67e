"""The process that reads one PDF: bytes come in on stdin, `PdfWords` go out on stdout.

A damaged PDF makes the parser fail in any way at all: this process then ends with a
failure, and the one that started it takes that for the answer.
"""

from __future__ import annotations

import io
import logging
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from hepaspot.intake import bounds
from hepaspot.intake.limits import limit_this_process

if TYPE_CHECKING:
    from pypdf import PdfReader

MEANINGLESS_SHARE: Final = 0.3
"""Share of characters without meaning above which a font is taken to hide its letters."""


class Outcome(StrEnum):
    """How the reading of a PDF ended."""

    WORDS = "words"
    NO_WORDS = "no_words"
    NO_LETTERS = "no_letters"
    PROTECTED = "protected"
    DAMAGED = "damaged"
    EXHAUSTED = "exhausted"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_WORDS = "too_many_words"


class PdfWords(msgspec.Struct, frozen=True):
    """The words of a PDF, or why there are none."""

    outcome: Outcome
    text: str = ""


def main() -> None:
    """Read a PDF from stdin, write `PdfWords` as MessagePack to stdout."""
    data = sys.stdin.buffer.read()
    limit_this_process(memory_bytes=bounds.PDF_MEMORY_BYTES, processor_seconds=bounds.PDF_SECONDS)
    logging.disable(logging.CRITICAL)
    sys.stdout.buffer.write(msgspec.msgpack.encode(_words_or_reason(data)))


def load() -> None:
    """Load what PDFs are read with."""
    import pypdf  # noqa: F401


def _words_or_reason(data: bytes) -> PdfWords:
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

    try:
        return _words(data)
    except (DependencyError, FileNotDecryptedError):
        return PdfWords(Outcome.PROTECTED)
    except (MemoryError, RecursionError, LimitReachedError):
        return PdfWords(Outcome.EXHAUSTED)


def _words(data: bytes) -> PdfWords:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return PdfWords(Outcome.PROTECTED)
    if len(reader.pages) > bounds.PDF_PAGES:
        return PdfWords(Outcome.TOO_MANY_PAGES)
    return _judged(_text_of(reader))


def _text_of(reader: PdfReader) -> str:
    pages: list[str] = []
    length = 0
    for page in reader.pages:
        pages.append(page.extract_text())
        length += len(pages[-1])
        if length > bounds.TEXT_BYTES:
            break
    return "\n".join(pages)


def _judged(text: str) -> PdfWords:
    letters = [char for char in text if not char.isspace()]
    if not letters:
        return PdfWords(Outcome.NO_WORDS)
    if len(text) > bounds.TEXT_BYTES:
        return PdfWords(Outcome.TOO_MANY_WORDS)
    if sum(map(_is_meaningless, letters)) > MEANINGLESS_SHARE * len(letters):
        return PdfWords(Outcome.NO_LETTERS)
    return PdfWords(Outcome.WORDS, text.strip("\n"))


def _is_meaningless(char: str) -> bool:
    return char == "\ufffd" or char < " " or "\ue000" <= char <= "\uf8ff"


if __name__ == "__main__":
    main()
