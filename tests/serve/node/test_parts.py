"""Parts that work side by side: one that fails ends them all, so that it is noticed."""

from __future__ import annotations

from threading import Event

import pytest

from hepaspot.serve.node.parts import Part


def test_a_part_works_until_all_are_to_end():
    ended = Event()
    part = Part("gathering", lambda: ended.wait(60), ended)
    part.start()
    ended.set()
    part.join(60)
    assert (part.name, part.failed) == ("gathering", False)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_part_that_fails_ends_the_others():
    def fail():
        raise KeyError

    ended = Event()
    part = Part("gathering", fail, ended)
    part.start()
    assert ended.wait(60)
    part.join(60)
    assert part.failed
