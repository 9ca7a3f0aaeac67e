"""A folder in an object store: its tables, and its documents as those of a folder that is here.

To tell which DICOM files are one study, no more than their heads is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from hepaspot.archive.fetching import patiently
from hepaspot.archive.folders import Found, Row, documents_of
from hepaspot.archive.sources import DICOM, Source, ending, may_be_read, table_kind
from hepaspot.archive.store_files import Stored, files_in_store, heads
from hepaspot.archive.stores import refuse_unfit
from hepaspot.errors import InputError
from hepaspot.intake.clinical_marks import is_own_object
from hepaspot.intake.dicom_filing import Filing, filing_in
from hepaspot.intake.kinds import HEAD_BYTES, PictureFormat, picture_format
from hepaspot.remote.servers import Away

FIRST_BYTES: Final = 16 << 10
"""What is fetched of a DICOM file: the study stands within a few kB (convention)."""

MORE_BYTES: Final = (256 << 10, 4 << 20)
"""What is fetched where that was too short, one after the other (convention)."""

AT_ONCE: Final = 128
"""Files whose heads are asked for at once (convention)."""

CUT: Final = b"\xff" * 16
"""Stands behind a head that was cut: no value that runs into it can be taken for whole."""


def pieces_in_store(address: str) -> Iterator[Source | Iterator[Row]]:
    """The tables that lie in a folder, then the documents in it and in folders within it.

    Raises
    ------
    InputError, MissingExtra
        As `store_files.files_in_store`.
    """
    files = files_in_store(address)
    tables = [
        Source(kind, each.address)
        for each in files
        if "/" not in each.within and (kind := table_kind(each.within)) is not None
    ]
    yield from tables
    documents = [each for each in files if may_be_read(PurePosixPath(each.within).name)]
    if documents or not tables:
        yield _documents(documents)


def _documents(files: Sequence[Stored]) -> Iterator[Row]:
    """A row for each file; one with a ``reason`` of a file that cannot be fetched."""
    fit = []
    for each in files:
        try:
            refuse_unfit(each.address, each.size)
        except InputError as error:
            about = {"exam": each.within, "origin": each.within}
            yield {**about, "kind": type(error).__name__, "reason": str(error)}
        else:
            fit.append(each)
    yield from documents_of(_found(iter(fit)))


def _found(files: Iterator[Stored]) -> Iterator[Found]:
    while some := list(islice(files, AT_ONCE)):
        # Into files of another ending nobody looks before they are read.
        wanted = [each for each in some if ending(each.within) in DICOM]
        known = dict(zip(wanted, _heads(wanted, FIRST_BYTES), strict=True))
        for each in some:
            head = known.get(each, b"")
            if not is_own_object(head[:HEAD_BYTES]):
                dicom = picture_format(head[:HEAD_BYTES]) is PictureFormat.DICOM
                filing = _filing(each, head) if dicom else None
                yield Found(each.address, PurePosixPath(each.within), dicom, filing)


def _heads(files: Sequence[Stored], count: int) -> list[bytes]:
    """The first bytes of each file; what a store does not give at once is asked for again."""
    given: dict[Stored, bytes] = {}

    def ask() -> None:
        left = [each for each in files if each not in given]
        answers = dict(zip(left, heads(left, count), strict=True))
        given.update((each, head) for each, head in answers.items() if isinstance(head, bytes))
        for away in answers.values():
            if isinstance(away, Away):
                raise away

    patiently(ask)
    return [given[each] for each in files]


def _filing(file: Stored, head: bytes) -> Filing | None:
    """Under what a DICOM file is filed; more of it is fetched where its head is cut too soon."""
    asked = FIRST_BYTES
    with TemporaryDirectory(prefix="hepaspot-") as folder:
        for more in (*MORE_BYTES, None):
            is_cut = len(head) == asked
            filing = _filing_in(head + CUT if is_cut else head, Path(folder, "head"))
            if filing is not None or not is_cut or more is None:
                break
            asked, (head,) = more, _heads([file], more)
    return filing


def _filing_in(head: bytes, path: Path) -> Filing | None:
    path.write_bytes(head)
    try:
        return filing_in(path)
    except InputError:
        return None  # told as an error when it is read
