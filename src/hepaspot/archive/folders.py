"""The documents of a folder tree: which files are one exam, whose it is and of which day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from hepaspot.archive.sources import files_in
from hepaspot.errors import InputError
from hepaspot.intake.clinical_marks import is_own_file
from hepaspot.intake.dicom_filing import Filing, filing_in
from hepaspot.intake.dicom_identity import is_dicom

Row = dict[str, Any]


def documents_in(folder: Path) -> Iterator[Row]:
    """A row of `schema.INPUT` for each file, without its bucket.

    DICOM files of one study are one exam. A report lies beside its pictures: it is of their
    exam where all DICOM files of its folder are of one study, or of the picture that has its
    name. Any other file is an exam of its own. What hepaspot itself made is left out.
    """
    given = (path for path in files_in(folder) if not is_own_file(path))
    for where, group in groupby(given, key=lambda path: path.parent):
        yield from _in_one_folder(folder, where, list(group))


def _in_one_folder(root: Path, where: Path, paths: list[Path]) -> Iterator[Row]:
    filed = {path: _filing(path) for path in paths if is_dicom(path)}
    studies = {filing.study for filing in filed.values() if filing is not None}
    by_stem = {path.stem: filing for path, filing in filed.items()}
    for path in paths:
        filing = filed.get(path)
        if filing is None and path not in filed:
            filing = by_stem.get(path.stem)
            if filing is None and len(studies) == 1:
                filing = next(each for each in filed.values() if each is not None)
        yield _row(root, path, filing)


def _filing(path: Path) -> Filing | None:
    try:
        return filing_in(path)
    except (InputError, OSError):
        return None  # told as an error when it is read


def _row(root: Path, path: Path, filing: Filing | None) -> Row:
    origin = str(path.relative_to(root))
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
        "path": str(path),
        "origin": origin,
    }


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
