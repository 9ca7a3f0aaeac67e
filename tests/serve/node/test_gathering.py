"""When a study is taken to be whole, what is taken up after a crash, who is freed, what is removed."""

from __future__ import annotations

import json
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serve.node.queues import emptied, made_of, opened

from hepaspot.errors import OutputError
from hepaspot.intake.dicom_place import Place
from hepaspot.serve.node.gathering import DEAD_AFTER_S, TIDY_S, Beats, Gatherer
from hepaspot.serve.node.landing import Landing
from hepaspot.serve.node.patience import Ended
from hepaspot.serve.node.queue import DeliveryState
from hepaspot.serve.node.settings import Reading
from hepaspot.serve.node.spool import Spool
from hepaspot.serve.node.working import BEAT_S

QUIET_S = 60.0
READING = Reading(quiet_s=QUIET_S, keep_h=0.0)


class Seconds:
    """A clock that a test puts forward."""

    def __init__(self):
        self.moment = 1000.0

    def __call__(self):
        return self.moment


@pytest.fixture
def clock():
    return Seconds()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request, tmp_path_factory):
    with opened(request.param, tmp_path_factory.mktemp("queue"), request) as (queue, _):
        yield queue


@pytest.fixture
def queue(place):
    return emptied(place)


@pytest.fixture
def spool(tmp_path, monkeypatch):
    monkeypatch.setattr(Spool, "study_uid", lambda self, key: "1.2" if self.files(key) else None)
    return Spool(tmp_path / "spool")


@pytest.fixture
def gatherer(queue, spool, clock):
    return Gatherer(READING, queue, spool, clock)


def come(spool, number, study="1.2"):
    """An object is made safe."""
    landing = Landing(spool.incoming, 1 << 20)
    landing.write(f"object {number}".encode())
    return spool.take(landing.settle(), Place(study, "1.3", "1.4", f"1.5.{number}"))


def receive(gatherer, spool, number, study="1.2"):
    key = come(spool, number, study)
    gatherer.touch(key)
    return key


def studies(queue):
    return {line.name: line.state for line in queue.lines() if line.what == "study"}


def said(capsys, event):
    lines = map(json.loads, capsys.readouterr().err.splitlines())
    return [line for line in lines if line["event"] == event]


def look(gatherer):
    gatherer.look(Event())


# -------------------------------------------------------------------------- the quiet timer


def test_a_study_is_whole_when_nothing_came_for_the_quiet_time(gatherer, spool, queue, clock):
    key = receive(gatherer, spool, 1)
    clock.moment += QUIET_S - 0.001
    look(gatherer)
    assert (studies(queue), gatherer.open) == ({}, 1)
    clock.moment += 0.001
    look(gatherer)
    assert (studies(queue), gatherer.open) == ({key: "waiting"}, 0)


quarters = st.integers(0, int(QUIET_S * 8)).map(lambda number: number / 4)
"""Seconds that are added and taken away without a rest."""


@settings(max_examples=40, deadline=None)
@given(gaps=st.lists(quarters, min_size=1, max_size=8))
def test_each_object_starts_the_quiet_time_anew(gaps):
    clock, queued = Seconds(), []

    class Watching:
        def whole(self, key, uid, signature, objects):
            queued.append(clock.moment)
            return True

    class Held:
        def study_uid(self, key):
            return "1.2"

        def files(self, key):
            return ["file"]

        def signature(self, key):
            return "s"

    gatherer = Gatherer(READING, Watching(), Held(), clock)
    gatherer._look_after_workers = gatherer._tidy = lambda: None
    expected = []
    for gap in [0.0, *gaps]:
        clock.moment += gap
        look(gatherer)
        gatherer.touch("k")
        last = clock.moment
        if gap >= QUIET_S:
            expected.append(last)
    clock.moment = last + QUIET_S
    look(gatherer)
    assert queued == [*expected, last + QUIET_S]


def test_studies_do_not_keep_each_other_waiting(gatherer, spool, queue, clock):
    first = receive(gatherer, spool, 1, "1.2")
    clock.moment += QUIET_S / 2
    second = receive(gatherer, spool, 2, "1.3")
    clock.moment += QUIET_S / 2
    look(gatherer)
    assert studies(queue) == {first: "waiting"}
    clock.moment += QUIET_S / 2
    look(gatherer)
    assert studies(queue) == {first: "waiting", second: "waiting"}


