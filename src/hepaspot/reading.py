"""From a report to an `Exam`: opens it, then reads its words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from hepaspot.errors import EmptyInput
from hepaspot.exam import Exam, Setting
from hepaspot.intake import open_report
from hepaspot.report import read_report

REPORT_SUFFIXES: Final = frozenset({".txt", ".pdf", ".docx", ".doc", ".rtf", ".htm", ".html"})
"""One word that ends like this is a path, even if there is nothing at it."""

LONGEST_PATH: Final = 4096
"""Longest path that a system opens: characters (PATH_MAX on Linux)."""


def read(path_or_text: str | os.PathLike[str], *, setting: Setting | None = None) -> Exam:
    """Read one report.

    Parameters
    ----------
    path_or_text : str or os.PathLike
        A `pathlib.Path` is a file. A string is a file if there is one of that name, or if
        it is a single word that ends in a report's extension; otherwise it is the words
        of the report.
    setting : Setting, optional
        Why and where the person was examined; kept in the exam.

    Returns
    -------
    Exam
        What the report says: foci, signs, statements, each with the passage it came from.

    Raises
    ------
    InputError
        If the file cannot be used, or there are no words.
    """
    return read_report(_words_of(path_or_text), setting=setting or Setting())


def _words_of(path_or_text: str | os.PathLike[str]) -> str:
    if not isinstance(path_or_text, str) or _names_a_file(path_or_text):
        return open_report(path_or_text).text
    if not path_or_text.strip():
        raise EmptyInput("the text given holds no words; give the words of a report")
    return path_or_text


def _names_a_file(text: str) -> bool:
    if len(text) > LONGEST_PATH or "\n" in text or "\x00" in text:
        return False
    if Path(text).suffix.lower() in REPORT_SUFFIXES and len(text.split()) == 1:
        return True
    try:
        return Path(text).is_file()
    except OSError:  # a report of one line is longer than a file name may be
        return False
