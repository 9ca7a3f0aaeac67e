"""What colour in the view means: a few marks, a colour box to be masked, or no B-mode at all."""

from __future__ import annotations

from typing import Final

from hepaspot.errors import UnsupportedInput
from hepaspot.intake.frames import Box, Mask

BOX_SHARE: Final = 0.03
"""Share of the view that is coloured above which it is a box of Doppler or elastography.
Convention: calipers and labels of a still cover below 1 %."""

TOO_MUCH_SHARE: Final = 0.5
"""Share of the view that is coloured above which too little B-mode is left. Convention."""


def notes_of_colour(coloured: Mask | None, view: Box) -> tuple[str, ...]:
    """The note of a colour box in the view of a frame, if there is one.

    Raises
    ------
    UnsupportedInput
        Without the name of the file, if more than half of the view is coloured.
    """
    if coloured is None:
        return ()
    share = float(coloured[view.top : view.bottom, view.left : view.right].mean())
    if share > TOO_MUCH_SHARE:
        raise UnsupportedInput(
            f"shows colour (Doppler, elastography) in {share:.0%} of the picture; "
            "give a grey B-mode picture of the liver"
        )
    return ("colour_box",) if share > BOX_SHARE else ()