def test_an_object_that_comes_while_its_study_is_read_makes_a_new_revision(
    gatherer, spool, queue, clock
):
    key = receive(gatherer, spool, 1)
    clock.moment += QUIET_S
    look(gatherer)
    old = queue.take_study("w")
    receive(gatherer, spool, 2)
    clock.moment += QUIET_S
    look(gatherer)
    assert not queue.study_read(old, "w", made_of("a"), [])
    new = queue.take_study("v")
    assert (new.key, new.revision) == (key, 2)


def test_an_object_that_comes_between_looking_and_queueing_is_not_forgotten(
    gatherer, spool, queue, clock, monkeypatch
):
    key = receive(gatherer, spool, 1)
    clock.moment += QUIET_S
    whole = queue.whole

    def slow(*words):
        clock.moment += 1
        receive(gatherer, spool, 2)
        return whole(*words)

    monkeypatch.setattr(queue, "whole", slow)
    look(gatherer)
    monkeypatch.undo()
    assert gatherer.open == 1
    assert queue.take_study("w").revision == 1
    clock.moment += QUIET_S
    monkeypatch.setattr(Spool, "study_uid", lambda self, key: "1.2")
    look(gatherer)
    assert queue.signatures() == {key: spool.signature(key)}


def test_a_study_that_comes_again_as_it_was_is_not_read_again(gatherer, spool, queue, clock):
    key = receive(gatherer, spool, 1)
    clock.moment += QUIET_S
    look(gatherer)
    gatherer.touch(key)
    clock.moment += QUIET_S
    look(gatherer)
    assert queue.take_study("w").revision == 1


# ------------------------------------------------------------------ what must not stop it


def test_a_study_that_the_disk_does_not_give_is_told_tried_again_and_keeps_no_other_back(
    gatherer, spool, queue, clock, monkeypatch, capsys
):
    bad, good = receive(gatherer, spool, 1, "1.2"), receive(gatherer, spool, 1, "1.3")
    clock.moment += QUIET_S
    signature = spool.signature

    def broken(key):
        if key == bad:
            raise OSError(5, "Input/output error")
        return signature(key)

    monkeypatch.setattr(spool, "signature", broken)
    look(gatherer)
    assert studies(queue) == {good: "waiting"}
    (line,) = said(capsys, "study not queued")
    assert (line["study"], line["level"]) == (bad, "error")
    assert line["why"].startswith("OSError at ")
    monkeypatch.setattr(spool, "signature", signature)
    clock.moment += QUIET_S
    look(gatherer)
    assert studies(queue) == {good: "waiting", bad: "waiting"}


def test_a_study_of_which_nothing_can_be_read_is_told(gatherer, spool, queue, clock, capsys):
    key = receive(gatherer, spool, 1)
    spool.files(key)[0].unlink()
    clock.moment += QUIET_S
    look(gatherer)
    (line,) = said(capsys, "study not queued")
    assert (line["study"], line["why"]) == (key, "none of its files can be read")
    assert gatherer.open == 0


def test_a_database_that_is_away_is_waited_for_and_the_study_queued_then(
    gatherer, spool, queue, clock, monkeypatch
):
    monkeypatch.setattr("hepaspot.serve.node.patience.FIRST_S", 0.001)
    key = receive(gatherer, spool, 1)
    clock.moment += QUIET_S
    whole, away = queue.whole, [OutputError("away")] * 3

    def absent(*words):
        if away:
            raise away.pop()
        return whole(*words)

    monkeypatch.setattr(queue, "whole", absent)
    look(gatherer)
    assert studies(queue) == {key: "waiting"}


def test_a_node_that_is_to_end_while_the_database_is_away_keeps_the_study_for_the_next(
    gatherer, spool, queue, clock, monkeypatch
):
    def away(*words):
        raise OutputError("away")

    key = receive(gatherer, spool, 1)
    clock.moment += QUIET_S
    ended = Event()
    ended.set()
    with monkeypatch.context() as changed:
        changed.setattr(queue, "whole", away)
        with pytest.raises(Ended):
            gatherer.look(ended)
    assert Gatherer(READING, queue, spool, clock).recover() == 1
    assert spool.studies() == [key]


