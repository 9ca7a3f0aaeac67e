"""From the name of a format to the files it makes: the one table of what can be exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final, NamedTuple

from hepaspot.errors import UnsupportedInput
from hepaspot.export.case import Case


class Exported(NamedTuple):
    """One file of an export: its name, which says nothing of the patient, and its bytes."""

    name: str
    data: bytes


Writer = Callable[[Case], Iterator[Exported]]
"""Makes the files of one format."""

FORMATS: Final = {
    "sr": "hepaspot.export.sr:files",
    "sc": "hepaspot.export.secondary_capture:files",
    "pdf": "hepaspot.export.encapsulated_pdf:files",
    "seg": "hepaspot.export.segmentation:files",
    "fhir": "hepaspot.export.fhir:files",
    "json": "hepaspot.export.plain_json:files",
}
"""Where the writer of each format is; a further format is a further line."""


def export(case: Case, format: str) -> tuple[Exported, ...]:
    """The files of ``case`` in one format; none where it has nothing that the format holds.

    Raises
    ------
    InputError
        If the format is not known, or the exam lacks what it needs.
    MissingExtra
        If a library that it needs is not installed.
    """
    if format not in FORMATS:
        raise UnsupportedInput(
            f"the format {format!r} is not one of {', '.join(FORMATS)}; name one of these"
        )
    module, _, name = FORMATS[format].partition(":")
    write: Writer = getattr(import_module(module), name)
    return tuple(write(case))
