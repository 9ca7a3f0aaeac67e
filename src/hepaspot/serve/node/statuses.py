"""What a message is answered with: statuses that the node gives, and those that peers give it."""

from __future__ import annotations

from typing import Final

SUCCESS: Final = 0x0000
OUT_OF_RESOURCES: Final = 0xA700
NOT_OF_ITS_CLASS: Final = 0xA900
PROCESSING_FAILURE: Final = 0x0110
"""Status of a response (PS3.4, B.2.3; PS3.7, annex C)."""

WARNINGS: Final = frozenset({0x0001, 0x0107, 0x0116, *range(0xB000, 0xC000)})
"""Statuses with which an object was taken all the same (PS3.7, annex C; PS3.4, B.2.3)."""


def is_taken(status: int) -> bool:
    """Whether an object that is answered so was taken."""
    return status == SUCCESS or status in WARNINGS


def is_out_of_resources(status: int) -> bool:
    """Whether the peer, not the object, is at fault: A7xx."""
    return status & 0xFF00 == OUT_OF_RESOURCES
