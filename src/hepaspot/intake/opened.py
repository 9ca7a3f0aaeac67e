"""What opening a picture gives inside the process that decodes: its head and its frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hepaspot.intake.messages import PictureHead
from hepaspot.intake.shades import Planes


@dataclass(frozen=True)
class Opened:
    """A picture whose frames are decoded as ``frames`` is walked, once."""

    head: PictureHead
    frames: Iterator[Planes]
