"""A FHIR server: its diagnostic reports, page by page (R4, search)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin

import msgspec

from hepaspot.intake.dicom_head import is_uid
from hepaspot.remote.servers import Away, Server

PAGE: Final = 200
"""Reports that are asked for at once; a server may give fewer (convention)."""

PAGE_BYTES: Final = 256 << 20
"""Longest page that is taken (convention)."""

JSON: Final = "application/fhir+json"

DICOM_UID: Final = "urn:dicom:uid"
"""System of identifiers that are UIDs; they stand behind `OID` (R4, ImagingStudy)."""

OID: Final = "urn:oid:"

ACCESSION: Final = "ACSN"
"""Type of an identifier that is an accession number (HL7 table 0203)."""


class FoundReport(NamedTuple):
    """One report; ``resource`` is its JSON. ``patient`` is a reference, not to be shown.

    ``study`` and ``accession`` are the UID and the number of its imaging study, if it tells them.
    """

    id: str
    date: str
    patient: str
    study: str
    accession: str
    resource: bytes

    def __repr__(self) -> str:
        return "FoundReport(...)"


class _Entry(msgspec.Struct, frozen=True):
    resource: msgspec.Raw = msgspec.Raw(b"{}")


class _Link(msgspec.Struct, frozen=True):
    relation: str = ""
    url: str = ""


class _Page(msgspec.Struct, frozen=True):
    resourceType: str = ""  # noqa: N815 - as the standard spells it
    entry: tuple[_Entry, ...] = ()
    link: tuple[_Link, ...] = ()


class _Coding(msgspec.Struct, frozen=True):
    code: str = ""


class _Concept(msgspec.Struct, frozen=True):
    coding: tuple[_Coding, ...] = ()


class _Identifier(msgspec.Struct, frozen=True):
    system: str = ""
    value: str = ""
    type: _Concept = _Concept()


class _Reference(msgspec.Struct, frozen=True):
    reference: str = ""
    identifier: _Identifier = _Identifier()


class _Period(msgspec.Struct, frozen=True):
    start: str = ""


class _Head(msgspec.Struct, frozen=True):
    resourceType: str = ""  # noqa: N815 - as the standard spells it
    id: str = ""
    identifier: tuple[_Identifier, ...] = ()
    subject: _Reference = _Reference()
    effectiveDateTime: str = ""  # noqa: N815 - as the standard spells it
    effectivePeriod: _Period = _Period()  # noqa: N815 - as the standard spells it
    issued: str = ""
    imagingStudy: tuple[_Reference, ...] = ()  # noqa: N815 - as the standard spells it
    study: tuple[_Reference, ...] = ()


def reports(server: Server, question: str = "") -> Iterator[FoundReport]:
    """Every report that a question finds.

    Parameters
    ----------
    server : Server
        Its ``url`` is the base of the server.
    question : str
        Parameters of the search, as they stand behind ``DiagnosticReport?``.

    Raises
    ------
    Away, Refused
        As `Server.asked`; a `Refused` also where a page leads to another server.
    """
    following: str | None = f"{server.url}/DiagnosticReport?{question or f'_count={PAGE}'}"
    seen: set[str] = set()
    while following is not None and following not in seen:
        seen.add(following)
        page = _page(server.whole(following, JSON, most_bytes=PAGE_BYTES))
        for entry in page.entry:
            report = _report(bytes(entry.resource))
            if report is not None:
                yield report
        links: Any = (link.url for link in page.link if link.relation == "next" and link.url)
        following = next((urljoin(f"{server.url}/", url) for url in links), None)


def _page(body: bytes) -> _Page:
    try:
        page = msgspec.json.decode(body, type=_Page)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise Away("the server's page of reports cannot be read") from None
    if page.resourceType != "Bundle":
        raise Away("the server does not answer with a Bundle")
    return page


def _report(resource: bytes) -> FoundReport | None:
    try:
        head = msgspec.json.decode(resource, type=_Head)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    if head.resourceType != "DiagnosticReport" or not head.id:
        return None
    day = head.effectiveDateTime or head.effectivePeriod.start or head.issued
    study, accession = _study(head), _accession(head)
    return FoundReport(head.id, day[:10], head.subject.reference, study, accession, resource)


def _study(head: _Head) -> str:
    """The UID of the one study that a report is on (R5 calls it otherwise)."""
    named = {each.identifier for each in (*head.imagingStudy, *head.study)}
    uids = {each.value.removeprefix(OID) for each in named if each.system == DICOM_UID}
    return uids.pop() if len(uids) == 1 and all(map(is_uid, uids)) else ""


def _accession(head: _Head) -> str:
    numbers = {
        each.value
        for each in head.identifier
        if any(coding.code == ACCESSION for coding in each.type.coding)
    }
    return numbers.pop() if len(numbers) == 1 else ""
