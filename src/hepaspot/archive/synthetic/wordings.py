"""Sentences of a house: the wordings of its language, expanded beforehand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from hepaspot.archive.synthetic.rates import Rates, table
from hepaspot.exam import Value

SLOT: Final = re.compile(r"\{([^{}]+)\}")
RANGE: Final = re.compile(r"([\d.]+)-([\d.]+)")

ROWS: Final = 1000
"""Expanded rows of one organ: a share of 0.1 % is one row (convention)."""

LIKED: Final = 0.7
"""Share of the wordings of its language that a house uses (convention)."""

ORGANS: Final = (
    *("clinical", "liver", "lesions", "common", "gallbladder", "pancreas"),
    *("spleen", "kidneys", "pelvis", "thyroid"),
)
"""What each report may tell of, drawn by its shares; the ducts go with the story of a person."""

FILES: Final = {"en": "english.toml", "zh": "chinese.toml"}


class Site(Value, frozen=True):
    """A house and its style, as `sites.toml` has it."""

    name: str
    language: str
    share: float
    clinical: str
    findings: str
    impression: str
    number: str
    join: str
    end: str
    wrap: int
    thyroid: bool


class Row(Value, frozen=True):
    """A sentence of the findings, and the line of the impression that goes with it, or none."""

    finding: str
    line: str = ""


def expanded(random: Random, template: str, told: dict[str, str], words: Mapping[str, Any]) -> str:
    """``template`` with its slots filled; words that are drawn are added to ``told``."""

    def fill(slot: re.Match[str]) -> str:
        name = slot[1]
        span = RANGE.fullmatch(name)
        if span is not None:
            return _number(random, *span.groups())
        if name not in told:
            told[name] = random.choice(words[name])
        return told[name]

    return SLOT.sub(fill, template)


def _number(random: Random, low: str, high: str) -> str:
    if "." in low:
        return f"{random.uniform(float(low), float(high)):.1f}"
    return str(random.randint(int(low), int(high)))


class House:
    """What a site writes.

    Attributes
    ----------
    rows : mapping of str to list of Row
        By organ; one is drawn for each report.
    phrases : mapping of (str, str) to list of str
        By table and key of the wordings: those that the house uses.
    words : mapping
        What slots are filled with.
    """

    def __init__(self, site: Site, rates: Rates, seed: str) -> None:
        self.site = site
        random = Random(f"{seed}/{site.name}")  # noqa: S311 - nothing secret
        raw = table(FILES[site.language])
        self.words: Mapping[str, Any] = raw["words"] | {"bright": raw["spot"]["bright"]}
        self.phrases = {
            (group, key): _liked(random, phrases)
            for group, keys in raw.items()
            for key, phrases in keys.items()
        }
        self.rows = {
            organ: self._rows(random, organ, rates.organ.get(organ, {})) for organ in ORGANS
        }
        self.plain = {
            organ: [row for row in rows if not row.line] for organ, rows in self.rows.items()
        }
        self.wide = [self._row(random, "ducts", "wide") for _ in range(ROWS // 5)]
        self.wide_common = [self._row(random, "common", "wide") for _ in range(ROWS // 5)]

    def _rows(self, random: Random, organ: str, shares: Mapping[str, float]) -> list[Row]:
        first = next(key for group, key in self.phrases if group == organ and "_named" not in key)
        states = [s for s, share in shares.items() for _ in range(round(share * ROWS))]
        states += [first] * (ROWS - len(states))
        return [self._row(random, organ, state) for state in states]

    def _row(self, random: Random, organ: str, state: str) -> Row:
        told: dict[str, str] = {}
        finding = expanded(random, random.choice(self.phrases[organ, state]), told, self.words)
        named = self.phrases.get((organ, f"{state}_named"))
        line = expanded(random, random.choice(named), told, self.words) if named else ""
        return Row(capital(finding), capital(line))


def capital(text: str) -> str:
    """``text`` with a capital letter."""
    return text[:1].upper() + text[1:]


def _liked(random: Random, phrases: list[str]) -> list[str]:
    count = max(min(2, len(phrases)), round(len(phrases) * LIKED))
    return sorted(random.sample(phrases, count), key=phrases.index)


def sites(language: str) -> list[Site]:
    """The houses of a language, or of ``both``."""
    import msgspec

    known = msgspec.convert(table("sites.toml")["site"], list[Site])
    return [site for site in known if language in (site.language, "both")]
