"""An answer becomes a FHIR R4 transaction that a server takes whole, and takes once."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from export.fhir_server import Server
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st
from weigh import build

import hepaspot
from hepaspot.errors import InputError, UnsupportedInput
from hepaspot.exam import (
    ByHand,
    Count,
    Detail,
    Entity,
    Exam,
    Lobe,
    Measurement,
    Observation,
    Region,
    Size,
    SizeBound,
    Source,
    SourceKind,
    Words,
)
from hepaspot.export.case import Case, DicomPicture
from hepaspot.export.fhir import Identity, fhir_bundle, files
from hepaspot.export.fhir_codes import Codes
from hepaspot.intake.dicom_identity import DicomIdentity, Patient, Study
from hepaspot.knowledge import load
from hepaspot.weigh import assess

REPORT = (
    "Liver: a 9 x 3 mm echogenic focus in segment VI with acoustic shadow; intrahepatic ducts "
    "dilated to 5 mm. Impression: hepatolithiasis."
)
WHOLE = Identity(
    patient="Patient/p-1",
    patient_id="13800138000",
    patient_id_system="https://hospital.example/mrn",
    study_uid="1.2.840.99.7",
    examined=datetime(2026, 3, 4, 8, 30, tzinfo=UTC),
    recorded=datetime(2026, 3, 4, 9, 0, tzinfo=UTC),
)
UCUM_USED = {"mm", "dB", "%", "1", "{pixels}", "{frames}"}
FHIR_OWN = {
    "http://terminology.hl7.org/CodeSystem/provenance-participant-type": {"assembler"},
    "http://terminology.hl7.org/CodeSystem/data-absent-reason": {"masked", "unknown"},
}
CODE_SYSTEMS = {
    "http://snomed.info/sct": "SCT",
    "http://dicom.nema.org/resources/ontology/DCM": "DCM",
    "http://loinc.org": "LN",
}


@pytest.fixture(scope="module")
def assessment():
    return hepaspot.assess(hepaspot.read(REPORT))


@pytest.fixture(scope="module")
def bundle(assessment) -> dict:
    return json.loads(fhir_bundle(assessment, WHOLE))


def resources(bundle: dict, kind: str) -> list[dict]:
    found = (entry["resource"] for entry in bundle["entry"])
    return [resource for resource in found if resource["resourceType"] == kind]


def parts(value: object) -> Iterator[dict]:
    """Every object in ``value``, itself included."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from parts(each)


def own_code(observation: dict) -> str:
    return observation["code"]["coding"][0]["code"]


def coded(bundle: dict, code: str) -> list[dict]:
    return [each for each in resources(bundle, "Observation") if own_code(each) == code]


def value_of(component: dict) -> object:
    (value,) = (each for key, each in component.items() if key.startswith("value"))
    return value


def components(observation: dict) -> dict[str, object]:
    return {own_code(each): value_of(each) for each in observation["component"]}


def quantity(value: float, unit: str, shown: str | None = None) -> dict:
    system = "http://unitsofmeasure.org"
    return {"value": value, "unit": shown or unit, "system": system, "code": unit}


def check(data: bytes) -> dict:
    """Everything that holds of every bundle."""
    Bundle.model_validate_json(data)
    document = json.loads(data)
    for entry in document["entry"]:
        resource = entry["resource"]
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        assert entry["request"]["method"] == "POST"
        assert entry["request"]["url"] == resource["resourceType"]
    urls = [entry["fullUrl"] for entry in document["entry"]]
    assert len(set(urls)) == len(urls)
    pointed = {each["reference"] for each in parts(document) if "reference" in each}
    assert {each for each in pointed if not each.startswith("Patient/")} <= set(urls)
    assert all(each not in ({}, [], "", None) for part in parts(document) for each in part.values())
    for observation in resources(document, "Observation"):
        check_observation(observation)
    return document


