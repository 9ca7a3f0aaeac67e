"""Where an archive is: tables, folders of files. Lists what is there, and opens none of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from hepaspot.archive.fetching import DICOMWEB, FHIR
from hepaspot.errors import InputError, MissingInput


class Kind(StrEnum):
    """How a source is read."""

    CSV = "csv"
    LINES = "json lines"
    PARQUET = "parquet"
    FOLDER = "folder"
    SERVER = "server"


SUFFIXES: Final = {
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".jsonl": Kind.LINES,
    ".ndjson": Kind.LINES,
    ".parquet": Kind.PARQUET,
}
"""Files that are tables, by how they end; ``.gz`` may follow the first four."""

FILES: Final = frozenset(
    {".txt", ".pdf", ".docx", ".dcm", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"}
    | {".avi", ".mp4", ".mov", ".hl7"}
)
"""Files of a folder that may be a report or a picture; DICOM files without an ending are, too."""


@dataclass(frozen=True)
class Source:
    """One thing to read; ``where`` is a path, or an URL that fsspec knows."""

    kind: Kind
    where: str

    def stamp(self) -> str:
        """Changes when what is there does, as far as that can be told without reading it."""
        if self.kind in {Kind.FOLDER, Kind.SERVER} or "://" in self.where:
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
    if "://" in name:
        if kind is None:
            raise InputError(
                f"{name}: is no table (.csv, .jsonl, .parquet); put dicomweb+ or fhir+ before the "
                "address of such a server"
            )
        yield Source(kind, name)
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
    tables = sorted(each for each in path.iterdir() if table_kind(each.name) and each.is_file())
    yield from (Source(SUFFIXES[_suffix(each)], str(each.absolute())) for each in tables)
    if not tables or any(True for _ in files_in(path)):
        yield Source(Kind.FOLDER, str(path.absolute()))


def _suffix(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def files_in(folder: Path) -> Iterator[Path]:
    """Files that may be reports or pictures, in one order, hidden ones left out."""
    for where, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            suffix = Path(name).suffix.lower()
            wanted = suffix in FILES or (not suffix and name.upper() != "DICOMDIR")
            if wanted and not name.startswith("."):
                yield Path(where, name)
