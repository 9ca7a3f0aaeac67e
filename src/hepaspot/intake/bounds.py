"""How much of a file is read at most, so that no file can exhaust the machine.

A liver report is 1 to 10 kB of words on one to three pages; every bound leaves room for
a hundredfold of that.
"""

from __future__ import annotations

from typing import Final

TEXT_BYTES: Final = 1 << 20
"""Plain text, and the words taken out of a PDF or a Word file: bytes (1 MiB)."""

FILE_BYTES: Final = 20 << 20
"""A PDF or Word file on disk, letterheads and pictures included: bytes (20 MiB)."""

PDF_PAGES: Final = 50
"""Pages of a PDF."""

PDF_SECONDS: Final = 20
"""Time for reading one PDF: seconds, of the clock and of the processor alike."""

PDF_MEMORY_BYTES: Final = 1 << 30
"""Address space of the process that reads a PDF: bytes (1 GiB)."""

ZIP_MEMBERS: Final = 2_000
"""Members of the archive that a Word file is."""

ZIP_MEMBER_BYTES: Final = 16 << 20
"""One inflated part of a Word file: bytes (16 MiB)."""

ZIP_RATIO: Final = 200
"""Inflated to deflated size of one part; the XML of real documents stays below 40."""

ZIP_RATIO_FLOOR_BYTES: Final = 1 << 20
"""A part smaller than this when inflated is not judged by its ratio: bytes (1 MiB)."""
