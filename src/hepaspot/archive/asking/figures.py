"""What a filled sheet says of an alert: how often it is right, what it misses, how it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hepaspot.archive.asking.base import opened
from hepaspot.archive.asking.calibration import Bin, Weighed, reliability
from hepaspot.archive.asking.filled import Filled
from hepaspot.archive.asking.intervals import Counted, Estimate, kappa, sensitivity, wilson
from hepaspot.archive.asking.result import Audited
from hepaspot.archive.asking.strata import CLEAN, Stratum
from hepaspot.errors import InputError
from hepaspot.exam import Entity

CALIBRATED = (Entity.CALCIFICATION, Entity.DUCT_STONE)
"""Entities whose probabilities are held against the reviewers; of the others there are too few."""


class Layer(NamedTuple):
    """What was found in one layer."""

    stratum: Stratum
    size: int
    shown: int
    decided: int
    found: int


class Figures(NamedTuple):
    """What one reviewer's sheet comes to.

    ``precision`` is None where no exam with the alert was decided, ``sensitivity`` where no exam
    has the problem, or where a layer that the archive has was not decided at all.
    """

    name: str
    rows: int
    open_rows: int
    undecided: int
    layers: tuple[Layer, ...]
    precision: Estimate | None
    sensitivity: Estimate | None
    bins: tuple[Bin, ...]


class Agreement(NamedTuple):
    """How far two reviewers agree; None where chance alone would."""

    problem_rows: int
    problem: Estimate | None
    spot_rows: int
    spot: Estimate | None


def figures(result: Audited, sheet: Filled) -> Figures:
    """The figures of one sheet."""
    layers = tuple(_layers(sheet))
    by_stratum = {layer.stratum: layer for layer in layers}
    flagged = by_stratum[Stratum.ALERT]
    precise = wilson(flagged.found, flagged.decided) if flagged.decided else None
    spots = weighed_spots(result, sheet)
    said = [answer.problems for answer in sheet.answers.values() if answer.problems is not None]
    return Figures(
        name=sheet.name,
        rows=len(sheet.key.rows),
        open_rows=sheet.open_rows,
        undecided=len(said) - sum(layer.decided for layer in layers),
        layers=layers,
        precision=precise,
        sensitivity=_sensitivity(by_stratum),
        bins=tuple(each for entity in CALIBRATED for each in reliability(spots, entity)),
    )


def _layers(sheet: Filled) -> Iterator[Layer]:
    for stratum in Stratum:
        own = [drawn.row for drawn in sheet.key.rows if drawn.stratum is stratum]
        told = [sheet.answers[row].has(sheet.key.alert) for row in own if row in sheet.answers]
        decided = [each for each in told if each is not None]
        size = sheet.key.sizes[stratum]
        yield Layer(stratum, size, len(own), len(decided), sum(decided))


def _sensitivity(layers: Mapping[Stratum, Layer]) -> Estimate | None:
    present = [layers[stratum] for stratum in CLEAN if layers[stratum].size]
    flagged = layers[Stratum.ALERT]
    if not all(layer.decided for layer in (flagged, *present)):
        return None
    return sensitivity(_counted(flagged), [_counted(layer) for layer in present])


def _counted(layer: Layer) -> Counted:
    return Counted(layer.size, layer.decided, layer.found)


def weights(sheet: Filled, rows: Sequence[str]) -> dict[str, float]:
    """For how many exams of the archive each of the rows stands that were answered.

    They add up to the exams of the layers that the rows are of. Who looks at some of the rows
    takes the weights of these from those of all.
    """
    stratum_of = {drawn.row: drawn.stratum for drawn in sheet.key.rows}
    counts = dict.fromkeys(Stratum, 0)
    for row in rows:
        counts[stratum_of[row]] += 1
    return {row: sheet.key.sizes[stratum_of[row]] / counts[stratum_of[row]] for row in rows}


def weighed_spots(result: Audited, sheet: Filled) -> list[Weighed]:
    """Reviewed spots with their probabilities: of exams in which there is exactly one."""
    named = {row: entity for row, answer in sheet.answers.items() if (entity := answer.entity)}
    rows = {drawn.exam: drawn.row for drawn in sheet.key.rows if drawn.row in named}
    told = _probabilities(result, list(rows))
    by_row = weights(sheet, [row for row, answer in sheet.answers.items() if answer.spot])
    return [Weighed(shares, named[rows[exam]], by_row[rows[exam]]) for exam, shares in told.items()]


def _probabilities(result: Audited, exams: list[str]) -> dict[str, dict[Entity, float]]:
    columns = ", ".join(f"any_value(p_{entity.value})" for entity in Entity)
    with opened(result) as base:
        rows = base.execute(
            f"""
            SELECT exam, {columns} FROM foci WHERE exam IN (SELECT unnest($exams))
            GROUP BY exam
            HAVING count(*) = 1 AND count(p_calcification) = 1
            ORDER BY exam
            """,
            {"exams": exams},
        ).fetchall()
    return {exam: dict(zip(Entity, shares, strict=True)) for exam, *shares in rows}


def agreement(first: Filled, second: Filled) -> Agreement:
    """How far two reviewers of one sheet agree, on the alert and on what the spot is.

    Raises
    ------
    InputError
        If the sheets are not the same one.
    """
    if first.key.sheet != second.key.sheet:
        raise InputError(
            f"{second.name}: is another sheet than {first.name}; give two reviews of one sheet"
        )
    alert = first.key.alert
    both = [
        (first.answers[row], second.answers[row]) for row in first.answers if row in second.answers
    ]
    problem = [(a.has(alert), b.has(alert)) for a, b in both]
    decided = [pair for pair in problem if None not in pair]
    spots = [(a.spot, b.spot) for a, b in both if a.spot and b.spot]
    return Agreement(len(decided), kappa(decided), len(spots), kappa(spots))
