"""The assessment as JSON, without the names of files on this machine."""

from __future__ import annotations

from collections.abc import Iterator

from hepaspot.export.case import Case, handed_on
from hepaspot.export.formats import Exported


def files(case: Case) -> Iterator[Exported]:
    """One file, to be read with `hepaspot.Assessment.from_json`."""
    yield Exported("assessment.json", handed_on(case.assessment).to_json() + b"\n")
