"""Exams with a picture: a phantom, its DICOM file, and what its report says or gets wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Final

from hepaspot.archive.synthetic.facts import Ducts, Kind, Place, Spot, Told
from hepaspot.archive.synthetic.passages import Role
from hepaspot.archive.synthetic.rates import Rates
from hepaspot.archive.synthetic.stories import draw
from hepaspot.archive.synthetic.truth import Written, Wrong
from hepaspot.phantom.recipe import Recipe, Target
from hepaspot.phantom.truth import ShadowKind, Truth, TubeKind

FIRST_DAY: Final = date(2025, 1, 6).toordinal()

KINDS: Final = {
    Target.CALCIFICATION: Kind.CALCIFICATION,
    Target.STONE_IN_DILATED_DUCT: Kind.STONE,
    Target.GAS: Kind.GAS,
    Target.HAEMANGIOMA: Kind.HAEMANGIOMA,
}

SURE_SHADOW_DB: Final = 6.0
"""A shadow of so many dB cannot be overlooked; one of none cannot be told of (convention)."""

WRONG_SIZE: Final = 2.6
"""A size so many times as large, or as small, as the true one is a wrong one (convention)."""


@dataclass(frozen=True)
class Pictured:
    """An exam with a picture: what its report tells, and what is wrong between the two."""

    number: int
    study: str
    person: str
    day: int
    path: Path
    told: Told
    planted: str | None

    def wrong(self, written: Written) -> list[Wrong]:
        """What the picture shows otherwise, with the passages that tell it."""
        roles = {
            "wide_duct_in_picture": (Role.DUCTS,),
            "picture_disagrees": (Role.SHADOW,),
            "size_mismatch": (Role.SIZE,),
        }
        if self.planted is None:
            return []
        return [Wrong(self.planted, written.at(*roles[self.planted]))]


def pictured_exams(out: Path, count: int, seed: int, rates: Rates) -> Iterator[Pictured]:
    """Simulate phantoms, write their DICOM files, and tell what their reports say.

    Raises
    ------
    MissingExtra
        If OpenCV or pydicom is not installed.
    """
    from hepaspot.phantom import random_recipes

    out.mkdir(parents=True, exist_ok=True)
    recipes = random_recipes(count, seed)
    jobs = [(out, number, seed, recipe, rates) for number, recipe in enumerate(recipes)]
    workers = min(os.cpu_count() or 1, count)
    if count < 8:
        yield from map(_pictured, jobs)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_pictured, jobs, chunksize=4)


def _pictured(job: tuple[Path, int, int, Recipe, Rates]) -> Pictured:
    from hepaspot.phantom.dicom import dataset_of
    from hepaspot.phantom.simulation import Phantom

    out, number, seed, recipe, rates = job
    random = Random(f"{seed}/phantom/{number}")  # noqa: S311 - nothing secret
    phantom = Phantom(recipe)
    told, planted = _story(random, phantom.truth, rates)
    study = f"2.25.{(seed + 1) * 10**12 + 10**9 + number}"
    person, day = f"PP{seed:03}{number:06}", FIRST_DAY + random.randrange(340)
    data = dataset_of(list(phantom.frames), phantom.truth, recipe.frame_rate)
    data.PatientID, data.StudyInstanceUID = person, study
    data.StudyDate = date.fromordinal(day).strftime("%Y%m%d")
    path = (out / f"{number:06}.dcm").absolute()
    data.save_as(path, enforce_file_format=True)
    return Pictured(number, study, person, day, path, told, planted)


def _story(random: Random, truth: Truth, rates: Rates) -> tuple[Told, str | None]:
    """What the report tells of a phantom, and what of it is planted."""
    if not truth.foci:
        return Told(ducts=Ducts.NARROW), None
    told = _as_it_is(random, truth)
    planted = draw(random, rates.pictured)
    if planted is None or len(truth.foci) > 1:
        return told, None
    wrong = PLANTS[planted](random, told, truth)
    return (told, None) if wrong is None else (wrong, planted)


def _as_it_is(random: Random, truth: Truth) -> Told:
    kind = KINDS[truth.target]
    largest = max(truth.foci, key=lambda focus: focus.lateral_mm)
    shadow = None if kind in (Kind.GAS, Kind.HAEMANGIOMA) else largest.shadow.kind.value
    spot = Spot(
        kind,
        Place(truth.lobe),
        len(truth.foci) > 1,
        (max(1, round(largest.lateral_mm)),),
        shadow if random.random() < 0.8 else None,
    )
    wide = any(tube.dilated and tube.kind is TubeKind.DUCT for tube in truth.tubes)
    return Told(spot, impression_kind=kind, ducts=Ducts.WIDE if wide else Ducts.NARROW)


def _wide_duct(random: Random, told: Told, truth: Truth) -> Told | None:
    if told.ducts is not Ducts.WIDE:
        return None
    called = random.choice((Kind.CALCIFICATION, Kind.STONE))
    return replace(told, ducts=Ducts.NARROW, impression_kind=called)


def _other_shadow(random: Random, told: Told, truth: Truth) -> Told | None:
    shadow = truth.foci[0].shadow
    if told.told_spot.kind not in (Kind.CALCIFICATION, Kind.STONE):
        return None
    if shadow.kind is ShadowKind.PRESENT and (shadow.visible_drop_db or 0.0) >= SURE_SHADOW_DB:
        return replace(told, spot=replace(told.told_spot, shadow="absent"))
    if shadow.kind is ShadowKind.ABSENT and shadow.visible_drop_db is not None:
        return replace(told, spot=replace(told.told_spot, shadow="present"))
    return None


def _other_size(random: Random, told: Told, truth: Truth) -> Told | None:
    size = truth.foci[0].lateral_mm
    smaller = size > 7 and random.random() < 0.5
    told_mm = round(size / WRONG_SIZE) if smaller else round(size * WRONG_SIZE)
    return replace(told, spot=replace(told.told_spot, axes_mm=(told_mm,)))


PLANTS: Final[Mapping[str, Callable[[Random, Told, Truth], Told | None]]] = {
    "wide_duct_in_picture": _wide_duct,
    "picture_disagrees": _other_shadow,
    "size_mismatch": _other_size,
}
"""What can be wrong between a report and its picture, and how it comes about."""
