"""Re-estimates priors and likelihood rows from a review, as an overlay of the knowledge tables.

An exam counts by the exams that it stands for, since the sample is not like the archive; the
total is scaled to the effective number of spots. What is known from words alone is worth no more
than a convention.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from hepaspot.archive.asking.base import opened
from hepaspot.archive.asking.figures import weights
from hepaspot.archive.asking.filled import Filled
from hepaspot.archive.asking.intervals import effective
from hepaspot.archive.asking.reports import filed, texts
from hepaspot.archive.asking.result import Audited
from hepaspot.errors import InputError
from hepaspot.exam import Entity, Exam
from hepaspot.knowledge import RowSetting, RuleId, Sign, load
from hepaspot.knowledge.figures import JEFFREYS
from hepaspot.knowledge.overlay import PREFIX
from hepaspot.report import read_report
from hepaspot.weigh.evidence import DUCT_SIGNS, is_in, observations_of, shares, upstream

FEWEST: Final = 10
"""Spots that a figure is made from at least (convention): fewer say less than what they displace."""

UPSTREAM: Final = "upstream"

Shares = Mapping[str, float]


class Spot(NamedTuple):
    """One reviewed spot: what it is, how surely that is known, and the states of its signs."""

    entity: Entity
    proven: bool
    weight: float
    signs: Mapping[str, Shares]


class Local(NamedTuple):
    """An overlay as text, and what is in it."""

    text: str
    spots: int
    proven: int
    priors: int
    rows: int


class Row(NamedTuple):
    """A likelihood row: cases by state, and what they are worth."""

    sign: str
    entity: Entity
    counts: Mapping[str, float]
    proven: bool
    spots: int


def local_figures(result: Audited, sheets: Sequence[Filled]) -> Local:
    """An overlay from one sheet, or from what two reviewers of it agree on.

    Raises
    ------
    InputError
        If too few spots are told to be something, or a report can no longer be read.
    """
    spots = list(_spots(result, sheets))
    if len(spots) < FEWEST:
        raise InputError(
            f"the overlay: only {len(spots)} exams with one spot have an answer in the column spot, "
            f"and a figure needs {FEWEST}; review more"
        )
    rows = list(_rows(result, spots))
    key = sheets[0].key
    where = result.plan.setting
    has_prior = where.kind is not None and where.region is not None
    parts = [_heading(key.sheet, len(spots), len(sheets))]
    if where.kind is not None and where.region is not None:
        parts.append(_prior(key.sheet, where.kind, where.region, spots))
    parts += [_row(key.sheet, where.kind or "any", row) for row in rows]
    proven = sum(spot.proven for spot in spots)
    return Local("\n".join(parts), len(spots), proven, int(has_prior), len(rows))


# -------------------------------------------------------------------------------------- counting


def _spots(result: Audited, sheets: Sequence[Filled]) -> Iterator[Spot]:
    agreed = {row: pair for row in sheets[0].answers if (pair := _agreed(sheets, row))}
    exam_of = {drawn.row: drawn.exam for drawn in sheets[0].key.rows}
    with opened(result) as base:
        documents = filed(base, [exam_of[row] for row in agreed])
    read = {row: _read(texts(documents[exam_of[row]])) for row in agreed}
    single = {row: exam for row, exam in read.items() if len(exam.foci) == 1}
    by_row = weights(sheets[0], [row for row in sheets[0].answers if _is_told(sheets, row)])
    for row, exam in single.items():
        entity, proven = agreed[row]
        yield Spot(entity, proven, by_row[row], _signs(exam))


def _agreed(sheets: Sequence[Filled], row: str) -> tuple[Entity, bool] | None:
    answers = [sheet.answers[row] for sheet in sheets if row in sheet.answers]
    entities = {answer.entity for answer in answers}
    entity = answers[0].entity
    if entity is None or len(entities) > 1 or len(answers) < len(sheets):
        return None
    return entity, all(answer.proven for answer in answers)


def _is_told(sheets: Sequence[Filled], row: str) -> bool:
    """Whether every reviewer said something of the spot, be it that it cannot be told."""
    return all(row in sheet.answers and sheet.answers[row].spot for sheet in sheets)


def _read(words: Sequence[str]) -> Exam:
    exams = [read_report(each, source_id=str(number)) for number, each in enumerate(words)]
    return exams[0].merge(*exams[1:])


def _signs(exam: Exam) -> dict[str, Shares]:
    (focus,) = exam.foci
    small_mm = load().rule(RuleId.SHADOW_IGNORED_BELOW_MM)
    told = observations_of(exam, focus, small_mm=small_mm)
    found: dict[str, Shares] = {
        sign: shares(seen) for sign, seen in told.items() if sign not in DUCT_SIGNS
    }
    if is_in(told.get("size"), "lt_5mm") and is_in(told.get("shadow"), "absent"):
        del found["shadow"]  # it says nothing, and is weighed so
    ducts = upstream(exam, focus)
    return found if ducts is None else {**found, UPSTREAM: shares(ducts)}


def _rows(result: Audited, spots: Sequence[Spot]) -> Iterator[Row]:
    setting = result.plan.setting.kind or RowSetting.ANY
    for sign in load().signs:
        if sign.weighs and sign.rows_of is None and sign.only_in in {None, RowSetting(setting)}:
            for entity in Entity:
                yield from _counted(sign, entity, spots)


def _counted(sign: Sign, entity: Entity, spots: Iterable[Spot]) -> Iterator[Row]:
    own = [spot for spot in spots if spot.entity is entity and sign.id in spot.signs]
    proven = [spot for spot in own if spot.proven]
    is_proven = len(proven) >= FEWEST
    kept = proven if is_proven else own
    if len(kept) < FEWEST:
        return
    by_weight = [spot.weight for spot in kept]
    scale = effective(by_weight) / sum(by_weight)
    counts = {
        state: round(scale * sum(s.weight * s.signs[sign.id].get(state, 0.0) for s in kept), 2)
        for state in sign.states
    }
    if sum(counts.values()) > 0:
        yield Row(sign.id, entity, counts, is_proven, len(kept))


# --------------------------------------------------------------------------------------- writing


def _heading(sheet: str, spots: int, reviewers: int) -> str:
    said = "one reviewer" if reviewers == 1 else f"{reviewers} reviewers who agree"
    made = f"review {sheet}: {spots} exams with one spot, named by {said}"
    return f"""\
