"""How fast the node takes exams while reading lags behind, beside storescp and Orthanc.

Four senders put pictures of 0.9 MB at once into each receiver on the loopback address, each
object under a new UID. They speak DICOM by hand, and the peers run with TCP_NODELAY=1, since
DCMTK otherwise rests 40 ms in each answer for want of an acknowledgement. Before that the node is
given more studies than it can read meanwhile. Another node is run with fsync switched off, which
no user can do, to show what it costs to be sure of the disk. At last small objects are sent in
thousands, a new study for every ten, and the memory of the node is written down on the way.

    python benchmarks/node.py [--objects 400] [--count 4000]

For figures to quote: ``--objects 1000 --count 20000``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT / "tests"))

GOAL = 100
"""Objects a second."""
START_S = 60.0
"""How long a receiver may take until it answers (convention)."""
SENDERS = 4
PLUGINS = Path("/usr/share/orthanc/plugins")
WITHOUT_FSYNC = "import os\nos.fsync = lambda handle: None\n"
"""A ``sitecustomize`` module for the node that shows the price of fsync."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=400, help="of 0.9 MB, to each receiver")
    parser.add_argument("--count", type=int, default=4000, help="small ones, for the memory")
    asked = parser.parse_args()
    with TemporaryDirectory() as made:
        folder = Path(made)
        picture = phantom(folder)
        rates = {}
        for name, receiver in receivers().items():
            with TemporaryDirectory(dir=folder) as own, receiver(Path(own)) as port:
                if name.startswith("hepaspot"):
                    keep_busy(port, picture)
                rates[name] = rate(port, picture, asked.objects)
                if name == "hepaspot":
                    print(lagging(Path(own)))
        megabytes = picture.stat().st_size / 1e6
        print(
            f"\n{SENDERS} senders, {asked.objects} objects of {megabytes:.2f} MB (goal: {GOAL}/s)"
        )
        for name, each in rates.items():
            beside = rates["hepaspot"] / each
            print(f"{name:24}{each:8.0f} objects/s{beside:8.2f} x by hepaspot")
        disk(folder, picture.read_bytes())
        memory(folder, asked.count)


# ------------------------------------------------------------------------------- receivers


def receivers() -> dict:
    """What can receive here, by name."""
    found = {"hepaspot": node, "hepaspot, no fsync": node_without_fsync}
    if program("storescp"):
        found["storescp (no fsync)"] = storescp
    if program("Orthanc"):
        found["Orthanc"] = orthanc
        found["Orthanc, no fsync"] = orthanc_without_fsync
    return found


@contextmanager
def node(folder: Path, **environment: str) -> Iterator[int]:
    """A node that reads with one worker, and sends to nobody."""
    port, watch = free_port(), free_port()
    config = folder / "node.toml"
    config.write_text(
        f'folder = "{folder}/spool"\n[listen]\nport = {port}\nanyone = true\nreserve_mib = 100\n'
        f"[reading]\nquiet_s = 1\nkeep_h = 0\n[watch]\nport = {watch}\n"
    )
    command = [sys.executable, "-m", "hepaspot", "node", "run", str(config)]
    source = os.pathsep.join([*environment.values(), str(ROOT / "src")])
    with process(command, folder / "journal", {"PYTHONPATH": source}) as pid:
        (folder / "pid").write_text(str(pid))
        answers(f"http://127.0.0.1:{watch}/health")
        yield port


@contextmanager
def node_without_fsync(folder: Path) -> Iterator[int]:
    """The node as it must not be run."""
    (folder / "sitecustomize.py").write_text(WITHOUT_FSYNC)
    with node(folder, path=str(folder)) as port:
        yield port


@contextmanager
def storescp(folder: Path) -> Iterator[int]:
    """DCMTK's, a process for each association."""
    port = free_port()
    command = [program("storescp"), "--fork", "-pdu", "131072", "+uf", "-od", str(folder)]
    with process([*command, str(port)], folder / "log"):
        listens(port)
        yield port


@contextmanager
def orthanc(folder: Path, *, sync: bool = True) -> Iterator[int]:
    """Orthanc with its SQLite index, as it comes: it makes sure of the disk."""
    port, http = free_port(), free_port()
    told = {
        "StorageDirectory": str(folder / "db"),
        "IndexDirectory": str(folder / "db"),
        "SyncStorageArea": sync,
        "HttpPort": http,
        "DicomPort": port,
        "DicomAlwaysAllowStore": True,
        "DicomCheckCalledAet": False,
        "AuthenticationEnabled": False,
        "RemoteAccessAllowed": False,
        "DicomThreadsCount": SENDERS,
        "MaximumPduLength": 131072,
    }
    config = folder / "orthanc.json"
    config.write_text(json.dumps(told))
    with process([program("Orthanc"), str(config)], folder / "log"):
        answers(f"http://127.0.0.1:{http}/system")
        yield port


@contextmanager
def orthanc_without_fsync(folder: Path) -> Iterator[int]:
    """Orthanc told not to make sure of the disk."""
    with orthanc(folder, sync=False) as port:
        yield port


# --------------------------------------------------------------------------------- figures


def keep_busy(port: int, picture: Path, studies: int = 60) -> None:
    """Give the node more studies than it reads while it is measured."""
    send(port, picture, studies, each_its_study=1).wait()
    time.sleep(2.0)  # they are quiet now, and one is being read