def check_observation(observation: dict) -> None:
    """The invariants of FHIR's Observation: obs-6, obs-7, and the codes of units."""
    values = [key for key in observation if key.startswith("value")]
    assert observation["status"] == "preliminary"
    assert not (values and "dataAbsentReason" in observation)
    assert len(values) <= 1
    for component in observation.get("component", ()):
        assert not values or component["code"] != observation["code"]
        assert value_of(component) is not None
    for each in parts(observation):
        if each.get("system") == "http://unitsofmeasure.org":
            assert each["code"] in UCUM_USED


def test_the_bundle_is_valid_fhir(assessment):
    check(fhir_bundle(assessment, WHOLE))


def test_an_answer_of_nobody_is_valid_too(assessment):
    document = check(fhir_bundle(assessment))
    assert resources(document, "ImagingStudy") == []
    assert not any("subject" in each for each in resources(document, "Observation"))


def test_a_study_of_an_unknown_patient_says_that_its_subject_is_unknown(assessment):
    document = check(fhir_bundle(assessment, Identity(study_uid="1.2.3")))
    (study,) = resources(document, "ImagingStudy")
    assert study["subject"]["extension"][0]["valueCode"] == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "Fetal liver: calcification in segment 8.",
        "The liver is normal.",
        "肝内多发钙化灶，较大者约***，肝内外胆管未见扩张。",
        "Echogenic focus 2-6 mm in the right lobe; another less than 5 mm; another of 900 mm.",
        "Surgical clip in segment 5. Gas in the bile ducts.",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_of_answer_is_valid(text, language):
    check(fhir_bundle(assess(hepaspot.read(text)), WHOLE, language=language))


def test_the_same_is_written_as_the_same_bytes(assessment):
    again = hepaspot.assess(hepaspot.read(REPORT))
    assert fhir_bundle(assessment, WHOLE) == fhir_bundle(again, WHOLE)


def test_a_time_that_was_not_told_is_not_made_up(assessment):
    document = json.loads(fhir_bundle(assessment))
    (provenance,) = resources(document, "Provenance")
    assert provenance["_recorded"]["extension"][0]["valueCode"] == "unknown"
    times = {"recorded", "issued", "effectiveDateTime", "timestamp", "lastUpdated"}
    assert not any(times & each.keys() for each in parts(document))


def test_posting_twice_makes_nothing_twice(assessment):
    server = Server()
    server.post(fhir_bundle(assessment, WHOLE))
    once = server.count()
    server.post(fhir_bundle(assessment, WHOLE))
    assert server.count() == once
    assert (once["DiagnosticReport"], once["Provenance"], once["Device"]) == (1, 1, 1)


def test_another_language_or_time_of_recording_is_no_second_answer(assessment):
    server = Server()
    server.post(fhir_bundle(assessment, WHOLE))
    once = server.count()
    later = msgspec.structs.replace(WHOLE, recorded=datetime(2027, 1, 1, tzinfo=UTC))
    server.post(fhir_bundle(assessment, later, language="zh"))
    assert server.count() == once


def test_another_patient_with_the_same_words_is_another_answer(assessment):
    server = Server()
    server.post(fhir_bundle(assessment, WHOLE))
    other = msgspec.structs.replace(WHOLE, patient="Patient/p-2", study_uid="1.2.3")
    server.post(fhir_bundle(assessment, other))
    assert server.count()["DiagnosticReport"] == 2
    assert server.count()["Device"] == 1


def test_a_study_that_the_server_has_is_not_made_again(assessment):
    server = Server()
    server.held["ImagingStudy/pacs"] = {
        "resourceType": "ImagingStudy",
        "identifier": [{"system": "urn:dicom:uid", "value": "urn:oid:1.2.840.99.7"}],
    }
    server.post(fhir_bundle(assessment, WHOLE))
    assert server.count()["ImagingStudy"] == 1
    report = server.only("DiagnosticReport")
    assert report["imagingStudy"] == [{"reference": "ImagingStudy/pacs"}]


def test_no_patient_is_created(bundle):
    assert resources(bundle, "Patient") == []
    (report,) = resources(bundle, "DiagnosticReport")
    assert report["subject"] == {
        "reference": "Patient/p-1",
        "type": "Patient",
        "identifier": {"system": "https://hospital.example/mrn", "value": "13800138000"},
    }


