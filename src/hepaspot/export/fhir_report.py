"""The FHIR report itself, the study and the program behind it, and how it came to be."""

from __future__ import annotations

import base64
from html import escape
from typing import Final

from hepaspot._version import __version__
from hepaspot.explain import compose, explain
from hepaspot.explain.clean import clean
from hepaspot.explain.words import LANGUAGES, Words
from hepaspot.export.fhir_codes import Codes, of_hl7
from hepaspot.export.fhir_ids import ABSENT, Identity, Names, named, own_identifier
from hepaspot.export.fhir_observations import PRELIMINARY
from hepaspot.export.fhir_resources import (
    Agent,
    Annotation,
    Attachment,
    CodeableConcept,
    Coding,
    Device,
    DeviceName,
    DeviceVersion,
    DiagnosticReport,
    Extended,
    Extension,
    ImagingStudy,
    Meta,
    Narrative,
    Provenance,
    ProvenanceEntity,
    Reference,
)
from hepaspot.export.summary import conclusions
from hepaspot.weigh.assessment import Assessment

_TRANSLATION: Final = "http://hl7.org/fhir/StructureDefinition/translation"

_ASSEMBLER: Final = of_hl7("provenance-participant-type", "assembler", "program")
"""A device that makes something new of what was there, by itself."""


def device_uuid(assessment: Assessment) -> str:
    """The name of this version of hepaspot with these tables of knowledge."""
    return named(f"device/{__version__}/{assessment.knowledge_version}")


def device(assessment: Assessment, codes: Codes) -> Device:
    """The program that made the answer."""
    versions = {"software": __version__, "knowledge": assessment.knowledge_version}
    return Device(
        identifier=(own_identifier(device_uuid(assessment)),),
        device_name=(DeviceName(name="hepaspot", type="user-friendly-name"),),
        type=codes.own("device"),
        version=tuple(
            DeviceVersion(type=codes.own(f"version:{part}"), value=version)
            for part, version in versions.items()
            if version
        ),
        note=(Annotation(text="Decision support and research software, not a medical device."),),
    )


def study(identity: Identity) -> ImagingStudy:
    """The study that was read."""
    subject = identity.subject or Reference(extension=(ABSENT,))
    return ImagingStudy(identifier=(identity.study,), status="unknown", subject=subject)


def report(
    assessment: Assessment,
    names: Names,
    identity: Identity,
    *,
    results: tuple[Reference, ...],
    conclusions: tuple[CodeableConcept, ...],
    studies: tuple[Reference, ...],
    language: str,
) -> DiagnosticReport:
    """The answer: its conclusion in both languages, the whole of it attached in both."""
    said = {each: _conclusion(assessment, each) for each in _first(language)}
    return DiagnosticReport(
        language=language,
        text=_narrative(said[language], language),
        identifier=(names.identifier("report"),),
        status=PRELIMINARY,
        code=Codes(language).own("report"),
        subject=identity.subject,
        effective_date_time=identity.effective,
        issued=recorded(identity),
        result=results,
        imaging_study=studies,
        conclusion=said[language],
        conclusion_extended=Extended(
            extension=tuple(_in(other, said[other]) for other in said if other != language)
        ),
        conclusion_code=conclusions,
        presented_form=tuple(_whole(assessment, each) for each in said),
    )


def provenance(
    names: Names,
    identity: Identity,
    *,
    targets: tuple[Reference, ...],
    by: Reference,
    studies: tuple[Reference, ...],
) -> Provenance:
    """Who made the answer, when and from what."""
    when = recorded(identity)
    return Provenance(
        meta=Meta(tag=(tag(names),)),
        target=targets,
        recorded=when,
        recorded_extended=None if when else Extended(extension=(ABSENT,)),
        agent=(Agent(type=_ASSEMBLER, who=by),),
        entity=tuple(ProvenanceEntity(role="source", what=each) for each in studies),
    )


def tag(names: Names) -> Coding:
    """What a provenance is known by: FHIR gives it no identifier, but every resource tags."""
    own = names.identifier("provenance")
    return Coding(system=str(own.system), code=own.value, display="hepaspot")


def recorded(identity: Identity) -> str | None:
    """When the answer was made."""
    return None if identity.recorded is None else identity.recorded.isoformat()


def _first(language: str) -> tuple[str, ...]:
    return (language, *(other for other in LANGUAGES if other != language))


def _conclusion(assessment: Assessment, language: str) -> str:
    return clean("\n".join(conclusions(compose(assessment, language=language))))


def _narrative(conclusion: str, language: str) -> Narrative:
    lines = "".join(f"<p>{escape(line)}</p>" for line in conclusion.splitlines())
    space = "http://www.w3.org/1999/xhtml"
    return Narrative(
        status="generated",
        div=f'<div xmlns="{space}" lang="{language}" xml:lang="{language}">{lines}</div>',
    )


def _in(language: str, words: str) -> Extension:
    """A value in another language, by FHIR's own extension for that."""
    parts = (
        Extension(url="lang", value_code=language),
        Extension(url="content", value_string=words),
    )
    return Extension(url=_TRANSLATION, extension=parts)


def _whole(assessment: Assessment, language: str) -> Attachment:
    words = explain(assessment, language=language)
    return Attachment(
        content_type="text/plain; charset=utf-8",
        language=language,
        data=base64.b64encode(words.encode()).decode(),
        title=Words(language).say("clinician.title"),
    )
