"""Opens what a user has, safely: sniffs, bounds and decodes; gives `ReportText` or `Frames`."""

from typing import TYPE_CHECKING

from hepaspot.intake.controls import plain_words
from hepaspot.intake.encoding import Decoded, decode_bytes
from hepaspot.intake.folders import picture_files, structured_reports
from hepaspot.intake.kinds import HEAD_BYTES, is_picture
from hepaspot.intake.opening import open_report, read_stdin
from hepaspot.intake.words import ReportText, TextKind

if TYPE_CHECKING:
    from hepaspot.intake.pictures import open_picture

__all__ = [
    "HEAD_BYTES",
    "Decoded",
    "ReportText",
    "TextKind",
    "decode_bytes",
    "is_picture",
    "open_picture",
    "open_report",
    "picture_files",
    "plain_words",
    "read_stdin",
    "structured_reports",
]


def __getattr__(name: str) -> object:
    """Load what opens pictures on first use: who reads words waits for no numbers."""
    if name != "open_picture":
        raise AttributeError(f"module 'hepaspot.intake' has no attribute {name!r}")
    from hepaspot.intake.pictures import open_picture

    return open_picture
