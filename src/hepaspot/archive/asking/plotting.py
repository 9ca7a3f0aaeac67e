"""The plot of a calibration as SVG: what was told below, what was seen above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from hepaspot.archive.asking.calibration import Bin
from hepaspot.exam import Entity

SIDE: Final = 320
MARGIN: Final = 56
GAP: Final = 40
HEAD: Final = 40
"""Measures of one plot and of what is around it: pixels."""

INK: Final = {Entity.CALCIFICATION: "#0a5f9c", Entity.DUCT_STONE: "#b34a00"}
WORDS: Final = {Entity.CALCIFICATION: "calcification", Entity.DUCT_STONE: "duct stone"}


def plot(bins: Sequence[Bin], title: str) -> str:
    """One plot an entity, side by side; a bin is a dot with its interval and its spots."""
    entities = list(INK)
    width = len(entities) * (MARGIN + SIDE + GAP)
    height = HEAD + SIDE + MARGIN + GAP
    drawn = "".join(
        part
        for place, entity in enumerate(entities)
        for part in _one([each for each in bins if each.entity is entity], entity, place)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="sans-serif" font-size="13"><title>{escape(title)}</title>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{drawn}</svg>\n'
    )


def _one(bins: Sequence[Bin], entity: Entity, place: int) -> Iterator[str]:
    left = MARGIN + place * (MARGIN + SIDE + GAP)
    yield f'<g transform="translate({left} {HEAD})" fill="#17313a">'
    yield f'<text x="{SIDE / 2:g}" y="-14" text-anchor="middle" font-weight="600">{WORDS[entity]}</text>'
    yield f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="#4a626b"/>'
    yield f'<line x1="0" y1="{SIDE}" x2="{SIDE}" y2="0" stroke="#4a626b" stroke-dasharray="5 4"/>'
    for tenth in range(0, 11, 2):
        at = SIDE * tenth / 10
        yield f'<text x="{at:g}" y="{SIDE + 18}" text-anchor="middle">{tenth * 10}</text>'
        yield f'<text x="-8" y="{SIDE - at + 5:g}" text-anchor="end">{tenth * 10}</text>'
    yield (
        f'<text x="{SIDE / 2:g}" y="{SIDE + 42}" text-anchor="middle">told: percent</text>'
        f'<text transform="translate(-40 {SIDE / 2:g}) rotate(-90)" text-anchor="middle">'
        "said by reviewers: percent</text>"
    )
    for each in bins:
        yield from _dot(each, INK[entity])
    yield "</g>"


def _dot(each: Bin, ink: str) -> Iterator[str]:
    x, y = SIDE * each.told, SIDE * (1 - each.seen.value)
    top, bottom = SIDE * (1 - each.seen.high), SIDE * (1 - each.seen.low)
    yield f'<path d="M{x:.1f} {top:.1f}V{bottom:.1f}" stroke="{ink}" stroke-width="2"/>'
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{ink}"/>'
    side, anchor = (-9, "end") if each.told > 0.85 else (9, "start")
    yield f'<text x="{x + side:.1f}" y="{y - 8:.1f}" text-anchor="{anchor}">{each.spots}</text>'
