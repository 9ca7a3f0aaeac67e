"""Words of a FHIR DiagnosticReport, alone or in a Bundle: the report as issued, or its parts.

Only the report and the observations that it names are decoded; patients, practitioners and
everything else in the document are passed over without being looked into.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import msgspec

from hepaspot.errors import EmptyInput, TooLarge, UnreadableInput, UnsupportedInput
from hepaspot.intake.clinical_attachments import words_of_attachments
from hepaspot.intake.clinical_marks import OWN_FHIR, own_answer
from hepaspot.intake.clinical_resources import (
    Bundle,
    DiagnosticReport,
    Observation,
    Resource,
)

_WITHDRAWN: Final = frozenset({"entered-in-error", "cancelled"})
"""Status of a report or an observation that must not be read."""

DEPTH: Final = 8
"""Observations that are members of members of a report's; real ones have one or two steps."""

VALUES: Final = 300_000
"""Values of one document, counted by the commas between them; a report with all that belongs
to it has thousands."""

_T = TypeVar("_T")


def words_of_fhir(data: bytes, where: str) -> str:
    """The words of the one DiagnosticReport in ``data``.

    Raises
    ------
    UnsupportedInput
        If there is none, or several, or it was withdrawn, or is hepaspot's own answer.
    UnreadableInput
        If it is not FHIR, or its observations are members of each other.
    EmptyInput
        If it holds no words.
    TooLarge
        If it is nested deeper or has more parts than any report.
    """
    if data.count(b",") > VALUES:
        raise TooLarge(
            f"{where}: is FHIR with more than {VALUES} values, which no report has; "
            "give one report a file"
        )
    document = _decoded(data, Resource, where)
    entries = _entries(data, document, where)
    report = _only_report(entries, where)
    if report.status in _WITHDRAWN:
        raise UnsupportedInput(f"{where}: is a report that was withdrawn; give the one that holds")
    if any((each.system or "").startswith(OWN_FHIR) for each in report.identifier):
        raise own_answer(where)
    words = "\n".join(filter(None, _parts(report, _Observations(report, entries, where))))
    if not words.strip():
        raise EmptyInput(
            f"{where}: is a FHIR DiagnosticReport without words (attached by a link, or as a "
            "picture?); give the report's text or PDF"
        )
    return words


def _entries(data: bytes, document: Resource, where: str) -> list[tuple[str, Resource, bytes]]:
    """Every resource of the document with the address it has in it."""
    if document.resourceType != "Bundle":
        return [("", document, data)]
    bundle = _decoded(data, Bundle, where)
    raw = ((entry.fullUrl, bytes(entry.resource)) for entry in bundle.entry if entry.resource)
    return [(url, _decoded(each, Resource, where), each) for url, each in raw]


def _only_report(entries: list[tuple[str, Resource, bytes]], where: str) -> DiagnosticReport:
    reports = [raw for _, each, raw in entries if each.resourceType == "DiagnosticReport"]
    if not reports:
        raise UnsupportedInput(f"{where}: is FHIR without a DiagnosticReport; give the report")
    if len(reports) > 1:
        raise UnsupportedInput(
            f"{where}: is FHIR with {len(reports)} DiagnosticReports; give one report a file"
        )
    return _decoded(reports[0], DiagnosticReport, where)


def _decoded(data: bytes, kind: type[_T], where: str) -> _T:
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=kind)
    except RecursionError:
        raise TooLarge(
            f"{where}: is nested deeper than any FHIR document; export it again"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The library's own message may quote the document.
        raise UnreadableInput(f"{where}: is damaged FHIR; export it again") from None


def _parts(report: DiagnosticReport, observations: _Observations) -> Iterator[str]:
    """The report as issued, which is the whole of it, else its observations; the conclusion."""
    issued = words_of_attachments(report.presentedForm, observations.where)
    if issued.strip():
        yield issued
    else:
        yield from observations.lines()
    if _folded(report.conclusion) not in _folded(issued):
        yield f"Impression: {report.conclusion.strip()}"


def _folded(words: str) -> str:
    return " ".join(words.split())


class _Observations:
    """The observations of a report, found in the document alone: no link is followed out."""

    def __init__(
        self, report: DiagnosticReport, entries: list[tuple[str, Resource, bytes]], where: str
    ) -> None:
        self.where = where
        self._report = report
        contained = [
            (_decoded(bytes(raw), Resource, where), bytes(raw)) for raw in report.contained
        ]
        self._contained = self._held((f"#{each.id}", each, raw) for each, raw in contained)
        self._entries = self._held(
            (address, each, raw)
            for url, each, raw in entries
            for address in (url, f"{each.resourceType}/{each.id}")
        )
        self._told: set[str] = set()

    @staticmethod
    def _held(found: Iterable[tuple[str, Resource, bytes]]) -> dict[str, bytes]:
        return {address: raw for address, each, raw in found if each.resourceType == "Observation"}

    def lines(self) -> Iterator[str]:
        """A line for each observation, in the order of the report."""
        named = [each.reference for each in self._report.result]
        for address in named or self._contained:
            yield from self._told_of(address, ())

    def _told_of(self, address: str, above: tuple[str, ...]) -> Iterator[str]:
        if address in above:
            raise UnreadableInput(
                f"{self.where}: its observations are members of each other; export it again"
            )
        if len(above) >= DEPTH:
            raise TooLarge(f"{self.where}: its observations are nested too deep; export it again")
        raw = self._contained.get(address) or self._entries.get(_local(address))
        if raw is None or address in self._told:
            return
        self._told.add(address)
        observation = _decoded(raw, Observation, self.where)
        if observation.status not in _WITHDRAWN:
            yield from observation.lines()
            for member in observation.hasMember:
                yield from self._told_of(member.reference, (*above, address))


def _local(address: str) -> str:
    """An address without the version that it may name."""
    return address.partition("/_history/")[0]
