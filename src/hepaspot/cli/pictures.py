"""The pictures of an exam with what was found drawn in, as PNG."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import typer

from hepaspot.errors import OutputError
from hepaspot.exam import Source
from hepaspot.explain.shown import picture_sources
from hepaspot.intake import open_picture
from hepaspot.weigh.assessment import Assessment

SAME_PLACE_PX: Final = 6.0
"""Two middles nearer than this are of one focus: pixels of the frame (convention)."""


def annotated(assessment: Assessment, language: str) -> dict[str, bytes]:
    """PNG of each picture that is here, by the id of its source; of a clip its contact sheet.

    Raises
    ------
    InputError
        If a picture cannot be read any more.
    """
    from hepaspot.export.marked_pictures import as_png, drawn

    return {
        source.id: as_png(drawn(assessment, source.id, source.name or "", language))
        for source in _here(assessment)
    }


def tell_of_missing(assessment: Assessment) -> None:
    """Say that there is nothing to draw in, where a report of hepaspot stands for all pictures."""
    if picture_sources(assessment) and not _here(assessment):
        typer.echo(
            "hepaspot: a report of hepaspot tells of pictures and does not hold them, so none is "
            "drawn; give their files too",
            err=True,
        )


def _here(assessment: Assessment) -> list[Source]:
    """The pictures that were read from a file; of others their report alone is known."""
    return [source for source in picture_sources(assessment) if source.name is not None]


def write_pictures(
    assessment: Assessment,
    pictures: dict[str, bytes],
    folder: Path,
    language: str,
    depth_cm: float | None,
) -> None:
    """Write each picture into ``folder``, named after its file, and the profile of each focus.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    taken: set[str] = set()
    for source in _here(assessment):
        stem = Path(source.name or source.id).stem
        name, again = stem, 2
        while name in taken:
            name, again = f"{stem}-{again}", again + 1
        taken.add(name)
        _write(folder / f"{name}.png", pictures[source.id])
        for number, plot in profile_plots(assessment, source, language, depth_cm).items():
            _write(folder / f"{name}-focus-{number}.png", plot)


def profile_plots(
    assessment: Assessment, source: Source, language: str, depth_cm: float | None
) -> dict[int, bytes]:
    """PNG of the column of each focus against its flanks, by the number of the focus.

    None where Matplotlib is not installed.
    """
    if find_spec("matplotlib") is None or source.picture is None:
        return {}
    from hepaspot.explain.picture import Curves, plot_profile
    from hepaspot.explain.picture.findings import findings
    from hepaspot.sonogram.profile import profiles

    frames = open_picture(source.name or "", depth_cm=depth_cm)
    frame = next(islice(iter(frames), source.picture.frame, None))
    plots = {}
    for told in profiles(frame, frames):
        for seen in findings(assessment, source.id).foci:
            if np.hypot(*(seen.outline.mean(axis=0) - told.centre)) < SAME_PLACE_PX:
                curves = Curves(
                    told.depth,
                    told.column_db,
                    told.flanks_db,
                    told.focus,
                    told.window,
                    told.drop_db,
                    told.unit,
                )
                plots[seen.number] = plot_profile(curves, seen.number, language=language)
    return plots


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise OutputError(
            f"{path}: cannot be written ({reason}); choose another --pictures"
        ) from None
