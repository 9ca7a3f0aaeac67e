"""Peers of a node as real processes on the loopback address: the node itself, Orthanc, DCMTK."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
import pytest
import tomli_w

ORTHANC = Path("/usr/sbin/Orthanc")
DICOMWEB = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
STORESCU = Path("/usr/bin/storescu")
ECHOSCU = Path("/usr/bin/echoscu")
"""Full paths: a library puts programs of the same names beside the interpreter."""

UNASSIGNED = (20_000, 32_000)
"""Ports below those that a system gives to connections that leave it."""

T = TypeVar("T")

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def until(condition: Callable[[], T], seconds: float = 60, what: str = "") -> T:
    """What ``condition`` gives as soon as that is true; the test fails where it takes too long."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            pytest.fail(f"not so within {seconds} s: {what or condition}")
        time.sleep(0.05)
    return found


def free_port() -> int:
    """A port that nobody listens on, and that no connection is given while it waits for use."""
    while True:
        port = random.randrange(*UNASSIGNED)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def merged(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """``base`` with each value of ``more`` put over it; tables are put together."""
    both = dict(base)
    for name, value in more.items():
        inner = isinstance(value, dict) and isinstance(both.get(name), dict)
        both[name] = merged(both[name], value) if inner else value
    return both


class Node:
    """A node, and what a person would do with it on the command line."""

    def __init__(self, home: Path, told: dict[str, Any]) -> None:
        self.home, self.port, self.watch_port = home, free_port(), free_port()
        self.settings = merged(
            {
                "folder": str(home / "spool"),
                "listen": {"port": self.port, "reserve_mib": 0},
                "calling": [{"ae_title": "STORESCU"}, {"ae_title": "ORTHANC"}],
                "reading": {"quiet_s": 0.5},
                "watch": {"port": self.watch_port},
            },
            told,
        )
        if self.settings["listen"].get("anyone"):
            self.settings.pop("calling")
        self.folder = Path(self.settings["folder"])
        self.title = self.settings.get("ae_title", "HEPASPOT")
        self.config, self.user = home / "node.toml", home / "user"
        self.log = home / "node.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The page for those who watch."""
        return f"http://127.0.0.1:{self.watch_port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def write(self) -> None:
        """Write its configuration anew."""
        self.config.write_text(tomli_w.dumps(self.settings), "utf-8")

    def refused(self) -> str:
        """What ``hepaspot node run`` says when it does not start; its journal is left out."""
        self.write()
        told = self.command("run", status=3)
        return "".join(each for each in told.splitlines(keepends=True) if each[:1] != "{")

    def start(self) -> Self:
        """Run it, and wait until it takes exams."""
        self.write()
        seen = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hepaspot", "node", "run", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**ENVIRONMENT, "HOME": str(self.user)},
            )
        process = self.process

        def started() -> bool:
            assert process.poll() is None, f"the node ended: {self.log.read_text('utf-8')}"
            return b'"event":"started"' in self.log.read_bytes()[seen:] and listens(self.watch_port)

        until(started, what="the node listens")
        return self

    def end(self) -> int:
        """Tell it to end, as systemd does, and wait; its exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill(self) -> None:
        """End it as a power cut does: at once."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def journal(self, event: str | None = None) -> list[dict[str, Any]]:
        """What it said: all lines, or those of one event."""
        lines = self.log.read_bytes().split(b"\n")[:-1]
        told = [json.loads(line) for line in lines if line.startswith(b"{")]
        return [each for each in told if event in {None, each["event"]}]

    def said(self, event: str, count: int = 1, seconds: float = 60) -> list[dict[str, Any]]:
        """The lines of an event, waited for until there are so many."""
        return until(
            lambda: found if len(found := self.journal(event)) >= count else [],
            seconds,
            f"{count} times {event!r}",
        )

    def command(self, *words: str, status: int = 0) -> str:
        """What ``hepaspot node WORD CONFIG ...`` prints; on standard error where it fails."""
        name, *rest = words
        done = subprocess.run(
            [sys.executable, "-m", "hepaspot", "node", name, str(self.config), *rest],
            capture_output=True,
            text=True,
            timeout=120,
            env=ENVIRONMENT,
            check=False,
        )
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return done.stderr if status else done.stdout

    def queue(self, *, dead_only: bool = False) -> list[list[str]]:
        """The lines of ``hepaspot node queue``, each taken apart at its tabs."""
        from hepaspot.serve.node.queue import WorkQueue

        opened = WorkQueue.open(self.settings.get("store") or str(self.folder / "node.sqlite"))
        try:
            return [[str(each) for each in line] for line in opened.lines(dead_only=dead_only)]
        finally:
            opened.close()

    def states(self, what: str) -> list[str]:
        """The states of all lines of the queue that begin so: study, to NAME, pull."""
        return [line[2] for line in self.queue() if line[0] == what]

    def metrics(self, **headers: str) -> dict[tuple[str, tuple[str, ...]], float]:
        """Every figure, by its name and the values of its labels."""
        from prometheus_client.parser import text_string_to_metric_families

        answer = httpx.get(f"{self.url}/metrics", headers=headers)
        assert answer.status_code == 200, answer.text
        return {
            (sample.name, tuple(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }


@contextmanager
def running_node(home: Path, told: dict[str, Any]) -> Iterator[Node]:
    """A node that runs until the block ends."""
    home.mkdir(parents=True, exist_ok=True)
    node = Node(home, told)
    try:
        yield node.start()
    finally:
        if node.process is not None:
            node.end()


class Orthanc:
    """An Orthanc with DICOMweb, and what one asks of it."""

    def __init__(self, home: Path, modalities: dict[str, list[Any]], told: dict[str, Any]) -> None:
        self.home, self.port, self.http_port = home, free_port(), free_port()
        self.title = "ORTHANC"
        self.rest = f"http://127.0.0.1:{self.http_port}"
        self.dicomweb = f"{self.rest}/dicom-web"
        self.settings = merged(
            {
                "Name": "PACS",
                "StorageDirectory": str(home / "storage"),
                "IndexDirectory": str(home / "storage"),
                "Plugins": [str(DICOMWEB)],
                "HttpServerEnabled": True,
                "HttpPort": self.http_port,
                "RemoteAccessAllowed": False,
                "AuthenticationEnabled": False,
                "HttpThreadsCount": 4,
                "DicomServerEnabled": True,
                "DicomAet": self.title,
                "DicomPort": self.port,
                "DicomModalities": modalities,
                "DicomAlwaysAllowStore": True,
                "StableAge": 1,
                "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
            },
            told,
        )
        self.client = httpx.Client(timeout=60, trust_env=False)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Run it, and wait until it answers."""
        config = self.home / "orthanc.json"
        config.write_text(json.dumps(self.settings), "utf-8")
        with (self.home / "orthanc.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(ORTHANC), str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until(self._answers, what="Orthanc answers")
        return self

    def _answers(self) -> bool:
        try:
            return self.client.get(f"{self.rest}/system").is_success and listens(self.port)
        except httpx.HTTPError:
            return False

    def end(self) -> None:
        """End it, and wait."""
        process, self.process = self.process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def get(self, path: str) -> Any:
        """What its own REST API answers."""
        return self.client.get(f"{self.rest}/{path}").raise_for_status().json()

    def post(self, path: str, body: Any) -> Any:
        """What its own REST API answers to JSON."""
        return self.client.post(f"{self.rest}/{path}", json=body).raise_for_status().json()

    def put(self, path: Path) -> dict[str, Any]:
        """Have it take a file, by its own API."""
        data = path.read_bytes()
        answer = self.client.post(f"{self.rest}/instances", content=data)
        return answer.raise_for_status().json()

    def found(self, study: str, **asked: str) -> list[dict[str, Any]]:
        """The objects of a study by QIDO-RS, in DICOM JSON."""
        where = f"{self.dicomweb}/studies/{study}/instances"
        answer = self.client.get(where, params=asked, headers={"Accept": "application/dicom+json"})
        return answer.raise_for_status().json()

    def classes(self, study: str) -> list[str]:
        """The SOP classes of the objects of a study, sorted."""
        return sorted(each["00080016"]["Value"][0] for each in self.found(study))

    def fetched(self, study: str, sop_class: str) -> bytes:
        """The one object of a class in a study by WADO-RS."""
        (told,) = [e for e in self.found(study) if e["00080016"]["Value"][0] == sop_class]
        series, uid = told["0020000E"]["Value"][0], told["00080018"]["Value"][0]
        where = f"{self.dicomweb}/studies/{study}/series/{series}/instances/{uid}"
        accept = 'multipart/related; type="application/dicom"; transfer-syntax=*'
        answer = self.client.get(where, headers={"Accept": accept}).raise_for_status()
        boundary = answer.headers["content-type"].partition("boundary=")[2].split(";")[0].strip('"')
        part = answer.content.split(f"--{boundary}".encode())[1]
        return part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")


@contextmanager
def running_orthanc(
    home: Path, modalities: dict[str, list[Any]] | None = None, **told: Any
) -> Iterator[Orthanc]:
    """An Orthanc that runs until the block ends; the test is skipped where there is none."""
    if not (ORTHANC.exists() and DICOMWEB.exists()):
        pytest.skip("Orthanc and its DICOMweb plugin are not installed")
    home.mkdir(parents=True, exist_ok=True)
    pacs = Orthanc(home, modalities or {}, told)
    try:
        yield pacs.start()
    finally:
        pacs.end()
        pacs.client.close()


def dcmtk(program: Path, *words: str | Path, status: int = 0) -> str:
    """What a program of DCMTK prints; the test is skipped where there is none."""
    if not program.exists():
        pytest.skip("DCMTK is not installed")
    done = subprocess.run(
        [str(program), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == status, (done.returncode, told)
    return told


def storescu(node: Node, *files: Path, calling: str = "STORESCU", status: int = 0) -> str:
    """Send files to a node by C-STORE."""
    titles = ("-aet", calling, "-aec", node.title)
    return dcmtk(STORESCU, "-v", *titles, "127.0.0.1", str(node.port), *files, status=status)


def new_exam(still: Path, where: Path, **changes: Any) -> Path:
    """A copy of a still that is an exam of its own, with attributes changed."""
    from pydicom import dcmread
    from pydicom.uid import generate_uid

    data = dcmread(still)
    data.StudyInstanceUID, data.SeriesInstanceUID = generate_uid(), generate_uid()
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    for name, value in changes.items():
        setattr(data, name, value)
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.save_as(where)
    return where


def study_of(path: Path) -> str:
    """The Study Instance UID of a file."""
    from pydicom import dcmread

    return str(dcmread(path, stop_before_pixels=True).StudyInstanceUID)


def programs(*names: str) -> list[str]:
    """The paths of programs; the test is skipped where one of them is not installed."""
    found = [(name, shutil.which(name)) for name in names]
    for name, path in found:
        if path is None:
            pytest.skip(f"{name} is not installed")
    return [path for _, path in found if path is not None]
