"""The words of refusals that more than one kind of picture shares."""

from __future__ import annotations

from hepaspot.errors import TooLarge, UnreadableInput
from hepaspot.intake import picture_bounds as bounds


def bound_size(width: int, height: int) -> None:
    """Refuse a frame that is over a bound, or too small to be one.

    Raises
    ------
    TooLarge, UnreadableInput
        Without the name of the file, which the process that decodes does not tell.
    """
    if min(width, height) < bounds.SHORTEST_SIDE_PIXELS:
        raise UnreadableInput(f"says it is {width} × {height} pixels; export it again")
    if max(width, height) > bounds.SIDE_PIXELS or width * height > bounds.FRAME_PIXELS:
        raise TooLarge(
            f"says it is {width} × {height} pixels, and at most "
            f"{bounds.FRAME_PIXELS // 1_000_000} million are read; export it smaller"
        )


def bound_frames(count: int) -> None:
    """Refuse a clip of no frames, or of more than the bound.

    Raises
    ------
    TooLarge, UnreadableInput
        Without the name of the file.
    """
    if count < 1:
        raise UnreadableInput(f"says it has {count} frames; export it again")
    if count > bounds.FRAMES:
        raise TooLarge(
            f"says it has {count} frames, and at most {bounds.FRAMES} are read; "
            "export a shorter clip"
        )


def damaged(what: str) -> UnreadableInput:
    """The refusal of a file in which ``what`` is wrong."""
    return UnreadableInput(f"is damaged ({what}); export it again")


def cut_short() -> UnreadableInput:
    """The refusal of a file that ends before its picture does."""
    return UnreadableInput("ends before its picture does; copy or export it again")