# Local figures: how spots of one archive were named in a review of a sample of it, weighed to the
# whole. They are used only where this file is named. A row stands beside the published ones as
# their rival; write instead = true into it to let it stand in their place.

[overlay]
made_from = {_quoted(made)}
beside = {_quoted(load().version)}

[[source]]
id = "{PREFIX}{sheet}"
citation = {_quoted(f"Own archive, {made}")}
quality = "low"
seen = "full"
"""


def _prior(sheet: str, setting: str, region: str, spots: Sequence[Spot]) -> str:
    by_weight = [spot.weight for spot in spots]
    n = effective(by_weight)
    scale = n / sum(by_weight)
    counted = {
        entity: scale * sum(s.weight for s in spots if s.entity is entity) for entity in Entity
    }
    told = ", ".join(f"{each.value} = {count + JEFFREYS:.2f}" for each, count in counted.items())
    proven = n * sum(spot.proven for spot in spots) / len(spots)
    worth = max(proven, min(n, load().rule(RuleId.CONVENTION_N_MAX)))
    note = (
        f"{len(spots)} exams with one spot, worth {n:.1f} of equal weight; "
        f"{sum(spot.proven for spot in spots)} of them known by more than words. Each share holds "
        f"{JEFFREYS:g} of a case. Spots that could not be named, and exams with several, are not "
        "in it."
    )
    return f"""\
[[prior]]
id = "{PREFIX}{setting}-{region}-{sheet}"
setting = "{setting}"
region = {_quoted(region)}
shares = {{ {told} }}
effective_n = {worth + JEFFREYS * len(Entity):.2f}
sources = ["{PREFIX}{sheet}"]
convention = true
note = {_quoted(note)}
"""


def _row(sheet: str, setting: str, row: Row) -> str:
    counts = ", ".join(f"{state} = {count:g}" for state, count in row.counts.items())
    n = round(sum(row.counts.values()), 2)
    limit = load().rule(RuleId.CONVENTION_N_MAX)
    how = "more than words" if row.proven else "words alone, so that it weighs as a convention"
    note = f"{row.spots} spots, known by {how}; counts are weighed to the archive."
    lines = [
        "[[row]]",
        f'id = "{PREFIX}{row.sign}-{row.entity.value}-{sheet}"',
        f'sign = "{row.sign}"',
        f'entity = "{row.entity.value}"',
        f'setting = "{setting}"',
        f"counts = {{ {counts} }}",
        f"n = {n:g}",
        'basis = "D"',
        f'sources = ["{PREFIX}{sheet}"]',
        f"note = {_quoted(note)}",
    ]
    if not row.proven:
        lines += ["convention = true", f"effective_n = {min(n, limit):g}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