def test_the_report_is_preliminary_and_says_so(bundle):
    (report,) = resources(bundle, "DiagnosticReport")
    assert report["status"] == "preliminary"
    assert report["conclusion"].startswith("Preliminary, unverified")
    assert "not a medical device" in report["conclusion"]


def test_the_conclusion_names_every_focus_and_every_red_flag(bundle):
    (report,) = resources(bundle, "DiagnosticReport")
    assert "Focus 1: right lobe, segment 6, 9 × 3 mm" in report["conclusion"]
    assert "Cannot be told apart from what was given." in report["conclusion"]
    assert "Dilated intrahepatic ducts" in report["conclusion"]


def test_passages_that_do_not_fit_are_among_the_conclusions():
    report = (
        "Liver: calcification of 9 mm in the right lobe with acoustic shadow. Impression: "
        "calcification in the left lobe without acoustic shadow."
    )
    found = hepaspot.assess(hepaspot.read(report))
    (told,) = resources(json.loads(fhir_bundle(found)), "DiagnosticReport")
    assert "Findings and impression place the focus in different lobes." in told["conclusion"]
    assert "“right lobe” against “left lobe”" in told["conclusion"]


def test_the_conclusion_is_there_in_both_languages(bundle, assessment):
    chinese = json.loads(fhir_bundle(assessment, WHOLE, language="zh"))
    for one, other, language in ((bundle, chinese, "zh"), (chinese, bundle, "en")):
        (report,) = resources(one, "DiagnosticReport")
        ((translation,), (second,)) = (
            report["_conclusion"]["extension"],
            resources(other, "DiagnosticReport"),
        )
        told = {part["url"]: value_of(part) for part in translation["extension"]}
        assert told == {"lang": language, "content": second["conclusion"]}


def test_the_whole_summary_is_attached_in_both_languages(bundle, assessment):
    (report,) = resources(bundle, "DiagnosticReport")
    attached = {
        each["language"]: base64.b64decode(each["data"]).decode()
        for each in report["presentedForm"]
    }
    assert attached == {
        language: hepaspot.explain(assessment, language=language) for language in ("en", "zh")
    }


def test_the_narrative_is_xhtml_of_the_conclusion():
    report = "Liver: calcification <b>&lt; 5 mm</b> in segment VI; fever & jaundice <script>."
    document = json.loads(fhir_bundle(hepaspot.assess(hepaspot.read(report))))
    (answer,) = resources(document, "DiagnosticReport")
    page = ET.fromstring(answer["text"]["div"])
    lines = [line.text for line in page]
    assert lines == answer["conclusion"].splitlines()
    assert {line.tag for line in page} == {"{http://www.w3.org/1999/xhtml}p"}


def test_the_probability_of_each_entity_has_its_interval(bundle, assessment):
    (answer,) = assessment.foci
    for told in answer.probabilities:
        (observation,) = coded(bundle, f"probability:{told.entity.value}")
        assert observation["valueQuantity"] == quantity(round(100 * told.mean, 2), "%")
        assert components(observation)["interval"] == {
            "low": quantity(round(100 * told.low, 2), "%"),
            "high": quantity(round(100 * told.high, 2), "%"),
        }


def test_a_size_has_its_longest_axis_and_each_axis_in_millimetres(bundle):
    (size,) = coded(bundle, "size")
    assert size["valueQuantity"] == quantity(9.0, "mm")
    assert components(size) == {"axis:1": quantity(9.0, "mm"), "axis:2": quantity(3.0, "mm")}


def test_the_calibre_of_a_duct_is_a_component_of_its_state(bundle):
    (duct,) = coded(bundle, "sign:duct_intrahepatic")
    assert duct["valueCodeableConcept"]["coding"][0]["code"] == "duct_intrahepatic:dilated"
    assert components(duct) == {"measured:duct": quantity(5.0, "mm")}
    assert duct["bodySite"]["coding"][0]["code"] == "28273000"


