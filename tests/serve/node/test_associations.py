"""Peers that come in crowds, stop half-way, say nothing, or say too much."""

from __future__ import annotations

import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import pytest
from serve.node.peers import until
from serve.node.wire import (
    ACCEPTED,
    DATA,
    REJECTED,
    Closed,
    Encoded,
    Line,
    associated,
    encoded,
    numbered,
)

TOO_MANY = bytes([0, 2, 3, 2])
"""Refused for now, by the presentation layer: the local limit is exceeded (PS3.8, 9.3.4)."""


@pytest.fixture(scope="module")
def still(phantoms) -> Encoded:
    return encoded(phantoms[0])


def objects_in(folder: Path) -> int:
    return len(list((folder / "studies").glob("*/*.dcm")))


def left_in_incoming(folder: Path) -> list[Path]:
    return list((folder / "incoming").iterdir())


def is_let_go(line: Line) -> bool:
    """Whether the node ends the association, or hangs up; fails where it does neither."""
    try:
        while True:
            line.read()
    except Closed:
        return True


def stored(line: Line, still: Encoded, number: int) -> int:
    instance = numbered(2, number)
    return line.store(still.under(numbered(1, number), instance), instance)


def test_200_associations_at_once_are_each_served_or_told_that_there_are_too_many(node, still):
    running = node(listen={"most_associations": 64}, reading={"workers": 0})
    start = Barrier(200)

    def call(number: int) -> bytes | None:
        start.wait()
        with Line(running.port) as line:
            kind, body = line.ask()
            if kind == REJECTED:
                return body
            assert kind == ACCEPTED
            assert stored(line, still, number) == 0
            line.release()
            return None

    with ThreadPoolExecutor(200) as callers:
        answers = list(callers.map(call, range(200)))
    served = answers.count(None)
    assert set(answers) <= {None, TOO_MANY}
    assert served >= 64
    assert objects_in(running.folder) == served
    with associated(running.port) as line:
        assert stored(line, still, 200) == 0


def test_300_connections_that_say_nothing_keep_nobody_out_and_are_let_go(node, still):
    running = node(listen={"idle_s": 5}, reading={"workers": 0})
    with ExitStack() as silent:
        lines = [silent.enter_context(Line(running.port)) for _ in range(300)]
        with associated(running.port) as line:
            assert stored(line, still, 0) == 0
        assert all(is_let_go(line) for line in lines)
    with associated(running.port) as line:
        assert stored(line, still, 1) == 0


def test_who_asks_for_nothing_after_an_association_is_let_go(node):
    running = node(listen={"idle_s": 1}, reading={"workers": 0})
    with associated(running.port) as line:
        assert is_let_go(line)


@pytest.mark.parametrize("stop", ["between PDUs", "inside a PDU"])
def test_who_stops_in_an_object_is_let_go_and_leaves_nothing(node, still, stop):
    running = node(listen={"idle_s": 1}, reading={"workers": 0})
    with associated(running.port) as line:
        line.begin(still.data, still.instance)
        line.say(still.data[:100_000], last=False)
        if stop == "inside a PDU":
            line.raw(struct.pack(">BBL", DATA, 0, 50_000) + still.data[:1000])
        until(lambda: left_in_incoming(running.folder), what="something is being received")
        assert is_let_go(line)
    until(lambda: not left_in_incoming(running.folder), what="nothing of it is left")
    assert objects_in(running.folder) == 0


def test_who_hangs_up_in_an_object_leaves_nothing(node, still):
    running = node(reading={"workers": 0})
    for _ in range(20):
        with associated(running.port) as line:
            line.begin(still.data, still.instance)
            line.say(still.data[:100_000], last=False)
    until(lambda: not left_in_incoming(running.folder), what="nothing of it is left")
    assert objects_in(running.folder) == 0
    with associated(running.port) as line:
        assert stored(line, still, 0) == 0


def test_who_announces_4_gigabytes_is_let_go_at_once(node, still):
    running = node(reading={"workers": 0})
    with associated(running.port) as line:
        line.raw(struct.pack(">BBL", DATA, 0, 0xFFFFFFF0) + bytes(1000))
        assert is_let_go(line)
    with Line(running.port) as line:
        line.raw(struct.pack(">BBL", 1, 0, 0xFFFFFFF0) + bytes(1000))
        assert is_let_go(line)


def test_a_message_without_end_does_not_fill_the_memory(node):
    running = node(reading={"workers": 0})
    piece = struct.pack(">BBLLBB", DATA, 0, 100_006, 100_002, 1, 1) + bytes(100_000)
    with associated(running.port) as line, pytest.raises(ConnectionError):
        line.raw(piece * 1000)  # 100 MB
    assert memory_mib(running.pid) < 200


def test_objects_sent_ahead_of_their_answers_are_all_answered_and_few_are_open_at_once(node, still):
    running = node(reading={"workers": 0})
    with associated(running.port) as line, ThreadPoolExecutor(1) as other:

        def send_all() -> None:
            for number in range(100):
                data = still.under(numbered(1, number), numbered(2, number))
                line.begin(data, numbered(2, number))
                line.say(data, last=True)

        sending = other.submit(send_all)
        most = 0
        for _ in range(100):
            assert line.status() == 0
            most = max(most, len(left_in_incoming(running.folder)))
        sending.result()
    assert most < 10
    assert objects_in(running.folder) == 100


def memory_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))
