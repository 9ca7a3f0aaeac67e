"""From a report to an `Exam`: opens it, then reads its words."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from hepaspot.errors import EmptyInput
from hepaspot.exam import Exam, Setting
from hepaspot.intake import open_report, plain_words
from hepaspot.report import read_report
from hepaspot.settings import known_setting

REPORT_SUFFIXES: Final = frozenset(
    {".txt", ".pdf", ".docx", ".doc", ".odt", ".rtf", ".htm", ".html", ".md", ".csv", ".json"}
    | {".xml", ".log", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".dcm"}
)
"""A line that ends like this is a path, even if there is nothing at it."""

_ANY_SUFFIX: Final = re.compile(r"\.(?![IVX]+$)[A-Za-z]{2,4}$")
"""Not a segment of the liver: "seg.VI"."""

_ROOT: Final = re.compile(r"(?:~|\.{1,2})?[/\\]|[A-Za-z]:[/\\]")
_SENTENCE_MARK: Final = re.compile(r"[.,:](?=\s|$)|[;!?，。、；：！？]")

LONGEST_PATH: Final = 4096
"""Longest path that a system opens: characters (PATH_MAX on Linux)."""


def read(path_or_text: str | os.PathLike[str], *, setting: Setting | None = None) -> Exam:
    """Read one report.

    Parameters
    ----------
    path_or_text : str or os.PathLike
        A `pathlib.Path` is a file. A string is a file if there is one of that name, or if
        it is one line that looks like a path: it ends in a file's extension, starts at a
        root (``/``, ``./``, a drive), or leads into a folder that is there. Otherwise it is
        the words of the report.
    setting : Setting, optional
        Why and where the person was examined; kept in the exam.

    Returns
    -------
    Exam
        What the report says: foci, signs, statements, each with the passage it came from.

    Raises
    ------
    InputError
        If the file cannot be used, there are no words, or the setting is of no known kind.
    TypeError
        If ``path_or_text`` is neither a path nor a string.
    """
    if not isinstance(path_or_text, str | os.PathLike):
        raise TypeError(
            f"hepaspot.read takes a path or the words as str, not {type(path_or_text).__name__}; "
            "decode bytes first, or give the path of their file"
        )
    return read_report(_words_of(path_or_text), setting=known_setting(setting or Setting()))


def _words_of(path_or_text: str | os.PathLike[str]) -> str:
    if not isinstance(path_or_text, str) or _names_a_file(path_or_text):
        return open_report(path_or_text).text
    if not path_or_text.strip():
        raise EmptyInput("the text given holds no words; give the words of a report")
    return plain_words(path_or_text, "the text given")


def _names_a_file(text: str) -> bool:
    if len(text) > LONGEST_PATH or "\n" in text or "\x00" in text:
        return False
    try:
        return Path(text).is_file() or _looks_like_a_path(text)
    except OSError:  # a report of one line is longer than a file name may be
        return False


def _looks_like_a_path(text: str) -> bool:
    parent, suffix = Path(text).parent, _ANY_SUFFIX.search(text)
    if _ROOT.match(text):
        return bool(suffix) or not _SENTENCE_MARK.search(text)
    if _SENTENCE_MARK.search(text):
        return False
    if Path(text).suffix.lower() in REPORT_SUFFIXES or (suffix and len(text.split()) == 1):
        return True
    # A slash alone says little: "calcification/stone" are words.
    return parent != Path() and parent.is_dir()
