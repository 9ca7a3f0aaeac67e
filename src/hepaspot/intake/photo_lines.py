"""What a photo of a page says, and from where in the picture each line was read."""

from __future__ import annotations

from dataclasses import dataclass

Corner = tuple[float, float]
"""A point as (x, y): pixels of the upright picture."""

Corners = tuple[Corner, Corner, Corner, Corner]
"""Upper left, upper right, lower right, lower left, as seen along the words."""


@dataclass(frozen=True)
class PhotoLine:
    """One line of a page.

    Attributes
    ----------
    text : str
    score : float
        How sure the engine is of its least sure part: 0 to 1.
    box : Corners
        Where it stands.
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
        All of it in reading order, lines that the paper's edge broke put together again.
    lines : tuple of PhotoLine
        The lines as they stand on the page, from top to bottom.
    width, height : int
        Size of the picture, turned so that its words stand upright: pixels.
    """

    text: str
    lines: tuple[PhotoLine, ...]
    width: int
    height: int
