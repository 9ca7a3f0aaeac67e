"""Local figures as tables, each beside the published ones that it stands with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.table import Table

from hepaspot.exam import Entity
from hepaspot.knowledge import LikelihoodRow, load
from hepaspot.knowledge.overlay import (
    LocalPrior,
    LocalRow,
    load_with_overlay,
    published_beside,
    read_overlay,
)

SHOWN: Final = 3
"""States of a sign that are told one by one (convention); the others are summed."""


def print_overlay(path: Path, sign: str | None) -> None:
    """The figures of an overlay file, checked, each beside the published ones.

    Raises
    ------
    KnowledgeError
        If a row of it is wrong.
    """
    together = load_with_overlay(path)
    overlay = read_overlay(path)
    rows = [row for row in overlay.rows if sign in (None, row.sign)]
    if sign is not None and not rows:
        raise typer.BadParameter(f"the overlay has no row of {sign!r}", param_hint="'--sign'")
    console = Console(highlight=False)
    console.print(f"Knowledge {together.version}", markup=False)
    console.print(f"Local figures: {overlay.about.made_from}.", markup=False)
    if overlay.about.beside != load().version:
        console.print(
            f"They were made beside version {overlay.about.beside}; the published ones have "
            "changed since.",
            markup=False,
        )
    if overlay.priors and sign is None:
        console.print(_priors(overlay.priors))
    if rows:
        console.print(_rows(rows))
    console.print("Nothing uses local figures unless their file is named.", markup=False)


def _priors(local: tuple[LocalPrior, ...]) -> Table:
    table = _table("What a spot is before any sign")
    for heading in ("prior", "shares", "worth"):
        table.add_column(heading, overflow="fold")
    for row in local:
        for published in load().priors_for(row.setting, row.region):
            table.add_row(published.id, _shares(published.mean), f"{published.effective_n:g}")
        table.add_row(
            f"[bold]{row.id}[/bold] ({_use(instead=row.instead)})",
            _shares(row.mean),
            f"{row.effective_n:g}",
            end_section=True,
        )
    return table


def _rows(local: list[LocalRow]) -> Table:
    table = _table("How often each state is seen")
    for heading in ("if it is", "row", "share of cases", "worth"):
        table.add_column(heading, overflow="fold")
    knowledge = load()
    for row in local:
        for published in published_beside(knowledge, row):
            table.add_row(row.entity, published.id, _shares(published.mean), _worth(published))
        table.add_row(
            row.entity,
            f"[bold]{row.id}[/bold] ({_use(instead=row.instead)})",
            _shares(row.mean),
            _worth(row),
            end_section=True,
        )
    return table


def _table(title: str) -> Table:
    return Table(
        title=title,
        title_justify="left",
        caption="Bold: local. Percentages are Jeffreys-smoothed; worth is in cases.",
        caption_justify="left",
    )


def _use(*, instead: bool) -> str:
    return "in their place" if instead else "beside them"


def _worth(row: LikelihoodRow) -> str:
    return f"{row.n if row.effective_n is None else row.effective_n:g}"


def _shares(mean: Mapping[str, float] | Mapping[Entity, float]) -> str:
    told = sorted(mean.items(), key=lambda pair: -pair[1])
    shown = [f"{state} {share:.0%}" for state, share in told[:SHOWN]]
    if rest := sum(share for _, share in told[SHOWN:]):
        shown.append(f"the rest {rest:.0%}")
    return "\n".join(shown)
