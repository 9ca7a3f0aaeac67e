"""From files to one `Exam`: opens each, reads its words or its picture, puts all together."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from hepaspot.errors import EmptyInput, UnreadableInput, UnsupportedInput
from hepaspot.exam import Exam, Setting
from hepaspot.intake import (
    HEAD_BYTES,
    is_picture,
    open_report,
    picture_files,
    plain_words,
    structured_reports,
)
from hepaspot.intake.clinical_marks import is_own_file
from hepaspot.intake.clinical_sr import is_own_report
from hepaspot.intake.opening import shown_name
from hepaspot.report import read_report
from hepaspot.settings import known_setting

if TYPE_CHECKING:
    from hepaspot.intake.frames import Frames

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


REPORTS_IN_FOLDERS: Final = frozenset({".txt", ".pdf", ".docx"})
"""Files of a folder that end so and are no pictures are taken for reports."""


def read(
    path_or_text: str | os.PathLike[str],
    *more: str | os.PathLike[str],
    setting: Setting | None = None,
    depth_cm: float | None = None,
) -> Exam:
    """Read all that there is of one examination: reports, pictures, clips, folders of them.

    Parameters
    ----------
    path_or_text : str or os.PathLike
        A `pathlib.Path` is a file or a folder. A string is one if there is one of that name,
        or if it is one line that looks like a path: it ends in a file's extension, starts at
        a root (``/``, ``./``, a drive), or leads into a folder that is there. Otherwise it is
        the words of the report. Of a folder, every picture and every report is read; answers of
        hepaspot itself that lie in it are left out, with a warning for each.
    *more : str or os.PathLike
        Further ones of the same examination.
    setting : Setting, optional
        Why and where the person was examined; kept in the exam.
    depth_cm : float, optional
        Depth from the probe's face to the lower end of the beams, for pictures that do not
        tell their scale.

    Returns
    -------
    Exam
        What reports and pictures say: foci, signs, statements, each with the passage or the
        region it came from, merged as `Exam.merge` tells.

    Raises
    ------
    InputError
        If a file cannot be used, there are no words, or the setting is of no known kind.
    MissingExtra
        If a picture is given and the extra ``picture`` is not installed.
    TypeError
        If one of them is neither a path nor a string.
    """
    known = known_setting(setting or Setting())
    exams = [exam for each in (path_or_text, *more) for exam in _exams(each, depth_cm)]
    return msgspec.structs.replace(exams[0].merge(*exams[1:]), setting=known)


def _exams(path_or_text: str | os.PathLike[str], depth_cm: float | None) -> Iterator[Exam]:
    """Each report and each picture that is meant by one argument."""
    if not isinstance(path_or_text, str | os.PathLike):
        raise TypeError(
            f"hepaspot.read takes a path or the words as str, not {type(path_or_text).__name__}; "
            "decode bytes first, or give the path of their file"
        )
    if _is_folder(path_or_text):
        found = files_of(path_or_text)
        for path in found.own:
            warnings.warn(left_out(path), stacklevel=3)
        for file in found.files:
            yield from _exams(file, depth_cm)
    elif is_picture_file(path_or_text):
        yield read_picture(path_or_text, depth_cm=depth_cm)
    else:
        yield read_report(_words_of(path_or_text))


def read_picture(path: str | os.PathLike[str], *, depth_cm: float | None = None) -> Exam:
    """Read one still or clip.

    Raises
    ------
    InputError, MissingExtra
        As `read`; an `UnsupportedInput` for the photo of a page of words.
    """
    from hepaspot.intake import open_picture

    frames = open_picture(path, depth_cm=depth_cm)
    _refuse_page(frames)
    from hepaspot.sonogram import read_frames

    return read_frames(frames)


def _refuse_page(frames: Frames) -> None:
    """A fan can be seen in the outline of a page, and spots in its letters."""
    from hepaspot.intake.frames import PictureKind
    from hepaspot.intake.photo_page import looks_like_page

    if frames.kind is PictureKind.STILL and looks_like_page(next(iter(frames)).grey):
        raise UnsupportedInput(
            f"{shown_name(frames.name or '(no name)')}: looks like a photo of a page of words; "
            "hepaspot words reads them into a text that you can look over"
        )


class FolderFiles(NamedTuple):
    """What is read of the folder of an exam, and the answers of hepaspot, which are left out."""

    files: list[Path]
    own: list[Path]


def files_of(folder: str | os.PathLike[str]) -> FolderFiles:
    """The pictures of a folder, then the reports that lie beside them.

    Structured reports may lie in folders within it, as pictures may.

    Raises
    ------
    InputError
        If there is no picture in it: reports alone are named one by one.
    """
    pictures = picture_files(folder)
    own = [path for path in pictures if is_own_file(path)]
    if len(own) == len(pictures):
        what = "answers of hepaspot itself alone" if own else "no picture"
        raise UnreadableInput(
            f"{os.fspath(folder)}: is a folder with {what}; name the reports in it, each by its file"
        )
    structured = structured_reports(folder)
    reports = sorted(
        path
        for path in Path(folder).iterdir()
        if path.suffix.lower() in REPORTS_IN_FOLDERS
        and not is_picture_file(path)
        and path not in structured
    )
    own.extend(filter(is_own_report, structured))
    left = frozenset(own)
    return FolderFiles(
        [path for path in (*pictures, *reports, *structured) if path not in left], own
    )


def left_out(path: Path) -> str:
    """What is told of an answer of hepaspot that lies in the folder of an exam."""
    return f"{shown_name(str(path))}: is an answer of hepaspot itself, so it is left out"


def is_picture_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file of that name is there and holds a picture, by its content."""
    try:
        with Path(path).open("rb") as stream:
            return is_picture(stream.read(HEAD_BYTES))
    except (OSError, ValueError):
        return False  # words, or a file that opening it will tell of


def _is_folder(path: str | os.PathLike[str]) -> bool:
    if not os.fspath(path):
        return False  # no words at all; `Path` takes them for the folder we are in
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


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
