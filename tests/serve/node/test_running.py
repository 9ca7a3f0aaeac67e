"""A node as an operating system sees it: told to end, robbed of a worker, started twice."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest
from serve.node.peers import Node, free_port, storescu, until
from serve.node.wire import Closed, Encoded, associated, encoded, numbered


@pytest.fixture(scope="module")
def still(phantoms) -> Encoded:
    return encoded(phantoms[0])


def workers_of(node: Node) -> list[int]:
    """The processes that work for a node."""
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if parent_of(path) == node.pid
    ]


def parent_of(stat: Path) -> int | None:
    try:
        return int(stat.read_text("ascii").rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return None  # it ended meanwhile


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def test_a_node_told_to_end_finishes_the_study_that_it_reads(node, exam):
    running = node(reading={"quiet_s": 0.3})
    storescu(running, exam())
    until(lambda: running.states("study") == ["being read"], what="the study is being read")
    assert running.end() == 0
    events = [line["event"] for line in running.journal()]
    assert events[-1] == "ended"
    assert "study read" in events
    assert running.states("study") == ["read"]


def test_a_node_told_to_end_acknowledges_nothing_that_is_not_whole(node, still):
    running = node(reading={"workers": 0})
    with associated(running.port) as line:
        assert line.store(still.data, still.instance) == 0
        line.begin(still.under(numbered(1, 1), numbered(2, 1)), numbered(2, 1))
        line.say(still.data[:50_000], last=False)
        until(lambda: list((running.folder / "incoming").iterdir()), what="it is being received")
        assert running.end() == 0
        with pytest.raises(Closed):
            line.status()
    running.start()
    assert len(list((running.folder / "studies").glob("*/*.dcm"))) == 1
    assert not list((running.folder / "incoming").iterdir())
    assert running.journal("started")[-1]["recovered"] == 1


def test_a_node_told_to_end_waits_for_no_silent_connection(node):
    running = node(listen={"idle_s": 3600}, reading={"workers": 0})
    with associated(running.port), socket.create_connection(("127.0.0.1", running.port)):
        assert running.end() == 0


@pytest.mark.parametrize("role", ["read", "send"])
def test_a_worker_that_is_killed_is_started_again_and_its_work_is_done(node, exam, role):
    running = node(send=[destination(free_port())], reading={"quiet_s": 0.3})
    (before,) = until(lambda: working(running, role), what="the worker runs")
    os.kill(before, signal.SIGKILL)
    ended = running.said("worker ended")[0]
    assert (ended["role"], ended["status"]) == (role, -signal.SIGKILL)
    (after,) = until(lambda: working(running, role), what="another worker runs")
    assert after != before
    storescu(running, exam())
    running.said("study read")
    running.said("destination away")


def working(node: Node, role: str) -> list[int]:
    return [pid for pid in workers_of(node) if f"--role {role} " in command_of(pid)]


def destination(port: int) -> dict[str, object]:
    told = {"kind": "dicom", "name": "pacs", "host": "127.0.0.1", "port": port}
    return {**told, "ae_title": "PACS", "formats": ["sr"]}


def test_workers_end_with_a_node_that_is_killed(node):
    running = node()
    workers = until(lambda: workers_of(running), what="a worker runs")
    running.kill()
    until(lambda: all(is_gone(pid) for pid in workers), what="the workers are gone")


def test_a_second_node_on_the_same_folder_is_refused(node):
    running = node(reading={"workers": 0})
    assert running.command("run", status=3).splitlines()[-1] == (
        f"hepaspot: {running.folder}: another node works on this folder; end it, or name another"
    )
    assert running.process is not None
    assert running.process.poll() is None


@pytest.mark.parametrize("section", ["listen", "watch"])
def test_a_port_that_is_taken_is_told_in_one_line(tmp_path, section):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = Node(tmp_path, {section: {"port": port}})
        with pytest.raises(AssertionError, match="the node ended"):
            refused.start()
    told = refused.log.read_text("utf-8").splitlines()[-1]
    assert told == (
        f"hepaspot: 127.0.0.1 port {port}: cannot be listened on (address already in use); "
        f"choose another one under [{section}]"
    )
