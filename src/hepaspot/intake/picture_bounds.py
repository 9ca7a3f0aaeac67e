"""How much of a picture is read at most, so that no file can exhaust the machine.

Ultrasound machines write 640×480 to 1920×1080 pixels, 1 to a few hundred frames; a 4K
screen copy is the largest still that is met. Every bound leaves room beyond that.
"""

from __future__ import annotations

from typing import Final

SIDE_PIXELS: Final = 8192
"""Longer side of a frame: pixels."""

SHORTEST_SIDE_PIXELS: Final = 3
"""Shorter side of a frame: pixels; convention, nothing can be seen in less."""

FRAME_PIXELS: Final = 12_000_000
"""One frame: pixels. A 4K screen has 8.3 million."""

PAGE_PIXELS: Final = 70_000_000
"""A photo of a page, as JPEG: pixels. Phones take 12 to 64 million; what is over
`FRAME_PIXELS` is decoded at a half, a quarter or an eighth of its size."""

PAGE_SIDE_PIXELS: Final = 12_288
"""Longer side of such a photo: pixels."""

FRAMES: Final = 20_000
"""Frames of a clip; ten minutes at 30 a second."""

FILE_BYTES: Final = 4 << 30
"""A picture file on disk: bytes (4 GiB). A cine is read frame by frame, never whole."""

STILL_BYTES: Final = 64 << 20
"""A still picture's file, and one compressed frame: bytes (64 MiB)."""

INFLATED_BYTES: Final = 96 << 20
"""A DICOM data set of deflated transfer syntax, once inflated: bytes (96 MiB)."""

HEADER_BYTES: Final = 16 << 20
"""What stands before the pixels of a DICOM file: bytes (16 MiB)."""

HEADER_READS: Final = 40_000
"""Reads that the header of a DICOM file takes: one to three for each element and item, of
which real ones have hundreds. What is left of a second goes on reading these."""

DECODER_BYTES: Final = 1 << 30
"""Address space of the process that decodes: bytes (1 GiB), libraries included."""

OPENING_SECONDS: Final = 10
"""Longest wait for the header and the first frame: seconds, on the slowest machine met."""

FRAME_SECONDS: Final = 10
"""Longest wait for one further frame: seconds."""

OPENING_PROCESSOR_SECONDS: Final = 10
"""Processor time up to the first frame: seconds."""

FRAME_PROCESSOR_SECONDS: Final = 0.5
"""Processor time that each frame of a clip adds to what is allowed: seconds."""

FOLDER_FILES: Final = 20_000
"""Files that are looked at in one folder and the folders in it."""
