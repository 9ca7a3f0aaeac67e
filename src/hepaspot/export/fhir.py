"""An answered exam as a FHIR R4 transaction that a server takes whole, and takes once.

Everything is preliminary. Nothing is created that is there already: each resource is looked
for by an identifier that is the same whenever the same exam of the same patient is handed on.
The patient is pointed to and never created.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from hepaspot.explain.words import LANGUAGES
from hepaspot.export.case import Case, handed_on
from hepaspot.export.fhir_codes import Codes
from hepaspot.export.fhir_ids import OWN_IDENTIFIERS, Identity, Names, named, pointer
from hepaspot.export.fhir_observations import Named, Observations
from hepaspot.export.fhir_report import device, device_uuid, provenance, report, study
from hepaspot.export.fhir_resources import Bundle, Entry, Posted, Provenance, Reference, Request
from hepaspot.export.formats import Exported
from hepaspot.weigh.assessment import Assessment

__all__ = ["Identity", "fhir_bundle", "files"]


def fhir_bundle(
    assessment: Assessment, identity: Identity | None = None, *, language: str = "en"
) -> bytes:
    """A transaction Bundle with the answer, as UTF-8 JSON.

    Parameters
    ----------
    assessment : Assessment
        The answer of `hepaspot.assess`.
    identity : Identity, optional
        Whose exam it is. Without a study UID there is no ImagingStudy, without a patient the
        resources have no subject.
    language : str
        ``en`` or ``zh``: of what people read; the conclusion and the whole summary are there
        in both.

    Returns
    -------
    bytes
        The same for the same arguments.

    Raises
    ------
    InputError
        If the identity is none that a server can take.
    ValueError
        If the language is not one of these.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be 'en' or 'zh', got {language!r}")
    entries = _entries(handed_on(assessment), (identity or Identity()).checked(), language)
    return msgspec.json.encode(Bundle(type="transaction", entry=tuple(entries)))


def files(case: Case) -> Iterator[Exported]:
    """One file: the transaction for the patient and study of the exam's DICOM pictures."""
    identity = _identity_of(case)
    data = fhir_bundle(case.assessment, identity, language=case.language)
    yield Exported("fhir-bundle.json", data + b"\n")


def _identity_of(case: Case) -> Identity:
    recorded = case.made if case.made is not None and case.made.tzinfo else None
    if not case.pictures:
        return Identity(recorded=recorded)
    first = case.first.identity
    date = first.study.date
    return Identity(
        patient_id=first.patient.id,
        study_uid=first.study.instance_uid,
        examined=datetime.strptime(date, "%Y%m%d") if date else None,  # noqa: DTZ007  # a day
        recorded=recorded,
    )


def _entries(assessment: Assessment, identity: Identity, language: str) -> Iterator[Entry]:
    codes, names = Codes(language), Names(assessment.to_json(), identity)
    by = device_uuid(assessment)
    yield _entry(by, device(assessment, codes))
    studies: tuple[Reference, ...] = ()
    if identity.study_uid:
        of_study = named(f"study/{identity.study_uid}")
        studies = (pointer(of_study),)
        yield _entry(of_study, study(identity))
    maker = Observations(names, identity, pointer(by), next(iter(studies), None), language)
    found = tuple(maker.all(assessment))
    for each in found:
        yield _entry(names.uuid(each.role), each.observation)
    answer = report(
        assessment,
        names,
        identity,
        results=_results(found, names),
        conclusions=tuple(dict.fromkeys(map(maker.conclusion, assessment.foci))),
        studies=studies,
        language=language,
    )
    yield _entry(names.uuid("report"), answer)
    made = (names.reference("report"), *(names.reference(each.role) for each in found))
    yield _entry(
        names.uuid("provenance"),
        provenance(names, identity, targets=made, by=pointer(by), studies=studies),
    )


def _results(found: tuple[Named, ...], names: Names) -> tuple[Reference, ...]:
    """Pointers to the observations that are members of no other."""
    members = {each for one in found for each in one.observation.has_member}
    every = (names.reference(each.role) for each in found)
    return tuple(each for each in every if each not in members)


def _entry(uuid: str, resource: Posted) -> Entry:
    kind = type(resource).__name__
    return Entry(
        full_url=f"urn:uuid:{uuid}",
        resource=resource,
        request=Request(method="POST", url=kind, if_none_exist=_if_none_exist(uuid, resource)),
    )


def _if_none_exist(uuid: str, resource: Posted) -> str:
    if isinstance(resource, Provenance):
        return f"_tag={OWN_IDENTIFIERS}|{uuid}"
    name = resource.identifier[0]
    return f"identifier={name.system}|{name.value}"
