"""From the files of a study to what goes back into it."""

from __future__ import annotations

import io

import pytest
from intake.clinicals import PERSON, sr, words
from pydicom import dcmread

from hepaspot.errors import InputError, InternalError, UnsupportedInput
from hepaspot.phantom import make
from hepaspot.serve.node import answering
from hepaspot.serve.node.answering import answer
from hepaspot.serve.node.classes import SENT
from hepaspot.serve.node.settings import Reading

READING = Reading()
FINDING = "A 9 mm hyperechoic focus with posterior acoustic shadowing in segment VI of the liver."


@pytest.fixture
def study(phantoms, tmp_path):
    """Makes objects of one study: pictures, and reports of another maker."""
    still = dcmread(phantoms[0])

    class Study:
        uid, patient = str(still.StudyInstanceUID), str(still.PatientID)

        def report(self, name="report.dcm", **elements):
            told = {"StudyInstanceUID": self.uid, "SeriesInstanceUID": "1.2.9"}
            told |= {"PatientID": self.patient, "PatientName": str(still.PatientName)}
            path = tmp_path / name
            path.write_bytes(sr(words("Findings", FINDING), **(told | elements)))
            return path

        def file(self, name, data):
            path = tmp_path / name
            path.write_bytes(data)
            return path

    made = Study()
    made.picture = phantoms[0]
    return made


@pytest.fixture(scope="module")
def plain(phantoms):
    """What is made of the picture alone."""
    return answer([phantoms[0]], READING, ["sr"])


def text_of(made):
    return str(dcmread(io.BytesIO(made.data)))


def test_every_format_asked_for_is_made_and_belongs_to_the_study(study):
    made = answer([study.picture], READING, ["sr", "sc"])
    assert [each.format for each in made.objects] == ["sr", "sc"]
    assert made.left_out == ""
    for each in made.objects:
        data = dcmread(io.BytesIO(each.data))
        assert data.StudyInstanceUID == study.uid
        assert data.SOPInstanceUID == each.sop_instance_uid
        assert data.SOPClassUID == each.sop_class_uid == SENT[each.format]


def test_a_format_that_the_study_has_nothing_for_keeps_no_other_from_being_made(tmp_path):
    clip = next(iter(make(tmp_path, count=1, seed=1, frames=3, target="calcification"))).dicom
    made = answer([clip], Reading(), ["seg", "sr", "sc"])
    assert [each.format for each in made.objects] == ["sr", "sc"]
    assert made.left_out.startswith("no seg: the segmentation: is made of stills alone")
    with pytest.raises(UnsupportedInput, match=r"^no seg: the segmentation: is made of stills"):
        answer([clip], Reading(), ["seg"])


def test_the_words_of_a_report_and_the_picture_are_weighed_together_in_whatever_order_they_come(
    study, plain
):
    report = study.report()
    together = answer([study.picture, report], READING, ["sr"])
    assert answer([report, study.picture], READING, ["sr"]) == together
    assert together.left_out == ""
    (with_words,), (without,) = together.objects, plain.objects
    assert with_words.sop_instance_uid != without.sop_instance_uid
    assert text_of(with_words) != text_of(without)


def test_what_hepaspot_made_is_left_out_without_a_word(study):
    (own,) = answer([study.picture], READING, ["sr"]).objects
    back = study.file("own.dcm", own.data)
    assert answer([study.picture, back], READING, ["sr"]) == answer(
        [study.picture], READING, ["sr"]
    )
    assert answer([back], READING, ["sr"]) == ([], "nothing in it is a picture")


def test_what_cannot_be_read_is_left_out_and_counted_by_its_reason(study, exam):
    cut = study.picture.read_bytes()[:20_000]
    uid = {"StudyInstanceUID": study.uid}
    other = exam(**uid, SOPClassUID="1.2.840.10008.5.1.4.1.1.2", Manufacturer="Another")
    files = [
        study.picture,
        study.file("a.dcm", b"no DICOM" * 1000),
        study.file("b.dcm", b"no DICOM" * 1000),
        study.file("c.dcm", cut),
        other,
    ]
    made = answer(files, READING, ["sr"])
    assert len(made.objects) == 1
    told = made.left_out.split("; ")
    assert told[0] == "2 objects: has no usable StudyInstanceUID"
    assert told[1] == "1 object: no picture and no report"
    assert told[2].startswith("1 object: says it has 1 frame")
    assert len(told) == 3
    assert ".dcm" not in made.left_out


def test_a_study_of_reports_alone_has_no_answer(study):
    assert answer([study.report()], READING, ["sr"]) == ([], "nothing in it is a picture")


def test_a_study_of_which_nothing_can_be_read_has_no_answer_and_says_why(study):
    made = answer([study.file("c.dcm", study.picture.read_bytes()[:20_000])], READING, ["sr"])
    assert made.objects == []
    assert made.left_out.startswith("1 object: says it has 1 frame")


@pytest.mark.parametrize("kind", ["picture", "report"])
def test_a_study_with_objects_of_two_patients_is_refused_without_naming_them(study, exam, kind):
    other = (
        exam(StudyInstanceUID=study.uid, PatientID="13800138000", PatientName="Zhang^San")
        if kind == "picture"
        else study.report(PatientID=PERSON, PatientName=PERSON)
    )
    line = r"^has objects of two patients; put it right where they come from$"
    with pytest.raises(InputError, match=line):
        answer([study.picture, other], READING, ["sr"])


def test_a_study_of_too_many_objects_is_refused(study, monkeypatch):
    monkeypatch.setattr(answering, "FOLDER_FILES", 1)
    with pytest.raises(InputError, match=r"^has more than 1 objects; read its pictures by hand$"):
        answer([study.picture, study.picture], READING, ["sr"])


def test_the_setting_and_the_language_of_the_node_are_those_of_the_answer(study, plain):
    told = Reading(setting="health-check", region="east_asia")
    assert answer([study.picture], told, ["sr"]).objects[0].data != plain.objects[0].data
    chinese = answer([study.picture], Reading(language="zh"), ["sr"]).objects[0]
    assert any("一" <= letter <= "鿿" for letter in text_of(chinese))
    assert not any("一" <= letter <= "鿿" for letter in text_of(plain.objects[0]))


def test_a_fault_of_hepaspot_while_it_makes_an_object_tells_nothing_of_the_exam(study, monkeypatch):
    def broken(case, format):
        raise KeyError(PERSON)

    monkeypatch.setattr(answering, "export", broken)
    with pytest.raises(InternalError, match=r"^sr could not be made \(KeyError\)$") as caught:
        answer([study.picture], READING, ["sr"])
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