def test_a_focus_gathers_its_measurements_and_lies_in_its_segment(bundle):
    (focus,) = coded(bundle, "focus")
    urls = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    members = [own_code(urls[each["reference"]]) for each in focus["hasMember"]]
    assert members == [
        *(f"probability:{entity.value}" for entity in Entity),
        "size",
        "sign:shadow",
    ]
    assert focus["bodySite"]["coding"] == [
        {
            "system": "http://snomed.info/sct",
            "code": "277960005",
            "display": "Couinaud hepatic segment VI",
        }
    ]
    assert components(focus)["category"] == "3"
    assert components(focus)["judgement"] == "D2"


def test_the_results_of_the_report_are_the_observations_that_are_no_members(bundle):
    (report,) = resources(bundle, "DiagnosticReport")
    urls = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    results = [own_code(urls[each["reference"]]) for each in report["result"]]
    assert results == ["red_flag", "sign:duct_intrahepatic", "focus", "screening"]


def test_the_provenance_is_of_everything_and_names_the_program_and_the_study(bundle):
    (provenance,) = resources(bundle, "Provenance")
    of = {entry["resource"]["resourceType"]: entry["fullUrl"] for entry in bundle["entry"]}
    made = {
        entry["fullUrl"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] in {"Observation", "DiagnosticReport"}
    }
    assert {each["reference"] for each in provenance["target"]} == made
    assert provenance["agent"][0]["who"]["reference"] == of["Device"]
    assert provenance["entity"][0]["what"]["reference"] == of["ImagingStudy"]
    assert provenance["recorded"] == "2026-03-04T09:00:00+00:00"


def test_the_device_tells_its_versions_and_that_it_is_no_medical_device(bundle, assessment):
    (device,) = resources(bundle, "Device")
    versions = {own_code({"code": each["type"]}): each["value"] for each in device["version"]}
    assert versions == {
        "version:software": hepaspot.__version__,
        "version:knowledge": assessment.knowledge_version,
    }
    assert "not a medical device" in device["note"][0]["text"]


def test_every_code_is_hepaspots_own_or_in_the_table_of_codes(bundle):
    known = {(code.system, code.code): code.meaning for code in load().codes}
    for each in parts(bundle):
        system, code = each.get("system"), each.get("code")
        if system in CODE_SYSTEMS:
            assert known[CODE_SYSTEMS[system], code] == each["display"]
        elif isinstance(code, str) and system != "http://unitsofmeasure.org":
            assert system.startswith("https://hepaspot.invalid/") or code in FHIR_OWN[system]


@pytest.mark.parametrize("sign", ["history_chronic_liver_disease", "drain_or_tips"])
def test_no_code_says_more_than_was_told(sign):
    document = check(fhir_bundle(assess(build.an_exam(build.seen(sign, "present")))))
    (written,) = coded(document, f"sign:{sign}")
    assert [each["code"] for each in written["valueCodeableConcept"]["coding"]] == [
        f"{sign}:present"
    ]


def test_characters_that_fhir_forbids_do_not_go_out():
    flag = Observation("jaundice", {"present": 1.0}, Words("report", 0, 12))
    exam = Exam(
        sources=(Source("report", SourceKind.REPORT, "jaun\x00di\x1bce\u202e!"),),
        observations=(flag,),
    )
    (report,) = resources(check(fhir_bundle(assess(exam))), "DiagnosticReport")
    assert "jaundice" in report["conclusion"]
    ET.fromstring(report["text"]["div"])


def test_no_code_for_billing_is_written(bundle):
    assert not any("icd" in each.get("system", "") for each in parts(bundle))


def picture_focus(**more):
    here = Region("picture", 0, ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0)))
    shadow = Observation(
        "shadow",
        {"present": 0.9, "faint": 0.1},
        here,
        Measurement(8.5, "dB", 1.2),
        (Detail("reach", Measurement(30.0, "{pixels}")),),
    )
    return msgspec.structs.replace(build.a_focus([shadow]), **more)


