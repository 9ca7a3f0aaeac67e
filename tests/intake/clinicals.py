"""Writes what other systems write, for the tests: FHIR, HL7 version 2, DICOM SR."""

from __future__ import annotations

import base64
import io
import json

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

PERSON = "WangXiaoming13800138000"
"""Stands wherever a document tells of the patient; must stand in no text and no message."""

SR_CLASS = "1.2.840.10008.5.1.4.1.1.88."


def attachment(data: bytes, content_type: str = "text/plain; charset=utf-8") -> dict:
    return {"contentType": content_type, "data": base64.b64encode(data).decode()}


def report(**fields) -> dict:
    """A FHIR DiagnosticReport that names the patient wherever it can."""
    return {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "text": {"status": "generated", "div": f"<div>{PERSON}</div>"},
        "identifier": [{"system": "https://ris.example", "value": PERSON}],
        "status": "final",
        "code": {"text": "US liver"},
        "subject": {"reference": "Patient/p1", "display": PERSON},
        **fields,
    }


def observation(id: str, **fields) -> dict:
    return {"resourceType": "Observation", "id": id, "status": "final", **fields}


def bundle(*resources: dict) -> dict:
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"text": PERSON}],
        "contact": [{"name": {"text": PERSON}}],
    }
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"urn:uuid:{number}", "resource": each}
            for number, each in enumerate([patient, *resources])
        ],
    }


def fhir(document: dict) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def obx(number: int, words: str, name: str = "59776-5^Findings^LN", type: str = "TX", status="F"):
    return f"OBX|{number}|{type}|{name}||{words}||||||{status}"


def hl7(*segments: str, charset: str = "UNICODE UTF-8", kind: str = "ORU^R01") -> bytes:
    """An HL7 message that names the patient wherever it can."""
    lines = [
        f"MSH|^~\\&|RIS|X|HEPASPOT|Y|20260101||{kind}|1|P|2.5.1||||||{charset}",
        f"PID|1||{PERSON}^^^X||{PERSON}^{PERSON}",
        f"NK1|1|{PERSON}^MOTHER",
        f"NTE|1||{PERSON} called",
        f"OBR|1|{PERSON}||US^Ultrasound liver",
        *segments,
    ]
    codec = {"GB 18030-2000": "gb18030", "8859/1": "latin-1"}.get(charset, "utf-8")
    return "\r".join(lines).encode(codec)


def _code(meaning: str, value: str = "1", scheme: str = "99X") -> Sequence:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return Sequence([item])


def item(kind: str, name: str, *children: Dataset, relation: str = "CONTAINS", **value) -> Dataset:
    """One content item; ``value`` is an attribute by keyword."""
    made = Dataset()
    made.RelationshipType, made.ValueType = relation, kind
    made.ConceptNameCodeSequence = _code(name)
    for keyword, each in value.items():
        setattr(made, keyword, each)
    if children:
        made.ContentSequence = Sequence(children)
    return made


def container(name: str, *children: Dataset, **more) -> Dataset:
    return item("CONTAINER", name, *children, **more)


def words(name: str, value: str, *children: Dataset, **more) -> Dataset:
    return item("TEXT", name, *children, TextValue=value, **more)


def code(name: str, meaning: str, **more) -> Dataset:
    return item("CODE", name, ConceptCodeSequence=_code(meaning), **more)


def number(name: str, value: str, unit: str, **more) -> Dataset:
    measured = Dataset()
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = _code("unit", unit, "UCUM")
    return item("NUM", name, MeasuredValueSequence=Sequence([measured]), **more)


def sr(
    *children: Dataset,
    sop_class: str = "11",
    charset: str = "ISO_IR 192",
    syntax: str = ExplicitVRLittleEndian,
    **elements,
) -> bytes:
    """A DICOM structured report that names the patient wherever it can."""
    data = Dataset()
    data.SpecificCharacterSet = charset
    data.SOPClassUID = SR_CLASS + sop_class
    data.SOPInstanceUID = generate_uid(entropy_srcs=["clinical"])
    data.Modality, data.Manufacturer = "SR", "Another Maker"
    data.PatientName, data.PatientID = f"{PERSON}^{PERSON}", PERSON
    data.ValueType, data.ConceptNameCodeSequence = "CONTAINER", _code("Ultrasound report")
    context = item("PNAME", "Subject name", relation="HAS OBS CONTEXT", PersonName=PERSON)
    observer = words("Observer", PERSON, relation="HAS OBS CONTEXT")
    data.ContentSequence = Sequence([context, observer, *children])
    for keyword, value in elements.items():
        setattr(data, keyword, value)
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    out = io.BytesIO()
    data.save_as(out, enforce_file_format=True)
    return out.getvalue()
