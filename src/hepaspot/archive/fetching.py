"""Exams on servers: what there is when an archive is laid out, and each when its turn comes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

from hepaspot.archive.access import Access
from hepaspot.archive.store_files import bring, named_as
from hepaspot.archive.stores import MOST_BYTES
from hepaspot.errors import InputError
from hepaspot.intake.dicom_objects import SECONDARY_CAPTURE, ULTRASOUND
from hepaspot.intake.dicom_tree import STRUCTURED_REPORTS
from hepaspot.intake.words import TextKind
from hepaspot.remote import dicomweb, fhir
from hepaspot.remote.servers import Away, Server

Row = dict[str, Any]

DICOMWEB: Final = "dicomweb+"
FHIR: Final = "fhir+"
"""What stands before the address of a server, to tell which kind it is."""

READ: Final = ULTRASOUND | SECONDARY_CAPTURE | STRUCTURED_REPORTS
"""Classes of objects that are fetched."""

TRIES: Final = 5
FIRST_WAIT_S: Final = 1.0
"""How often a server that is away is asked, each wait twice the one before (convention)."""

_R = TypeVar("_R")


def is_on_server(path: str) -> bool:
    """Whether a document is fetched from a server."""
    return path.startswith(DICOMWEB)


def listed(where: str, access: Access) -> Iterator[Row]:
    """A row of `schema.INPUT` for each exam of a server, without its bucket.

    A row with ``reason`` instead of words or a path is of a report that cannot be read.

    Raises
    ------
    InputError
        If the server cannot be reached, or refuses.
    """
    kind, _, url = where.partition("+")
    base, _, question = url.partition("?")
    with closing(Server(base, access.login().client())) as server:
        try:
            if kind == DICOMWEB.rstrip("+"):
                yield from (_study(base, found) for found in dicomweb.studies(server, "US"))
            else:
                yield from (_report(base, found) for found in fhir.reports(server, question))
        except Away as away:
            raise InputError(f"{base}: {away}; try again when it is there") from None


def _study(base: str, found: dicomweb.FoundStudy) -> Row:
    return {
        **_whose(found.patient, found.date.replace("-", "")),
        "exam": found.uid,
        "text": None,
        "path": f"{DICOMWEB}{base}/studies/{found.uid}",
        "origin": found.uid,
        "also": found.accession or None,
    }


def _report(base: str, found: fhir.FoundReport) -> Row:
    from hepaspot.intake.clinical_words import words_of_document

    origin = f"DiagnosticReport/{found.id}"
    exam = found.study or found.accession or origin
    row = {**_whose(found.patient, found.date.replace("-", "")), "exam": exam, "origin": origin}
    try:
        text = words_of_document(found.resource, TextKind.FHIR, "it")
    except InputError as error:
        kind = type(error).__name__
        return {**row, "kind": kind, "reason": str(error).removeprefix("it: ")}
    return {**row, "text": text, "path": None}


def _whose(patient: str, day: str) -> Row:
    person = sha256(patient.encode()).hexdigest() if patient else ""
    return {"person": person, "date": _day(day), "site": None, "age_years": None, "sex": None}


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


@contextmanager
def fetched(path: str, access: Access) -> Iterator[list[Path]]:
    """The objects of a study, in a folder of their own that is removed behind.

    Raises
    ------
    InputError
        If the server stays away, or refuses, or the study has nothing to be read.
    """
    base, _, study = path.removeprefix(DICOMWEB).rpartition("/studies/")
    with (
        closing(Server(base, access.login().client())) as server,
        tempfile.TemporaryDirectory(prefix="hepaspot-") as folder,
    ):
        found = patiently(
            lambda: [each for each in dicomweb.objects(server, study) if each.sop_class in READ]
        )
        if not found:
            raise InputError("the server has no ultrasound picture and no report of this study")
        files = []
        for number, each in enumerate(found):
            file = Path(folder, f"{number:05}.dcm")
            patiently(lambda each=each, file=file: _bring(server, study, each, file))  # type: ignore[misc]
            files.append(file)
        yield files


def _bring(server: Server, study: str, found: dicomweb.FoundObject, file: Path) -> None:
    with file.open("wb") as out:
        dicomweb.bring(server, study, found, out.write, most_bytes=MOST_BYTES)


@contextmanager
def brought(address: str) -> Iterator[Path]:
    """A file of an object store, in a folder of its own that is removed behind.

    Raises
    ------
    InputError
        If the store stays away, or refuses, or has no such file.
    MissingExtra
        If the library of the store is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="hepaspot-") as folder:
        file = Path(folder, named_as(address))
        patiently(lambda: bring(address, file))
        yield file


def patiently(call: Callable[[], _R]) -> _R:
    """What ``call`` gives, which is tried again where the server is away.

    Raises
    ------
    InputError
        If it stays away.
    """
    wait = FIRST_WAIT_S
    for _ in range(TRIES - 1):
        try:
            return call()
        except Away:
            time.sleep(wait)
            wait *= 2
    try:
        return call()
    except Away as away:
        raise InputError(f"{away}, {TRIES} times; audit again when it is there") from None