def test_a_shadow_in_a_picture_tells_its_drop_in_decibels_and_its_doubt():
    document = check(fhir_bundle(assess(build.an_exam(focus=picture_focus()))))
    (shadow,) = coded(document, "sign:shadow")
    assert components(shadow) == {
        "measured:shadow": quantity(8.5, "dB"),
        "deviation": quantity(1.2, "dB"),
        "detail:reach": quantity(30.0, "{pixels}", "pixels"),
        "likelihood:present": quantity(0.9, "1"),
        "likelihood:faint": quantity(0.1, "1"),
    }
    codes = [coding["code"] for coding in shadow["valueCodeableConcept"]["coding"]]
    assert codes == ["shadow:present", "111369"]


def test_every_detail_that_pictures_tell_has_a_meaning_in_both_languages():
    source = Path(hepaspot.__file__).parent / "sonogram"
    written = "".join(path.read_text() for path in source.glob("*.py"))
    names = set(re.findall(r'Detail\("(\w+)", ', written)) | {"reach", "bright", "edge"}
    assert len(names) >= 10
    for name in names:
        told = {language: Codes(language).detail(name).text for language in ("en", "zh")}
        assert told["en"] != name
        assert told["zh"] != told["en"]


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (Size(ByHand(), (5.0,), SizeBound.LESS_THAN), {"comparator": "<", "value": 5.0}),
        (Size(ByHand(), (5.0,), SizeBound.UP_TO), {"comparator": "<=", "value": 5.0}),
        (Size(ByHand(), axes_pixels=(40.0,)), {"code": "{pixels}", "unit": "pixels"}),
    ],
)
def test_a_size_keeps_how_it_was_meant(size, told):
    exam = build.an_exam(focus=picture_focus(sizes=(size,)))
    (written,) = coded(check(fhir_bundle(assess(exam))), "size")
    assert told.items() <= written["valueQuantity"].items()


def test_a_range_of_sizes_has_two_ends():
    size = Size(ByHand(), (2.0, 6.0), SizeBound.RANGE)
    exam = build.an_exam(focus=picture_focus(sizes=(size,), count=Count.MULTIPLE))
    (written,) = coded(check(fhir_bundle(assess(exam))), "size")
    assert written["valueRange"] == {"low": quantity(2.0, "mm"), "high": quantity(6.0, "mm")}


def test_a_masked_size_is_there_and_masked():
    exam = build.an_exam(focus=picture_focus(sizes=(Size(ByHand(), masked=True),)))
    (written,) = coded(check(fhir_bundle(assess(exam))), "size")
    assert written["dataAbsentReason"]["coding"][0]["code"] == "masked"
    assert "valueQuantity" not in written


def test_an_impossible_size_is_kept_and_flagged():
    exam = build.an_exam(focus=picture_focus(sizes=(Size(ByHand(), (900.0,), plausible=False),)))
    (written,) = coded(check(fhir_bundle(assess(exam))), "size")
    assert written["valueQuantity"]["value"] == 900.0
    assert own_code({"code": written["interpretation"][0]}) == "implausible"


def test_a_focus_over_several_segments_lies_in_the_liver():
    place = build.at(Lobe.RIGHT, 7, 8)
    exam = build.an_exam(focus=picture_focus(places=(place,)))
    (focus,) = coded(check(fhir_bundle(assess(exam))), "focus")
    assert focus["bodySite"]["coding"][0]["code"] == "10200004"
    assert focus["bodySite"]["text"] == "Focus 1: right lobe, segment 7, 8"


@settings(deadline=None, max_examples=25)
@given(
    build.observations(),
    st.lists(
        st.builds(
            Size,
            st.just(ByHand()),
            st.lists(st.floats(0.1, 200), max_size=3).map(tuple),
            st.none() | st.sampled_from(SizeBound),
            masked=st.booleans(),
            plausible=st.booleans(),
        ),
        max_size=2,
    ),
    st.sampled_from(["en", "zh"]),
)
def test_whatever_was_seen_the_bundle_is_valid_and_a_server_takes_it_once(told, sizes, language):
    exam = build.an_exam(*told, focus=msgspec.structs.replace(build.a_focus(), sizes=tuple(sizes)))
    data = fhir_bundle(assess(exam), WHOLE, language=language)
    document = check(data)
    assert len(resources(document, "Observation")) >= len(told) + len(sizes)
    server = Server()
    server.post(data)
    once = server.count()
    server.post(data)
    assert server.count() == once == _kinds(document)


