"""Reads the words in the photo of a report, on this machine and with nothing sent anywhere."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hepaspot.errors import EmptyInput
from hepaspot.intake.opening import shown_name
from hepaspot.intake.photo_engine import Corners, check_extra
from hepaspot.intake.photo_rows import rows_of
from hepaspot.intake.photo_text import text_of
from hepaspot.intake.photo_turns import upright_pieces
from hepaspot.intake.pictures import open_page


@dataclass(frozen=True)
class PhotoLine:
    """Words that stand together in one line of a page.

    Attributes
    ----------
    text : str
    score : float
        How sure the engine is of them, 0 to 1.
    box : four (x, y)
        Upper left, upper right, lower right and lower left corner: pixels of the upright
        picture.
    """

    text: str
    score: float
    box: Corners


@dataclass(frozen=True)
class PhotoWords:
    """The words of a page.

    Attributes
    ----------
    text : str
        All of them, as `hepaspot.report.read_report` takes them.
    lines : tuple of PhotoLine
        The pieces they were read from, in reading order.
    width, height : int
        Size of the upright picture: pixels.
    """

    text: str
    lines: tuple[PhotoLine, ...]
    width: int
    height: int


def words_of_photo(path: str | os.PathLike[str], *, name: str | None = None) -> PhotoWords:
    """The words in the photo or the scan of a report, English or Chinese.

    They are read as they stand: some will be wrong, and who uses them should look them over
    beside the paper.

    Parameters
    ----------
    path : str or os.PathLike
        PNG, JPEG, TIFF, WebP or BMP. A camera's note on how it was held is followed.
    name : str, optional
        What the user calls the file, where that is not its path.

    Raises
    ------
    InputError
        One of its kinds (see `hepaspot.errors`), in one line, without a word of the report.
    MissingExtra
        If the extra ``ocr`` is not installed.
    """
    where = shown_name(os.fspath(path) if name is None else name)
    page = open_page(path, name=name)
    check_extra(where)
    found = upright_pieces(next(iter(page)).grey)
    rows = rows_of(found.pieces)
    if not rows:
        raise EmptyInput(
            f"{where}: no words can be made out; take the photo again, nearer, sharp and in "
            "good light, or type the words"
        )
    pieces = [placed.piece for row in rows for placed in row]
    lines = tuple(PhotoLine(piece.text, piece.score, piece.box) for piece in pieces)
    return PhotoWords(text_of(rows) + "\n", lines, found.width, found.height)
