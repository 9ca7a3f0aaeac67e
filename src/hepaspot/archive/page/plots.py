"""Plots and tables of the page, in words and in places on a scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hepaspot.archive.page.bars import Bar, bar_of, scale_of
from hepaspot.archive.page.saying import Saying
from hepaspot.archive.page.shares import Share

Look = Literal["plain", "hatched", "open"]
"""How a bar is drawn where a plot has several kinds of them."""


@dataclass(frozen=True)
class Table:
    """Cells in words; the first of each row names it."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Item:
    """One thing that is plotted: its name cell by cell, its share, and where its samples are."""

    names: tuple[str, ...]
    share: Share
    look: Look = "plain"
    href: str | None = None


@dataclass(frozen=True)
class Row:
    """One bar with the words beside it."""

    names: tuple[str, ...]
    bar: Bar
    share: str
    interval: str
    of: str
    look: Look
    href: str | None


@dataclass(frozen=True)
class Plot:
    """Bars on one scale, and the same as a table."""

    caption: str
    rows: tuple[Row, ...]
    end: str
    table: Table


def plot_of(caption: str, columns: tuple[str, ...], items: Sequence[Item], say: Saying) -> Plot:
    """Lay out ``items``; ``columns`` are the headings of their names."""
    end = scale_of(item.share for item in items)
    rows = tuple(_row(item, end, say) for item in items)
    heading = {name: say.words.say(f"archive.column.{name}") for name in ("count", "total")}
    unit = "share" if say.per == 100 else "per_1000"
    header = (
        *columns,
        heading["count"],
        heading["total"],
        say.words.say(f"archive.column.{unit}"),
        say.words.say("archive.column.interval"),
    )
    cells = tuple(
        (
            *item.names,
            say.number(item.share.count),
            say.number(item.share.total),
            row.share,
            row.interval,
        )
        for item, row in zip(items, rows, strict=True)
    )
    return Plot(caption, rows, say.end(end), Table(caption, header, cells))


def _row(item: Item, end: float, say: Saying) -> Row:
    return Row(
        item.names,
        bar_of(item.share, end),
        say.share(item.share),
        say.interval(item.share),
        say.of(item.share),
        item.look,
        item.href,
    )
