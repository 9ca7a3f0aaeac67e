"""A worker: what it makes of each study that it takes, and of each way in which that can fail."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from serve.node.outage import outage, stopped
from serve.node.peers import ENVIRONMENT, storescu, study_of, until

from hepaspot.errors import InputError, InternalError, MissingExtra, OutputError
from hepaspot.intake.dicom_place import place_in
from hepaspot.serve.node import working
from hepaspot.serve.node.answering import Answer, Object
from hepaspot.serve.node.audit import broken
from hepaspot.serve.node.queue import DeliveryState, WorkQueue
from hepaspot.serve.node.settings import DicomDestination, NodeSettings, Reading
from hepaspot.serve.node.spool import Spool, key_of
from hepaspot.serve.node.working import OVERDUE, Beat, Reader

OUTAGE_S = 6.0
"""How long the database is away; for longer, run ``serve.node.outage`` by hand."""

SECRET = "Zhang^San"
ANSWER = Answer([Object("sr", "1.2.840.10008.5.1.4.1.1.88.33", "1.7", b"answer")], "")


@pytest.fixture
def site(tmp_path):
    """A folder, a queue and settings; ``site.study()`` queues a study of one object."""

    class Site:
        settings = NodeSettings(
            folder=tmp_path / "spool",
            reading=Reading(tries=2),
            send=(DicomDestination(name="pacs", host="h", port=104, ae_title="P"),),
        )
        spool = Spool(settings.folder)
        queue = WorkQueue.open(settings.database)

        def study(self, exam, uid="1.2"):
            path = exam(StudyInstanceUID=uid)
            copy = self.spool.incoming / f"{uid}.part"
            copy.write_bytes(path.read_bytes())
            key = self.spool.take(copy, place_in(path))
            assert self.queue.whole(key, uid, self.spool.signature(key), 1)
            return key

        def line(self, key):
            return next(line for line in self.queue.lines() if line.name == key)

    made = Site()
    yield made
    made.queue.close()


def read_one(site, monkeypatch, result):
    """Let a worker take a study whose reading gives or raises ``result``."""

    def told(files, reading, formats):
        if isinstance(result, BaseException):
            raise result
        return result

    monkeypatch.setattr(working, "answer", told)
    reader = Reader(site.settings, site.queue, site.spool, Event())
    reader._ended.set()  # so that it waits for nothing
    study = site.queue.take_study(reader._worker)
    reader._read(study)


# -------------------------------------------------------------------- what comes of a study


def test_what_was_made_is_on_disk_and_waits_to_be_sent(site, exam, monkeypatch):
    key = site.study(exam)
    read_one(site, monkeypatch, ANSWER)
    assert site.line(key).state == "read"
    (delivery,) = site.queue.take_deliveries("s", "pacs", DeliveryState.WAITING)
    assert site.spool.result(delivery.path).read_bytes() == b"answer"
    (entry,) = site.queue.trail()
    assert (entry.event, entry.study, entry.outcome) == ("study read", key, "1 object made")


def test_a_study_with_nothing_to_read_says_why(site, exam, monkeypatch):
    key = site.study(exam)
    read_one(site, monkeypatch, Answer([], "1 object: no picture and no report"))
    line = site.line(key)
    assert (line.state, line.reason) == ("nothing", "1 object: no picture and no report")


@pytest.mark.parametrize(
    "error", [InputError("has objects of two patients; put it right"), MissingExtra("needs x")]
)
def test_what_another_try_cannot_help_is_a_dead_letter_at_once(site, exam, monkeypatch, error):
    key = site.study(exam)
    read_one(site, monkeypatch, error)
    line = site.line(key)
    assert (line.state, line.tries, line.reason) == ("dead", 1, str(error))


def test_what_another_try_may_help_is_tried_as_often_as_was_said(site, exam, monkeypatch):
    key = site.study(exam)
    error = InternalError("sr could not be made (KeyError)")
    read_one(site, monkeypatch, error)
    assert site.line(key).state == "waiting"
    read_one(site, monkeypatch, error)
    line = site.line(key)
    assert (line.state, line.tries, line.reason) == ("dead", 2, str(error))


@pytest.mark.parametrize("error", [KeyError(SECRET), MemoryError(SECRET), RecursionError(SECRET)])
def test_an_error_inside_a_reader_becomes_a_reason_without_a_word_of_the_exam(
    site, exam, monkeypatch, error, capsys
):
    key = site.study(exam)
    read_one(site, monkeypatch, error)
    read_one(site, monkeypatch, error)
    line = site.line(key)
    assert line.state == "dead"
    assert line.reason.startswith(f"hepaspot failed on it ({type(error).__name__} at test_working.")
    said = capsys.readouterr().err
    assert SECRET not in said + str(site.queue.trail()) + str(site.queue.lines())
    assert '"event":"study failed"' in said


def test_a_disk_that_gives_errors_is_no_fault_of_the_study_until_it_was_tried(
    site, exam, monkeypatch
):
    key = site.study(exam)
    read_one(site, monkeypatch, OSError(5, SECRET))
    line = site.line(key)
    assert (line.state, line.tries) == ("waiting", 1)
    assert line.reason.startswith("OSError at ")


def test_a_full_disk_is_waited_for_and_is_no_try(site, exam, monkeypatch):
    key = site.study(exam)
    for _ in range(5):
        read_one(site, monkeypatch, OutputError("the folder: cannot be written"))
    line = site.line(key)
    assert (line.state, line.tries) == ("waiting", 0)


def test_a_worker_without_the_folder_of_the_node_reads_nothing_for_whole(site, exam, monkeypatch):
    key = site.study(exam)
    for path in site.spool.files(key):
        path.unlink()
    for _ in range(2):
        read_one(site, monkeypatch, ANSWER)
    line = site.line(key)
    assert line.state == "dead"
    assert line.reason == (
        "its files are not in the node's folder; see that every worker has that folder"
    )


def test_a_result_of_a_study_that_changed_meanwhile_is_not_noted(site, exam, monkeypatch, capsys):
    key = site.study(exam)

    def slow(files, reading, formats):
        site.queue.whole(key, "1.2", "another", 2)
        return ANSWER

    monkeypatch.setattr(working, "answer", slow)
    reader = Reader(site.settings, site.queue, site.spool, Event())
    reader._read(site.queue.take_study(reader._worker))
    assert site.line(key).state == "waiting"
    assert site.queue.take_deliveries("s", "pacs", DeliveryState.WAITING) == []
    assert "study read" not in capsys.readouterr().err


# ----------------------------------------------------------------------------------- beats


def test_a_worker_that_was_taken_for_dead_joins_again_and_an_outage_does_not_end_its_beat(
    site, monkeypatch
):
    monkeypatch.setattr(working, "BEAT_S", 0.01)
    ended, faults = Event(), [OutputError("away"), InternalError("refused")]
    beat = site.queue.beat

    def sometimes(worker):
        if faults:
            raise faults.pop()
        return beat(worker)

    monkeypatch.setattr(site.queue, "beat", sometimes)
    Beat(site.queue, "w", ended).start()
    until(lambda: site.queue.beats().get("w", 0) > 1)
    site.queue.leave("w")
    until(lambda: site.queue.beats().get("w", 0) > 1)
    ended.set()


def test_a_worker_leaves_when_it_is_to_end(site, monkeypatch):
    monkeypatch.setattr(working, "keep_loaded", lambda: None)
    ended = Event()
    reader = Reader(site.settings, site.queue, site.spool, ended)
    thread = Thread(target=reader.run)
    thread.start()
    until(site.queue.beats)
    ended.set()
    thread.join(30)
    assert site.queue.beats() == {}


# ------------------------------------------------------------------- as processes of its own

HANGS = """
import sys, time
from pathlib import Path
from threading import Event
from hepaspot.serve.node import journal
from hepaspot.serve.node.configuring import configured
from hepaspot.serve.node.queue import WorkQueue
from hepaspot.serve.node.spool import Spool
from hepaspot.serve.node.working import Reader

