"""What tells an answer of hepaspot's own from a report of somebody else.

An answer that came back as a report would be weighed as if a second person had seen the same.
"""

from __future__ import annotations

from typing import Final

from hepaspot.errors import UnsupportedInput

OWN_FHIR: Final = "https://hepaspot.invalid/fhir"
"""What every system of identifiers and codes of our own FHIR resources begins with."""

OWN_MANUFACTURER: Final = "hepaspot"
"""(0008,0070) *Manufacturer* of the DICOM objects that hepaspot writes."""


def own_answer(where: str, otherwise: str = "") -> UnsupportedInput:
    """The refusal of an answer that is given as a report; ``otherwise`` is what else can be done."""
    what = "give the report that it was made from"
    return UnsupportedInput(
        f"{where}: is an answer of hepaspot itself, not a report; "
        + ", ".join(filter(None, (what, otherwise)))
    )
