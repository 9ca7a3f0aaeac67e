"""The audit trail: a chain in which whatever is changed, taken out or swapped is found."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serve.node.peers import until
from serve.node.queues import emptied, opened

from hepaspot.errors import InternalError, OutputError
from hepaspot.serve.node import audit
from hepaspot.serve.node.audit import FIRST, Entry, LaterTrail, Trail, broken, sealed

BEGUN = datetime(2026, 1, 31, 8, 0, 0, 123456)  # noqa: DTZ001 - as the tables have it

words = st.text(max_size=8)
told = st.tuples(words, words, words, words)


def chained(entries):
    """A trail of these entries, each a minute after the one before."""
    before, trail = FIRST, []
    for number, each in enumerate(entries, start=1):
        at = BEGUN + timedelta(minutes=number)
        before = sealed(before, at, *each)
        trail.append(Entry(number, at, *each, before))
    return trail


trails = st.lists(told, min_size=2, max_size=8).map(chained)


@given(trails)
def test_a_trail_that_nobody_touched_is_whole(trail):
    assert broken(iter(trail)) is None
    assert broken(iter([])) is None


@given(trail=trails, data=st.data())
def test_an_entry_in_which_anything_was_changed_is_found(trail, data):
    at = data.draw(st.integers(0, len(trail) - 1))
    name = data.draw(st.sampled_from(Entry._fields))
    value = getattr(trail[at], name)
    if name == "at":
        other = value + timedelta(microseconds=data.draw(st.integers(1, 10**9)))
    elif name == "id":
        other = value + data.draw(st.integers(1, 5))
    else:
        other = data.draw(words.filter(lambda word: word != value))
    trail[at] = trail[at]._replace(**{name: other})
    found = broken(iter(trail))
    assert found in {trail[at].id, at + 1, at + 2}


@given(trail=trails, data=st.data())
def test_words_that_were_moved_from_one_field_to_the_next_are_found(trail, data):
    at = data.draw(st.integers(0, len(trail) - 1))
    entry = trail[at]
    joined = entry.event + "\x1f" + entry.study
    moved = entry._replace(event=joined[:1], study=joined[1:])
    if moved != entry:
        trail[at] = moved
        assert broken(iter(trail)) == at + 1


def test_no_sign_in_an_entry_can_stand_for_the_border_of_two_fields():
    assert sealed(FIRST, BEGUN, "a\x1fb", "c", "", "") != sealed(
        FIRST, BEGUN, "a", "b\x1fc", "", ""
    )


@given(trail=trails, data=st.data())
def test_an_entry_that_was_taken_out_of_the_middle_is_found(trail, data):
    at = data.draw(st.integers(0, len(trail) - 2))
    del trail[at]
    assert broken(iter(trail)) == at + 2
    closed = [each._replace(id=number) for number, each in enumerate(trail, start=1)]
    assert broken(iter(closed)) is not None


@given(trail=trails, data=st.data())
def test_entries_that_were_swapped_are_found(trail, data):
    at = data.draw(st.integers(0, len(trail) - 2))
    trail[at], trail[at + 1] = trail[at + 1], trail[at]
    assert broken(iter(trail)) is not None
    trail[at] = trail[at]._replace(id=at + 1)
    trail[at + 1] = trail[at + 1]._replace(id=at + 2)
    assert broken(iter(trail)) is not None


@given(trail=trails, data=st.data())
def test_an_entry_that_was_put_in_between_is_found(trail, data):
    at = data.draw(st.integers(0, len(trail) - 1))
    false = data.draw(told)
    seal = sealed(trail[at].chain, BEGUN, *false)
    later = [each._replace(id=each.id + 1) for each in trail[at + 1 :]]
    forged = [*trail[: at + 1], Entry(at + 2, BEGUN, *false, seal), *later]
    assert (broken(iter(forged)) is None) is (not later)  # at the end it is like any new entry


# ---------------------------------------------------------------------- as it is written


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request, tmp_path_factory):
    with opened(request.param, tmp_path_factory.mktemp("queue"), request) as (queue, _):
        yield queue


@pytest.fixture
def queue(place):
    return emptied(place)


class Away:
    """A queue whose database is away, until it is back."""

    def __init__(self, queue, fault=None):
        self.queue, self.fault = queue, fault or OutputError("the database: cannot be used")

    def note(self, *words, **more):
        if self.fault is not None:
            raise self.fault
        self.queue.note(*words, **more)


def journal_lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_what_is_noted_is_the_next_entry_of_one_chain(queue):
    trail = Trail(queue)
    trail.note("objects received", peer="CONSOLE 192.0.2.1", outcome="2 taken, 0 refused")
    trail.note("sent", study="k" * 32, peer="pacs", outcome="sr taken")
    first, second = queue.trail()
    assert (first.id, first.event, first.peer) == (1, "objects received", "CONSOLE 192.0.2.1")
    assert (second.id, second.study, second.outcome) == (2, "k" * 32, "sr taken")
    assert broken(iter([first, second])) is None


@pytest.mark.parametrize("title", ["A\0B", "A\x1b[2JB", "A\nB", "A\udcffB"])
def test_what_no_database_takes_and_no_terminal_should_see_becomes_a_question_mark(queue, title):
    Trail(queue).note("objects received", peer=title, outcome=title)
    (entry,) = queue.trail()
    assert "?" in entry.peer
    assert entry.peer.isprintable()
    assert entry.outcome.isprintable()
    assert broken(iter([entry])) is None


@pytest.mark.parametrize("fault", [None, InternalError("the database refused the work")])
def test_an_entry_that_cannot_be_kept_is_told_in_the_journal(queue, fault, capsys):
    Trail(Away(queue, fault)).note("sent", study="k", peer="pacs", outcome="taken")
    (line,) = journal_lines(capsys)
    facts = {"what": "sent", "study": "k", "peer": "pacs", "outcome": "taken"}
    assert facts.items() <= line.items()
    assert (line["event"], line["level"]) == ("audit entry not kept", "warning")


def test_an_entry_that_waits_for_the_database_keeps_its_time_and_its_place(queue, monkeypatch):
    monkeypatch.setattr("hepaspot.serve.node.patience.FIRST_S", 0.01)
    away, ended = Away(queue), Event()
    later = LaterTrail(away)
    monkeypatch.setattr(audit, "now", lambda: BEGUN)
    writer = Thread(target=later.run, args=[ended])
    writer.start()
    for number in range(3):
        later.note("objects received", peer=f"CONSOLE {number}")  # and nobody waits
    assert queue.trail() == []
    away.fault = None
    until(lambda: len(queue.trail()) == 3)
    ended.set()
    writer.join(30)
    assert [(each.peer, each.at) for each in queue.trail()] == [
        (f"CONSOLE {number}", BEGUN) for number in range(3)
    ]
    assert broken(iter(queue.trail())) is None


def test_entries_that_wait_are_written_before_the_end_or_told_in_the_journal(queue, capsys):
    ended = Event()
    ended.set()
    later = LaterTrail(queue)
    later.note("objects received", peer="CONSOLE")
    later.run(ended)
    assert len(queue.trail()) == 1
    later = LaterTrail(Away(queue))
    for number in range(3):
        later.note("objects received", peer=f"CONSOLE {number}")
    later.run(ended)
    lines = [line for line in journal_lines(capsys) if line["event"] == "audit entry not kept"]
    assert [line["peer"] for line in lines] == ["CONSOLE 0", "CONSOLE 1", "CONSOLE 2"]


def test_no_more_entries_wait_than_there_is_room_for(queue, monkeypatch, capsys):
    monkeypatch.setattr(audit, "MOST_WAITING", 1)
    later = LaterTrail(queue)
    later.note("objects received", peer="first")
    later.note("objects received", peer="second")
    (line,) = journal_lines(capsys)
    assert (line["event"], line["peer"]) == ("audit entry not kept", "second")
