"""The pictures of an exam with what was found drawn in, as PNG."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

from hepaspot.errors import OutputError
from hepaspot.exam import Source
from hepaspot.explain.shown import picture_sources
from hepaspot.intake import open_picture
from hepaspot.weigh.assessment import Assessment


def annotated(assessment: Assessment, language: str) -> dict[str, bytes]:
    """PNG of each picture of the exam, by the id of its source; of a clip its best frame.

    Raises
    ------
    InputError
        If a picture cannot be read any more.
    """
    return {source.id: _png(assessment, source, language) for source in picture_sources(assessment)}


def write_pictures(assessment: Assessment, pictures: dict[str, bytes], folder: Path) -> None:
    """Write each picture into ``folder``, named after the file it was read from.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    taken: set[str] = set()
    for source in picture_sources(assessment):
        stem = Path(source.name or source.id).stem
        name, again = stem, 2
        while name in taken:
            name, again = f"{stem}-{again}", again + 1
        taken.add(name)
        _write(folder / f"{name}.png", pictures[source.id])


def _png(assessment: Assessment, source: Source, language: str) -> bytes:
    import cv2

    from hepaspot.explain.picture import annotate

    frame = 0 if source.picture is None else source.picture.frame
    grey = next(islice(iter(open_picture(source.name or "")), frame, None)).grey
    drawn = annotate(assessment, source.id, grey, language=language)
    _, encoded = cv2.imencode(".png", np.ascontiguousarray(drawn[..., ::-1]))
    return encoded.tobytes()


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise OutputError(
            f"{path}: cannot be written ({reason}); choose another --pictures"
        ) from None
