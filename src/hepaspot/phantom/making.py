"""Writes phantoms into a folder: the DICOM file, its truth beside it, its report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from hepaspot.errors import InputError, OutputError
from hepaspot.phantom.dicom import write_dicom
from hepaspot.phantom.recipe import Beyond, FocusPlan, Ink, Recipe, Target
from hepaspot.phantom.simulation import Phantom
from hepaspot.phantom.variety import drawn_recipes
from hepaspot.phantom.wording import report_of

MOST_PHANTOMS: Final = 10_000
"""Phantoms made at once (convention: about an hour)."""

DEMO: Final = Recipe(
    seed=2040,
    foci=(
        FocusPlan(
            Target.CALCIFICATION,
            depth_cm=6.6,
            lateral=-0.22,
            size_mm=9.0,
            contrast_db=25.0,
            attenuation_db_per_cm=11.0,
        ),
    ),
    depth_cm=14.0,
    half_angle_deg=33.0,
    duct_calibre_mm=1.8,
    haze_db=-12.0,
    calipers=Ink.YELLOW,
    body_mark=True,
    diaphragm=Beyond.DARK,
    vessels=4,
)
"""A 9 mm calcification with a shadow beside ducts that are not dilated."""

DEMO_NAMED: Final = Target.STONE_IN_DILATED_DUCT
"""What the report of the demo calls it: a duct stone, as reports of calcifications often do."""


@dataclass(frozen=True)
class Made:
    """The files of one phantom; ``report`` is None where none was asked for."""

    dicom: Path
    truth: Path
    report: Path | None


def make_phantoms(
    out: Path, count: int, seed: int, frames: int, target: Target | str | None, language: str | None
) -> tuple[Made, ...]:
    """What `hepaspot.phantom.make` does."""
    if not 1 <= count <= MOST_PHANTOMS:
        raise InputError(f"phantoms: count is {count}; give one from 1 to {MOST_PHANTOMS}")
    if frames < 1:
        raise InputError(f"phantoms: frames is {frames}; give 1 for a still, more for a clip")
    recipes = drawn_recipes(count, seed, target)
    digits = max(3, len(str(count - 1)))
    return tuple(
        write_phantom(out, f"phantom-{number:0{digits}}", _as_clip(recipe, frames), language)
        for number, recipe in enumerate(recipes)
    )


def write_phantom(
    out: Path,
    name: str,
    recipe: Recipe,
    language: str | None = None,
    stated: Target | None = None,
) -> Made:
    """Write one phantom as ``name.dcm``, ``name.json`` and, in a language, ``name.txt``."""
    phantom = Phantom(recipe)
    report = None if language is None else report_of(phantom.truth, language, stated)
    made = Made(
        out / f"{name}.dcm", out / f"{name}.json", None if report is None else out / f"{name}.txt"
    )
    _write(made.truth, phantom.truth.to_json())
    write_dicom(made.dicom, list(phantom.frames), phantom.truth, recipe.frame_rate)
    if made.report is not None and report is not None:
        _write(made.report, report.encode())
    return made


def write_demo_exam(out: Path, language: str) -> Made:
    """What `hepaspot.phantom.write_demo` does."""
    return write_phantom(out, "phantom", DEMO, language, DEMO_NAMED)


def _as_clip(recipe: Recipe, frames: int) -> Recipe:
    """The same patient with a moving liver; nobody measures while the picture runs."""
    if frames == 1:
        return recipe
    return replace(recipe, frames=frames, calipers=None, arrow=False, gas_flickers=True)


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror or 'no reason given'}); "
            "choose another folder"
        ) from None
