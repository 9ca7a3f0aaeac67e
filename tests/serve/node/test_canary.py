"""One patient, sent through everything that can go right or wrong, is then looked for everywhere."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import count
from pathlib import Path
from threading import Thread

import httpx
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit, generate_uid
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import StorageCommitmentPushModel
from serve.node import peers
from serve.node.peers import STORESCU, Node, free_port, new_exam, storescu, until
from serve.node.test_running import workers_of
from serve.node.wire import Encoded, associated, encoded

from hepaspot.serve.node.classes import SENT

LATIN, PHYSICIAN = ("Vogelsang", "Kunigunde"), ("Habermehl", "Ottokar")
CHINESE, PHONETIC = ("欧阳鸢", "金丝雀"), ("ㄩㄢㄨㄟ", "ㄐㄧㄣㄙ")
IDENTIFIER, ACCESSION, BORN = "QX-77310-CANARY", "ZK55291Q", "19430217"
NAME = "=".join("^".join(group) for group in (LATIN, CHINESE, PHONETIC))
WORDS = (*LATIN, *PHYSICIAN, *CHINESE, *PHONETIC, IDENTIFIER, ACCESSION, BORN, "1943-02-17")
LINE = f"{LATIN[1]} {LATIN[0]} ({''.join(CHINESE)}), {IDENTIFIER}, {BORN}"

PATIENT = {
    "SpecificCharacterSet": "GB18030",
    "PatientName": NAME,
    "PatientID": IDENTIFIER,
    "PatientBirthDate": BORN,
    "AccessionNumber": ACCESSION,
    "ReferringPhysicianName": "^".join(PHYSICIAN),
    "StudyDescription": LINE,
}
TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"


def traces(word: str) -> Iterator[bytes]:
    """A word as it may stand in a file: encoded, in hexadecimal, in Base64, escaped in JSON."""
    for encoding in ("utf-8", "gb18030", "latin-1", "utf-16-le", "utf-16-be"):
        try:
            data = word.encode(encoding)
        except UnicodeEncodeError:
            continue
        yield data
        yield data.hex().encode()
        for shift in range(3):
            text = base64.b64encode(bytes(shift) + data)
            yield text[-(-8 * shift // 6) : 8 * (shift + len(data)) // 6]
    yield json.dumps(word)[1:-1].encode()


TRACES = {trace.lower() for word in WORDS for trace in traces(word) if len(trace) >= 6}


def found_in(data: bytes) -> set[bytes]:
    lower = data.lower()
    return {trace for trace in TRACES if trace in lower}


def test_the_search_finds_the_patient_in_a_file(phantoms, tmp_path):
    exam = new_exam(phantoms[0], tmp_path / "exam.dcm", **PATIENT)
    assert found_in(exam.read_bytes())
    for word in WORDS:
        for told in (word.encode(), word.encode("gb18030"), f'"{word}"'.encode("utf-16")):
            assert found_in(b"abc" + told + b"xyz")
            assert found_in(base64.b64encode(b"12345" + told + b"xyz"))
    assert not found_in(phantoms[0].read_bytes())


# ------------------------------------------------------------------------------ what is sent


def text_report(where: Path, **changes: object) -> Path:
    """A Basic Text SR that is all about the patient."""
    told = Dataset()
    told.SOPClassUID, told.SOPInstanceUID = TEXT_SR, generate_uid()
    told.StudyInstanceUID, told.SeriesInstanceUID = generate_uid(), generate_uid()
    told.Modality, told.Manufacturer, told.InstanceNumber = "SR", "Canary", "1"
    told.CompletionFlag, told.VerificationFlag = "COMPLETE", "UNVERIFIED"
    told.ValueType, told.ContinuityOfContent = "CONTAINER", "SEPARATE"
    told.ConceptNameCodeSequence = Sequence([code("18748-4", "Diagnostic imaging report")])
    for name, value in {**PATIENT, **changes}.items():
        setattr(told, name, value)
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "TEXT"
    item.ConceptNameCodeSequence = Sequence([code("121071", "Finding")])
    item.TextValue = (
        f"{LINE}. Liver: a 6 mm echogenic focus with shadowing in segment 7. "
        f"Seen with Dr {' '.join(PHYSICIAN)}."
    )
    told.ContentSequence = Sequence([item])
    told.file_meta = FileMetaDataset()
    told.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    told.save_as(where, enforce_file_format=True)
    return where


def code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "LN", meaning
    return item


def damaged_picture(where: Path, still: Path) -> Path:
    """A picture whose pixel data is no JPEG, but tells of the patient."""
    new_exam(still, where, **PATIENT)
    data = dcmread(where)
    data.PixelData = encapsulate([b"\xff\xd8\xff\xfe" + LINE.encode() + bytes(100)])
    data["PixelData"].is_undefined_length = True
    data.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    data.save_as(where)
    return where


def with_raw(sent: Encoded, keyword: str, value: bytes) -> bytes:
    """An encoded object with the bytes of one attribute replaced by others of any kind."""
    from pydicom.datadict import tag_for_keyword

    tag = tag_for_keyword(keyword)
    assert tag is not None
    head = (tag >> 16).to_bytes(2, "little") + (tag & 0xFFFF).to_bytes(2, "little")
    at = sent.data.index(head)
    length = int.from_bytes(sent.data[at + 6 : at + 8], "little")
    padded = value + b" " * (len(value) % 2)
    told = sent.data[: at + 6] + len(padded).to_bytes(2, "little") + padded
    return told + sent.data[at + 8 + length :]


def send_what_is_wrong(node: Node, still: Path) -> None:
    """Objects that are refused, or taken and found wanting when they are read."""
    for keyword, value in (
        ("StudyInstanceUID", LATIN[0].encode()),
        ("SOPInstanceUID", IDENTIFIER.encode()),
        ("Rows", LINE.encode()),
        ("InstanceNumber", LATIN[1].encode()),
        ("Modality", LATIN[0].encode()),
        ("PatientName", b"\xff\xfe" + NAME.encode("gb18030") + b"\x80"),
        ("SpecificCharacterSet", LATIN[0].encode()),
        ("StudyDate", LATIN[0].encode()),
        ("PhotometricInterpretation", LATIN[0].encode()),
    ):
        instance = str(generate_uid())[:40].rstrip(".").ljust(40, "1")
        study = str(generate_uid())[:40].rstrip(".").ljust(40, "1")
        fresh = Encoded(still_of(still).under(study, instance), study, instance)
        with associated(node.port) as line:
            line.store(with_raw(fresh, keyword, value), instance)
    sent = still_of(still)
    with associated(node.port) as line:  # announced as something else
        line.store(sent.data, IDENTIFIER)
    with associated(node.port) as line:  # cut off where the name is told
        line.store(sent.data[: sent.data.index(LATIN[0].encode()) + 5], sent.instance)
    with associated(node.port) as line:  # nothing but the name
        line.store(LINE.encode() * 100, sent.instance)
    with associated(node.port) as line:  # broken off
        line.begin(sent.data, sent.instance)
        line.say(sent.data[:60_000], last=False)


def still_of(path: Path) -> Encoded:
    return encoded(path, **PATIENT)


def report_commitment(node: Node) -> None:
    """A word of a PACS about what it took over, which names the patient instead."""
    told = Dataset()
    told.TransactionUID, told.SpecificCharacterSet = "1.2.3", "ISO_IR 192"
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = TEXT_SR, "1.2"
    item.TextValue = LINE
    told.ReferencedSOPSequence = [item]
    entity = AE("STORESCU")
    entity.add_requested_context(StorageCommitmentPushModel)
    roles = [build_role(StorageCommitmentPushModel, scp_role=True)]
    assoc = entity.associate("127.0.0.1", node.port, ae_title=node.title, ext_neg=roles)
    assert assoc.is_established
    assoc.send_n_event_report(told, 1, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1")
    assoc.release()


# --------------------------------------------------------------------------------- the peers


@contextmanager
def tactless_pacs(port: int) -> Iterator[None]:
    """Takes some, and refuses others with a comment that names the patient."""
    entity = AE("PACS")
    entity.supported_contexts = []
    for uid in SENT.values():
        entity.add_supported_context(uid)

    numbers = count()

    def take(event: evt.Event) -> Dataset:
        never = event.request.AffectedSOPClassUID == SENT["pdf"]
        status = Dataset()
        status.Status = 0xC001 if never or next(numbers) % 2 else 0x0000
        status.ErrorComment = LINE[:60].encode("ascii", "replace").decode()
        return status

    server = entity.start_server(
        ("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_STORE, take)]
    )
    try:
        yield
    finally:
        server.shutdown()


class Tactless(BaseHTTPRequestHandler):
    """A DICOMweb server whose every answer names the patient."""

    exam = b""

    def log_message(self, format: str, *told: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Refuse what is put here."""
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self._answer(409, json.dumps({"error": LINE, "00081198": {"Value": [LINE]}}).encode())

    def do_GET(self) -> None:
        """List or bring a study."""
        study = self.path.split("/studies/")[1].split("/")[0].split("?")[0]
        if study.endswith(".500"):
            self._answer(500, LINE.encode())
        elif study.endswith(".404"):
            self._answer(404, LINE.encode())
        elif study.endswith(".77"):
            self._answer(200, b'[{"00100010": {"Value": ["' + LINE.encode())
        elif self.path.endswith(tuple("0123456789")) and "/series/" in self.path:
            self._bring(study)
        else:
            told = dcmread(BytesIO(self.exam), stop_before_pixels=True)
            item = {
                "00080016": {"vr": "UI", "Value": [str(told.SOPClassUID)]},
                "0020000E": {"vr": "UI", "Value": [str(told.SeriesInstanceUID)]},
                "00080018": {"vr": "UI", "Value": [str(told.SOPInstanceUID)]},
                "00100010": {"vr": "PN", "Value": [{"Alphabetic": LINE}]},
            }
            odd = item | {"0020000E": {"vr": "UI", "Value": [LINE]}}
            self._answer(200, json.dumps([item, odd]).encode())

    def _bring(self, study: str) -> None:
        told = {".88": LINE.encode() * 50, ".99": self.exam[:1000]}.get(study[-3:], self.exam)
        kind = 'multipart/related; type="application/dicom"; boundary=here'
        body = b"--here\r\nContent-Type: application/dicom\r\n\r\n" + told + b"\r\n--here--\r\n"
        self._answer(200, body, kind)

    def _answer(self, status: int, body: bytes, kind: str = "application/dicom+json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def tactless_server(exam: Path) -> Iterator[str]:
    handler = type("Handler", (Tactless,), {"exam": exam.read_bytes()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


# ------------------------------------------------------------------------------ the search


def open_states(node: Node) -> list[list[str]]:
    over = {"read", "nothing", "dead", "done", "removed"}
    return [line for line in node.queue() if line[2] not in over]


def leaks(node: Node, temporary: Path) -> dict[str, set[bytes]]:
    """Where the patient is found; what is in studies/ and results/ is meant to be there."""
    kept = {node.folder / "studies", node.folder / "results"}
    files = [
        path
        for folder in (node.home, temporary)
        for path in folder.rglob("*")
        if path.is_file() and not kept & set(path.parents)
    ]
    said = {str(path): path.read_bytes() for path in files}
    said |= {f"/{name}": httpx.get(f"{node.url}/{name}").content for name in ("metrics", "health")}
    said |= {word: node.command(word).encode() for word in ("queue", "audit", "config")}
    said |= {f"name of {path}": str(path).encode() for path in node.folder.rglob("*")}
    return {where: told for where, data in said.items() if (told := found_in(data))}


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """The system's folder for temporary files, as the node sees it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setitem(peers.ENVIRONMENT, "TMPDIR", str(folder))
    return folder


def test_no_byte_of_a_patient_is_found_outside_the_exams(node, phantoms, tmp_path, temporary):
    if not STORESCU.exists():
        pytest.skip("DCMTK is not installed")
    before = set(Path("/dev/shm").iterdir())
    pulled = new_exam(phantoms[0], tmp_path / "pulled.dcm", **PATIENT)
    port = free_port()
    with tactless_pacs(port), tactless_server(pulled) as url:
        formats, quick = ["sr", "sc", "pdf", "seg"], {"wait_s": 0.1, "longest_wait_s": 0.5}
        running = node(
            listen={"idle_s": 2},
            reading={"quiet_s": 0.5, "tries": 2},
            send=[
                {"kind": "dicom", "name": "pacs", "host": "127.0.0.1", "port": port}
                | {"ae_title": "PACS", "formats": formats, "tries": 3}
                | quick,
                {"kind": "stow", "name": "web", "url": url, "formats": ["sr"], "tries": 1} | quick,
            ],
            pull={"url": url, "tries": 1, **quick},
        )
        study, files = str(generate_uid()), iter(tmp_path / f"{n}.dcm" for n in range(20))
        sent = [
            new_exam(phantoms[0], next(files), **PATIENT | {"StudyInstanceUID": study}),
            text_report(next(files), StudyInstanceUID=study),
            text_report(next(files)),
            damaged_picture(next(files), phantoms[0]),
        ]
        both = str(generate_uid())
        other = {"PatientName": "^".join(PHYSICIAN), "PatientID": ACCESSION}
        sent += [
            new_exam(phantoms[0], next(files), **PATIENT | {"StudyInstanceUID": both}),
            new_exam(phantoms[0], next(files), **PATIENT | other | {"StudyInstanceUID": both}),
        ]
        for path in sent:
            send_alone(running, path)
        send_what_is_wrong(running, phantoms[0])
        report_commitment(running)
        storescu(running, sent[0], calling="NOBODY", status=1)
        until(lambda: "being read" in running.states("study"), what="a study is being read")
        for worker in workers_of(running):
            os.kill(worker, signal.SIGKILL)
        ask_oddly(running, study_of_file(pulled))
        running.said("study fetched")
        until(lambda: not open_states(running), 240, "all is read, sent, fetched or dead")
        assert not list(temporary.iterdir()), "a temporary file is left"
        (temporary / "shared").mkdir()
        for path in set(Path("/dev/shm").iterdir()) - before:
            with suppress(OSError):  # of another program, and gone
                (temporary / "shared" / path.name).write_bytes(path.read_bytes())
        assert leaks(running, temporary) == {}
        states = {line[2] for line in running.queue()}
        assert {"read", "nothing", "dead", "done"} <= states, "not everything was tried"


def send_alone(node: Node, path: Path) -> None:
    """Send a file in the encoding that it has."""
    told = dcmread(path, stop_before_pixels=True)
    entity = AE("STORESCU")
    entity.add_requested_context(told.SOPClassUID, told.file_meta.TransferSyntaxUID)
    assoc = entity.associate("127.0.0.1", node.port, ae_title=node.title)
    assert assoc.is_established
    assert assoc.send_c_store(path).Status == 0
    assoc.release()


def study_of_file(path: Path) -> str:
    return str(dcmread(path, stop_before_pixels=True).StudyInstanceUID)


def ask_oddly(node: Node, study: str) -> None:
    """Ask for studies that there are and are not, and for nonsense, with the name in it."""
    for uid in (study, "1.2.500", "1.2.404", "1.2.77", "1.2.88", "1.2.99"):
        assert httpx.post(f"{node.url}/fetch", json={"study": uid}).status_code == 202
    httpx.post(f"{node.url}/fetch", json={"study": LINE})
    httpx.post(f"{node.url}/fetch", content=LINE.encode())
    httpx.get(f"{node.url}/health", params={"patient": LINE}, headers={"X": IDENTIFIER})
    httpx.get(f"{node.url}/{IDENTIFIER}")
    with socket.create_connection(("127.0.0.1", node.watch_port)) as raw:
        raw.sendall(LINE.encode() + b"\r\n\r\n")
        raw.recv(1000)
