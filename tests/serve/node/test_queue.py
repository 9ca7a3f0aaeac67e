"""The queue: who has what in hand, what becomes of it, and what a clock or an outage may do."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serve.node.outage import hanging
from serve.node.queues import SR, clock_of_the_queue, emptied, made_of, opened

from hepaspot.errors import InputError, OutputError, UnsupportedInput
from hepaspot.serve.node.queue import DeliveryState, Made, PullState, WorkQueue
from hepaspot.serve.node.queue.deliveries import NO_WORD
from hepaspot.serve.node.queue.place import CLOCK_SLACK_S
from hepaspot.serve.node.spool import key_of

KINDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="module", params=KINDS)
def place(request, tmp_path_factory):
    with opened(request.param, tmp_path_factory.mktemp("queue"), request) as found:
        yield found


@pytest.fixture
def queue(place):
    return emptied(place[0])


@pytest.fixture
def where(place):
    return place[1]


def whole(queue, *keys, signature="s1"):
    for key in keys:
        assert queue.whole(key, f"1.{key}", signature, 3)


def read(queue, key="a", worker="w", formats=("sr",), to=("pacs",)):
    """Have a study read, with a delivery for each destination."""
    whole(queue, key)
    study = queue.take_study(worker)
    wanted = [(each, name) for each in formats for name in to]
    assert queue.study_read(study, worker, made_of(key, formats=formats), wanted)


def waiting(queue, worker="s", to="pacs", state=DeliveryState.WAITING):
    return queue.take_deliveries(worker, to, state)


def states(queue):
    return {(line.what, line.name): line.state for line in queue.lines()}


# -------------------------------------------------------------------------------- studies


def test_a_study_is_queued_once_for_what_is_in_it(queue):
    whole(queue, "a")
    assert not queue.whole("a", "1.a", "s1", 3)
    assert queue.signatures() == {"a": "s1"}


def test_studies_are_taken_in_the_order_in_which_they_became_whole(queue):
    with clock_of_the_queue() as clock:
        for key in "cab":
            clock.ahead_s += 1
            whole(queue, key)
        assert [queue.take_study(f"w{number}").key for number in range(3)] == ["c", "a", "b"]


def test_a_study_in_hand_is_not_given_to_another_worker(queue):
    whole(queue, "a")
    assert queue.take_study("w").key == "a"
    assert queue.take_study("v") is None


def test_a_study_whose_worker_never_heard_that_it_has_it_is_given_to_it_again_as_the_same_try(
    queue,
):
    whole(queue, "a", "b")
    lost = queue.take_study("w")  # the database was lost before it could answer
    assert queue.take_study("w") == lost
    assert lost.tries == 1


def test_what_a_dead_worker_had_is_free_and_its_late_result_is_refused(queue):
    whole(queue, "a")
    late = queue.take_study("w")
    assert queue.leave("w") == 1
    taken = queue.take_study("v")
    assert (taken.key, taken.tries) == ("a", 2)
    assert not queue.study_read(late, "w", made_of("a"), [("sr", "pacs")])
    assert not queue.study_failed(late, "w", "late", again=False)
    queue.give_back(late, "w")
    assert queue.take_study("u") is None
    assert queue.study_read(taken, "v", made_of("a"), [("sr", "pacs")])


def test_a_worker_that_takes_work_after_it_was_taken_for_dead_is_known_again(queue):
    queue.join("w")
    queue.leave("w")
    whole(queue, "a")
    queue.take_study("w")
    assert "w" in queue.beats()  # so that it is noticed if it dies before its next beat


def test_a_revision_that_comes_while_a_study_is_read_refuses_the_result_and_is_read(queue):
    whole(queue, "a")
    old = queue.take_study("w")
    assert queue.whole("a", "1.a", "s2", 4)
    new = queue.take_study("v")
    assert (new.revision, new.tries) == (old.revision + 1, 1)
    assert not queue.study_read(old, "w", made_of("a", 1), [("sr", "pacs")])
    assert queue.study_read(new, "v", made_of("a", 2), [("sr", "pacs")])
    assert [each.sop_instance_uid for each in waiting(queue)] == [made_of("a", 2)[0][0]]


def test_the_same_worker_may_not_hand_in_the_old_revision_for_the_new_one(queue):
    whole(queue, "a")
    old = queue.take_study("w")
    queue.whole("a", "1.a", "s2", 4)
    queue.take_study("w")
    assert not queue.study_read(old, "w", made_of("a"), [("sr", "pacs")])


def test_a_study_that_failed_is_tried_again_or_becomes_a_dead_letter_with_its_reason(queue):
    whole(queue, "a")
    assert queue.study_failed(queue.take_study("w"), "w", "no memory", again=True)
    again = queue.take_study("w")
    assert again.tries == 2
    assert queue.study_failed(again, "w", "two patients", again=False)
    assert queue.take_study("w") is None
    (line,) = queue.lines(dead_only=True)
    assert (line.what, line.name, line.state, line.reason) == ("study", "a", "dead", "two patients")


def test_a_study_that_is_given_back_was_not_tried(queue):
    whole(queue, "a")
    queue.give_back(queue.take_study("w"), "w")
    assert queue.take_study("w").tries == 1


def test_a_study_with_nothing_to_read_is_done_without_deliveries(queue):
    whole(queue, "a")
    assert queue.study_read(queue.take_study("w"), "w", [], [("sr", "pacs")], reason="no picture")
    assert states(queue) == {("study", "a"): "nothing"}
    assert [key for key, _ in queue.finished(0)] == ["a"]


def test_a_study_is_done_with_only_when_all_of_it_is_delivered_and_for_so_long(queue):
    with clock_of_the_queue() as clock:
        read(queue, formats=("sr", "sc"), to=("pacs", "web"))
        clock.ahead_s += 10_000
        for to in ("pacs", "web"):
            assert queue.finished(0) == []
            first, second = waiting(queue, to=to)
            queue.delivered(first.id, "s", DeliveryState.DONE)
            queue.put_off([second.id], "s", "refused", 0.0, state=DeliveryState.DEAD)
            assert queue.finished(0) == []
            queue.retry(str(second.id))
            (second,) = waiting(queue, to=to)
            queue.delivered(second.id, "s", DeliveryState.DONE)
        assert queue.finished(10_001) == []
        assert queue.finished(10_000) == [("a", "s1")]
        queue.removed("a", "another signature")
        assert queue.finished(0) != []
        queue.removed("a", "s1")
        assert queue.finished(0) == []


def test_a_study_that_was_removed_is_read_again_when_it_comes_again(queue):
    read(queue)
    queue.removed("a", "s1")
    assert queue.whole("a", "1.a", "s2", 1)
    assert queue.take_study("w").key == "a"


# ------------------------------------------------------------------------------ deliveries


def test_each_result_goes_to_each_destination_that_wants_its_format(queue):
    whole(queue, "a")
    wanted = [("sr", "pacs"), ("sc", "pacs"), ("sr", "web"), ("pdf", "web")]
    queue.study_read(queue.take_study("w"), "w", made_of("a", formats=("sr", "sc")), wanted)
    assert [each.format for each in waiting(queue)] == ["sr", "sc"]
    assert [each.format for each in waiting(queue, to="web")] == ["sr"]


def test_the_same_result_of_a_later_reading_is_not_delivered_twice(queue):
    read(queue)
    (sent,) = waiting(queue)
    queue.delivered(sent.id, "s", DeliveryState.DONE)
    queue.whole("a", "1.a", "s2", 3)
    assert queue.study_read(queue.take_study("w"), "w", made_of("a"), [("sr", "pacs")])
    assert waiting(queue) == []
    (line,) = [line for line in queue.lines() if line.what != "study"]
    assert line.state == "done"


def test_what_was_made_of_a_study_before_it_grew_is_not_sent_any_more(queue):
    read(queue)
    queue.whole("a", "1.a", "s2", 3)
    queue.study_read(queue.take_study("w"), "w", made_of("a", 2), [("sr", "pacs")])
    (only,) = waiting(queue)
    assert only.sop_instance_uid == made_of("a", 2)[0].sop_instance_uid
    (old,) = [line for line in queue.lines() if line.state == "superseded"]
    assert old.reason == "a newer answer takes its place"


def test_a_superseded_result_that_is_made_again_is_sent_after_all(queue):
    read(queue)
    for signature, number in (("s2", 2), ("s3", 1)):
        queue.whole("a", "1.a", signature, 3)
        queue.study_read(queue.take_study("w"), "w", made_of("a", number), [("sr", "pacs")])
    (only,) = waiting(queue)
    assert only.sop_instance_uid == made_of("a", 1)[0].sop_instance_uid


def test_what_is_on_its_way_when_the_study_grows_arrives_all_the_same(queue):
    read(queue)
    (sent,) = waiting(queue, "s")
    queue.whole("a", "1.a", "s2", 3)
    queue.study_read(queue.take_study("w"), "w", made_of("a", 2), [("sr", "pacs")])
    queue.delivered(sent.id, "s", DeliveryState.DONE)
    assert states(queue)["sr to pacs", str(sent.id)] == "done"


def test_a_delivery_in_hand_is_not_given_to_another_worker(queue):
    read(queue)
    assert len(waiting(queue, "s")) == 1
    assert waiting(queue, "t") == []


def test_a_delivery_whose_worker_never_heard_that_it_has_it_is_given_to_it_again(queue):
    read(queue)
    assert waiting(queue, "s") == waiting(queue, "s")


def test_a_late_word_of_a_delivery_that_another_worker_has_changes_nothing(queue):
    read(queue)
    (old,) = waiting(queue, "s")
    queue.leave("s")
    (new,) = waiting(queue, "t")
    queue.put_off([old.id], "s", "late", 1000.0, state=DeliveryState.DEAD)
    queue.asked([old.id], "s", "1.2", 1.0)
    queue.delivered(old.id, "s", DeliveryState.DONE)
    assert states(queue)["sr to pacs", str(old.id)] == "waiting"
    queue.delivered(new.id, "t", DeliveryState.DONE)
    assert states(queue)["sr to pacs", str(new.id)] == "done"


def test_an_absent_peer_is_no_try_of_the_object_and_a_refusal_is(queue):
    read(queue)
    (first,) = waiting(queue)
    queue.put_off([first.id], "s", "absent", 0.0, counted=False)
    (again,) = waiting(queue)
    assert again.tries == 0
    queue.put_off([first.id], "s", "refused", 0.0)
    assert waiting(queue)[0].tries == 1


def test_a_dead_letter_keeps_its_reason_and_comes_back_by_its_number(queue):
    read(queue)
    (dead,) = waiting(queue)
    queue.put_off([dead.id], "s", "refused with status C000", 60.0, state=DeliveryState.DEAD)
    assert waiting(queue) == []
    (line,) = queue.lines(dead_only=True)
    assert (line.name, line.reason) == (str(dead.id), "refused with status C000")
    assert queue.retry(line.name) == 1
    (back,) = waiting(queue)
    assert (back.id, back.tries) == (dead.id, 0)


def test_all_dead_letters_come_back_at_once(queue):
    read(queue)
    (dead,) = waiting(queue)
    queue.put_off([dead.id], "s", "refused", 0.0, state=DeliveryState.DEAD)
    whole(queue, "b")
    queue.study_failed(queue.take_study("w"), "w", "two patients", again=False)
    queue.ask_for("1.2.3")
    queue.pulled("1.2.3", reason="not known", state=PullState.DEAD)
    assert queue.retry() == 3
    assert queue.lines(dead_only=True) == []


def test_a_name_that_no_dead_letter_has_is_told(queue):
    read(queue)
    line = r"^a: is no dead letter; hepaspot node queue --dead lists them$"
    with pytest.raises(InputError, match=line):
        queue.retry("a")


def test_what_is_open_for_a_destination_that_is_gone_is_dead_with_that_reason(queue):
    read(queue, to=("pacs", "web"))
    assert queue.forget_other(["web"]) == 1
    assert queue.forget_other(["web"]) == 0
    (line,) = queue.lines(dead_only=True)
    assert (line.what, line.reason) == ("sr to pacs", "there is no such destination any more")
    assert len(waiting(queue, to="web")) == 1


# ------------------------------------------------------------------------------ commitment


def asked(queue, transaction="1.2", wait_s=100.0):
    """A delivery that was taken, and for which the peer was asked to commit itself."""
    read(queue)
    (taken,) = waiting(queue)
    queue.delivered(taken.id, "s", DeliveryState.SENT)
    (taken,) = waiting(queue, state=DeliveryState.SENT)
    queue.asked([taken.id], "s", transaction, wait_s)
    return taken


def test_what_a_peer_commits_itself_to_is_done(queue):
    taken = asked(queue)
    assert queue.committed("1.2", [taken.sop_instance_uid], []) == 1
    assert states(queue)["sr to pacs", str(taken.id)] == "done"
    assert queue.committed("1.2", [taken.sop_instance_uid], []) == 0


def test_what_a_peer_does_not_commit_itself_to_is_sent_again(queue):
    taken = asked(queue)
    queue.committed("1.2", [], [taken.sop_instance_uid])
    (again,) = waiting(queue)
    assert (again.id, again.tries) == (taken.id, 1)


def test_the_word_of_an_unknown_transaction_or_of_other_objects_changes_nothing(queue):
    taken = asked(queue)
    assert queue.committed("1.3", [taken.sop_instance_uid], []) == 0
    assert queue.committed("1.2", ["1.9"], ["1.8"]) == 1
    assert states(queue)["sr to pacs", str(taken.id)] == "asked"


def test_a_peer_that_says_nothing_is_asked_again_after_its_time(queue):
    with clock_of_the_queue() as clock:
        asked(queue, wait_s=100.0)
        clock.ahead_s += 99
        assert queue.ask_again("pacs") == []
        clock.ahead_s += 1
        assert queue.ask_again("web") == []
        assert queue.ask_again("pacs") == ["a"]
        assert len(waiting(queue, state=DeliveryState.SENT)) == 1


def test_a_study_for_which_no_word_comes_is_named_once_and_its_line_says_why(queue):
    with clock_of_the_queue() as clock:
        taken = asked(queue, wait_s=100.0)
        clock.ahead_s += 100
        assert queue.ask_again("pacs") == ["a"]
        (again,) = waiting(queue, state=DeliveryState.SENT)
        assert again.reason == NO_WORD
        queue.asked([again.id], "s", "1.3", 100.0)
        (line,) = [line for line in queue.lines() if line.what == "sr to pacs"]
        assert (line.state, line.reason) == ("asked", NO_WORD)
        clock.ahead_s += 100
        assert queue.ask_again("pacs") == []
        (again,) = waiting(queue, state=DeliveryState.SENT)
        queue.asked([again.id], "s", "1.4", 100.0)
        queue.committed("1.4", [taken.sop_instance_uid], [])
        (line,) = [line for line in queue.lines() if line.what == "sr to pacs"]
        assert (line.state, line.reason) == ("done", "")


def test_the_lines_of_one_study_are_its_own_its_deliveries_and_the_requests_for_it(queue):
    uids = {"1.2.3": key_of("1.2.3"), "1.2.4": key_of("1.2.4")}
    for uid, key in uids.items():
        queue.whole(key, uid, "s1", 1)
        taken = queue.take_study("w")
        made = [Made(f"{uid}.1", SR, "sr", f"{key}/sr.dcm")]
        queue.study_read(taken, "w", made, [("sr", "pacs")])
        queue.ask_for(uid)
    for uid, key in uids.items():
        lines = queue.lines(study=key)
        assert [line.what for line in lines] == ["study", "sr to pacs", "pull"]
        assert {line.study for line in lines} == {key}
        assert lines[-1].name == uid
    assert len(queue.lines()) == 6
    assert queue.lines(study=key_of("1.2.5")) == []


def test_the_oldest_answer_that_waits_is_told_of_each_destination(queue):
    with clock_of_the_queue() as clock:
        assert queue.oldest_waiting() == {}
        for key in "ab":
            whole(queue, key)
            taken = queue.take_study("w")
            queue.study_read(taken, "w", made_of(key), [("sr", "pacs"), ("sr", "web")])
            clock.ahead_s += 100
        assert queue.oldest_waiting() == {"pacs": 200.0, "web": 200.0}
        first, second = waiting(queue)
        queue.delivered(first.id, "s", DeliveryState.DONE)
        assert queue.oldest_waiting() == {"pacs": 100.0, "web": 200.0}
        queue.put_off([second.id], "s", "refused", 0.0, state=DeliveryState.DEAD)
        assert queue.oldest_waiting() == {"web": 200.0}


@pytest.mark.parametrize(("counted", "tries"), [(True, 1), (False, 0)])
def test_asking_that_failed_is_made_up_for_and_counts_where_the_peer_is_at_fault(
    queue, counted, tries
):
    asked(queue)
    queue.not_asked("1.2", "no answer", 0.0, counted=counted)
    (again,) = waiting(queue, state=DeliveryState.SENT)
    assert again.tries == tries


# ----------------------------------------------------------------------------------- pulls


def test_a_study_is_fetched_once_however_often_it_is_asked_for(queue):
    assert queue.ask_for("1.2.3")
    assert not queue.ask_for("1.2.3")
    assert queue.next_pull() == ("1.2.3", 0)
    queue.pulled("1.2.3")
    assert queue.next_pull() is None
    assert queue.ask_for("1.2.3")


def test_a_fetch_that_failed_is_tried_again_after_its_wait(queue):
    with clock_of_the_queue() as clock:
        queue.ask_for("1.2.3")
        queue.pulled("1.2.3", reason="absent", wait_s=5.0, state=PullState.WAITING)
        assert queue.next_pull() is None
        clock.ahead_s += 5
        assert queue.next_pull() == ("1.2.3", 1)


# ----------------------------------------------------------------------------------- clock


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    wait_s=st.floats(0.1, 600),
    before_s=st.floats(0, 700),
    jump_s=st.floats(-1e8, 1e8),
    after_s=st.floats(0, 1300),
)
def test_a_clock_put_forward_or_back_delays_nothing_by_more_than_its_wait(
    queue, wait_s, before_s, jump_s, after_s
):
    emptied(queue)
    with clock_of_the_queue() as clock:
        read(queue)
        (put_off,) = waiting(queue)
        queue.put_off([put_off.id], "s", "absent", wait_s, counted=False)
        clock.ahead_s += before_s + jump_s + after_s
        if before_s + after_s >= 2 * wait_s + CLOCK_SLACK_S:
            assert len(waiting(queue)) == 1
        elif jump_s == 0 and before_s + after_s < wait_s - 0.001:
            assert waiting(queue) == []


def test_without_a_jump_nothing_is_due_before_its_wait_is_over(queue):
    with clock_of_the_queue() as clock:
        read(queue)
        (put_off,) = waiting(queue)
        queue.put_off([put_off.id], "s", "absent", 60.0)
        clock.ahead_s += 59.9
        assert waiting(queue) == []
        clock.ahead_s += 0.1
        assert len(waiting(queue)) == 1


@pytest.mark.parametrize("jump_s", [-1e8, 1e8])
def test_a_clock_that_jumps_keeps_no_study_from_being_read(queue, jump_s):
    with clock_of_the_queue() as clock:
        whole(queue, "a")
        clock.ahead_s += jump_s
        whole(queue, "b")
        assert {queue.take_study("w").key, queue.take_study("v").key} == {"a", "b"}


# ------------------------------------------------------------------------- many at one time


def queues(stack, where, count):
    opened = [WorkQueue.open(where) for _ in range(count)]
    for each in opened:
        stack.callback(each.close)
    return opened


def test_workers_that_take_at_the_same_time_take_each_study_and_each_delivery_once(queue, where):
    keys = [f"{chr(97 + number)}x" for number in range(20)]
    whole(queue, *keys)
    start = Barrier(4)

    def work(number, own):
        worker, taken, sent = f"w{number}", [], []
        start.wait()
        while (study := own.take_study(worker)) is not None:
            taken.append(study.key)
            assert own.study_read(study, worker, made_of(study.key), [("sr", "pacs")])
        start.wait()
        while batch := own.take_deliveries(worker, "pacs", DeliveryState.WAITING, 3):
            for each in batch:
                own.delivered(each.id, worker, DeliveryState.DONE)
                sent.append(each.id)
        return taken, sent

    with ExitStack() as stack, ThreadPoolExecutor(4) as people:
        done = list(people.map(work, range(4), queues(stack, where, 4)))
    assert sorted(key for taken, _ in done for key in taken) == keys
    sent = [id for _, sent in done for id in sent]
    assert len(sent) == len(set(sent)) == len(keys)


def test_work_goes_on_while_workers_are_taken_for_dead_at_every_moment(queue, where):
    keys = [f"{chr(97 + number)}x" for number in range(12)]
    whole(queue, *keys)

    def work(worker, own):
        noted = []
        while len(noted) < 100:
            study = own.take_study(worker)
            if study is None:
                if not any(line.state == "being read" for line in own.lines()):
                    return noted
                continue
            if own.study_read(study, worker, made_of(study.key), [("sr", "pacs")]):
                noted.append(study.key)
        return noted

    def kill(own):
        for number in range(60):
            own.leave(f"w{number % 3}")

    with ExitStack() as stack, ThreadPoolExecutor(4) as people:
        *own, last = queues(stack, where, 4)
        killer = people.submit(kill, last)
        done = list(people.map(work, ["w0", "w1", "w2"], own))
        killer.result()
    assert sorted(key for noted in done for key in noted) == keys
    assert len(waiting(queue)) == len(keys)


def test_entries_of_the_trail_that_come_at_the_same_time_are_one_chain(queue, where):
    from hepaspot.serve.node.audit import broken

    def note(own):
        for number in range(10):
            own.note("sent", f"{number}", "pacs", "taken")

    with ExitStack() as stack, ThreadPoolExecutor(4) as people:
        list(people.map(note, queues(stack, where, 4)))
    trail = queue.trail()
    assert len(trail) == 40
    assert broken(iter(trail)) is None


@pytest.mark.parametrize("kind", KINDS)
def test_many_that_open_a_new_queue_at_once_make_one(kind, tmp_path, request):
    url = request.getfixturevalue("postgresql").new_database() if kind != "sqlite" else None
    with ExitStack() as stack, ThreadPoolExecutor(8) as people:
        opening = partial(WorkQueue.open, url or tmp_path / "node.sqlite")
        for own in people.map(lambda _: opening(), range(8)):
            stack.callback(own.close)
            assert own.lines() == []


# ------------------------------------------------------------------------------------ place


def test_a_worker_names_itself_twice_without_harm_and_beats_only_while_it_is_known(queue):
    queue.join("w")
    queue.join("w")
    assert queue.beat("w")
    assert queue.beats() == {"w": 1}
    queue.leave("w")
    assert not queue.beat("w")


def test_counts_say_how_much_is_in_which_state(queue):
    read(queue, formats=("sr", "sc"))
    whole(queue, "b")
    queue.ask_for("1.2.3")
    assert queue.counts() == {
        ("study", "read"): 1,
        ("study", "waiting"): 1,
        ("delivery:pacs", "waiting"): 2,
        ("pull", "waiting"): 1,
    }


def test_a_database_of_something_else_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "node.sqlite"
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE hepaspot_node_study (patient TEXT)")
    before = path.read_bytes()
    line = r"node\.sqlite: holds something else than a node's queue; name another one$"
    with pytest.raises(UnsupportedInput, match=line):
        WorkQueue.open(path)
    assert path.read_bytes() == before


def test_a_queue_of_another_version_is_refused(tmp_path):
    path = tmp_path / "node.sqlite"
    WorkQueue.open(path).close()
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE hepaspot_node SET form = 99")
    with pytest.raises(
        UnsupportedInput, match=r"is a node's queue of another version of hepaspot; use"
    ):
        WorkQueue.open(path)


def test_the_database_of_a_node_is_for_its_owner_alone(tmp_path):
    WorkQueue.open(tmp_path / "node.sqlite").close()
    assert (tmp_path / "node.sqlite").stat().st_mode & 0o777 == 0o600


# The driver forgets the socket of a server that takes the connection and says nothing.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"
)
def test_a_queue_whose_server_hangs_says_so_after_a_while_and_is_used_again_later(
    postgresql, tmp_path, request, monkeypatch
):
    monkeypatch.setattr("hepaspot.serve.store.postgresql.ANSWER_S", 0.5)
    with opened("postgresql", tmp_path, request) as (queue, where):
        whole(queue, "a", "b")
        other = WorkQueue.open(where)
        with hanging(postgresql):
            for work in (
                queue.beats,  # asks whether the connection lives
                lambda: queue.take_study("w"),  # connects anew
                lambda: other.beat("w"),
            ):
                with pytest.raises(OutputError, match=r": cannot be used; see that the database"):
                    work()
        assert queue.take_study("w").key == "a"
        assert other.take_study("v").key == "b"
        other.close()


def test_what_is_noted_in_a_file_outlives_a_power_cut(tmp_path):
    queue = WorkQueue.open(tmp_path / "node.sqlite")
    with queue._engine.connect() as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode")
        ]
    queue.close()
    full = 2
    assert told == [full, "wal"]


def test_a_queue_whose_server_is_away_says_so_and_is_used_again_when_it_is_back(
    postgresql, tmp_path, request
):
    with opened("postgresql", tmp_path, request) as (queue, _):
        whole(queue, "a")
        postgresql.stop()
        try:
            for work in (lambda: queue.take_study("w"), queue.beats, lambda: queue.beat("w")):
                with pytest.raises(OutputError, match=r": cannot be used; see that the database"):
                    work()
        finally:
            postgresql.start()
        assert queue.take_study("w").key == "a"
