"""A FHIR DiagnosticReport gives the words of the report, and nothing of the patient."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake.clinicals import PERSON, attachment, bundle, fhir, observation, report
from intake.pdfs import pdf, scanned_pdf

from hepaspot.errors import (
    EmptyInput,
    InputError,
    ScanWithoutText,
    TooLarge,
    UnreadableInput,
    UnsupportedInput,
)
from hepaspot.intake import TextKind, bounds, open_report, read_stdin
from hepaspot.reading import read

FINDINGS = "Right lobe: 9 x 3 mm echogenic focus in segment VI.\nDucts not dilated."


def words(data: bytes) -> str:
    return read_stdin(io.BytesIO(data)).text


def refusal(data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        words(data)
    assert PERSON not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_conclusion_is_read_as_an_impression():
    assert words(fhir(report(conclusion="肝内钙化灶"))) == "Impression: 肝内钙化灶"


def test_the_content_tells_the_kind_not_the_extension(tmp_path):
    path = tmp_path / "report.txt"
    path.write_bytes(b"\xef\xbb\xbf\n " + fhir(report(conclusion="Calcification")))
    opened = open_report(path)
    assert (opened.kind, opened.encoding) == (TextKind.FHIR, None)
    assert opened.text == "Impression: Calcification"


def test_an_issued_text_is_read_before_the_conclusion():
    issued = attachment(FINDINGS.encode())
    text = words(fhir(report(conclusion="Calcification.", presentedForm=[issued])))
    assert text == f"{FINDINGS}\nImpression: Calcification."


def test_a_conclusion_that_stands_in_the_issued_text_is_not_told_twice():
    issued = attachment(f"{FINDINGS}\nImpression: liver\n  calcification".encode())
    text = words(fhir(report(conclusion="liver calcification", presentedForm=[issued])))
    assert text.count("calcification") == 1


def test_an_issued_pdf_is_read():
    issued = attachment(pdf("Calcification in segment 6"), "application/pdf")
    assert words(fhir(report(presentedForm=[issued]))) == "Calcification in segment 6"


def test_plain_text_is_preferred_to_a_pdf_of_the_same_report():
    forms = [attachment(pdf("as PDF"), "application/pdf"), attachment(b"as text")]
    assert words(fhir(report(presentedForm=forms))) == "as text"


def test_an_issued_pdf_that_is_a_scan_is_refused_rather_than_half_read():
    issued = attachment(scanned_pdf(), "application/pdf")
    error = refusal(fhir(report(conclusion="Calcification", presentedForm=[issued])))
    assert isinstance(error, ScanWithoutText)


@pytest.mark.parametrize(
    ("codec", "content_type"),
    [
        ("utf-8", "text/plain"),
        ("utf-8", "TEXT/PLAIN; charset=UTF-8"),
        ("gb18030", "text/plain;charset=gb18030"),
        ("gb18030", "text/plain; charset=utf-8"),
        ("gb18030", "text/plain; charset=punycode"),
        ("utf-8", 'text/plain; charset="utf-8"'),
    ],
)
def test_an_issued_text_is_read_whatever_character_set_it_claims(codec, content_type):
    sentence = "肝右叶见强回声，后伴声影"
    issued = attachment(sentence.encode(codec), content_type)
    assert words(fhir(report(presentedForm=[issued]))) == sentence


def test_observations_are_lines_in_the_order_of_the_report():
    document = report(
        contained=[
            observation("b", code={"text": "Size"}, valueQuantity={"value": 5.0, "unit": "mm"}),
            observation("a", code={"coding": [{"display": "Liver"}]}, valueString="bright focus"),
            observation(
                "c",
                code={"text": "Shadow"},
                valueCodeableConcept={"text": "present"},
                component=[{"code": {"text": "Ducts"}, "valueString": "not dilated"}],
                note=[{"text": "Seen in two planes."}],
            ),
        ],
        result=[{"reference": "#a"}, {"reference": "#b"}, {"reference": "#c"}],
    )
    assert words(fhir(document)).splitlines() == [
        "Liver: bright focus",
        "Size: 5 mm",
        "Shadow: present",
        "Ducts: not dilated",
        "Seen in two planes.",
    ]


def test_contained_observations_that_the_report_does_not_name_are_read_as_they_stand():
    document = report(contained=[observation("a", valueString="Calcification in segment 8")])
    assert words(fhir(document)) == "Calcification in segment 8"


def test_a_bundle_gives_the_observations_that_its_report_names_and_no_others():
    document = bundle(
        report(
            result=[
                {"reference": "Observation/o1/_history/3"},
                {"reference": "urn:uuid:3"},
                {"reference": "Observation/elsewhere"},
            ]
        ),
        observation("o1", valueString="Bright focus, 5 mm"),
        observation("o2", valueString="Ducts not dilated"),
        observation("o3", valueString="Somebody else's calcification"),
    )
    assert words(fhir(document)) == "Bright focus, 5 mm\nDucts not dilated"


def test_members_of_an_observation_are_read_once():
    shared = observation("leaf", valueString="5 mm")
    document = report(
        contained=[
            observation("a", valueString="Focus", hasMember=[{"reference": "#leaf"}]),
            observation("b", valueString="Again", hasMember=[{"reference": "#leaf"}]),
            shared,
        ],
        result=[{"reference": "#a"}, {"reference": "#b"}],
    )
    assert words(fhir(document)) == "Focus\n5 mm\nAgain"


def test_a_withdrawn_observation_is_left_out():
    document = report(
        contained=[
            observation("a", valueString="Calcification") | {"status": "entered-in-error"},
            observation("b", valueString="Liver normal"),
        ]
    )
    assert words(fhir(document)) == "Liver normal"


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_withdrawn_report_is_refused(status):
    error = refusal(fhir(report(conclusion="Calcification") | {"status": status}))
    assert isinstance(error, UnsupportedInput)
    assert str(error).endswith("is a report that was withdrawn; give the one that holds")


def test_an_answer_of_hepaspot_itself_is_no_report():
    own = [{"system": "https://hepaspot.invalid/fhir/id", "value": "1"}]
    error = refusal(fhir(report(conclusion="Calcification", identifier=own)))
    assert "is an answer of hepaspot itself, not a report" in str(error)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (bundle(), "is FHIR without a DiagnosticReport; give the report"),
        ({"resourceType": "Patient", "id": PERSON}, "is FHIR without a DiagnosticReport"),
        (
            bundle(report(conclusion="a"), report(conclusion="b")),
            "is FHIR with 2 DiagnosticReports; give one report a file",
        ),
    ],
)
def test_a_document_must_hold_one_report(document, told):
    error = refusal(fhir(document))
    assert isinstance(error, UnsupportedInput)
    assert told in str(error)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"presentedForm": [{"contentType": "text/plain", "url": "https://ris.example/1"}]},
        {"presentedForm": [attachment(b"<p>Calcification</p>", "text/html")]},
    ],
)
def test_a_report_without_words_of_its_own_is_said_to_have_none(fields):
    error = refusal(fhir(report(**fields)))
    assert isinstance(error, EmptyInput)
    assert "is a FHIR DiagnosticReport without words (attached by a link" in str(error)


def test_nothing_of_the_patient_becomes_text():
    document = bundle(report(conclusion="Calcification"), observation("o1", valueString="x"))
    document["entry"][2]["resource"]["subject"] = {"display": PERSON}
    document["entry"][2]["resource"]["performer"] = [{"display": PERSON}]
    assert PERSON in json.dumps(document)
    assert PERSON not in words(fhir(document))


def test_a_report_is_read_into_an_exam_that_knows_nothing_of_the_patient(tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(fhir(bundle(report(presentedForm=[attachment(FINDINGS.encode())]))))
    exam = read(path)
    (focus,) = exam.foci
    assert (focus.segments, focus.sizes[0].axes_mm) == ((6,), (9.0, 3.0))
    assert PERSON.encode() not in exam.to_json()


def test_observations_that_are_members_of_each_other_are_refused():
    document = report(
        contained=[
            observation("a", hasMember=[{"reference": "#b"}]),
            observation("b", hasMember=[{"reference": "#a"}]),
        ]
    )
    error = refusal(fhir(document))
    assert isinstance(error, UnreadableInput)
    assert "its observations are members of each other; export it again" in str(error)


def test_members_of_members_of_members_without_end_are_too_deep():
    chain = [observation(str(n), hasMember=[{"reference": f"#{n + 1}"}]) for n in range(50)]
    error = refusal(fhir(report(contained=chain)))
    assert isinstance(error, TooLarge)
    assert "its observations are nested too deep; export it again" in str(error)


@pytest.mark.parametrize("opening", [b"[", b'{"x":'])
@pytest.mark.parametrize("where", [b'"contained"', b'"extension"'])
def test_nesting_without_end_is_too_large(opening, where):
    data = b'{"resourceType":"DiagnosticReport",' + where + b":" + opening * 100_000
    error = refusal(data)
    assert isinstance(error, (TooLarge, UnreadableInput))
    assert "FHIR" in str(error)


def test_an_attached_text_over_the_bound_is_too_large():
    issued = attachment(b"a" * (bounds.TEXT_BYTES + 1))
    error = refusal(fhir(report(presentedForm=[issued])))
    assert isinstance(error, TooLarge)
    assert "carries a text larger than 1 MiB, which no single report is" in str(error)


def test_a_conclusion_over_the_bound_is_too_large():
    error = refusal(fhir(report(conclusion="a" * (bounds.TEXT_BYTES + 1))))
    assert isinstance(error, TooLarge)
    assert "holds more than 1 MiB of words; give one report a file" in str(error)


def test_a_file_over_the_bound_is_not_decoded():
    error = refusal(fhir(report(presentedForm=[attachment(b"a" * bounds.FILE_BYTES)])))
    assert isinstance(error, TooLarge)
    assert "is larger than 20 MiB" in str(error)


@pytest.mark.parametrize("value", [b"{}", b"[]", b"1", b'{"resource":{}}'])
@pytest.mark.parametrize(
    "opening",
    [b'{"resourceType":"Bundle","entry":[', b'{"resourceType":"DiagnosticReport","contained":['],
)
def test_more_values_than_any_report_has_are_too_many(opening, value):
    error = refusal(opening + (value + b",") * 300_001 + value + b"]}")
    assert isinstance(error, TooLarge)
    assert "is FHIR with more than 300000 values, which no report has" in str(error)


def test_an_attachment_that_is_no_base64_is_damaged():
    broken = {"contentType": "text/plain", "data": f"{PERSON}!"}
    error = refusal(fhir(report(presentedForm=[broken])))
    assert isinstance(error, UnreadableInput)
    assert "carries a document that is no base64; export it again" in str(error)


def test_base64_may_be_wrapped_into_lines():
    issued = attachment(FINDINGS.encode())
    issued["data"] = "\n".join(issued["data"][n : n + 20] for n in range(0, 200, 20))
    assert words(fhir(report(presentedForm=[issued]))) == FINDINGS


@pytest.mark.parametrize(
    "data",
    [
        b'{"resourceType":"DiagnosticReport","conclusion":7}',
        b'{"resourceType":"DiagnosticReport","conclusion":"' + PERSON.encode(),
        b'{"resourceType":"DiagnosticReport","conclusion":"\xff\xfe"}',
        b'{"resourceType":"Bundle","entry":{"a":1}}',
    ],
)
def test_damaged_fhir_is_said_to_be_damaged(data):
    error = refusal(data)
    assert isinstance(error, UnreadableInput)
    assert str(error).endswith("is damaged FHIR; export it again")


def test_fhir_as_xml_is_named():
    error = refusal(
        b'<?xml version="1.0"?>\n<DiagnosticReport xmlns="http://hl7.org/fhir"><id value="'
        + PERSON.encode()
        + b'"/></DiagnosticReport>'
    )
    assert isinstance(error, UnsupportedInput)
    assert str(error).endswith("is FHIR written as XML; export it as JSON")


def test_a_report_that_only_opens_like_json_stays_plain_text():
    opened = read_stdin(io.BytesIO("{草稿} 肝右叶见强回声".encode()))
    assert opened.kind is TextKind.TEXT


@given(
    st.dictionaries(
        st.sampled_from(["status", "conclusion", "presentedForm", "contained", "result", "code"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["resourceType", "reference", "data", "contentType", "id"]),
                    inner,
                )
            ),
        ),
    )
)
def test_whatever_stands_in_a_report_it_is_read_or_refused(fields):
    data = json.dumps({"resourceType": "DiagnosticReport", **fields}).encode()
    with contextlib.suppress(InputError):
        assert words(data).strip()