class Hangs(Reader):
    def _files(self, study):
        print(self._worker, flush=True)
        time.sleep(1000)

journal.only_own_words()
settings = configured(Path(sys.argv[1]))
Hangs(settings, WorkQueue.open(settings.database), Spool(settings.folder), Event()).run()
"""


@pytest.fixture
def config(site, tmp_path):
    def written(**reading):
        told = "".join(f"{name} = {value}\n" for name, value in reading.items())
        path = tmp_path / "node.toml"
        path.write_text(
            f'folder = "{site.settings.folder}"\n[listen]\nanyone = true\n[reading]\n{told}'
        )
        return path

    return written


@contextmanager
def hanging(path):
    """A worker that hangs in its first study; its process, and its name in the queue."""
    with subprocess.Popen(
        [sys.executable, "-c", HANGS, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as worker:
        try:
            yield worker, worker.stdout.readline().strip()
        finally:
            worker.kill()


def test_a_study_whose_reading_ends_the_process_is_a_dead_letter_after_so_many_tries(
    site, exam, config, monkeypatch
):
    key, path = site.study(exam), config(tries=2)
    for tries in (1, 2):
        with hanging(path) as (worker, name):
            assert (site.line(key).state, site.line(key).tries) == ("being read", tries)
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait(30)
        assert site.queue.leave(name) == 1  # as the node does when its beat stands still
    read_one(site, monkeypatch, ANSWER)
    line = site.line(key)
    assert (line.state, line.reason) == ("dead", "reading it ended the process 2 times")


def test_a_reading_that_takes_too_long_is_ended_with_its_process(site, exam, config):
    key, path = site.study(exam), config(longest_s=0.2)
    with hanging(path) as (worker, _):
        assert worker.wait(60) == OVERDUE
        (line,) = [json.loads(line) for line in worker.stderr.read().splitlines()]
    assert (line["event"], line["study"]) == ("reading took too long", key)


def test_a_worker_that_is_told_to_end_ends_what_it_has_in_hand(site, exam, config):
    key = site.study(exam)
    worker = subprocess.Popen(
        [sys.executable, "-m", "hepaspot", "node", "work", str(config())],
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
    )
    try:
        until(lambda: site.line(key).state == "being read")
        worker.terminate()
        _, told = worker.communicate(timeout=60)
    finally:
        worker.kill()
    assert (worker.returncode, site.line(key).state) == (0, "read")
    assert b'"event":"study read"' in told
    assert site.queue.beats() == {}


# ------------------------------------------------------------------------------ PostgreSQL


def test_two_workers_on_postgresql_share_the_work_and_read_each_study_once(node, exam, postgresql):
    running = node(store=postgresql.new_database(), reading={"workers": 2})
    files = [exam() for _ in range(3)]
    queue = WorkQueue.open(running.settings["store"])
    try:
        storescu(running, *files)
        until(lambda: [line.state for line in queue.lines()].count("being read") == 2)
        until(lambda: [line.state for line in queue.lines()] == ["read"] * len(files))
        read = until(lambda: found if len(found := studies_read(queue)) == len(files) else [])
    finally:
        queue.close()
    assert sorted(read) == sorted(key_of(study_of(path)) for path in files)


def studies_read(queue: WorkQueue) -> list[str]:
    """The studies of which the trail says so; it does a moment after the queue."""
    return [entry.study for entry in queue.trail() if entry.event == "study read"]


def test_a_node_takes_exams_while_postgresql_is_gone_and_reads_them_when_it_is_back(
    node, exam, postgresql
):
    running = node(store=postgresql.new_database())
    told = outage(running, exam, postgresql, stopped, OUTAGE_S)
    read = [entry.study for entry in told.trail if entry.event == "study read"]
    assert sorted(read) == sorted(told.studies)
    received = [entry.outcome for entry in told.trail if entry.event == "objects received"]
    assert received == [f"{taken} taken, 0 refused" for taken in (1, 2, 1, 1)]
    assert broken(iter(told.trail)) is None
    for event in ("failed", "worker gone", "worker ended", "audit entry not kept"):
        assert running.journal(event) == []
    assert running.journal("waiting")
    assert running.process.poll() is None
