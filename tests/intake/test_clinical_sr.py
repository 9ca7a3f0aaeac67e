"""A DICOM structured report of another system gives its words, and nothing of the patient."""

from __future__ import annotations

import contextlib
import io
import random
import sys

import pytest
from intake.clinicals import PERSON, SR_CLASS, code, container, item, number, sr, words
from intake.dicoms import dicom, speckle
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

from hepaspot.errors import (
    EmptyInput,
    InputError,
    MissingExtra,
    TooLarge,
    UnreadableInput,
    UnsupportedInput,
)
from hepaspot.intake import TextKind, is_picture, open_report, read_stdin
from hepaspot.intake.clinical_sr import is_own_report
from hepaspot.reading import is_picture_file, read

IMPLICIT = "1.2.840.10008.1.2"
BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"


def text(data: bytes) -> str:
    return read_stdin(io.BytesIO(data)).text


def refusal(data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        text(data)
    assert PERSON not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_tree_is_told_as_headed_lines():
    data = sr(
        container(
            "Findings",
            words("Finding", "Echogenic focus in segment VI"),
            code("Acoustic shadow", "Present"),
            number("Diameter", "5.0", "mm"),
        ),
        container("Impressions", words("Impression", "Calcification")),
    )
    assert text(data).splitlines() == [
        "Findings:",
        "Finding: Echogenic focus in segment VI",
        "Acoustic shadow: Present",
        "Diameter: 5.0 mm",
        "Impressions:",
        "Impression: Calcification",
    ]


@pytest.mark.parametrize(
    ("written", "unit", "told"),
    [("5.00", "mm", "5.00 mm"), ("0.5", "1", "0.5"), ("12", "cm2", "12 cm2"), ("5e-1", "", "5e-1")],
)
def test_a_number_is_told_as_it_was_written(written, unit, told):
    assert text(sr(number("Diameter", written, unit))) == f"Diameter: {told}"


def test_people_dates_references_and_coordinates_are_no_words():
    data = sr(
        item("PNAME", "Reader", PersonName=PERSON),
        item("DATETIME", "Read at", DateTime="20260101"),
        item("UIDREF", "Tracked", UID="1.2.3"),
        item("SCOORD", "Outline", GraphicType="POINT", GraphicData=[1.5, 2.0]),
        words("Finding", "Calcification"),
    )
    assert text(data) == "Finding: Calcification"


def test_words_with_line_ends_of_every_kind_and_padding_are_lines():
    assert text(sr(words("Finding", "One\r\ntwo\rthree\n"))) == "Finding: One\ntwo\nthree"


def test_what_is_told_of_a_circumstance_is_left_out_with_all_below_it():
    context = container("Device", words("Observer", PERSON), relation="HAS ACQ CONTEXT")
    data = sr(container("Findings", context, words("Finding", "Calcification")))
    assert text(data) == "Findings:\nFinding: Calcification"


def test_what_a_finding_rests_on_follows_it():
    data = sr(
        words("Impression", "Stone", words("Finding", "Wide ducts", relation="INFERRED FROM"))
    )
    assert text(data) == "Impression: Stone\nFinding: Wide ducts"


def test_the_language_of_the_report_is_no_finding():
    language = code("Language", "English", relation="HAS CONCEPT MOD")
    assert text(sr(language, words("Finding", "Calcification"))) == "Finding: Calcification"


@pytest.mark.parametrize("syntax", [None, IMPLICIT, DEFLATED])
@pytest.mark.parametrize("charset", ["ISO_IR 192", "GB18030"])
def test_every_encoding_of_chinese_is_read(syntax, charset):
    options = {} if syntax is None else {"syntax": syntax}
    data = sr(words("所见", "肝右叶见强回声"), charset=charset, **options)
    assert text(data) == "所见: 肝右叶见强回声"


@pytest.mark.parametrize("sop_class", ["11", "22", "33", "34"])
def test_a_structured_report_is_a_report_and_no_picture(tmp_path, sop_class):
    path = tmp_path / "report.dcm"
    path.write_bytes(sr(words("Finding", "Calcification"), sop_class=sop_class))
    assert not is_picture(path.read_bytes()[:1024])
    assert not is_picture_file(path)
    assert open_report(path).kind is TextKind.SR


def test_a_structured_report_without_preamble_is_told_too():
    bare = sr(words("Finding", "Calcification"))[128 + 4 :]
    assert text(bare) == "Finding: Calcification"


def test_a_structured_report_that_is_a_bare_data_set_is_told_too():
    sound = dcmread(io.BytesIO(sr(words("Finding", "Calcification"))))
    out = DicomBytesIO()
    out.is_implicit_VR, out.is_little_endian = True, True
    write_dataset(out, Dataset(sound))
    assert text(out.getvalue()) == "Finding: Calcification"


def test_a_picture_that_refers_to_a_structured_report_stays_a_picture():
    step = Dataset()
    step.ReferencedSOPClassUID, step.ReferencedSOPInstanceUID = SR_CLASS + "11", "1.2.3"
    made = dicom(speckle(), ReferencedPerformedProcedureStepSequence=Sequence([step]))
    assert (SR_CLASS + "11").encode() in made[:1024]
    assert is_picture(made[:1024])


@pytest.mark.parametrize("seed", range(10))
def test_a_structured_report_with_bytes_overwritten_is_read_or_refused(seed):
    draw = random.Random(seed)
    data = bytearray(sr(container("Findings", words("Finding", "Calcification" * 9))))
    for _ in range(8):
        data[draw.randrange(400, len(data))] = draw.randrange(256)
    with contextlib.suppress(InputError):
        assert text(bytes(data)).strip()


def test_a_structured_report_is_read_into_an_exam(tmp_path):
    path = tmp_path / "report.dcm"
    path.write_bytes(sr(words("Finding", "9 x 3 mm calcification in segment 6 of the liver")))
    (focus,) = read(path).foci
    assert focus.segments == (6,)
    assert focus.sizes[0].axes_mm == (9.0, 3.0)


def test_nothing_of_the_patient_becomes_text():
    assert PERSON.encode() in sr(words("Finding", "Calcification"))
    assert PERSON not in text(sr(words("Finding", "Calcification")))


def test_an_answer_of_hepaspot_itself_is_no_report():
    error = refusal(sr(words("Finding", "Calcification"), Manufacturer="hepaspot"))
    assert isinstance(error, UnsupportedInput)
    assert str(error) == (
        "standard input: is an answer of hepaspot itself, not a report; give the report that it was "
        "made from, or take its exam back with hepaspot.export.sr_reading.exam_from_sr"
    )


@pytest.mark.parametrize("syntax", [IMPLICIT, DEFLATED])
def test_an_answer_of_hepaspot_is_known_however_it_is_encoded(tmp_path, syntax):
    path = tmp_path / "own.dcm"
    made = words("Finding", "Calcification")
    path.write_bytes(sr(made, Manufacturer="HEPASPOT ", syntax=syntax))
    assert is_own_report(path)
    path.write_bytes(sr(made, Manufacturer="hepaspotter", syntax=syntax))
    assert not is_own_report(path)


def test_a_report_without_words_is_said_to_have_none():
    error = refusal(sr(code("Language", "English", relation="HAS CONCEPT MOD")))
    assert isinstance(error, EmptyInput)
    assert "is a DICOM structured report without words" in str(error)


@pytest.mark.parametrize("lost", [1, 20, 100, 300])
def test_a_report_that_is_cut_short_is_damaged(lost):
    error = refusal(sr(words("Finding", "Calcification"))[:-lost])
    assert isinstance(error, UnreadableInput)
    assert str(error).endswith("is a damaged DICOM structured report; export it again")


def test_containers_in_containers_without_end_are_too_large():
    nested = words("Finding", PERSON)
    for _ in range(60):
        nested = container("Part", nested)
    error = refusal(sr(nested))
    assert isinstance(error, TooLarge)
    assert "larger than any report on a liver; give the report's text" in str(error)


def test_sequences_nested_without_end_are_refused():
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + b"\x40\x00\x30\xa7SQ\0\0\xff\xff\xff\xff"
    head = sr(words("Finding", "x"))
    start = head.rindex(b"\x40\x00\x30\xa7SQ")
    error = refusal(head[:start] + b"\x40\x00\x30\xa7SQ\0\0\xff\xff\xff\xff" + item * 5_000)
    assert isinstance(error, (TooLarge, UnreadableInput))


def test_a_deflated_bomb_is_refused():
    bomb = sr(words("Finding", "a" * (100 << 20)), syntax=DEFLATED)
    assert len(bomb) < 1 << 20
    error = refusal(bomb)
    assert isinstance(error, TooLarge)


def test_more_words_than_a_report_has_are_too_many():
    error = refusal(sr(words("Finding", "a" * (2 << 20))))
    assert isinstance(error, TooLarge)
    assert "holds more than 1 MiB of words" in str(error)


def test_without_the_library_the_extra_is_named(monkeypatch):
    data = sr(words("Finding", "Calcification"))
    monkeypatch.setitem(sys.modules, "pydicom", None)
    monkeypatch.setattr("hepaspot.intake.clinical_sr.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'pip install "hepaspot\[picture\]"'):
        text(data)
