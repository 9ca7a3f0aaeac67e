"""Phantoms: simulated ultrasound exams of the liver of which everything is known.

::

    from hepaspot.phantom import random_recipes, simulate
    frames, truth = simulate(random_recipes(1, seed=7)[0])

Speckle comes from scatterers and shadows from attenuation along the beams; nothing is painted.
Nothing here knows how pictures are read. Heavy libraries load when a phantom is made.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from hepaspot.phantom.recipe import FocusPlan, Recipe, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hepaspot.phantom.making import Made
    from hepaspot.phantom.screen import Picture
    from hepaspot.phantom.truth import Truth

__all__ = [
    "FocusPlan",
    "Recipe",
    "Target",
    "make",
    "random_recipes",
    "simulate",
    "write_demo",
    "write_report",
]


def simulate(recipe: Recipe) -> tuple[Iterator[Picture], Truth]:
    """Simulate the phantom of a recipe, in memory.

    Parameters
    ----------
    recipe : Recipe

    Returns
    -------
    frames : iterator of (H, W) or (H, W, 3) uint8
        Grey, or RGB where calipers are coloured; each is simulated when it is asked for.
    truth : Truth
        Foci with shadows in dB, tubes with calibres, fan, scale; without speckle.

    Raises
    ------
    MissingExtra
        If OpenCV is not installed.
    """
    _needs_opencv()
    from hepaspot.phantom.simulation import Phantom

    phantom = Phantom(recipe)
    return phantom.frames, phantom.truth


def random_recipes(
    count: int, seed: int = 0, *, target: Target | str | None = None
) -> tuple[Recipe, ...]:
    """Draw recipes of stills that differ in gain, depth, attenuation, size, noise, anatomy.

    Parameters
    ----------
    count : int
        How many; a longer list starts with the shorter one.
    seed : int
    target : Target or str, optional
        Draw this kind only.

    Returns
    -------
    tuple of Recipe
        With one focus, with several, and without any.

    Raises
    ------
    InputError
        If ``count`` or ``seed`` is negative or ``target`` is of no known kind.
    """
    from hepaspot.phantom.variety import drawn_recipes

    return drawn_recipes(count, seed, target)


def make(
    out: str | os.PathLike[str],
    *,
    count: int = 1,
    seed: int = 0,
    frames: int = 1,
    target: Target | str | None = None,
    language: str | None = None,
) -> tuple[Made, ...]:
    """Write phantoms as DICOM ultrasound files with their truth in JSON beside them.

    Parameters
    ----------
    out : path
        Folder; made if it is not there. Files of the same names are replaced.
    count, seed, target
        As `random_recipes` takes them.
    frames : int
        1 for stills, more for clips in which the liver moves with breathing.
    language : str, optional
        ``en`` or ``zh``: writes the matching report too.

    Returns
    -------
    tuple of Made
        The paths ``dicom``, ``truth`` and ``report`` of every phantom.

    Raises
    ------
    InputError
        If a number or the target cannot be used.
    MissingExtra
        If pydicom or OpenCV is not installed.
    OutputError
        If a file cannot be written.
    """
    _needs_opencv()
    from hepaspot.phantom.making import make_phantoms

    return make_phantoms(Path(out), count, seed, frames, target, language)


def write_demo(folder: str | os.PathLike[str], *, language: str = "en") -> Made:
    """Write the demo exam: a calcification whose report calls it a duct stone.

    A still of a 9 mm calcification with a shadow and no dilated duct, its truth, and a report
    that finds the same and names it wrongly, as reports often do.

    Parameters
    ----------
    folder : path
        Made if it is not there.
    language : str
        ``en`` or ``zh``: of the report.

    Returns
    -------
    Made
        The paths ``dicom``, ``truth`` and ``report``.

    Raises
    ------
    InputError, MissingExtra, OutputError
        As `make` raises them.
    """
    _needs_opencv()
    from hepaspot.phantom.making import write_demo_exam

    return write_demo_exam(Path(folder), language)


def write_report(truth: Truth, language: str = "en", *, stated: Target | str | None = None) -> str:
    """Word the report that goes with a phantom.

    Parameters
    ----------
    truth : Truth
    language : str
        ``en`` or ``zh``.
    stated : Target or str, optional
        What the author takes the focus for; what it is, if None.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the language or the target is not known.
    """
    from hepaspot.phantom.recipe import known_target
    from hepaspot.phantom.wording import report_of

    return report_of(truth, language, None if stated is None else known_target(stated))


def _needs_opencv() -> None:
    from importlib.util import find_spec

    from hepaspot.errors import MissingExtra

    if find_spec("cv2") is None:
        raise MissingExtra(
            "phantoms: simulating needs OpenCV; install hepaspot with the extra 'picture'"
        )
