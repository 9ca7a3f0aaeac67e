"""A node beside a real PACS: exams go in by DICOM, and the answer appears in the same study."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import httpx
import msgspec
import pytest
from pydicom import dcmread
from serve.node.peers import (
    ECHOSCU,
    dcmtk,
    new_exam,
    programs,
    running_node,
    running_orthanc,
    storescu,
    study_of,
    until,
)

import hepaspot
from hepaspot.export.sr_reading import exam_from_sr
from hepaspot.serve.node.classes import SENT
from hepaspot.serve.node.spool import key_of

PICTURE = "1.2.840.10008.5.1.4.1.1.6.1"
ANSWERED = sorted([PICTURE, *SENT.values()])
JPEG_LS = "1.2.840.10008.1.2.4.80"


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    """A PACS and a node that know each other: every kind of answer goes to the PACS."""
    home = tmp_path_factory.mktemp("ward")
    modality = ["HEPASPOT", "127.0.0.1", 0]
    with running_orthanc(home / "pacs") as pacs:
        told = {
            "send": [
                {
                    "kind": "dicom",
                    "name": "pacs",
                    "host": "127.0.0.1",
                    "port": pacs.port,
                    "ae_title": pacs.title,
                    "formats": list(SENT),
                }
            ],
            "pull": {"url": pacs.dicomweb, "wait_s": 0.2, "tries": 2},
        }
        with running_node(home / "node", told) as node:
            modality[2] = node.port
            where = f"{pacs.rest}/modalities/hepaspot"
            pacs.client.put(where, json=modality).raise_for_status()
            yield pacs, node


@pytest.fixture(scope="module")
def answered(ward, phantoms, tmp_path_factory):
    """An exam that both have: sent to the PACS and, by DCMTK, to the node, which answered it."""
    pacs, node = ward
    path = new_exam(phantoms[0], tmp_path_factory.mktemp("sent") / "exam.dcm")
    pacs.put(path)
    storescu(node, path)
    until(lambda: pacs.classes(study_of(path)) == ANSWERED, what="the answer is in the PACS")
    return path


@pytest.fixture(scope="module")
def report(ward, answered, tmp_path_factory) -> Path:
    """The structured report of that exam, as the PACS gives it by WADO-RS."""
    pacs, _ = ward
    path = tmp_path_factory.mktemp("fetched") / "report.dcm"
    path.write_bytes(pacs.fetched(study_of(answered), SENT["sr"]))
    return path


def without_names(assessment: hepaspot.Assessment) -> hepaspot.Assessment:
    """An assessment whose exam does not tell what files were called."""
    exam = assessment.exam
    sources = tuple(msgspec.structs.replace(each, name=None) for each in exam.sources)
    return msgspec.structs.replace(assessment, exam=msgspec.structs.replace(exam, sources=sources))


def test_the_answer_to_what_storescu_sent_is_found_in_the_same_study(ward, answered):
    pacs, _ = ward
    told = pacs.found(study_of(answered), includefield="00100010,00100020")
    picture = dcmread(answered, stop_before_pixels=True)
    assert {each["00100020"]["Value"][0] for each in told} == {picture.PatientID}
    assert {each["0020000D"]["Value"][0] for each in told} == {picture.StudyInstanceUID}
    assert len({each["0020000E"]["Value"][0] for each in told}) == 5, "a series of each kind"


def test_the_report_in_the_pacs_says_what_hepaspot_reads_from_the_file(report, answered):
    back = without_names(exam_from_sr(report))
    assert back.foci
    assert back == without_names(hepaspot.assess(hepaspot.read(answered)))


def test_dcmtk_and_highdicom_read_the_report_that_the_pacs_gives(report):
    from highdicom.sr import srread

    shown = dcmtk(Path("/usr/bin/dsrdump"), report)
    assert "Imaging Measurement Report" in shown
    assert "Probability: calcification" in shown
    groups = srread(report).content.get_planar_roi_measurement_groups()
    foci = exam_from_sr(report).foci
    assert [group.tracking_identifier for group in groups] == [e.focus for e in foci]


def test_the_importer_of_dcmqi_reads_every_measurement_of_the_report(report, tmp_path):
    beside = Path(sys.executable).parent / "tid1500reader"
    reader = str(beside) if beside.exists() else programs("tid1500reader")[0]
    out = tmp_path / "read.json"
    subprocess.run(
        [reader, "--inputDICOM", report, "--outputMetadata", out], check=True, capture_output=True
    )
    groups = json.loads(out.read_text("utf-8"))["Measurements"]
    foci = exam_from_sr(report).foci
    assert len(groups) == len(foci) > 0
    for group, focus in zip(groups, foci, strict=True):
        assert group["Finding"]["CodeValue"] == "300331000"
        assert group["TrackingIdentifier"] == focus.focus
        assert group["measurementAlgorithmIdentification"]["AlgorithmName"] == "hepaspot"
        read = {each["quantity"]["CodeValue"]: each for each in group["measurementItems"]}
        told = focus.probability(hepaspot.Entity.CALCIFICATION).mean
        assert float(read["P-CALC"]["value"]) == pytest.approx(told, abs=1e-4)
        assert read["103339001"]["units"]["CodeValue"] == "mm"


def test_the_pdf_and_the_picture_in_the_pacs_are_marked_as_not_for_diagnosis(ward, answered):
    pacs, _ = ward
    pdf = dcmread(io.BytesIO(pacs.fetched(study_of(answered), SENT["pdf"])))
    assert pdf.EncapsulatedDocument.startswith(b"%PDF-")
    for name in SENT:
        made = dcmread(io.BytesIO(pacs.fetched(study_of(answered), SENT[name])))
        assert "preliminary" in made.SeriesDescription.lower()


def test_a_pacs_that_forwards_a_study_by_its_own_c_store_gets_the_answer(ward, exam):
    pacs, _ = ward
    path = exam()
    put = pacs.put(path)
    sent = pacs.post("modalities/hepaspot/store", {"Resources": [put["ParentStudy"]]})
    assert sent["FailedInstancesCount"] == 0
    until(lambda: pacs.classes(study_of(path)) == ANSWERED, what="the answer is in the PACS")


def test_answers_that_the_pacs_sends_back_are_acknowledged_and_cause_no_loop(ward, answered):
    pacs, node = ward
    back = [
        pacs.client.post(f"{pacs.rest}/tools/lookup", content=each["00080018"]["Value"][0])
        for each in pacs.found(study_of(answered))
        if each["00080016"]["Value"][0] in {SENT["sr"], SENT["sc"]}
    ]
    kept = sorted((node.folder / "studies").rglob("*.dcm"))
    read = len(node.journal("study whole"))
    said = len(node.journal("association ended"))
    ids = [each.json()[0]["ID"] for each in back]
    sent = pacs.post("modalities/hepaspot/store", {"Resources": ids})
    assert (sent["InstancesCount"], sent["FailedInstancesCount"]) == (2, 0)
    told = node.said("association ended", said + 1)[-1]
    assert (told["taken"], told["refused"]) == (2, 0)
    assert sorted((node.folder / "studies").rglob("*.dcm")) == kept
    # Another exam comes and goes: were there anything to do about those two, it would be done.
    path = new_exam(answered, answered.with_name("next.dcm"))
    storescu(node, path)
    until(lambda: pacs.classes(study_of(path)) == sorted(SENT.values()), what="the next answer")
    assert len(node.journal("study whole")) == read + 1
    assert pacs.classes(study_of(answered)) == ANSWERED


def test_the_same_exam_sent_again_is_not_answered_again(ward, answered):
    pacs, node = ward
    lines, read = len(node.queue()), len(node.journal("study read"))
    storescu(node, answered)
    node.said("study read", read + 1)
    assert len(node.queue()) == lines, "the objects are the same, and known"
    assert pacs.classes(study_of(answered)) == ANSWERED


def test_a_study_is_fetched_from_the_pacs_by_the_command_and_answered(ward, exam):
    pacs, node = ward
    path = exam()
    pacs.put(path)
    assert node.command("fetch", study_of(path)) == "queued\n"
    until(lambda: pacs.classes(study_of(path)) == ANSWERED, what="the answer is in the PACS")
    assert ["pull", study_of(path), "done", "1", key_of(study_of(path)), ""] in node.queue()


def test_a_study_asked_for_over_http_is_fetched_as_it_is_stored_compressed(ward, exam):
    pacs, node = ward
    path = exam()
    put = pacs.put(path)
    where = f"{pacs.rest}/instances/{put['ID']}/modify"
    wish = {"Transcode": JPEG_LS, "Keep": ["SOPInstanceUID"], "Force": True}
    pixels = pacs.client.post(where, json=wish).raise_for_status().content
    pacs.client.delete(f"{pacs.rest}/instances/{put['ID']}").raise_for_status()
    pacs.client.post(f"{pacs.rest}/instances", content=pixels).raise_for_status()
    study = str(dcmread(io.BytesIO(pixels), stop_before_pixels=True).StudyInstanceUID)
    answer = httpx.post(f"{node.url}/fetch", json={"study": study})
    assert (answer.status_code, answer.json()) == (202, {"queued": True})
    until(lambda: pacs.classes(study) == ANSWERED, what="the answer is in the PACS")
    (stored,) = (node.folder / "studies" / key_of(study)).iterdir()
    assert dcmread(stored, stop_before_pixels=True).file_meta.TransferSyntaxUID == JPEG_LS


def test_a_study_that_the_pacs_does_not_have_is_given_up_with_the_reason(ward):
    _, node = ward
    node.command("fetch", "1.2.3.4.5")
    told = node.said("study not fetched")[-1]
    assert told["dead"] is True
    assert told["why"] == "the server has no ultrasound picture of this study"
    line = ["pull", "1.2.3.4.5", "dead", "1", key_of("1.2.3.4.5"), told["why"]]
    assert line in node.queue(dead_only=True)
    assert "\t".join(line) in node.command("queue", "--dead").splitlines()


def test_what_is_no_uid_is_not_asked_for(ward):
    _, node = ward
    words = "hepaspot: the Study Instance UID: is none (digits and dots, 64 at most); correct it\n"
    assert node.command("fetch", "1.2/../3", status=3) == words


def test_dcmtk_is_answered_when_it_asks_whether_the_node_is_there(ward):
    _, node = ward
    titles = ("-aet", "STORESCU", "-aec", node.title)
    told = dcmtk(ECHOSCU, "-v", *titles, "127.0.0.1", str(node.port))
    assert "Received Echo Response (Success)" in told


def test_the_lines_of_the_journal_and_the_queue_tell_the_kind_of_each_object(ward, answered):
    _, node = ward
    (study,) = [e["study"] for e in node.journal("study read")][:1]
    sent = [each for each in node.journal("sent") if each["study"] == study]
    assert sorted(each["format"] for each in sent) == sorted(SENT)
    assert {each["to"] for each in sent} == {"pacs"}
    assert {f"{format} to pacs" for format in SENT} <= {line[0] for line in node.queue()}


def test_nothing_is_left_in_the_home_of_the_user_who_runs_the_node(ward, answered):
    """A library that reads pictures would tell its maker of each use, by a file there."""
    _, node = ward
    assert not node.user.exists()
