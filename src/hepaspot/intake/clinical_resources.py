"""The parts of FHIR resources that hold words, and no others; names are those of FHIR.

Fields that are not listed here are skipped while the document is decoded.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


class Resource(msgspec.Struct, frozen=True):
    """What every resource tells of itself."""

    resourceType: str = ""  # noqa: N815  # FHIR's own name, as are the others
    id: str = ""


class Entry(msgspec.Struct, frozen=True):
    """One resource of a Bundle, not yet looked into."""

    fullUrl: str = ""  # noqa: N815
    resource: msgspec.Raw = msgspec.Raw()


class Bundle(msgspec.Struct, frozen=True):
    """Resources that travel together."""

    entry: tuple[Entry, ...] = ()


class Reference(msgspec.Struct, frozen=True):
    """A pointer to another resource."""

    reference: str = ""


class Identifier(msgspec.Struct, frozen=True):
    """A name that a system gave; the name itself is not read."""

    system: str | None = None


class Coding(msgspec.Struct, frozen=True):
    """One code, of which only the meaning is read."""

    display: str = ""


class CodeableConcept(msgspec.Struct, frozen=True):
    """A meaning, as written or by its codes."""

    text: str = ""
    coding: tuple[Coding, ...] = ()

    def words(self) -> str:
        """What it means."""
        return self.text or next((each.display for each in self.coding if each.display), "")


class Quantity(msgspec.Struct, frozen=True):
    """A number with its unit."""

    value: float | None = None
    comparator: str = ""
    unit: str = ""
    code: str = ""

    def words(self) -> str:
        """The number with its unit."""
        if self.value is None:
            return ""
        return f"{self.comparator}{self.value:g} {self.unit or self.code}".strip()


class Annotation(msgspec.Struct, frozen=True):
    """A remark."""

    text: str = ""


class Attachment(msgspec.Struct, frozen=True):
    """A document, base64 inside."""

    contentType: str = ""  # noqa: N815
    data: str = ""


class Valued(msgspec.Struct, frozen=True):
    """A named value: an observation, or a component of one."""

    code: CodeableConcept = CodeableConcept()
    valueString: str = ""  # noqa: N815
    valueCodeableConcept: CodeableConcept = CodeableConcept()  # noqa: N815
    valueQuantity: Quantity = Quantity()  # noqa: N815

    def line(self) -> str:
        """What it is of, and its value; empty where it has none in words."""
        value = (
            self.valueString or self.valueCodeableConcept.words() or self.valueQuantity.words()
        ).strip()
        name = self.code.words().strip()
        return f"{name}: {value}" if name and value else value


class Observation(Valued, frozen=True):
    """One observation of a report."""

    status: str = ""
    note: tuple[Annotation, ...] = ()
    component: tuple[Valued, ...] = ()
    hasMember: tuple[Reference, ...] = ()  # noqa: N815

    def lines(self) -> Iterator[str]:
        """Its value, its components and its remarks."""
        yield self.line()
        yield from (part.line() for part in self.component)
        yield from (note.text for note in self.note)


class DiagnosticReport(msgspec.Struct, frozen=True):
    """One report."""

    status: str = ""
    identifier: tuple[Identifier, ...] = ()
    contained: tuple[msgspec.Raw, ...] = ()
    result: tuple[Reference, ...] = ()
    conclusion: str = ""
    presentedForm: tuple[Attachment, ...] = ()  # noqa: N815
