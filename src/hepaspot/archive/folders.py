"""The documents of a folder tree: which files are one exam, whose it is and of which day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from itertools import groupby
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from hepaspot.archive.sources import files_in
from hepaspot.errors import InputError
from hepaspot.intake.clinical_marks import is_own_file
from hepaspot.intake.dicom_filing import Filing, filing_in
from hepaspot.intake.dicom_identity import is_dicom

Row = dict[str, Any]


class Found(NamedTuple):
    """A file of a tree.

    Attributes
    ----------
    path : str
        Where it is opened.
    origin : PurePath
        The same from the root of the tree.
    is_dicom : bool
    filing : Filing or None
        Under what a DICOM file is filed, if it tells.
    """

    path: str
    origin: PurePath
    is_dicom: bool
    filing: Filing | None


def documents_in(folder: Path) -> Iterator[Row]:
    """A row of `schema.INPUT` for each file, without its bucket.

    What hepaspot itself made is left out.
    """
    return documents_of(_found_in(folder))


def _found_in(root: Path) -> Iterator[Found]:
    for path in files_in(root):
        if not is_own_file(path):
            dicom = is_dicom(path)
            filing = _filing(path) if dicom else None
            yield Found(str(path), path.relative_to(root), dicom, filing)


def documents_of(found: Iterable[Found]) -> Iterator[Row]:
    """A row of `schema.INPUT` for each file, without its bucket; those of a folder stand together.

    DICOM files of one study are one exam. A report lies beside its pictures: it is of their
    exam where all DICOM files of its folder are of one study, or of the picture that has its
    name. Any other file is an exam of its own.
    """
    for _, group in groupby(found, key=lambda each: each.origin.parent):
        yield from _in_one_folder(list(group))


def _in_one_folder(found: list[Found]) -> Iterator[Row]:
    filings = [each.filing for each in found if each.filing is not None]
    by_stem = {each.origin.stem: each.filing for each in found if each.is_dicom}
    of_all = filings[0] if len({filing.study for filing in filings}) == 1 else None
    for each in found:
        beside = None if each.is_dicom else by_stem.get(each.origin.stem) or of_all
        yield _row(each, each.filing or beside)


def _filing(path: Path) -> Filing | None:
    try:
        return filing_in(path)
    except (InputError, OSError):
        return None  # told as an error when it is read


def _row(found: Found, filing: Filing | None) -> Row:
    origin = str(found.origin)
    exam = filing.study if filing is not None else origin
    known = filing is not None and filing.patient
    person = sha256(known.encode()).hexdigest() if known else ""
    return {
        "person": person,
        "exam": exam,
        "date": _day(filing.date) if filing is not None else None,
        "site": None,
        "age_years": filing.age_years if filing is not None else None,
        "sex": (filing.sex or None) if filing is not None else None,
        "text": None,
        "path": found.path,
        "origin": origin,
        "also": (filing.accession or None) if filing is not None else None,
    }


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
