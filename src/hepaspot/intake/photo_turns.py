"""Turns a page that lies on its side or on its head, where no camera noted it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np

from hepaspot.intake.frames import Grey
from hepaspot.intake.photo_engine import Corners, Piece, pieces_of

WELL_READ: Final = 0.85
"""Mean score above which a page is the right way up. Pages read upright reach 0.95 and more,
the same ones on their heads 0.5 to 0.75 (measured on rendered pages)."""


@dataclass(frozen=True)
class UprightPieces:
    """The pieces of a page, and the size of its upright picture: pixels."""

    pieces: tuple[Piece, ...]
    width: int
    height: int


def upright_pieces(grey: Grey) -> UprightPieces:
    """The words of ``grey`` ``(H, W) uint8`` the right way up, as most of them are read."""
    as_given = _read(grey)
    if _score(as_given.pieces) >= WELL_READ and not _on_its_side(as_given.pieces):
        return as_given
    turns = (1, 3) if _on_its_side(as_given.pieces) else (2,)
    others = [_read(np.ascontiguousarray(np.rot90(grey, turn))) for turn in turns]
    return max((as_given, *others), key=lambda found: _letters(found.pieces))


def _read(grey: Grey) -> UprightPieces:
    return UprightPieces(tuple(pieces_of(grey)), grey.shape[1], grey.shape[0])


def _score(pieces: Sequence[Piece]) -> float:
    return fmean(piece.score for piece in pieces) if pieces else 0.0


def _letters(pieces: Sequence[Piece]) -> float:
    """How many letters were read, each by how sure; what stands upright counts alone."""
    return sum(piece.score**2 * len(piece.text) for piece in pieces if not _is_tall(piece.box))


def _on_its_side(pieces: Sequence[Piece]) -> bool:
    long = [piece for piece in pieces if len(piece.text) > 2]
    return sum(_is_tall(piece.box) for piece in long) * 2 > len(long)


def _is_tall(box: Corners) -> bool:
    across = [x for x, _ in box]
    down = [y for _, y in box]
    return max(down) - min(down) > max(across) - min(across)
