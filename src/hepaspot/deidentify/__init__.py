"""Takes the patient out of ultrasound pictures in DICOM, so that a case can be shared.

::

    from hepaspot.deidentify import Key, Wish, deidentify
    done = deidentify("exam.dcm", "shared/", Key.made(), Wish())

Attributes by the Basic Application Level Confidentiality Profile of DICOM PS3.15 with cleaned
pixel data and modified dates. What is written is searched for what was taken out.
"""

from typing import TYPE_CHECKING

from hepaspot.deidentify.secret import Key
from hepaspot.deidentify.wish import Wish

if TYPE_CHECKING:
    from hepaspot.deidentify.one_file import Done, deidentify

__all__ = ["Done", "Key", "Wish", "deidentify"]


def __getattr__(name: str) -> object:
    """Load what reads DICOM on first use: it needs the extra ``picture``."""
    if name not in {"Done", "deidentify"}:
        raise AttributeError(f"module 'hepaspot.deidentify' has no attribute {name!r}")
    from hepaspot.deidentify import one_file

    return getattr(one_file, name)
