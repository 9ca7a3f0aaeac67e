"""A queue and a plain model of it, put through the same turns: nobody has what another one has."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from serve.node.queues import clock_of_the_queue, emptied, made_of, opened

from hepaspot.serve.node.queue import DeliveryState

LONG_S = 1000.0

keys = st.sampled_from("abc")
workers = st.sampled_from(["v", "w"])
destinations = st.sampled_from(["pacs", "web"])


@dataclass
class StudyModel:
    revision: int = 0
    state: str = "waiting"
    worker: str | None = None
    tries: int = 0


@dataclass
class DeliveryModel:
    state: str = "waiting"
    worker: str | None = None
    tries: int = 0
    due: bool = True


@dataclass
class Model:
    studies: dict = field(default_factory=dict)
    deliveries: dict = field(default_factory=dict)
    reading: dict = field(default_factory=dict)
    """Worker to the study that it believes to have."""

    sending: dict = field(default_factory=dict)
    """Worker and destination to the delivery that it believes to have."""

    taken_over: list = field(default_factory=list)


class Turns(RuleBasedStateMachine):
    def __init__(self, queue):
        super().__init__()
        self.queue = emptied(queue)
        self.clock_held = clock_of_the_queue()
        self.clock = self.clock_held.__enter__()
        self.model = Model()
        self.arrivals = 0

    def teardown(self):
        self.clock_held.__exit__(None, None, None)

    # ------------------------------------------------------------------------- studies

    @rule(key=keys)
    def something_comes_to_a_study(self, key):
        self.arrivals += 1
        assert self.queue.whole(key, f"1.{key}", f"{self.arrivals}", 1)
        known = self.model.studies.get(key, StudyModel())
        self.model.studies[key] = StudyModel(known.revision + 1)

    @rule(worker=workers, heard=st.booleans())
    def take_a_study(self, worker, heard):
        if worker in self.model.reading:
            return
        studies = self.model.studies
        own = [
            key for key, each in studies.items() if (each.state, each.worker) == ("waiting", worker)
        ]
        free = [
            key for key, each in studies.items() if (each.state, each.worker) == ("waiting", None)
        ]
        taken = self.queue.take_study(worker)
        if taken is None:
            assert not own
            assert not free
            return
        assert taken.key in (own or free)
        study = studies[taken.key]
        study.tries += study.worker is None
        study.worker = worker
        assert (taken.revision, taken.tries) == (study.revision, study.tries)
        if heard:
            self.model.reading[worker] = taken

    @rule(worker=workers, formats=st.sampled_from([("sr",), ("sr", "sc"), ()]), same=st.booleans())
    def hand_in_what_was_read(self, worker, formats, same):
        taken = self.model.reading.pop(worker, None)
        if taken is None:
            return
        made = made_of(taken.key, 0 if same else taken.revision, formats)
        wanted = [("sr", "pacs"), ("sc", "pacs"), ("sr", "web")]
        noted = self.queue.study_read(taken, worker, made, wanted)
        assert noted is self.holds(worker, taken)
        if noted:
            study = self.model.studies[taken.key]
            study.state, study.worker = "read" if made else "nothing", None
            for each in made:
                for format, to in wanted:
                    if format == each.format:
                        known = (each.sop_instance_uid, to)
                        row = self.model.deliveries.setdefault(known, DeliveryModel())
                        row.state = "waiting" if row.state == "superseded" else row.state
            self.supersede(taken.key, {each.sop_instance_uid for each in made})

    def supersede(self, key, made):
        for (uid, _), row in self.model.deliveries.items():
            old = uid.split(".")[1] == str(ord(key)) and uid not in made
            if old and (row.state, row.worker) == ("waiting", None):
                row.state = "superseded"

    @rule(worker=workers, again=st.booleans())
    def fail_to_read(self, worker, again):
        taken = self.model.reading.pop(worker, None)
        if taken is None:
            return
        noted = self.queue.study_failed(taken, worker, "failed", again=again)
        assert noted is self.holds(worker, taken)
        if noted:
            study = self.model.studies[taken.key]
            study.state, study.worker = "waiting" if again else "dead", None

    @rule(worker=workers)
    def give_a_study_back(self, worker):
        taken = self.model.reading.pop(worker, None)
        if taken is None:
            return
        self.queue.give_back(taken, worker)
        if self.holds(worker, taken):
            study = self.model.studies[taken.key]
            study.worker, study.tries = None, study.tries - 1

    def holds(self, worker, taken):
        study = self.model.studies[taken.key]
        return (study.worker, study.revision) == (worker, taken.revision)

    # ---------------------------------------------------------------------- deliveries

    @rule(worker=workers, to=destinations, most=st.integers(1, 3), heard=st.booleans())
    def take_deliveries(self, worker, to, most, heard):
        if (worker, to) in self.model.sending:
            return
        mine = {uid: each for (uid, name), each in self.model.deliveries.items() if name == to}
        due = {uid: each for uid, each in mine.items() if each.state == "waiting" and each.due}
        own = {uid for uid, each in due.items() if each.worker == worker}
        free = {uid for uid, each in due.items() if each.worker is None}
        batch = self.queue.take_deliveries(worker, to, DeliveryState.WAITING, most)
        taken = {each.sop_instance_uid for each in batch}
        assert len(batch) == len(taken) == min(most, len(own | free))
        assert taken <= own | free
        assert own <= taken or taken <= own
        for each in batch:
            assert each.tries == mine[each.sop_instance_uid].tries
            mine[each.sop_instance_uid].worker = worker
        if heard and batch:
            self.model.sending[worker, to] = batch

    @rule(
        worker=workers,
        to=destinations,
        how=st.sampled_from(["taken", "absent", "refused", "refused for good"]),
        wait_s=st.sampled_from([0.0, LONG_S]),
    )
    def tell_what_became_of_a_batch(self, worker, to, how, wait_s):
        for each in self.model.sending.pop((worker, to), []):
            row = self.model.deliveries[each.sop_instance_uid, to]
            self.tell(each, worker, how, wait_s)
            if row.worker != worker:
                continue
            row.worker = None
            if how == "taken":
                row.state = "done"
                self.model.taken_over.append((each.sop_instance_uid, to))
                continue
            row.due = wait_s == 0.0
            row.tries += how != "absent"
            row.state = "dead" if how == "refused for good" else row.state

    def tell(self, each, worker, how, wait_s):
        if how == "taken":
            self.queue.delivered(each.id, worker, DeliveryState.DONE)
            return
        state = DeliveryState.DEAD if how == "refused for good" else None
        counted = how != "absent"
        self.queue.put_off([each.id], worker, how, wait_s, state=state, counted=counted)

    # --------------------------------------------------------------- what comes from outside

    @rule(worker=workers)
    def a_worker_is_taken_for_dead(self, worker):
        """It may live all the same, and come late with what it had."""
        rows = [*self.model.studies.values(), *self.model.deliveries.values()]
        held = [row for row in rows if row.worker == worker]
        assert self.queue.leave(worker) == len(held)
        for row in held:
            row.worker = None

    @rule(worker=workers)
    def a_worker_dies(self, worker):
        self.model.reading.pop(worker, None)
        for known in [known for known in self.model.sending if known[0] == worker]:
            del self.model.sending[known]
        self.a_worker_is_taken_for_dead(worker)

    @rule()
    def bring_dead_letters_back(self):
        dead = [
            row
            for row in (*self.model.studies.values(), *self.model.deliveries.values())
            if row.state == "dead"
        ]
        assert self.queue.retry() == len(dead)
        for row in dead:
            row.state, row.tries = "waiting", 0
            if isinstance(row, DeliveryModel):
                row.due = True

    @rule()
    def time_goes_by(self):
        self.clock.ahead_s += LONG_S
        for row in self.model.deliveries.values():
            row.due = True

    @rule(worker=workers)
    def a_worker_beats(self, worker):
        if not self.queue.beat(worker):
            self.queue.join(worker)

    # ----------------------------------------------------------------------------- laws

    @invariant()
    def the_queue_is_as_the_model(self):
        found = {line.name: line for line in self.queue.lines() if line.what == "study"}
        assert {key: (line.state, line.tries) for key, line in found.items()} == {
            key: ("being read" if each.worker else each.state, each.tries)
            for key, each in self.model.studies.items()
        }

    @invariant()
    def each_result_is_taken_over_once_by_each_destination(self):
        assert len(self.model.taken_over) == len(set(self.model.taken_over))
        counts = self.queue.counts()
        for to in ("pacs", "web"):
            mine = [row.state for (_, name), row in self.model.deliveries.items() if name == to]
            for state in ("waiting", "done", "dead", "superseded"):
                assert counts.get((f"delivery:{to}", state), 0) == mine.count(state)

    @invariant()
    def whoever_has_something_in_hand_is_known(self):
        rows = [*self.model.studies.values(), *self.model.deliveries.values()]
        assert {row.worker for row in rows} - {None} <= self.queue.beats().keys()

    @invariant()
    def only_what_is_delivered_may_be_removed(self):
        removable = {key for key, _ in self.queue.finished(0.0)}
        open_of = {
            uid.split(".")[1]
            for (uid, _), each in self.model.deliveries.items()
            if each.state not in {"done", "superseded"}
        }
        for key, each in self.model.studies.items():
            done = each.state in {"read", "nothing"} and str(ord(key)) not in open_of
            assert (key in removable) is done


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 30), ("postgresql", 10)])
def test_no_turn_of_events_gives_work_to_two_or_loses_it(kind, examples, tmp_path, request):
    with opened(kind, tmp_path, request) as (queue, _):
        run_state_machine_as_test(
            lambda: Turns(queue),
            settings=settings(
                max_examples=examples,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow],
            ),
        )