# -------------------------------------------------------------------------- after a crash


def test_what_was_safe_on_disk_and_not_queued_is_taken_up_after_a_crash(
    gatherer, spool, queue, clock
):
    queued = receive(gatherer, spool, 1, "1.2")
    grown = receive(gatherer, spool, 1, "1.3")
    clock.moment += QUIET_S
    look(gatherer)
    come(spool, 2, "1.3")  # acknowledged, and then the node was killed
    new = come(spool, 1, "1.4")
    queue.take_study("w")
    queue.take_study("v")

    restarted = Gatherer(READING, queue, Spool(spool.folder), clock)
    assert restarted.recover() == 2
    clock.moment += QUIET_S
    look(restarted)
    assert studies(queue) == {queued: "being read", grown: "waiting", new: "waiting"}


def test_a_study_that_the_disk_does_not_give_does_not_keep_a_node_from_starting(
    gatherer, spool, monkeypatch, capsys
):
    bad, _ = come(spool, 1, "1.2"), come(spool, 1, "1.3")
    signature = spool.signature

    def broken(key):
        if key == bad:
            raise OSError(5, "Input/output error")
        return signature(key)

    monkeypatch.setattr(spool, "signature", broken)
    assert gatherer.recover() == 1
    (line,) = said(capsys, "study not looked at")
    assert line["study"] == bad


def test_a_place_for_a_study_into_which_nothing_came_is_no_study(gatherer, spool):
    (spool.folder / "studies" / ("a" * 32)).mkdir()
    assert gatherer.recover() == 0


# ------------------------------------------------------------------------------- removing


def read(queue, key, formats=("sr",)):
    study = queue.take_study("w")
    assert study.key == key
    assert queue.study_read(study, "w", made_of("a", formats=formats), [("sr", "pacs")])


def tidied(gatherer, clock):
    clock.moment += TIDY_S
    look(gatherer)


@pytest.fixture
def delivered(gatherer, spool, queue, clock):
    """A study that was read, and whose answer waits to be sent."""
    key = receive(gatherer, spool, 1)
    spool.put_result(key, "1.9", b"answer")
    clock.moment += QUIET_S
    look(gatherer)
    read(queue, key)
    return key


def test_a_study_is_kept_until_all_of_it_is_delivered_and_then_removed(
    delivered, gatherer, spool, queue, clock
):
    tidied(gatherer, clock)
    assert spool.studies() == [delivered]
    (answer,) = queue.take_deliveries("s", "pacs", DeliveryState.WAITING)
    tidied(gatherer, clock)
    assert spool.studies() == [delivered]
    queue.put_off([answer.id], "s", "refused", 0.0, state=DeliveryState.DEAD)
    tidied(gatherer, clock)
    assert spool.studies() == [delivered]  # a dead letter may be brought back
    queue.retry()
    (answer,) = queue.take_deliveries("s", "pacs", DeliveryState.WAITING)
    queue.delivered(answer.id, "s", DeliveryState.DONE)
    tidied(gatherer, clock)
    assert (spool.studies(), studies(queue)) == ([], {delivered: "removed"})
    assert list((spool.folder / "results").iterdir()) == []
    assert [each.event for each in queue.trail()] == ["study removed"]


def test_a_study_that_failed_is_kept(gatherer, spool, queue, clock):
    key = receive(gatherer, spool, 1)
    clock.moment += QUIET_S
    look(gatherer)
    queue.study_failed(queue.take_study("w"), "w", "two patients", again=False)
    tidied(gatherer, clock)
    assert spool.studies() == [key]


def test_a_study_to_which_something_came_since_is_kept(delivered, gatherer, spool, queue, clock):
    (answer,) = queue.take_deliveries("s", "pacs", DeliveryState.WAITING)
    queue.delivered(answer.id, "s", DeliveryState.DONE)
    come(spool, 2)  # and the node was not told yet
    tidied(gatherer, clock)
    assert len(spool.files(delivered)) == 2
    assert studies(queue) == {delivered: "read"}


