"""Whose exam it is, and names of resources that are the same whenever the same is written."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

import msgspec

from hepaspot.errors import InputError
from hepaspot.exam import Value
from hepaspot.export.fhir_resources import Extension, Identifier, Reference
from hepaspot.intake.clinical_marks import OWN_FHIR
from hepaspot.intake.dicom_head import is_uid

NAMESPACE: Final = UUID("c0ee3f0c-5b0b-5f3b-9d0e-6a8f2a1c7e54")
"""Of every UUID that names a resource of ours (RFC 9562, 5.5); drawn once."""

OWN_IDENTIFIERS: Final = f"{OWN_FHIR}/id"
"""System of those UUIDs, as identifiers and as tags."""

DICOM_UIDS: Final = "urn:dicom:uid"
"""FHIR's system of identifiers of DICOM studies."""

_PATIENT: Final = re.compile(r"(?:https?://[^\s?#|]{1,512}/)?Patient/[A-Za-z0-9.-]{1,64}")

ABSENT: Final = Extension(
    url="http://hl7.org/fhir/StructureDefinition/data-absent-reason", value_code="unknown"
)
"""What stands in place of a value that FHIR asks for and nobody told."""


class Identity(Value, frozen=True, kw_only=True):
    """Whose exam it is, as far as it is known; shows nothing of it when printed.

    Attributes
    ----------
    patient : str
        Address of the patient on the server, such as ``Patient/123``.
    patient_id, patient_id_system : str
        The patient's number, and the URI of who gives such numbers.
    study_uid : str
        (0020,000D) *Study Instance UID* of the study that was read.
    examined : datetime or None
        When the exam was made.
    recorded : datetime or None
        When the answer was made, with its time zone; never the present time by itself.
    """

    patient: str = ""
    patient_id: str = ""
    patient_id_system: str = ""
    study_uid: str = ""
    examined: datetime | None = None
    recorded: datetime | None = None

    def __repr__(self) -> str:
        return "Identity(...)"

    __str__ = __repr__

    def checked(self) -> Identity:
        """The same, if a server can take it.

        Raises
        ------
        InputError
            Without a word of it.
        """
        if self.patient and not _PATIENT.fullmatch(self.patient):
            raise InputError("the patient: is no FHIR address; give it as Patient/ and an id")
        if self.study_uid and not self._has_uid:
            raise InputError("the study: its UID is none of DICOM; give up to 64 digits and dots")
        if self.recorded is not None and self.recorded.tzinfo is None:
            raise InputError("the time of recording: has no time zone; give one")
        return self

    @property
    def _has_uid(self) -> bool:
        return "." in self.study_uid and is_uid(self.study_uid)

    @property
    def subject(self) -> Reference | None:
        """The patient, who is never created; None where nothing is known."""
        if not self.patient and not self.patient_id:
            return None
        number = Identifier(system=self.patient_id_system or None, value=self.patient_id)
        return Reference(
            reference=self.patient or None,
            type="Patient",
            identifier=number if self.patient_id else None,
        )

    @property
    def effective(self) -> str | None:
        """When the exam was made; a time without its zone is no time to FHIR, the day is."""
        if self.examined is None:
            return None
        return (self.examined if self.examined.tzinfo else self.examined.date()).isoformat()

    @property
    def study(self) -> Identifier:
        """The study by its UID."""
        return Identifier(system=DICOM_UIDS, value=f"urn:oid:{self.study_uid}")


class Names:
    """Names of the resources of one answer: the same for the same exam, patient and study.

    Neither the language nor the time of recording goes in: an answer that is posted again in
    another language is no second answer.
    """

    def __init__(self, assessment_json: bytes, identity: Identity) -> None:
        of_whom = msgspec.structs.replace(identity, recorded=None)
        self._digest = hashlib.sha256(
            assessment_json + b"\0" + msgspec.json.encode(of_whom)
        ).hexdigest()

    def uuid(self, role: str) -> str:
        """The name of the resource that plays ``role`` in the answer."""
        return named(f"{self._digest}/{role}")

    def identifier(self, role: str) -> Identifier:
        """As `uuid`."""
        return own_identifier(self.uuid(role))

    def reference(self, role: str) -> Reference:
        """A pointer to it within the transaction."""
        return pointer(self.uuid(role))


def named(text: str) -> str:
    """The UUID of a resource that ``text`` tells apart from all others."""
    return str(uuid5(NAMESPACE, text))


def own_identifier(uuid: str) -> Identifier:
    """An identifier of ours."""
    return Identifier(system=OWN_IDENTIFIERS, value=uuid)


def pointer(uuid: str) -> Reference:
    """A pointer to the resource of that name within the transaction."""
    return Reference(reference=f"urn:uuid:{uuid}")
