"""A whole node whose disk is full, nearly full, or read-only for a while."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from serve.node import disks
from serve.node.disks import fill, small_disk
from serve.node.peers import Node, storescu, until
from serve.node.wire import REJECTED, Encoded, Line, associated, encoded, numbered

OUT_OF_RESOURCES = 0xA700
CONGESTED = bytes([0, 2, 3, 1])
"""Refused for now, by the presentation layer: temporary congestion (PS3.8, 9.3.4)."""


@pytest.fixture
def disk(tmp_path, monkeypatch) -> Iterator[Path]:
    """A disk of 8 MiB."""
    monkeypatch.setattr(disks, "ROOM_BYTES", 8 << 20)
    with small_disk(tmp_path / "disk") as mounted:
        yield mounted


@pytest.fixture
def running(disk) -> Iterator:
    """Runs a node; it ends before its disk is taken away."""
    nodes: list[Node] = []

    def run(home: Path, told: dict[str, object]) -> Node:
        home.mkdir()
        nodes.append(Node(home, told))
        return nodes[-1].start()

    try:
        yield run
    finally:
        for each in nodes:
            each.end()


@pytest.fixture(scope="module")
def still(phantoms) -> Encoded:
    return encoded(phantoms[0])


def send(node: Node, still: Encoded, *numbers: int) -> list[int]:
    """Send objects over one association; the status of each."""
    with associated(node.port) as line:
        instances = {number: numbered(2, number) for number in numbers}
        return [line.store(still.under(still.study, it), it) for it in instances.values()]


def whole_on_disk(node: Node, still: Encoded) -> int:
    """How many objects are there; fails where one is not whole."""
    paths = list((node.folder / "studies").glob("*/*.dcm"))
    assert all(path.read_bytes().endswith(still.data[-100_000:]) for path in paths)
    return len(paths)


def test_a_full_disk_refuses_what_it_has_no_room_for_and_keeps_the_rest(
    running, disk, still, tmp_path
):
    node = running(tmp_path / "home", {"folder": str(disk / "spool"), "reading": {"workers": 0}})
    answers = send(node, still, *range(40))
    taken = answers.count(0)
    assert set(answers) == {0, OUT_OF_RESOURCES}
    assert 0 < taken == whole_on_disk(node, still)
    assert not list((node.folder / "incoming").iterdir())
    ballast = fill(disk)
    assert set(send(node, still, 100, 101)) == {OUT_OF_RESOURCES}
    ballast.unlink()
    for path in sorted((node.folder / "studies").glob("*/*.dcm"))[:2]:
        path.unlink()
    assert send(node, still, 102) == [0]
    assert whole_on_disk(node, still) == taken - 1


def test_a_disk_below_its_reserve_takes_no_associations_until_there_is_room(
    running, disk, still, tmp_path
):
    told = {"folder": str(disk / "spool"), "listen": {"reserve_mib": 4}, "reading": {"workers": 0}}
    node = running(tmp_path / "home", told)
    answers = send(node, still, *range(40))
    assert set(answers) == {0, OUT_OF_RESOURCES}
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    with Line(node.port) as line:
        assert line.ask() == (REJECTED, CONGESTED)
    assert httpx.get(f"{node.url}/health").json()["checks"]["disk"] is False
    assert whole_on_disk(node, still) == answers.count(0)
    for path in (ballast, *(node.folder / "studies").glob("*/*.dcm")):
        path.unlink()
    assert send(node, still, 50) == [0]
    assert httpx.get(f"{node.url}/health").json()["checks"]["disk"] is True


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Lets nothing be written to a folder, not even by the administrator."""
    put = ["mount", "-t", "tmpfs", "-o", "ro,size=1M", "tmpfs", str(folder)]
    if subprocess.run(put, check=False, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("where", ["incoming", "studies"])
def test_a_folder_that_is_read_only_for_a_while_refuses_meanwhile(node, still, where):
    running = node(reading={"workers": 0})
    assert send(running, still, 0) == [0]
    with read_only(running.folder / where):
        assert send(running, still, 1, 2) == [OUT_OF_RESOURCES] * 2
        assert not list((running.folder / "incoming").iterdir())
    assert send(running, still, 3) == [0]
    assert whole_on_disk(running, still) == 2


def test_a_database_without_room_keeps_nobody_from_sending(running, disk, exam, tmp_path):
    told = {"folder": str(tmp_path / "spool"), "store": str(disk / "node.sqlite")}
    node = running(tmp_path / "home", told)
    ballast = fill(disk)
    storescu(node, exam())
    waiting = node.said("waiting")[0]["why"]
    assert waiting == (
        f"{disk}/node.sqlite: cannot be written (no room is left); make room or name another place"
    )
    ballast.unlink()
    node.said("study read")
    until(lambda: node.states("study") == ["read"], what="that is noted")


def test_results_that_find_no_room_are_made_again_when_there_is_some(running, disk, exam, tmp_path):
    told = {"folder": str(disk / "spool"), "store": str(tmp_path / "node.sqlite")}
    told |= {"reading": {"quiet_s": 1, "tries": 1}}
    node = running(tmp_path / "home", told)
    storescu(node, exam())
    ballast = fill(disk)
    waiting = node.said("waiting")[0]["why"]
    assert waiting.startswith(f"{node.folder}: cannot be written (no space left on device)")
    ballast.unlink()
    node.said("study read")
    until(lambda: node.states("study") == ["read"], what="that is noted")