def test_a_study_that_is_removed_twice_is_noted_once_and_for_all(
    delivered, gatherer, spool, queue, clock, monkeypatch
):
    def killed(key, signature):
        raise OutputError("the database: cannot be used")

    (answer,) = queue.take_deliveries("s", "pacs", DeliveryState.WAITING)
    queue.delivered(answer.id, "s", DeliveryState.DONE)
    with monkeypatch.context() as changed:
        changed.setattr(queue, "removed", killed)
        tidied(gatherer, clock)
    assert (spool.studies(), studies(queue)) == ([], {delivered: "read"})
    tidied(gatherer, clock)
    assert studies(queue) == {delivered: "removed"}
    assert queue.finished(0.0) == []


def test_a_study_that_cannot_be_removed_is_told_and_keeps_no_other(
    delivered, gatherer, spool, queue, clock, monkeypatch, capsys
):
    def broken(key, signature):
        raise OSError(13, "Permission denied")

    (answer,) = queue.take_deliveries("s", "pacs", DeliveryState.WAITING)
    queue.delivered(answer.id, "s", DeliveryState.DONE)
    monkeypatch.setattr(spool, "remove", broken)
    tidied(gatherer, clock)
    (line,) = said(capsys, "study not removed")
    assert line["study"] == delivered
    assert studies(queue) == {delivered: "read"}


# ---------------------------------------------------------------------------------- beats


def watch(gatherer, clock, seconds, beating=(), queue=None):
    for _ in range(round(seconds / BEAT_S)):
        clock.moment += BEAT_S
        for worker in beating:
            queue.beat(worker)
        look(gatherer)


def test_a_worker_that_stands_still_is_freed_of_its_work_and_one_that_beats_is_not(
    gatherer, queue, clock, capsys
):
    for key in "ab":
        queue.whole(key, f"1.{key}", "s", 1)
    for worker in ("lives", "stands still"):
        queue.join(worker)
        queue.take_study(worker)
    watch(gatherer, clock, DEAD_AFTER_S - BEAT_S, ["lives"], queue)
    assert queue.take_study("next") is None
    watch(gatherer, clock, 3 * BEAT_S, ["lives"], queue)
    assert queue.take_study("next").key == "b"
    assert queue.take_study("next but one") is None
    (line,) = said(capsys, "worker gone")
    assert (line["worker"], line["freed"]) == ("stands still", 1)
    assert "lives" in queue.beats()


def test_an_outage_of_the_database_frees_nobody(gatherer, queue, clock, monkeypatch):
    def away():
        raise OutputError("away")

    queue.whole("a", "1.a", "s", 1)
    queue.join("w")
    queue.take_study("w")
    watch(gatherer, clock, DEAD_AFTER_S - BEAT_S)
    with monkeypatch.context() as changed:
        changed.setattr(queue, "beats", away)
        watch(gatherer, clock, 10 * DEAD_AFTER_S)
    watch(gatherer, clock, DEAD_AFTER_S - BEAT_S)  # it needs a while to be back, too
    assert queue.take_study("v") is None
    watch(gatherer, clock, 10 * DEAD_AFTER_S, ["w"], queue)
    assert queue.take_study("v") is None


def test_a_node_that_stood_still_itself_frees_nobody(gatherer, queue, clock):
    queue.whole("a", "1.a", "s", 1)
    queue.join("w")
    queue.take_study("w")
    watch(gatherer, clock, 2 * BEAT_S)
    clock.moment += 100 * DEAD_AFTER_S
    look(gatherer)
    assert queue.take_study("v") is None


@settings(max_examples=200)
@given(
    turns=st.lists(
        st.tuples(
            st.floats(BEAT_S, BEAT_S * 1.5),
            st.sampled_from(["beats", "stands still", "away"]),
        ),
        max_size=40,
    )
)
def test_a_worker_is_dead_only_when_it_was_seen_to_stand_still_for_so_long(turns):
    clock = Seconds()
    beats, beat, still_since = Beats(clock), 0, None
    for seconds, what in turns:
        clock.moment += seconds
        if what == "away":
            beats.forget()
            still_since = None
            continue
        if what == "beats":
            beat, still_since = beat + 1, None
        still_since = clock.moment if still_since is None else still_since
        dead = beats.still({"w": beat})
        assert dead == (["w"] if clock.moment - still_since >= DEAD_AFTER_S else [])
