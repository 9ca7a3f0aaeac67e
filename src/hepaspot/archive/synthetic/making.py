"""Makes the exams of an archive, chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random
from typing import Final

from hepaspot.archive.synthetic.facts import Told
from hepaspot.archive.synthetic.noise import Noise
from hepaspot.archive.synthetic.passages import MARK, Passages, unmarked
from hepaspot.archive.synthetic.pictures import Pictured
from hepaspot.archive.synthetic.rates import Rates
from hepaspot.archive.synthetic.stories import person, visits
from hepaspot.archive.synthetic.telling import worded
from hepaspot.archive.synthetic.truth import Written, Wrong, wrong_in
from hepaspot.archive.synthetic.wordings import House, sites

CHUNK: Final = 5000
"""Reports drawn at once: what bounds the memory (convention)."""

DAYS: Final = (date(2016, 1, 4).toordinal(), date(2025, 12, 19).toordinal())
"""First and last day of the archive; persons with several exams begin earlier."""

YEAR: Final = (330, 410)
"""Days from one check-up to the next (convention)."""


@dataclass(frozen=True, slots=True)
class Exam:
    """One exam as it goes into the tables."""

    exam: str
    person: str
    day: int
    site: str
    age: int
    sex: str
    text: str
    told: Told
    wrong: list[Wrong]
    prior: str | None
    path: str | None = None


class Maker:
    """Makes exams, chunk by chunk; a chunk does not depend on those before it."""

    def __init__(self, language: str, rates: Rates, seed: int) -> None:
        self._rates, self._seed = rates, seed
        known = sites(language)
        self._houses = [House(site, rates, str(seed)) for site in known]
        self._shares = list(accumulate(site.share for site in known))
        self._noise = Noise()

    def chunk(self, number: int, count: int) -> list[Exam]:
        """So many exams of so many persons as it takes, by date."""
        random = Random(f"{self._seed}/{number}")  # noqa: S311 - nothing secret
        made: list[Exam] = []
        persons = 0
        while len(made) < count:
            whose = f"P{self._seed:03}{number:05}{persons:05}"
            exams = min(visits(random, self._rates), count - len(made))
            self._person(random, whose, exams, number * CHUNK, made)
            persons += 1
        return sorted(made, key=lambda exam: (exam.day, exam.exam))

    def _person(self, random: Random, whose: str, count: int, first: int, made: list[Exam]) -> None:
        (house,) = random.choices(self._houses, cum_weights=self._shares)
        told = person(random, self._rates, count)
        day = DAYS[0] + int(random.random() * (DAYS[1] - DAYS[0] - (count - 1) * YEAR[1]))
        age, sex = int(random.gauss(46, 12)), random.choice("MF")
        before: Written | None = None
        for number, each in enumerate(told):
            text, passages = self.report(random, house, each)
            written = Written(each, passages)
            wrong = wrong_in(written, before)
            prior = made[-1].exam if before is not None else None
            made.append(
                Exam(
                    uid(self._seed, first + len(made)),
                    whose,
                    day,
                    house.site.name,
                    max(18, age) + number,
                    sex,
                    text,
                    each,
                    wrong,
                    prior,
                )
            )
            day += random.randint(*YEAR)
            before = written

    def report(self, random: Random, house: House, told: Told) -> tuple[str, Passages]:
        """The text of a report, and where its passages are."""
        text = worded(random, house, told, wide_common=self._rates.ducts.wide_common)
        text = self._noise.over(random, text, house.site.language)
        return unmarked(text) if MARK.search(text) else (text, {})

    def with_pictures(self, drawn: list[Pictured]) -> list[Exam]:
        """Exams that have a picture, one a person."""
        made = []
        for each in drawn:
            random = Random(f"{self._seed}/picture/{each.number}")  # noqa: S311
            (house,) = random.choices(self._houses, cum_weights=self._shares)
            text, passages = self.report(random, house, each.told)
            written = Written(each.told, passages)
            wrong = [*wrong_in(written, None), *each.wrong(written)]
            made.append(
                Exam(
                    each.study,
                    each.person,
                    each.day,
                    house.site.name,
                    random.randint(25, 70),
                    random.choice("MF"),
                    text,
                    each.told,
                    wrong,
                    None,
                    str(each.path),
                )
            )
        return made


def uid(seed: int, number: int) -> str:
    """A UID that no other exam of the archive has."""
    return f"2.25.{(seed + 1) * 10**12 + number}"
