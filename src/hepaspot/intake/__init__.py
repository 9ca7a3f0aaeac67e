"""Opens what a user has, safely: sniffs, bounds and decodes; gives `ReportText`."""

from hepaspot.intake.controls import plain_words
from hepaspot.intake.encoding import Decoded, decode_bytes
from hepaspot.intake.opening import open_report, read_stdin
from hepaspot.intake.words import ReportText, TextKind

__all__ = [
    "Decoded",
    "ReportText",
    "TextKind",
    "decode_bytes",
    "open_report",
    "plain_words",
    "read_stdin",
]
