"""What tells an answer of hepaspot's own from a report of somebody else.

An answer that came back as a report would be weighed as if a second person had seen the same.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from hepaspot.errors import UnsupportedInput
from hepaspot.intake.kinds import HEAD_BYTES

OWN_FHIR: Final = "https://hepaspot.invalid/fhir"
"""What every system of identifiers and codes of our own FHIR resources begins with."""

OWN_MANUFACTURER: Final = "hepaspot"
"""(0008,0070) *Manufacturer* of the DICOM objects that hepaspot writes."""


_MADE: Final = re.compile(
    rb"\x08\0\x60\0(?:CS..|.{4})(?P<modality>[A-Z]{2,4}) ?.{0,64}?"
    rb"\x08\0\x70\0(?:LO..|.{4})" + OWN_MANUFACTURER.encode() + rb"\x08\0",
    re.DOTALL,
)
"""(0008,0060) *Modality*, and close behind it (0008,0070) of hepaspot."""


def is_own_object(data: bytes) -> bool:
    """Whether a file that begins with ``data`` is a DICOM object that hepaspot exported.

    A phantom is none: it is of hepaspot too, but ultrasound (US).
    """
    made = _MADE.search(data)
    return made is not None and made["modality"] != b"US"


def is_own_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a DICOM object that hepaspot exported; False where it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return is_own_object(file.read(HEAD_BYTES))
    except OSError:
        return False


def own_picture(where: str) -> UnsupportedInput:
    """The refusal of an answer that is given as a picture."""
    return UnsupportedInput(
        f"{where}: is an answer of hepaspot itself, not a picture of the scanner; give the picture "
        "that it was made from"
    )


def own_answer(where: str, otherwise: str = "") -> UnsupportedInput:
    """The refusal of an answer that is given as a report; ``otherwise`` is what else can be done."""
    what = "give the report that it was made from"
    return UnsupportedInput(
        f"{where}: is an answer of hepaspot itself, not a report; "
        + ", ".join(filter(None, (what, otherwise)))
    )
