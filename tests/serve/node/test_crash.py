"""Ends the node and its workers at once at random moments, while senders send and a PACS takes.

Ten times as a rule. For more:

    HEPASPOT_CRASHES=100 .venv/bin/python -m pytest -s tests/serve/node/test_crash.py

It prints how often what was ended, and what of it could be seen outside.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from pynetdicom import AE, evt
from serve.node.peers import Node, free_port, until
from serve.node.test_running import workers_of
from serve.node.wire import Closed, Encoded, associated, encoded, numbered

from hepaspot.serve.node.spool import key_of

CRASHES = int(os.environ.get("HEPASPOT_CRASHES", "10"))
OBJECTS = 2
"""In each study."""
SENDERS = 2
REST_S = 2.0
"""What a sender rests between two studies, so that the reading does not lag for hours."""

SR = "1.2.840.10008.5.1.4.1.1.88.33"
CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
RESULTS = sorted([SR, *[CAPTURE] * OBJECTS])
"""Classes of what is made of a study."""


@dataclass
class Pacs:
    """A Storage SCP that remembers what it was sent."""

    port: int
    came: Counter[str] = field(default_factory=Counter)
    """How often each object came, by its SOP Instance UID."""
    studies: dict[str, dict[str, str]] = field(default_factory=dict)
    """The class of each object of each study."""
    turn: Lock = field(default_factory=Lock)

    def start(self) -> object:
        entity = AE("PACS")
        for uid in (SR, CAPTURE):
            entity.add_supported_context(uid)
        handlers = [(evt.EVT_C_STORE, self._take)]
        return entity.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers)

    def _take(self, event: evt.Event) -> int:
        told = event.dataset
        uid = str(told.SOPInstanceUID)
        with self.turn:
            self.came[uid] += 1
            self.studies.setdefault(str(told.StudyInstanceUID), {})[uid] = str(told.SOPClassUID)
        return 0


@dataclass
class Sender:
    """Sends studies one after another, each object until it is acknowledged."""

    number: int
    node: Node
    still: Encoded
    ended: Event
    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    """The objects of each study."""
    sent_again: int = 0

    def run(self) -> None:
        for number in range(self.number, 10**9, SENDERS):
            if self.ended.is_set():
                return
            study = numbered(1, number)
            for instance in (numbered(2, OBJECTS * number + each) for each in range(OBJECTS)):
                self._send(study, instance)
                self.acknowledged.setdefault(study, set()).add(instance)
            self.ended.wait(REST_S)

    def _send(self, study: str, instance: str) -> None:
        while True:
            with suppress(Closed, OSError), associated(self.node.port) as line:
                assert line.store(self.still.under(study, instance), instance) == 0
                return
            self.sent_again += 1
            time.sleep(0.1)


def crash(node: Node, chance: random.Random) -> str:
    """End something at once; what it was."""
    workers = workers_of(node)
    what = chance.choice(["the node alone", "the node and its workers", "a worker"])
    if what == "a worker":
        if workers:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
        return what
    node.kill()
    if what == "the node and its workers":
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    node.start()
    return what


def undelivered(node: Node) -> list[list[str]]:
    return [line for line in node.queue() if "to pacs" in line[0] and line[2] != "done"]


def test_nothing_acknowledged_is_lost_and_nothing_stored_twice(node, phantoms):
    pacs = Pacs(free_port())
    listening = pacs.start()
    to = {"kind": "dicom", "name": "pacs", "host": "127.0.0.1", "port": pacs.port}
    to |= {"ae_title": "PACS", "formats": ["sr", "sc"], "wait_s": 0.2, "longest_wait_s": 1}
    running = node(send=[to], reading={"quiet_s": 2})
    ended, chance, crashes = Event(), random.Random(5), Counter()
    senders = [Sender(each, running, encoded(phantoms[0]), ended) for each in range(SENDERS)]
    threads = [Thread(target=each.run) for each in senders]
    for thread in threads:
        thread.start()
    try:
        for _ in range(CRASHES):
            time.sleep(chance.uniform(0, 3))
            crashes[crash(running, chance)] += 1
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    sent = {study: them for each in senders for study, them in each.acknowledged.items()}

    def answered() -> bool:
        with pacs.turn:
            return all(len(pacs.studies.get(study, {})) >= len(RESULTS) for study in sent)

    for study, instances in sent.items():
        have = {path.stem for path in (running.folder / "studies" / key_of(study)).iterdir()}
        assert have == {key_of(instance) for instance in instances}, "an object is lost"
    until(answered, 60 + 10 * len(sent), "every study is answered")
    until(lambda: not undelivered(running), what="all is noted as delivered")
    running.end()
    listening.shutdown()
    again = sum(pacs.came.values()) - len(pacs.came)
    sys.stdout.write(
        f"\n{dict(crashes)}; {len(sent)} studies of {OBJECTS} objects acknowledged, "
        f"{sum(each.sent_again for each in senders)} tries to send failed; {len(pacs.came)} "
        f"results in the PACS, {again} of them sent once more under the same UID\n"
    )
    assert set(pacs.studies) == set(sent)
    for results in pacs.studies.values():
        assert sorted(results.values()) == RESULTS
    assert set(running.states("study")) == {"read"}
    assert again <= crashes.total()
