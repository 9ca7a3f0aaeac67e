"""Hands an answered exam on in the formats that other systems read.

::

    from hepaspot.export import case_of, export
    files = export(case_of(assessment), "sr")

Everything is marked preliminary and unverified, and is the same bytes whenever the same is
exported. What makes each format, and the libraries it needs, load when it is asked for.
"""

from hepaspot.export.case import Case, DicomPicture, case_of, handed_on
from hepaspot.export.formats import FORMATS, Exported, export

__all__ = ["FORMATS", "Case", "DicomPicture", "Exported", "case_of", "export", "handed_on"]
