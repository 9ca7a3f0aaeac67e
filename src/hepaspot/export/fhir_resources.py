"""The FHIR R4 resources that are written, with the elements that are used and no others.

Names are those of FHIR (hl7.org/fhir/R4), written with underscores here; elements come out in
the order in which they stand, and empty ones not at all: the same value is the same bytes.
"""

from __future__ import annotations

import msgspec


class Element(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A part of a resource."""


class Resource(Element, frozen=True, kw_only=True, tag_field="resourceType", tag=True):
    """What is posted; the name of its class is that of its kind."""


class Coding(Element, frozen=True, kw_only=True):
    """One code with its meaning."""

    system: str
    code: str
    display: str


class CodeableConcept(Element, frozen=True, kw_only=True):
    """A meaning by its codes and in words."""

    coding: tuple[Coding, ...] = ()
    text: str


class Identifier(Element, frozen=True, kw_only=True):
    """A name that a system gave."""

    system: str | None = None
    value: str


class Extension(Element, frozen=True, kw_only=True):
    """What FHIR's own extensions add: why a value is not there, or what it is in a language."""

    extension: tuple[Extension, ...] = ()
    url: str
    value_code: str | None = None
    value_string: str | None = None


class Extended(Element, frozen=True, kw_only=True):
    """What is told beside a value, or in place of one."""

    extension: tuple[Extension, ...]


class Reference(Element, frozen=True, kw_only=True):
    """A pointer to another resource: by its address, or by a name that a system gave it."""

    extension: tuple[Extension, ...] = ()
    reference: str | None = None
    type: str | None = None
    identifier: Identifier | None = None


class Quantity(Element, frozen=True, kw_only=True):
    """A number with its unit (UCUM)."""

    value: float
    comparator: str | None = None
    unit: str
    system: str
    code: str


class Range(Element, frozen=True, kw_only=True):
    """Two ends."""

    low: Quantity
    high: Quantity


class Annotation(Element, frozen=True, kw_only=True):
    """A remark."""

    text: str


class Attachment(Element, frozen=True, kw_only=True):
    """A document, base64 inside."""

    content_type: str
    language: str
    data: str
    title: str


class Narrative(Element, frozen=True, kw_only=True):
    """What people read in place of the elements: XHTML."""

    status: str
    div: str


class Meta(Element, frozen=True, kw_only=True):
    """What is told of a resource itself."""

    tag: tuple[Coding, ...]


class Component(Element, frozen=True, kw_only=True):
    """A part of an observation."""

    code: CodeableConcept
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_range: Range | None = None


class Observation(Resource, frozen=True, kw_only=True):
    """One finding, measurement or probability."""

    identifier: tuple[Identifier, ...]
    status: str
    code: CodeableConcept
    subject: Reference | None = None
    effective_date_time: str | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_range: Range | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    body_site: CodeableConcept | None = None
    device: Reference
    has_member: tuple[Reference, ...] = ()
    derived_from: tuple[Reference, ...] = ()
    component: tuple[Component, ...] = ()


class DiagnosticReport(Resource, frozen=True, kw_only=True):
    """The answer for one exam."""

    language: str
    text: Narrative
    identifier: tuple[Identifier, ...]
    status: str
    code: CodeableConcept
    subject: Reference | None = None
    effective_date_time: str | None = None
    issued: str | None = None
    result: tuple[Reference, ...] = ()
    imaging_study: tuple[Reference, ...] = ()
    conclusion: str
    conclusion_extended: Extended = msgspec.field(name="_conclusion")
    conclusion_code: tuple[CodeableConcept, ...] = ()
    presented_form: tuple[Attachment, ...] = ()


class ImagingStudy(Resource, frozen=True, kw_only=True):
    """The study that was read."""

    identifier: tuple[Identifier, ...]
    status: str
    subject: Reference


class DeviceName(Element, frozen=True, kw_only=True):
    """A name of a device, and whose name for it that is."""

    name: str
    type: str


class DeviceVersion(Element, frozen=True, kw_only=True):
    """The version of a part of a device."""

    type: CodeableConcept
    value: str


class Device(Resource, frozen=True, kw_only=True):
    """The program that made the answer."""

    identifier: tuple[Identifier, ...]
    device_name: tuple[DeviceName, ...]
    type: CodeableConcept
    version: tuple[DeviceVersion, ...]
    note: tuple[Annotation, ...]


class Agent(Element, frozen=True, kw_only=True):
    """Who took part, and as what."""

    type: CodeableConcept
    who: Reference


class ProvenanceEntity(Element, frozen=True, kw_only=True):
    """What an answer was made from."""

    role: str
    what: Reference


class Provenance(Resource, frozen=True, kw_only=True):
    """How the resources came to be."""

    meta: Meta
    target: tuple[Reference, ...]
    recorded: str | None = None
    recorded_extended: Extended | None = msgspec.field(name="_recorded", default=None)
    agent: tuple[Agent, ...]
    entity: tuple[ProvenanceEntity, ...] = ()


class Request(Element, frozen=True, kw_only=True):
    """What a server is asked to do with a resource."""

    method: str
    url: str
    if_none_exist: str


Posted = Device | ImagingStudy | Observation | DiagnosticReport | Provenance


class Entry(Element, frozen=True, kw_only=True):
    """One resource of a transaction."""

    full_url: str
    resource: Posted
    request: Request


class Bundle(Resource, frozen=True, kw_only=True):
    """Resources that a server takes all or none of."""

    type: str
    entry: tuple[Entry, ...]
