"""Opens one report, from a file or from standard input, within bounds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from hepaspot.errors import EmptyInput, MissingInput, TooLarge, UnreadableInput
from hepaspot.intake import bounds
from hepaspot.intake.encoding import decode_bytes
from hepaspot.intake.kinds import kind_of
from hepaspot.intake.words import ReportText, TextKind

STANDARD_INPUT = "standard input"
"""What an error calls a report that came through a pipe."""


def open_report(path: str | os.PathLike[str], *, name: str | None = None) -> ReportText:
    """The words of the report in a file: plain text, PDF with text, .docx, or another system's.

    What other systems write is FHIR (DiagnosticReport), HL7 version 2 (ORU), and DICOM SR. The
    kind is told by the content, not by the extension.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    name : str, optional
        What the user calls the file, where that is not its path.

    Raises
    ------
    InputError
        One of its kinds (see `hepaspot.errors`), in one line, without a word of the report.
    """
    called = os.fspath(path) if name is None else name
    where = shown_name(called)
    return _report(_read_file(Path(path), where), where, called)


def read_stdin(stream: BinaryIO) -> ReportText:
    """The words of the report in a binary stream, such as ``sys.stdin.buffer``.

    Raises
    ------
    InputError
        As `open_report`.
    """
    data = stream.read(bounds.FILE_BYTES + 1)
    return _report(data, STANDARD_INPUT, None)


def _read_file(path: Path, where: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(bounds.FILE_BYTES + 1)
    except FileNotFoundError:
        raise MissingInput(f"{where}: there is no such file; check the path") from None
    except IsADirectoryError:
        raise UnreadableInput(f"{where}: is a folder; name the files in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a possible path"
        raise UnreadableInput(
            f"{where}: cannot be opened ({reason.lower()}); check the path and your rights"
        ) from None


def _report(data: bytes, where: str, name: str | None) -> ReportText:
    if not data:
        raise EmptyInput(f"{where}: is empty; give a file with the report's text")
    kind = kind_of(data, where)
    _bound(data, kind, where)
    if kind is TextKind.TEXT:
        text, encoding = decode_bytes(data, where)
        return ReportText(text, name, kind, encoding)
    return ReportText(_words_of(data, kind, where), name, kind)


def _bound(data: bytes, kind: TextKind, where: str) -> None:
    limit = bounds.TEXT_BYTES if kind is TextKind.TEXT else bounds.FILE_BYTES
    if len(data) > limit:
        raise TooLarge(
            f"{where}: is larger than {limit >> 20} MiB, which no single report is; "
            "give one report a file"
        )


def _words_of(data: bytes, kind: TextKind, where: str) -> str:
    # Imported here: most reports are plain text and should not wait for the others.
    if kind is TextKind.PDF:
        from hepaspot.intake.pdf import words_of_pdf

        return words_of_pdf(data, where)
    if kind is not TextKind.DOCX:
        from hepaspot.intake.clinical_words import words_of_document

        return words_of_document(data, kind, where)
    from hepaspot.intake.docx import words_of_docx

    text = words_of_docx(data, where)
    if not text.strip():
        raise EmptyInput(
            f"{where}: is a Word file without words (a picture of a page?); type the words"
        )
    return text


def shown_name(name: str) -> str:
    """The name as a terminal may show it: no control characters, no lone surrogates."""
    return "".join(char if char.isprintable() else "?" for char in name) or "(no name)"
