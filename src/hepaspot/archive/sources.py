"""Where an archive is: tables, folders of files. Lists what is there, and opens none of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Final

from hepaspot.archive.fetching import DICOMWEB, FHIR
from hepaspot.archive.stores import is_in_store, without_secret
from hepaspot.errors import InputError, MissingInput


class Kind(StrEnum):
    """How a source is read."""

    CSV = "csv"
    LINES = "json lines"
    PARQUET = "parquet"
    FOLDER = "folder"
    STORE = "folder in a store"
    SERVER = "server"


SUFFIXES: Final = {
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".jsonl": Kind.LINES,
    ".ndjson": Kind.LINES,
    ".parquet": Kind.PARQUET,
}
"""Files that are tables, by how they end; ``.gz`` may follow the first four."""

DICOM: Final = frozenset({"", ".dcm", ".dicom", ".ima"})
"""How the names of DICOM files end; many have no ending."""

FILES: Final = DICOM | frozenset(
    {".txt", ".pdf", ".docx", ".hl7", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"}
    | {".avi", ".mp4", ".mov"}
)
"""How the names of files end that may be a report or a picture."""


AUDIT: Final = "audit.json"
"""Stands in the folder of an audit."""


@dataclass(frozen=True)
class Source:
    """One thing to read; ``where`` is a path, or an URL that fsspec knows."""

    kind: Kind
    where: str

    def stamp(self) -> str:
        """Changes when what is there does, as far as that can be told without reading it."""
        if self.kind in {Kind.FOLDER, Kind.SERVER} or is_in_store(self.where):
            return self.where
        about = Path(self.where).stat()
        return f"{self.where} {about.st_size} {about.st_mtime_ns}"


def sources(named: list[str]) -> list[Source]:
    """What the arguments of a user mean; a folder of tables stands for these.

    Raises
    ------
    MissingInput
        If there is nothing at a path.
    InputError
        If a file is no table.
    """
    return [source for name in named for source in _source(name)]


def table_kind(name: str) -> Kind | None:
    """The kind of table that a file of that name is, if it is one."""
    return SUFFIXES.get(Path(name.lower().removesuffix(".gz")).suffix)


def _source(name: str) -> Iterator[Source]:
    if name.startswith((DICOMWEB, FHIR)):
        yield Source(Kind.SERVER, name)
        return
    kind = table_kind(name)
    if is_in_store(name):
        yield Source(kind or Kind.STORE, without_secret(name))
        return
    path = Path(name)
    if not path.exists():
        raise MissingInput(f"{name}: there is no such file or folder; check the path")
    if path.is_file():
        if kind is None:
            raise InputError(
                f"{name}: is no table (.csv, .jsonl, .parquet); name a table, or the folder of it"
            )
        yield Source(kind, str(path.absolute()))
        return
    tables = [source for each in sorted(path.iterdir()) for source in _table(each)]
    yield from tables
    if not tables or any(True for _ in files_in(path)) or any(True for _ in _unread_in(path)):
        yield Source(Kind.FOLDER, str(path.absolute()))


def _table(path: Path) -> Iterator[Source]:
    kind = table_kind(path.name)
    if kind is not None and path.is_file():
        yield Source(kind, str(path.absolute()))


def files_in(folder: Path) -> Iterator[Path]:
    """Files that may be reports or pictures, in one order, hidden ones left out."""
    for where, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            if may_be_read(name) and not name.startswith("."):
                yield Path(where, name)


def unread_files(named: Iterable[Source]) -> dict[str, int]:
    """How many files of folders are not looked at, by how they end; the commonest first."""
    folders = {source.where for source in named if source.kind is Kind.FOLDER}
    endings = (
        PurePath(path.name.lower().removesuffix(".gz")).suffix
        for folder in folders
        for path in _unread_in(Path(folder))
    )
    return dict(Counter(endings).most_common())


def _unread_in(folder: Path) -> Iterator[Path]:
    """Files that are no documents, and no tables beside which the folder is named."""
    for where, inner, names in os.walk(folder):
        if AUDIT in names:  # the result of an audit
            inner.clear()
            continue
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in names:
            is_table = Path(where) == folder and table_kind(name) is not None
            if not (is_table or may_be_read(name) or name.startswith(".") or is_index(name)):
                yield Path(where, name)


def is_index(name: str) -> bool:
    """Whether a file of that name only lists DICOM files."""
    return name.upper() == "DICOMDIR"


def may_be_read(name: str) -> bool:
    """Whether a file of that name may be a report or a picture."""
    return ending(name) in FILES and not is_index(name)


def ending(name: str) -> str:
    """How the name of a file ends, in small letters; a DICOM file named by its UID has no ending."""
    suffix = PurePath(name).suffix.lower()
    return "" if suffix[1:].isdecimal() else suffix
