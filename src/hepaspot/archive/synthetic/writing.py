"""Writes a synthetic archive, piece by piece, into tables of any length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from hepaspot.archive.synthetic.making import CHUNK, Exam, Maker
from hepaspot.archive.synthetic.pictures import pictured_exams
from hepaspot.archive.synthetic.rates import usual_rates
from hepaspot.archive.synthetic.tables import REPORTS, TRUTH, report_table, truth_table
from hepaspot.errors import InputError, OutputError

MOST_REPORTS: Final = 1_000_000
"""Reports of one archive (convention)."""


@dataclass(frozen=True)
class Wanted:
    """What to make.

    Attributes
    ----------
    reports, phantoms : int
        Exams in all, and how many of them have a picture.
    seed : int
    language : str
        ``en``, ``zh`` or ``both``.
    rate : float
        Contradictions so many times as often as in a realistic archive.
    as_csv : bool
        CSV in place of Parquet, for the reports.
    """

    reports: int
    phantoms: int = 0
    seed: int = 0
    language: str = "both"
    rate: float = 1.0
    as_csv: bool = False


Progress = Callable[[int], None]
"""Told how many reports are written."""


def write_archive(out: Path, wanted: Wanted, progress: Progress = lambda written: None) -> Path:
    """Write reports, truth and pictures into a folder.

    Parameters
    ----------
    out : Path
        Made if it is not there. Files of the same names are replaced.
    wanted : Wanted
    progress : callable

    Returns
    -------
    Path
        The table of the reports.

    Raises
    ------
    InputError
        If a number or the language cannot be used.
    MissingExtra
        If there are to be phantoms and OpenCV or pydicom is not installed.
    OutputError
        If a file cannot be written.
    """
    _check(wanted)
    path = out / ("reports.csv" if wanted.as_csv else "reports.parquet")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (
            _table(path, wanted) as reports,
            pq.ParquetWriter(out / "truth.parquet", TRUTH, compression="zstd") as truth,
        ):
            written = 0
            for exams in _chunks(out, wanted):
                reports.write_table(report_table(exams))
                truth.write_table(truth_table(exams))
                written += len(exams)
                progress(written)
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise OutputError(f"{out}: cannot be written ({reason}); choose another folder") from None
    return path


def _check(wanted: Wanted) -> None:
    if not 1 <= wanted.reports <= MOST_REPORTS:
        raise InputError(
            f"reports: {wanted.reports} cannot be made; give a number from 1 to {MOST_REPORTS}"
        )
    if not 0 <= wanted.phantoms <= wanted.reports:
        raise InputError(
            f"phantoms: {wanted.phantoms} cannot be made; give no more than there are reports"
        )
    if wanted.language not in {"en", "zh", "both"}:
        raise InputError(
            f"language: no reports are written in {wanted.language!r}; give en, zh or both"
        )
    if wanted.rate < 0 or wanted.seed < 0:
        raise InputError("rate and seed: must be at least 0; give larger ones")


def _table(path: Path, wanted: Wanted) -> AbstractContextManager[Any]:
    if wanted.as_csv:
        return pa_csv.CSVWriter(path, REPORTS)  # type: ignore[no-any-return]
    return pq.ParquetWriter(path, REPORTS, compression="zstd")  # type: ignore[no-any-return]


def _chunks(out: Path, wanted: Wanted) -> Iterator[list[Exam]]:
    rates = usual_rates().times(wanted.rate)
    maker = Maker(wanted.language, rates, wanted.seed)
    without = wanted.reports - wanted.phantoms
    for number, first in enumerate(range(0, without, CHUNK)):
        yield maker.chunk(number, min(CHUNK, without - first))
    if wanted.phantoms:
        drawn = pictured_exams(out / "pictures", wanted.phantoms, wanted.seed, rates)
        yield maker.with_pictures(list(drawn))
