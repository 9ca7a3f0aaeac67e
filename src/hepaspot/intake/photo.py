"""Reads the words of a photographed or scanned page, on this machine and nowhere else."""

from __future__ import annotations

import os
from typing import Final

import numpy as np

from hepaspot.errors import EmptyInput, UnsupportedInput
from hepaspot.intake.frames import Frames, Grey, PictureKind
from hepaspot.intake.opening import shown_name
from hepaspot.intake.photo_engine import Engine, Quads, cut, engine
from hepaspot.intake.photo_lines import PhotoLine, PhotoWords
from hepaspot.intake.photo_page import looks_like_page
from hepaspot.intake.photo_paragraphs import text_of
from hepaspot.intake.photo_rows import Piece, rows_of
from hepaspot.intake.photo_slips import righted
from hepaspot.intake.photo_turn import quarter_turns
from hepaspot.intake.pictures import open_picture

__all__ = ["PhotoLine", "PhotoWords", "looks_like_page", "words_of_photo"]

LEAST_SCORE: Final = 0.5
"""Words read less surely are of the desk, not of the page (the engine's own bound)."""


def words_of_photo(path: str | os.PathLike[str], *, name: str | None = None) -> PhotoWords:
    """The words of a page in a photo: JPEG, PNG, TIFF, WebP or BMP.

    The page may lie on its side or upside down, be tilted by some degrees and lit
    unevenly. Nothing leaves this machine, and nothing is written.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    name : str, optional
        What the user calls the file, where that is not its path.

    Returns
    -------
    PhotoWords
        The text for a person to correct, and its lines with their places.

    Raises
    ------
    InputError
        If the file cannot be opened, is no still picture, or shows no words.
    MissingExtra
        If the extra ``ocr`` is not installed.
    """
    frames = open_picture(path, name=name)
    where = shown_name(frames.name or "")
    _refuse_moving(frames, where)
    reader = engine(where)
    grey, boxes = _upright(next(iter(frames)).grey, reader)
    rows = rows_of(_pieces(grey, boxes, reader))
    if not rows:
        raise EmptyInput(
            f"{where}: shows no words that can be read; take the photo from nearer, straight "
            "from above and in good light, or type the words"
        )
    height, width = grey.shape
    return PhotoWords(text_of(rows), tuple(row.line for row in rows), width, height)


def _refuse_moving(frames: Frames, where: str) -> None:
    if frames.kind is not PictureKind.STILL:
        raise UnsupportedInput(
            f"{where}: is a {'clip' if frames.kind is PictureKind.CLIP else 'DICOM file'}, and "
            "words are read of photos; give a photo or a scan of the page (JPEG, PNG, TIFF, "
            "WebP, BMP)"
        )


def _upright(grey: Grey, reader: Engine) -> tuple[Grey, Quads]:
    """The picture with its words upright, and where they stand in it."""
    boxes = reader.boxes(grey)
    turns = quarter_turns(grey, boxes, reader) if len(boxes) else 0
    if not turns:
        return grey, boxes
    turned = np.ascontiguousarray(np.rot90(grey, turns))
    return turned, reader.boxes(turned)


def _pieces(grey: Grey, boxes: Quads, reader: Engine) -> list[Piece]:
    read = [(box, *reader.words(cut(grey, box))) for box in boxes]
    return [
        Piece(righted(text), score, box.astype(float))
        for box, text, score in read
        if text and score >= LEAST_SCORE
    ]
