"""Studies fetched from DICOMweb servers that answer half, wrongly or not at all."""

from __future__ import annotations

import json
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from pydicom import dcmread
from serve.node.peers import Node, running_node, study_of, until

from hepaspot.serve.node.spool import key_of

BOUNDARY = b"a-boundary"


class Server:
    """A DICOMweb server with one object, which bends its answers as ``way`` says."""

    def __init__(self, path: Path) -> None:
        self.way = ""
        self.data = path.read_bytes()
        told = dcmread(path, stop_before_pixels=True)
        self.study, self.instance = str(told.StudyInstanceUID), str(told.SOPInstanceUID)
        self.item = {
            "00080016": {"vr": "UI", "Value": [str(told.SOPClassUID)]},
            "00080018": {"vr": "UI", "Value": [self.instance]},
            "0020000E": {"vr": "UI", "Value": [str(told.SeriesInstanceUID)]},
        }
        self.asked: list[tuple[str, str]] = []
        self.over = Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, self.headers["Accept"]))
                status, kind, body = server.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.end_headers()  # without a length: the end of the connection ends it
                with suppress(ConnectionError):
                    self.wfile.write(body)
                    while server.way == "drips" and "/series/" in self.path:
                        self.wfile.write(bytes(1000))
                        server.over.wait(0.05)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        Thread(target=self.http.serve_forever, daemon=True).start()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        status = {"forbids": 403, "fails": 500, "gone": 404, "wrong": 400}.get(self.way, 200)
        if "/series/" not in path:
            items = [self.item] * (1200 if self.way == "no pages" else 1)
            listing = b"no JSON" if self.way == "no list" else json.dumps(items).encode()
            return status, "application/dicom+json", listing
        kind = f'multipart/related; type="application/dicom"; boundary={BOUNDARY.decode()}'
        head = b"--" + BOUNDARY + b"\r\nContent-Type: application/dicom\r\n\r\n"
        data = self.data
        if self.way == "another object":
            data = data.replace(self.instance.encode(), self.instance[:-1].encode() + b"0")
        if self.way in {"half", "drips"}:
            return 200, kind, head + data[: len(data) // 2]
        if self.way == "no parts":
            return 200, "application/dicom", data
        return 200, kind, head + data + b"\r\n--" + BOUNDARY + b"--\r\n"

    def end(self) -> None:
        self.way = ""
        self.over.set()
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture(scope="module")
def ward(phantoms, tmp_path_factory):
    """A node that fetches from a server, without anywhere to send to."""
    home = tmp_path_factory.mktemp("pulling")
    token = home / "token"
    token.write_text("s3cret\n", "utf-8")
    with ExitStack() as ends:
        server = Server(phantoms[0])
        ends.callback(server.end)
        pull = {"url": server.url, "wait_s": 0.1, "tries": 2, "token_file": str(token)}
        node = ends.enter_context(running_node(home / "node", {"pull": pull}))
        yield node, server


def fetched(node: Node, server: Server, way: str) -> list[str]:
    """State, tries and reason after a study was asked for and the asking is over."""
    server.way = way
    node.command("fetch", server.study)

    def over() -> list[str]:
        (line,) = [each for each in node.queue() if each[:2] == ["pull", server.study]]
        state, tries, key, reason = line[2:]
        assert key == key_of(server.study)
        return [state, tries, reason] if state != "waiting" else []

    return until(over, what=f"the server that {way} is given up or done")


@pytest.mark.parametrize(
    ("way", "tries", "why"),
    [
        ("forbids", 2, "the server answers with status 403"),
        ("fails", 2, "the server answers with status 500"),
        ("gone", 1, "the server does not know this study"),
        ("wrong", 1, "the server refused with status 400"),
        ("no list", 2, "the server's list of the study cannot be read"),
        ("half", 2, "the server's answer breaks off"),
        ("no parts", 2, "the server does not answer in multipart/related"),
        ("another object", 2, "the server sent another object than was asked for"),
    ],
)
def test_a_server_that_answers_wrongly_is_given_up_with_the_reason(ward, way, tries, why):
    node, server = ward
    assert fetched(node, server, way) == ["dead", str(tries), why]
    assert not list((node.folder / "studies").rglob("*.dcm")), "nothing half is kept"
    assert not list((node.folder / "incoming").iterdir())


def test_a_server_that_knows_no_pages_is_asked_for_each_object_once(ward):
    node, server = ward
    server.asked.clear()
    assert fetched(node, server, "no pages") == ["done", "1", ""]
    assert len([path for path, _ in server.asked if "/series/" in path]) == 1
    assert node.said("study fetched")[-1]["objects"] == 1
    (kept,) = (node.folder / "studies").rglob("*.dcm")
    assert study_of(kept) == server.study
    accept = 'multipart/related; type="application/dicom"; transfer-syntax=*'
    assert server.asked[-1][1] == accept


def test_a_folder_that_cannot_be_written_ends_nothing_and_is_told(ward):
    node, server = ward
    incoming = node.folder / "incoming"
    incoming.rmdir()  # rights would not keep out the administrator, who may run this
    try:
        state, tries, why = fetched(node, server, "")
        assert (state, tries) == ("dead", "2")
        assert why == "it cannot be written here (no such file or directory)"
    finally:
        incoming.mkdir(mode=0o700)
    assert fetched(node, server, "") == ["done", "1", ""]


def test_the_token_is_in_no_line_of_the_journal_and_no_printed_configuration(ward):
    node, _ = ward
    assert "s3cret" not in node.log.read_text("utf-8")
    assert "s3cret" not in node.command("config")


def test_a_server_that_sends_without_end_does_not_keep_the_node_from_ending(node, phantoms):
    server = Server(phantoms[0])
    server.way = "drips"
    try:
        running = node(pull={"url": server.url}, reading={"workers": 0})
        running.command("fetch", server.study)
        until(lambda: list((running.folder / "incoming").iterdir()), what="it is being fetched")
        assert running.end() == 0
        assert not list((running.folder / "incoming").iterdir())
    finally:
        server.end()
    assert running.states("pull") == ["waiting"]
