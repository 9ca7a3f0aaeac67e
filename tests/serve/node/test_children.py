"""The processes of a node are started again where they end, ever later, and leave nothing open."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from hepaspot.serve.node import children
from hepaspot.serve.node.children import FIRST_RESTART_S, LONGEST_RESTART_S, Children


class Watched(Children):
    """Processes that end at once, and what became of them."""

    def __init__(self):
        super().__init__(Path("node.toml"), {"read": 1})
        self.begun = []

    def _started(self, role):
        child = subprocess.Popen([sys.executable, "-S", "-c", ""], stdin=subprocess.PIPE)
        child.wait()
        self.begun.append(child)
        return child


@pytest.fixture
def clock(monkeypatch):
    """Moments, as the processes are looked at."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(children, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_one_that_ends_at_once_is_started_again_ever_later(clock):
    watched = Watched()
    begun_at = []
    while clock.now < 4 * LONGEST_RESTART_S:
        before = len(watched.begun)
        watched._look(0, "read")
        begun_at += [clock.now] * (len(watched.begun) - before)
        clock.now += FIRST_RESTART_S / 4
    waits = [later - sooner for sooner, later in pairwise(begun_at)]
    assert waits == sorted(waits)
    assert FIRST_RESTART_S <= waits[0] < 2 * FIRST_RESTART_S
    assert LONGEST_RESTART_S <= waits[-1] < LONGEST_RESTART_S + 1
    for child in watched.begun:
        child.stdin.close()


def test_the_line_to_one_that_has_ended_is_closed(clock):
    watched = Watched()
    watched._look(0, "read")
    (child,) = watched.begun
    watched._look(0, "read")
    assert child.stdin.closed
