"""The pictures in a folder, in the order a person would count them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hepaspot.errors import MissingInput, TooLarge, UnreadableInput
from hepaspot.intake import picture_bounds as bounds
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
    where = shown_name(os.fspath(folder))
    root = Path(folder)
    if not root.exists():
        raise MissingInput(f"{where}: there is no such folder; check the path")
    if not root.is_dir():
        raise UnreadableInput(f"{where}: is not a folder; name the folder of the pictures")
    return sorted(filter(_is_picture, _files(root, where)), key=lambda path: _counted(path, root))


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


def _is_picture(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return is_picture(stream.read(HEAD_BYTES))
    except OSError:
        return False  # what may not be read is not among the pictures


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
