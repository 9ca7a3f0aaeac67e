"""Draws a blinded sample: rows that tell nothing of the alert, and the key that does."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final, NamedTuple

from hepaspot.archive.alerts import ranks
from hepaspot.archive.asking.answering import COLUMNS, problems
from hepaspot.archive.asking.base import opened
from hepaspot.archive.asking.key import Drawn, Key, digest_of, digest_of_words, keep, mark
from hepaspot.archive.asking.page import page_of
from hepaspot.archive.asking.private import write_private
from hepaspot.archive.asking.reports import filed, shown
from hepaspot.archive.asking.result import Audited
from hepaspot.archive.asking.strata import CLEAN, Chosen, Stratum, chosen, shares, sizes
from hepaspot.archive.plan import cannot_write
from hepaspot.errors import InputError, OutputError

SHEET: Final = "sheet.csv"
PAGE: Final = "sheet.html"


class SheetRow(NamedTuple):
    """What a reviewer sees of one exam."""

    row: str
    report: str
    earlier_report: str


class Sample(NamedTuple):
    """A sheet that was written, and its key."""

    sheet: Path
    page: Path
    key: Path
    rows: int
    flagged: int
    are_all: bool


def known_alert(alert: str) -> str:
    """``alert``, if it is one that the words of an exam can show.

    Raises
    ------
    InputError
    """
    if alert in problems():
        return alert
    if alert in ranks():
        raise InputError(f"{alert}: rests on a picture, which a sheet of words does not show")
    raise InputError(f"the sample: there is no such alert; use one of {', '.join(problems())}")


def sample(
    result: Audited,
    alert: str,
    count: int,
    clean: int | None,
    seed: int,
    folder: Path,
    *,
    language: str = "en",
) -> Sample:
    """Write a sheet for reviewers, as CSV and as a page, and its key into the result.

    Parameters
    ----------
    result : Audited
    alert : str
        What is to be reviewed.
    count : int
        Exams with the alert; fewer where there are not so many.
    clean : int or None
        Exams without it; by default as many as ``count``, but no more of each layer than there
        are exams with the alert in the sheet.
    seed : int
        Another one draws other exams.
    folder : Path
        Where the sheet goes; outside of the result.
    language : str
        Of the questions on the page.

    Raises
    ------
    InputError
        If no exam has the alert, or a report can no longer be read.
    OutputError
        If a folder cannot be written.
    """
    known_alert(alert)
    if folder.resolve().is_relative_to(result.folder.resolve()):
        raise OutputError(
            f"{folder}: lies in the result, beside the key; choose another -o for the sheet"
        )
    with opened(result) as base:
        held = sizes(base, alert)
        if not held[Stratum.ALERT]:
            raise InputError(f"the sample: no exam with words has the alert {alert}")
        flagged = min(count, held[Stratum.ALERT])
        clean = min(count, len(CLEAN) * flagged) if clean is None else clean
        counts = {Stratum.ALERT: flagged}
        counts |= shares(clean, {stratum: held[stratum] for stratum in CLEAN})
        found = chosen(base, alert, counts, seed)
        wanted = {name for each in found for name in (each.exam, each.prior) if name}
        documents = filed(base, wanted)
    digest = digest_of(result)
    sheet = mark("sheet", digest, alert, count, clean, seed)
    drawn = sorted((mark("row", sheet, seed, each.exam), each) for each in found)
    rows = [
        SheetRow(row, shown(documents.get(each.exam)), shown(documents.get(each.prior or "")))
        for row, each in drawn
    ]
    key = Key(
        sheet=sheet,
        alert=alert,
        seed=seed,
        result=digest,
        sizes=held,
        rows=tuple(_drawn(each, row) for (_, each), row in zip(drawn, rows, strict=True)),
    )
    kept = keep(key, result)
    write_sheet(folder, sheet, rows, language)
    are_all = flagged == held[Stratum.ALERT]
    return Sample(folder / SHEET, folder / PAGE, kept, len(rows), flagged, are_all)


def _drawn(each: Chosen, row: SheetRow) -> Drawn:
    words = digest_of_words(row.report, row.earlier_report)
    return Drawn(row.row, each.exam, each.stratum, words)


def write_sheet(folder: Path, sheet: str, rows: list[SheetRow], language: str = "en") -> None:
    """Write what a reviewer gets, for its owner alone; nothing but the words of the rows is in it.

    Raises
    ------
    OutputError
    """
    try:
        write_private(folder / SHEET, _table_of(sheet, rows).encode("utf-8-sig"))
        write_private(folder / PAGE, page_of(sheet, rows, language).encode())
    except OSError as error:
        raise cannot_write(folder, error) from None


def _table_of(sheet: str, rows: list[SheetRow]) -> str:
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, COLUMNS, restval="")
    writer.writeheader()
    for row in rows:
        cells = {name: _cell(value) for name, value in row._asdict().items()}
        writer.writerow({"sheet": sheet, **cells})
    return table.getvalue()


def _cell(words: str) -> str:
    """Words that a spreadsheet does not take for a formula."""
    return f" {words}" if words[:1] in ("=", "+", "-", "@", "\t") else words
