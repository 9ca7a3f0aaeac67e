"""Refused associations: what of them is noted, and how often."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hepaspot.serve.node.refusals import EACH_S, MOST, Rarely, Refused, as_sent

WHY = "the calling title is not under [[calling]]"


class Moment:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def by(caller: str, address: str = "192.0.2.1", why: str = WHY) -> Refused:
    return Refused(caller, None, address, why)


def test_the_same_refusal_is_noted_once_in_its_time_and_others_meanwhile():
    moment = Moment()
    rarely = Rarely(moment)
    told = [by("A"), by("A"), by("B"), by("A", "192.0.2.2"), by("A", why="too little disk is free")]
    assert [rarely.allows(each) for each in told] == [True, False, True, True, True]
    moment.at = EACH_S - 0.001
    assert not rarely.allows(by("A"))
    moment.at = EACH_S
    assert rarely.allows(by("A"))


@given(waits=st.lists(st.floats(0, EACH_S), min_size=100, max_size=300))
def test_whoever_tries_ever_new_titles_cannot_have_more_noted_than_there_is_room_for(waits):
    moment = Moment()
    rarely = Rarely(moment)
    noted: list[float] = []
    for number, wait in enumerate(waits):
        moment.at += wait / 50
        if rarely.allows(by(f"TITLE {number}")):
            noted.append(moment.at)
    assert noted
    assert all(sum(at <= e < at + EACH_S for e in noted) <= MOST for at in noted)


@given(st.text())
def test_a_title_as_it_is_told_is_short_and_of_letters_that_can_be_printed(title):
    told = as_sent(title)
    assert len(told) <= 16
    assert told.isascii()
    assert told == "" or told.isprintable()


def test_a_title_of_plain_letters_is_told_as_it_was_sent():
    assert as_sent("US_ROOM 3       ") == "US_ROOM 3"
    assert as_sent("A\x1b[2J\u5f20" + "B" * 20) == "A?[2J?BBBBBBBBBB"