def rate(port: int, picture: Path, objects: int) -> float:
    """Objects a second, from the first association to the end of the last."""
    each = objects // SENDERS
    send(port, picture, 4).wait()
    senders = [send(port, picture, each) for _ in range(SENDERS)]
    took = [float(sender.communicate()[0] or "nan") for sender in senders]
    return each * SENDERS / max(took)


def lagging(folder: Path) -> str:
    """How many studies still wait, which shows that reading went on all the time."""
    command = [sys.executable, "-m", "hepaspot", "node", "queue", str(folder / "node.toml")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    states = [line.split("\t")[2] for line in told.stdout.splitlines()]
    done = sum(state in {"read", "nothing", "removed"} for state in states)
    return f"studies read meanwhile: {done}, still to read: {len(states) - done}"


def disk(folder: Path, data: bytes, writes: int = 100) -> None:
    """What it costs to be sure of the disk, without any network."""
    for sync in (True, False):
        start = time.perf_counter()
        for number in range(writes):
            with (folder / "piece").open("wb") as file:
                file.write(data)
                file.flush()
                if sync:
                    os.fsync(file.fileno())
            (folder / "piece").replace(folder / f"piece{number}")
            if sync:
                fsync_folder(folder)
        milliseconds = 1000 * (time.perf_counter() - start) / writes
        told = "file and folder synced" if sync else "not synced"
        print(f"{told + ', one writer':38}{milliseconds:8.2f} ms an object")
    for path in folder.glob("piece*"):
        path.unlink()


def fsync_folder(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY)
    os.fsync(held)
    os.close(held)


def memory(folder: Path, count: int) -> None:
    """The memory of the node over many objects."""
    small = small_picture(folder / "small.dcm")
    with TemporaryDirectory(dir=folder) as own, node(Path(own)) as port:
        pid = int((Path(own) / "pid").read_text())
        seen, start = [], time.perf_counter()
        for _ in range(10):
            each = count // 10 // SENDERS
            senders = [send(port, small, each, each_its_study=10) for _ in range(SENDERS)]
            for sender in senders:
                sender.communicate()
            seen.append(memory_mib(pid))
        seconds = time.perf_counter() - start
    steps = " ".join(f"{each:.0f}" for each in seen)
    print(f"\nmemory over {count} small objects, {count / seconds:.0f}/s, MiB: {steps}")
    print(f"from the second tenth to the last: {seen[-1] - seen[1]:+.1f} MiB")


def memory_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


# ------------------------------------------------------------------------- pictures, programs


def phantom(folder: Path) -> Path:
    """A simulated exam of 0.9 MB."""
    command = [sys.executable, "-m", "hepaspot", "phantom", str(folder / "phantoms")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run(
        [*command, "--target", "calcification", "--seed", "3"],
        check=True,
        capture_output=True,
        env=environment,
    )
    return next((folder / "phantoms").glob("*.dcm"))


def small_picture(path: Path) -> Path:
    """A picture too small to be an exam."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    told = Dataset()
    told.SOPClassUID, told.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.6.1", generate_uid()
    told.StudyInstanceUID, told.SeriesInstanceUID = generate_uid(), generate_uid()
    told.Modality, told.PatientName, told.PatientID = "US", "Phantom", "1"
    told.Rows = told.Columns = 32
    told.SamplesPerPixel, told.PhotometricInterpretation = 1, "MONOCHROME2"
    told.BitsAllocated = told.BitsStored = 8
    told.HighBit, told.PixelRepresentation = 7, 0
    told.PixelData = bytes(32 * 32)
    told.file_meta = FileMetaDataset()
    told.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    told.save_as(path, enforce_file_format=True)
    return path


def send(port: int, picture: Path, times: int, each_its_study: int = 0) -> subprocess.Popen[bytes]:
    """Send a picture ``times`` times over one association, each time under a new UID."""
    command = [sys.executable, str(ROOT / "benchmarks" / "peers" / "node_sender.py")]
    return subprocess.Popen(
        [*command, str(port), str(picture), str(times), str(each_its_study)],
        stdout=subprocess.PIPE,
    )


@contextmanager
def process(
    command: list[str], log: Path, environment: dict[str, str] | None = None
) -> Iterator[int]:
    """A process that runs meanwhile; what it says is in ``log``."""
    with log.open("wb") as file:
        started = subprocess.Popen(
            command,
            stdout=file,
            stderr=file,
            env={**os.environ, "OMP_NUM_THREADS": "1", "TCP_NODELAY": "1", **(environment or {})},
        )
    try:
        yield started.pid
    finally:
        started.terminate()
        started.wait()


def program(name: str) -> str:
    """Where a program of the system is; the libraries here bring namesakes."""
    return shutil.which(name, path="/usr/bin:/usr/sbin:/usr/local/bin:/usr/local/sbin") or ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> None:
    until(lambda: httpx.get(url), url)


def listens(port: int) -> None:
    until(lambda: socket.create_connection(("127.0.0.1", port)).close(), f"port {port}")


def until(ask: Callable[[], object], where: str) -> None:
    """Ask until there is an answer."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        with suppress(httpx.HTTPError, OSError):
            ask()
            return
        time.sleep(0.1)
    raise SystemExit(f"{where}: nobody answers; see what the receiver says")


if __name__ == "__main__":
    main()
