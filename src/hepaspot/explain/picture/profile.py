"""The plot of a focus's column against its flanks. Needs the extra ``plot``."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hepaspot.errors import MissingExtra
from hepaspot.explain.picture.annotated import words_of
from hepaspot.explain.picture.lettering import FONT
from hepaspot.explain.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#d9d9d9"
"""Told apart by people who see few colours (Okabe and Ito), and by their dashes in print."""


@dataclass(frozen=True)
class Curves:
    """What is plotted: levels in dB by depth, and where focus and window lie.

    ``depth``, ``column_db`` and ``flanks_db`` are ``(n,)``; ``unit`` is ``mm`` or ``px``.
    """

    depth: NDArray[np.float64]
    column_db: NDArray[np.float64]
    flanks_db: NDArray[np.float64]
    focus: tuple[float, float]
    window: tuple[float, float]
    drop_db: float
    unit: str


def plot_profile(curves: Curves, number: int, *, language: str = "en") -> bytes:
    """Plot the column of focus ``number`` against its flanks, depth downwards.

    Returns
    -------
    bytes
        A PNG.

    Raises
    ------
    MissingExtra
        If Matplotlib is not installed.
    ValueError
        If the language is not one of ``en`` and ``zh``.
    """
    words = words_of(language)
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra(
            "the profile of a focus: plotting needs Matplotlib; "
            "install hepaspot with the extra 'plot'"
        ) from None
    figure = Figure(figsize=(5.2, 5.2), dpi=130, layout="constrained")
    axes = figure.add_subplot()
    _draw(axes, curves, words)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    axes.set_title(words.say("picture.profile.title", n=str(number)), loc="left")
    axes.set_xlabel(words.say("picture.profile.level"))
    in_mm = curves.unit == "mm"
    depth = words.say("picture.profile.depth_mm" if in_mm else "picture.profile.depth_px")
    axes.set_ylabel(depth)
    page = BytesIO()
    with as_file(files("hepaspot.explain.picture") / "font" / FONT) as font:
        _letters(figure, font)
        figure.savefig(page, format="png", metadata={"Software": None})
    return page.getvalue()


def _draw(axes: Axes, curves: Curves, words: Words) -> None:
    say = words.say
    axes.axhspan(*curves.focus, color="#f0e442", alpha=0.55, label=say("picture.profile.focus"))
    axes.axhspan(*curves.window, color=GREY, alpha=0.6, label=say("picture.profile.window"))
    axes.plot(
        curves.column_db, curves.depth, color=BLUE, lw=1.8, label=say("picture.profile.column")
    )
    axes.plot(
        curves.flanks_db,
        curves.depth,
        color=ORANGE,
        lw=1.5,
        ls=(0, (4, 2)),
        label=say("picture.profile.flanks"),
    )
    drop = say("picture.value", value=f"{curves.drop_db:.1f}", unit=say("picture.unit.db"))
    axes.annotate(
        say("picture.profile.drop", db=drop),
        (0.98, sum(curves.window) / 2),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="center",
    )
    axes.set_ylim(float(curves.depth[-1]), 0)
    axes.spines[["top", "right"]].set_visible(False)


def _letters(figure: Figure, font: Path) -> None:
    """Set every word in the packaged font, which knows both languages."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        text.set_fontproperties(FontProperties(fname=str(font), size=text.get_fontsize()))
