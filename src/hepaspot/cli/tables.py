"""The knowledge as tables: every sign, or all that stands behind one."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from hepaspot.knowledge import Knowledge, LikelihoodRow, Sign, Source, load


def print_signs() -> None:
    """One line a sign: its states, whether it weighs, and on how much."""
    knowledge = load()
    table = Table(title=f"Signs (knowledge {knowledge.version})", title_justify="left")
    for heading in ("sign", "states", "weighs"):
        table.add_column(heading, overflow="fold")
    table.add_column("rows", justify="right")
    table.add_column("sources", justify="right")
    for sign in knowledge.signs:
        rows = knowledge.sign_rows(sign.id)
        table.add_row(
            sign.id,
            ", ".join(sign.states),
            _weight(sign),
            str(len(rows)),
            str(len(_source_ids(sign, rows))),
        )
    console = Console()
    console.print(table)
    console.print("All behind one sign: hepaspot knowledge --sign shadow", highlight=False)


def print_sign(sign_id: str) -> None:
    """The rows of one sign with their figures, then the sources."""
    knowledge = load()
    if sign_id not in {sign.id for sign in knowledge.signs}:
        raise typer.BadParameter(
            f"there is no sign {sign_id!r}; hepaspot knowledge lists them", param_hint="'--sign'"
        )
    sign = knowledge.sign(sign_id)
    rows = knowledge.sign_rows(sign_id)
    console = Console(highlight=False)
    console.print(f"[bold]{sign.id}[/bold]: {', '.join(sign.states)}")
    console.print(f"weighs: {_weight(sign)}")
    if sign.note:
        console.print(sign.note, markup=False)
    if rows:
        console.print(_figures(rows))
    for source in _sources(knowledge, _source_ids(sign, rows)):
        _print_source(console, source)


def _weight(sign: Sign) -> str:
    if not sign.weighs:
        return f"no ({(sign.reason or 'by rule').replace('_', ' ')})"
    group = f", jointly as {sign.group}" if sign.group else ""
    setting = f", only in {sign.only_in}" if sign.only_in else ""
    return f"yes{group}{setting}"


def _figures(rows: tuple[LikelihoodRow, ...]) -> Table:
    table = Table(
        title="How often each state is seen",
        title_justify="left",
        caption="Percentages are Jeffreys-smoothed: nothing is never or always so.",
        caption_justify="left",
        show_lines=True,
    )
    for heading in ("row", "if it is", "in", "share of cases", "from", "what to know"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(row.id, row.entity, row.setting, _shares(row), _origin(row), row.note)
    return table


def _shares(row: LikelihoodRow) -> str:
    seen = [state for state, count in row.counts.items() if count]
    lines = [f"{state} {row.counts[state]:g}/{row.n:g} ({row.mean[state]:.0%})" for state in seen]
    if never := [share for state, share in row.mean.items() if state not in seen]:
        lines.append(f"each other 0/{row.n:g} ({never[0]:.0%})")
    if row.effective_n is not None:
        lines.append(f"counted as {row.effective_n:g} cases")
    return "\n".join(lines)


def _origin(row: LikelihoodRow) -> str:
    return "convention" if row.convention else "\n".join(row.sources)


def _source_ids(sign: Sign, rows: tuple[LikelihoodRow, ...]) -> tuple[str, ...]:
    ids = [*sign.sources, *(source for row in rows for source in row.sources)]
    return tuple(dict.fromkeys(ids))


def _sources(knowledge: Knowledge, ids: tuple[str, ...]) -> list[Source]:
    return [knowledge.source(source_id) for source_id in ids]


def _print_source(console: Console, source: Source) -> None:
    link = f"https://doi.org/{source.doi}" if source.doi else source.url or ""
    read = f"quality {source.quality}, {source.seen} read"
    console.print(f"[bold]{source.id}[/bold]", end="  ")
    console.print(f"{source.citation} ({read}) {link}", markup=False)
