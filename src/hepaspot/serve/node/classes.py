"""Which kinds of object, and in which encodings, a node takes and sends."""

from __future__ import annotations

from typing import Final

from hepaspot.intake import dicom_file
from hepaspot.intake.dicom_objects import SECONDARY_CAPTURE, ULTRASOUND
from hepaspot.intake.dicom_tree import STRUCTURED_REPORTS

PICTURES: Final = tuple(sorted(ULTRASOUND | SECONDARY_CAPTURE))
"""Storage classes of pictures that are read: ultrasound, and captures from a console."""

REPORTS: Final = tuple(sorted(STRUCTURED_REPORTS))
"""Storage classes of structured reports; their words are read."""

TAKEN: Final = (*PICTURES, *REPORTS)
"""What the Storage SCP takes."""

PLAIN: Final = (
    dicom_file.EXPLICIT_LITTLE,
    dicom_file.IMPLICIT_LITTLE,
    dicom_file.EXPLICIT_BIG,
)
"""Transfer syntaxes without compression. The deflated one is left out: it must be inflated whole
before its first attribute can be read."""

COMPRESSED: Final = (
    "1.2.840.10008.1.2.4.50",  # JPEG Baseline
    "1.2.840.10008.1.2.4.51",  # JPEG Extended
    "1.2.840.10008.1.2.4.57",  # JPEG Lossless
    "1.2.840.10008.1.2.4.70",  # JPEG Lossless, First-Order Prediction
    "1.2.840.10008.1.2.4.80",  # JPEG-LS Lossless
    "1.2.840.10008.1.2.4.81",  # JPEG-LS Near-lossless
    "1.2.840.10008.1.2.4.90",  # JPEG 2000 Lossless
    "1.2.840.10008.1.2.4.91",  # JPEG 2000
    "1.2.840.10008.1.2.5",  # RLE Lossless
)
"""Transfer syntaxes of compressed pictures (PS3.5, annex A)."""

SENT: Final = {
    "sr": "1.2.840.10008.5.1.4.1.1.88.33",
    "sc": "1.2.840.10008.5.1.4.1.1.7",
    "pdf": "1.2.840.10008.5.1.4.1.1.104.1",
    "seg": "1.2.840.10008.5.1.4.1.1.66.4",
}
"""The class of each object that is sent, by the name of its format."""