def _kinds(document: dict) -> dict[str, int]:
    kinds = [entry["resource"]["resourceType"] for entry in document["entry"]]
    return {kind: kinds.count(kind) for kind in kinds}


def test_an_answer_that_comes_back_is_not_taken_for_a_report(assessment, tmp_path):
    path = tmp_path / "answer.json"
    path.write_bytes(fhir_bundle(assessment, WHOLE))
    with pytest.raises(UnsupportedInput, match="is an answer of hepaspot itself, not a report"):
        hepaspot.read(path)


def test_names_of_files_do_not_go_out(tmp_path):
    path = tmp_path / "WangXiaoming.txt"
    path.write_text(REPORT)
    exam = hepaspot.read(path)
    named = tuple(msgspec.structs.replace(s, name=str(path)) for s in exam.sources)
    data = fhir_bundle(assess(msgspec.structs.replace(exam, sources=named)))
    assert b"WangXiaoming" not in data
    assert data == fhir_bundle(assess(exam))


def case(assessment, **more) -> Case:
    study = Study("1.2.840.99.7", date="20260304")
    identity = DicomIdentity(
        Patient(id="13800138000"), study, "1.2", "1.2.3", "1.2.4", rows=4, columns=4
    )
    return Case(assessment, (DicomPicture("picture", Path("p.dcm"), identity),), **more)


def test_the_file_of_an_export_is_for_the_patient_and_the_study_of_its_pictures(assessment):
    made = datetime(2026, 3, 5, tzinfo=UTC)
    (file,) = files(case(assessment, made=made, language="zh"))
    assert file.name == "fhir-bundle.json"
    (report,) = resources(check(file.data), "DiagnosticReport")
    assert report["subject"]["identifier"] == {"value": "13800138000"}
    assert (report["effectiveDateTime"], report["language"]) == ("2026-03-04", "zh")
    assert report["issued"] == "2026-03-05T00:00:00+00:00"
    assert b'"urn:oid:1.2.840.99.7"' in file.data


def test_an_exam_without_dicom_pictures_is_exported_for_nobody(assessment):
    (file,) = files(Case(assessment))
    assert file.data == fhir_bundle(assessment) + b"\n"


def test_an_identity_shows_nothing_of_itself():
    assert repr(WHOLE) == str(WHOLE) == "Identity(...)"


@pytest.mark.parametrize(
    ("identity", "told"),
    [
        (Identity(patient="WangXiaoming"), "the patient: is no FHIR address; give it as Patient/"),
        (Identity(patient="Patient/1?x=WangXiaoming"), "the patient: is no FHIR address"),
        (Identity(study_uid="WangXiaoming"), "the study: its UID is none of DICOM"),
        (Identity(study_uid="1." * 40 + "1"), "the study: its UID is none of DICOM"),
        (Identity(recorded=datetime(2026, 1, 1)), "the time of recording: has no time zone"),  # noqa: DTZ001
    ],
)
def test_an_identity_that_no_server_takes_is_refused_without_a_word_of_it(
    assessment, identity, told
):
    with pytest.raises(InputError) as caught:
        fhir_bundle(assessment, identity)
    assert told in str(caught.value)
    assert "WangXiaoming" not in str(caught.value)


def test_a_day_without_a_time_zone_is_written_as_a_day(assessment):
    day = Identity(examined=datetime(2026, 3, 4, 8, 30))  # noqa: DTZ001
    (report,) = resources(check(fhir_bundle(assessment, day)), "DiagnosticReport")
    assert report["effectiveDateTime"] == "2026-03-04"


def test_a_language_that_is_not_spoken_is_a_mistake_of_the_caller(assessment):
    with pytest.raises(ValueError, match="language must be 'en' or 'zh', got 'de'"):
        fhir_bundle(assessment, language="de")
