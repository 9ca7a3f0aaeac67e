"""A whole node on a machine whose clock jumps by years, forth and back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from serve.node import peers
from serve.node.peers import free_port, storescu
from serve.node.test_crash import Pacs

TEN_YEARS_S = 3650 * 86_400

CUSTOM = """
import datetime, os, time
_time, _real, _where = time.time, datetime.datetime, os.environ["CLOCK"]

def ahead():
    with open(_where) as file:
        return float(file.read())

class Kind(type):
    def __instancecheck__(cls, value):
        return isinstance(value, _real)

class Shifted(_real, metaclass=Kind):
    @classmethod
    def now(cls, tz=None):
        return _real.now(tz) + datetime.timedelta(seconds=ahead())

time.time = lambda: _time() + ahead()
datetime.datetime = Shifted
"""
"""What Python runs at its start: moves its clock by what stands in a file."""


class Clock:
    """The clock of the nodes that are started from now on, and of their workers."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ahead"
        self.jump(0)

    def jump(self, seconds_ahead: float) -> None:
        draft = self._file.with_suffix(".draft")
        draft.write_text(str(seconds_ahead), "ascii")
        draft.replace(self._file)


@pytest.fixture
def clock(tmp_path, monkeypatch) -> Clock:
    (tmp_path / "sitecustomize.py").write_text(CUSTOM, "ascii")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    monkeypatch.setitem(peers.ENVIRONMENT, "PYTHONPATH", path)
    monkeypatch.setitem(peers.ENVIRONMENT, "CLOCK", str(tmp_path / "ahead"))
    return Clock(tmp_path)


def test_a_clock_that_jumps_holds_up_nothing(node, exam, clock):
    pacs = Pacs(free_port())
    to = {"kind": "dicom", "name": "pacs", "host": "127.0.0.1", "port": pacs.port}
    to |= {"ae_title": "PACS", "formats": ["sr", "sc"], "wait_s": 1, "longest_wait_s": 2}
    clock.jump(TEN_YEARS_S)
    running = node(send=[to], reading={"quiet_s": 1})
    assert running.journal("started")[0]["at"] > "2035", "the clock is ahead"
    storescu(running, exam())
    running.said("destination away")
    clock.jump(0)
    storescu(running, exam())
    listening = pacs.start()
    try:
        assert len(running.said("study read", 2)) == 2
        assert len(running.said("sent", 4)) == 4
        clock.jump(TEN_YEARS_S)
        storescu(running, exam())
        assert len(running.said("sent", 6)) == 6
        clock.jump(-TEN_YEARS_S)
        storescu(running, exam())
        assert len(running.said("sent", 8)) == 8
        assert len(pacs.came) == 8
    finally:
        listening.shutdown()
    assert not running.journal("worker gone")
