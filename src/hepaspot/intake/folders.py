"""The pictures and the structured reports in a folder, in the order a person would count them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from hepaspot.errors import MissingInput, TooLarge, UnreadableInput
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.clinical_kinds import is_structured_report
from hepaspot.intake.kinds import HEAD_BYTES, is_picture
from hepaspot.intake.opening import shown_name

_DIGITS: Final = re.compile(r"(\d+)")
_LIST_OF_FILES: Final = "DICOMDIR"


def picture_files(folder: str | os.PathLike[str]) -> list[Path]:
    """The files in ``folder`` and the folders in it that are pictures, by their content.

    Hidden files and folders, links to folders and DICOMDIR files are left out. IM2 comes
    before IM10.

    Raises
    ------
    MissingInput, UnreadableInput
        If there is no such folder.
    TooLarge
        If it holds more files than `picture_bounds.FOLDER_FILES`.
    """
    return _found(folder, is_picture)


def structured_reports(folder: str | os.PathLike[str]) -> list[Path]:
    """The DICOM structured reports in ``folder`` and the folders in it, hepaspot's own among them.

    What is left out, their order and the errors are those of `picture_files`.
    """
    return _found(folder, is_structured_report)


def _found(folder: str | os.PathLike[str], is_wanted: Callable[[bytes], bool]) -> list[Path]:
    where = shown_name(os.fspath(folder))
    root = Path(folder)
    if not root.exists():
        raise MissingInput(f"{where}: there is no such folder; check the path")
    if not root.is_dir():
        raise UnreadableInput(f"{where}: is not a folder; name the folder of the pictures")
    found = (path for path in _files(root, where) if is_wanted(_head(path)))
    return sorted(found, key=lambda path: _counted(path, root))


def _files(root: Path, where: str) -> Iterator[Path]:
    seen = 0
    for folder, inner, names in os.walk(root):
        inner[:] = [name for name in inner if not name.startswith(".")]
        seen += len(names)
        if seen > bounds.FOLDER_FILES:
            raise TooLarge(
                f"{where}: holds more than {bounds.FOLDER_FILES} files; name the folder of one exam"
            )
        yield from (
            Path(folder, name)
            for name in names
            if not name.startswith(".") and name.upper() != _LIST_OF_FILES
        )


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except OSError:
        return b""  # what may not be read is not among them


def _counted(path: Path, root: Path) -> list[tuple[tuple[bool, int, str], ...]]:
    """A key under which 2 comes before 10, folder by folder."""
    return [
        tuple(
            (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
            for part in _DIGITS.split(name.casefold())
            if part
        )
        for name in path.relative_to(root).parts
    ]
