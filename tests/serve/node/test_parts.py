"""Parts that work side by side: one that fails ends them all, so that it is noticed."""

from __future__ import annotations

from threading import Event

import pytest

from hepaspot.serve.node.parts import Part, end_together


def test_a_part_works_until_all_are_to_end():
    ended = Event()
    done: list[bool] = []
    part = Part("gathering", lambda: done.append(ended.wait(60)), ended)
    part.start()
    ended.set()
    end_together([part], 60)
    assert (part.name, part.failed, done) == ("gathering", False, [True])


def test_a_part_that_a_peer_holds_does_not_keep_the_others_from_ending_and_has_not_failed():
    ended, held = Event(), Event()
    part = Part("pulling", held.wait, ended)
    part.start()
    end_together([part], 0.01)
    assert (part.is_alive(), part.daemon, part.failed) == (True, True, False)
    held.set()
    part.join(60)
    assert not part.failed


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
