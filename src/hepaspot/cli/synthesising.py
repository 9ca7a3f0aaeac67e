"""The command that makes synthetic archives."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import typer

from hepaspot.cli.auditing import need_archive
from hepaspot.cli.options import TableAs

TOLD_EACH_S: Final = 10.0
"""How often progress is told: seconds."""


def make_synthetic(
    out: Path,
    reports: int,
    phantoms: int,
    seed: int,
    language: str,
    rate: float,
    table: TableAs,
) -> None:
    """Write an archive, and name its tables.

    Raises
    ------
    HepaspotError
        As `hepaspot.archive.synthetic.writing.write_archive`.
    """
    need_archive()
    from hepaspot.archive.synthetic.writing import Wanted, write_archive

    wanted = Wanted(reports, phantoms, seed, language, rate, as_csv=table is TableAs.CSV)
    typer.echo(write_archive(out, wanted, _Progress(reports)))
    typer.echo(out / "truth.parquet")


class _Progress:
    """Lines on how far it is, now and then."""

    def __init__(self, reports: int) -> None:
        self._reports = reports
        self._started = self._told = time.monotonic()

    def __call__(self, written: int) -> None:
        moment = time.monotonic()
        if moment - self._told >= TOLD_EACH_S:
            self._told = moment
            rate = written / (moment - self._started)
            typer.echo(f"{written:,} of {self._reports:,} reports, {rate:,.0f}/s", err=True)
