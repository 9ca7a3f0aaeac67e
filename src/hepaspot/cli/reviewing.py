"""The command that reads a reviewed sheet back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from hepaspot.cli.output import write_text
from hepaspot.cli.wish import STANDARD_INPUT
from hepaspot.errors import InputError

if TYPE_CHECKING:
    from hepaspot.archive.asking.calibration import Bin
    from hepaspot.archive.asking.figures import Agreement, Figures, Layer
    from hepaspot.archive.asking.filled import Filled
    from hepaspot.archive.asking.intervals import Estimate
    from hepaspot.archive.asking.result import Audited


def review_result(folder: Path, sheets: Sequence[Path], overlay: Path | None) -> None:
    """Read one or two filled sheets back, tell the figures, and keep them.

    Raises
    ------
    HepaspotError
        As `hepaspot.archive.asking.filled.filled`, `figures` and `local_figures`.
    """
    from hepaspot.archive.asking.figures import agreement, figures
    from hepaspot.archive.asking.filled import filled
    from hepaspot.archive.asking.result import audited

    if len(sheets) > 2:
        raise typer.BadParameter("give one sheet, or those of two reviewers", param_hint="SHEET")
    if len(sheets) == 2 and _is_one_file(*sheets):
        raise InputError(f"{sheets[1].name}: is given twice; give the sheets of two reviewers")
    result = audited(folder)
    read = [filled(result, path) for path in sheets]
    together = agreement(read[0], read[1]) if len(read) == 2 else None
    found = [figures(result, sheet) for sheet in read]
    for each in found:
        for line in _figures(each, read[0].key.alert):
            typer.echo(line)
    for line in _agreement(together):
        typer.echo(line)
    _keep(result, read, found, together)
    if overlay is not None:
        _write_overlay(result, read, overlay)


def _is_one_file(first: Path, second: Path) -> bool:
    return first.exists() and second.exists() and first.samefile(second)


def _figures(found: Figures, alert: str) -> Iterator[str]:
    yield f"{found.name}: {alert}"
    if found.open_rows:
        verb = "is" if found.open_rows == 1 else "are"
        yield f"  {found.open_rows} of {found.rows} rows {verb} open; the figures are of the others"
    if found.undecided:
        rows = (
            "row is undecided, and counts"
            if found.undecided == 1
            else "rows are undecided, and count"
        )
        yield f"  {found.undecided} {rows} for nothing"
    yield f"  Precision    {_estimate(found.precision, 'no exam with the alert is decided')}"
    yield f"  Sensitivity  {_estimate(found.sensitivity, _why_none(found.layers))}"
    yield "  layer          in the archive   decided   with the problem"
    for layer in found.layers:
        name = layer.stratum.replace("_", " ")
        yield f"  {name:<12}{layer.size:>17,}{layer.decided:>10,}{layer.found:>19,}"
    if found.bins:
        yield "  Calibration: of spots with such a probability, so many were named so"
    for each in found.bins:
        yield f"  {_bin(each)}"


def _why_none(layers: Sequence[Layer]) -> str:
    bare = [layer.stratum.replace("_", " ") for layer in layers if layer.size and not layer.decided]
    if bare:
        return f"not one exam of the layer {bare[0]} is decided"
    return "no exam has the problem"


def _estimate(found: Estimate | None, why_none: str) -> str:
    if found is None:
        return f"-  ({why_none})"
    return f"{found.value:6.1%}  (95 % interval {found.low:.1%} to {found.high:.1%})"


def _bin(each: Bin) -> str:
    spots = "spot" if each.spots == 1 else "spots"
    return (
        f"{each.entity.value:<14}told {each.told:4.0%}   named so {each.seen.value:4.0%} "
        f"({each.seen.low:.0%} to {each.seen.high:.0%}), {each.spots} {spots}"
    )


def _agreement(found: Agreement | None) -> Iterator[str]:
    if found is None:
        return
    yield "Agreement of the two (Cohen's kappa)"
    yield f"  the alert  {_kappa(found.problem, found.problem_rows)}"
    yield f"  the spot   {_kappa(found.spot, found.spot_rows)}"


def _kappa(found: Estimate | None, rows: int) -> str:
    if found is None:
        return f"-  ({rows} rows, in which both say one and the same)"
    return f"{found.value:5.2f}  (95 % interval {found.low:.2f} to {found.high:.2f}), {rows} rows"


def _keep(
    result: Audited, read: Sequence[Filled], found: Sequence[Figures], together: Agreement | None
) -> None:
    """Each file by its sheet and by what was filled in, so that no review replaces another."""
    from hepaspot.archive.asking.key import write_beside
    from hepaspot.archive.asking.plotting import plot

    sheet = read[0].key.sheet
    kept = {"sheet": sheet, "reviews": list(found), "agreement": together}
    data = msgspec.json.format(msgspec.json.encode(_named(kept)))
    reviews = "-".join(each.digest for each in read)
    path = write_beside(result, f"{sheet}.{reviews}.figures.json", data)
    typer.echo(f"Figures: {path}")
    for review, each in zip(read, found, strict=True):
        if each.bins:
            name = f"{sheet}.{review.digest}.calibration.svg"
            drawn = plot(each.bins, f"Calibration, sheet {sheet}, review {review.digest}")
            typer.echo(f"Plot:    {write_beside(result, name, drawn.encode())}")


def _named(value: Any) -> Any:
    """Named tuples as objects, so that the file says what its numbers are."""
    if isinstance(value, dict):
        return {name: _named(each) for name, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _named(value._asdict())
    return [_named(each) for each in value] if isinstance(value, list | tuple) else value


def _write_overlay(result: Audited, read: Sequence[Filled], overlay: Path) -> None:
    from hepaspot.archive.asking.local import local_figures

    made = local_figures(result, read)
    write_text(overlay, made.text, STANDARD_INPUT)
    priors = (
        "a prior" if made.priors else "no prior (the audit was not told --setting and --region)"
    )
    typer.echo(
        f"Overlay: {overlay}, with {priors} and {made.rows} likelihood rows from {made.spots} "
        f"spots, {made.proven} known by more than words"
    )
    typer.echo(f"Nothing uses it by itself. To see it: hepaspot knowledge --overlay {overlay}")
