"""Words a whole report in the style of its house."""

from __future__ import annotations

import re
from random import Random
from typing import Final

from hepaspot.archive.synthetic import spots
from hepaspot.archive.synthetic.facts import Ducts, Told
from hepaspot.archive.synthetic.wordings import ROWS, House, Row

BEHIND: Final = ("gallbladder", "pancreas", "spleen", "kidneys", "pelvis")
"""Organs that are told behind the liver and its ducts, in this order."""

ADVICE: Final = 0.12
"""Share of reports that end with advice (convention)."""

INSIDE_ALONE: Final = 0.35
"""Share of reports that tell of the ducts in the liver alone (convention)."""


def worded(random: Random, house: House, told: Told, *, wide_common: float) -> str:
    """The report, with marks where there is something to find again."""
    rows = house.plain if told.is_bare else house.rows
    draw = random.random

    def pick(organ: str) -> Row:
        of = rows[organ]
        return of[int(draw() * len(of))]

    wide = told.ducts is not Ducts.WIDE and draw() < wide_common
    common = random.choice(house.wide_common) if wide else pick("common")
    inside = wide or draw() < INSIDE_ALONE
    lines: list[str] = []
    parts: list[str] = []

    def add(row: Row) -> None:
        if row.finding:
            parts.append(row.finding)
        if row.line:
            lines.append(row.line)

    add(pick("liver"))
    if told.spot is None:
        add(pick("lesions"))
    else:
        parts.append(spots.finding(random, house, told))
    ducts, concluded = spots.ducts(random, house, told, common_is_wide=inside)
    if ducts:
        parts.append(ducts)
    add(common)
    for organ in BEHIND:
        add(pick(organ))
    if house.site.thyroid:
        add(pick("thyroid"))
    if concluded:
        lines.insert(0, concluded)
    if told.spot is not None:
        at = 0 if draw() < 0.6 else random.randint(0, len(lines))
        lines.insert(at, spots.line(random, house, told))
    if not lines:
        lines.append(random.choice(house.phrases["conclusion", "normal"]))
    elif draw() < ADVICE:
        lines.append(random.choice(house.phrases["conclusion", "advice"]))
    return _laid_out(random, house, parts, lines)


def _laid_out(random: Random, house: House, parts: list[str], lines: list[str]) -> str:
    site = house.site
    clinical = house.rows["clinical"][int(random.random() * ROWS)].finding
    head = site.clinical.format(clinical) if site.clinical else ""
    text = (
        head
        + site.findings
        + site.join.join(parts)
        + site.impression
        + "".join(
            f"{site.number.format(at)}{each}{site.end}" for at, each in enumerate(lines, 1)
        ).rstrip()
    )
    return wrapped(text, site.wrap, site.language) if site.wrap else text


def wrapped(text: str, width: int, language: str) -> str:
    """``text`` with its lines broken at ``width`` characters; marks count for none."""
    one = "(?:[^\n\ue000-\ue0ff][\ue000-\ue0ff]*)"
    if language == "zh":
        return re.sub(rf"({one}{{{width}}})(?=[^\n])", r"\1\n", text)
    return re.sub(rf"({one}{{{width - 14},{width}}}) ", r"\1\n", text)
