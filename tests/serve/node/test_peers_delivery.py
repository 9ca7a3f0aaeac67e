"""Delivery to peers that are absent, refuse, break off or fail, and then take what is theirs."""

from __future__ import annotations

import base64
import socket
from contextlib import ExitStack

import pytest
from serve.node.peers import (
    free_port,
    new_exam,
    running_node,
    storescu,
    study_of,
    until,
)
from serve.node.scripted import ScriptedPacs, ScriptedWeb

from hepaspot.serve.node.carriers import Away, Broke
from hepaspot.serve.node.classes import SENT
from hepaspot.serve.node.queue import Delivery
from hepaspot.serve.node.settings import StowDestination
from hepaspot.serve.node.stow import StowCarrier

NOT_STORED = b'{"00081198":{"vr":"SQ","Value":[{"00081197":{"vr":"US","Value":[43264]}}]}}'
"""Answers to STOW-RS of which one says A900, data set does not match SOP class."""

FULL = b'{"00081198":{"vr":"SQ","Value":[{"00081197":{"vr":"US","Value":[42752]}}]}}'
"""As before: A700, out of resources."""

PEERS = {
    "full": lambda: ScriptedPacs(0xA700, 0xA700),
    "rejecting": lambda: ScriptedPacs("reject", "reject"),
    "dropping": lambda: ScriptedPacs("abort", "abort"),
    "warning": lambda: ScriptedPacs(0xB000),
    "unauthorised": lambda: ScriptedWeb(401, 401),
    "conflicting": lambda: ScriptedWeb(409, 409),
    "failing": lambda: ScriptedWeb(500, 500),
    "away": lambda: ScriptedWeb(503, 302),
    "silent": lambda: ScriptedWeb("silent"),
    "doubting": lambda: ScriptedWeb((200, NOT_STORED), (202, NOT_STORED), (200, FULL)),
}
"""What fails a few times, and then takes all."""

WHY = {
    "full": "the peer is out of resources (status A700)",
    "rejecting": "the peer refused the association (called AE title not known)",
    "dropping": "the peer gave no answer",
    "unauthorised": "the server answers with status 401",
    "conflicting": "the server refused it with status 409",
    "failing": "the server answers with status 500",
    "away": "the server answers with status 503",
    "silent": "the server gave no answer in time",
    "doubting": "the server refused it with status 200 and reason A900",
}
COUNTED = {"dropping": 2, "conflicting": 2, "failing": 2, "silent": 1, "doubting": 2}
"""Tries that count against an object; where the peer is at fault, none does."""


@pytest.fixture(scope="module")
def ward(phantoms, tmp_path_factory):
    """A node with one exam for many destinations, each of which fails in its own way."""
    home = tmp_path_factory.mktemp("failing")
    secret = home / "password"
    secret.write_text("let me in\n", "utf-8")
    with ExitStack() as ends:
        peers = {name: make() for name, make in PEERS.items()}
        peers["refusing"], peers["welcoming"] = ScriptedPacs(), ScriptedWeb()
        peers["refusing"].refusing = True
        for each in peers.values():
            ends.callback(each.end)
        more = {
            "silent": {"answer_s": 1},
            "refusing": {"tries": 3},
            "welcoming": {"user": "hepaspot", "password_file": str(secret)},
        }
        send = [each.destination(name, **more.get(name, {})) for name, each in peers.items()]
        send += [{**send[0], "name": "nobody", "port": free_port()}]
        node = ends.enter_context(running_node(home / "node", {"send": send}))
        storescu(node, new_exam(phantoms[0], home / "exam.dcm"))
        node.said("study read")
        yield node, peers


def line_to(node, name: str) -> list[str]:
    """The line of the queue about the one object for a destination."""
    (line,) = [each for each in node.queue() if each[0] == f"sr to {name}"]
    return line


def reasons(node, name: str) -> list[str]:
    """Why nothing was sent to a destination, as the journal tells it."""
    events = ("not sent", "destination away")
    return [e["why"] for e in node.journal() if e["event"] in events and e["to"] == name]


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_that_fails_and_then_takes_gets_the_object_once(ward, name):
    node, peers = ward
    until(lambda: line_to(node, name)[2] == "done", what=f"{name} has it")
    assert len(peers[name].stored) == (0 if name == "warning" else 1)
    assert int(line_to(node, name)[3]) == COUNTED.get(name, 0)


@pytest.mark.parametrize("name", WHY)
def test_the_journal_says_why_it_was_not_sent(ward, name):
    node, _ = ward
    until(lambda: WHY[name] in reasons(node, name), what=f"{name}: {WHY[name]}")


def test_an_object_that_is_refused_each_time_becomes_a_dead_letter_that_can_be_tried_again(ward):
    node, peers = ward
    why = "the peer refused it with status C000"
    until(lambda: line_to(node, "refusing")[2] == "dead", what="it is given up")
    _, number, _, tries, _, reason = line_to(node, "refusing")
    assert (tries, reason) == ("3", why)
    assert line_to(node, "refusing") in node.queue(dead_only=True)
    assert [e["dead"] for e in node.journal("not sent") if e["to"] == "refusing"] == [0, 0, 1]
    assert "dead letter" in node.command("audit")
    peers["refusing"].refusing = False
    assert node.command("retry", number) == "1 will be tried again\n"
    until(lambda: line_to(node, "refusing")[2] == "done", what="it is delivered")
    assert len(peers["refusing"].stored) == 1
    words = f"hepaspot: {number}: is no dead letter; hepaspot node queue --dead lists them\n"
    assert node.command("retry", number, status=3) == words


def test_what_is_sent_by_stow_is_the_object_with_the_users_name_and_password(ward):
    node, peers = ward
    web = peers["welcoming"]
    until(lambda: line_to(node, "welcoming")[2] == "done")
    (body,) = web.stored
    boundary = web.headers[0]["Content-Type"].partition("boundary=")[2].encode()
    assert body.startswith(b"--" + boundary + b"\r\nContent-Type: application/dicom\r\n\r\n")
    assert body.endswith(b"\r\n--" + boundary + b"--\r\n")
    (made,) = (node.folder / "results").rglob("*.dcm")
    assert made.read_bytes() in body
    told = base64.b64encode(b"hepaspot:let me in").decode()
    assert web.headers[0]["Authorization"] == f"Basic {told}"
    assert told not in node.log.read_text("utf-8")


def test_a_peer_that_is_absent_does_not_use_up_the_tries_of_an_object(ward):
    node, _ = ward
    until(lambda: "the peer is not there" in reasons(node, "nobody"))
    _, _, state, tries, _, reason = line_to(node, "nobody")
    assert (state, tries, reason) == ("waiting", "0", "the peer is not there")
    assert len([e for e in node.journal("destination away") if e["to"] == "nobody"]) == 1


def test_a_pacs_that_was_away_has_each_object_once_when_it_is_there(node, orthanc, exam):
    pacs = orthanc()
    pacs.end()
    to = {"kind": "dicom", "name": "pacs", "host": "127.0.0.1", "port": pacs.port, "wait_s": 0.2}
    running = node(send=[{**to, "ae_title": "ORTHANC", "formats": list(SENT)}])
    path = exam()
    storescu(running, path)
    running.said("destination away")
    pacs.start()
    running.said("destination back")
    until(lambda: running.states("pdf to pacs") == ["done"])
    until(lambda: pacs.classes(study_of(path)) == sorted(SENT.values()))
    assert pacs.get("statistics")["CountInstances"] == len(SENT)
    assert len(running.journal("sent")) == len(SENT)


def test_answers_go_to_orthanc_by_stow_into_the_study(node, orthanc, exam):
    pacs = orthanc()
    running = node(
        send=[{"kind": "stow", "name": "web", "url": pacs.dicomweb, "formats": list(SENT)}]
    )
    path = exam()
    pacs.put(path)
    storescu(running, path)
    running.said("sent", len(SENT))
    assert sorted(running.states("sr to web") + running.states("seg to web")) == ["done", "done"]
    assert len(pacs.classes(study_of(path))) == 1 + len(SENT)
    assert set(SENT.values()) < set(pacs.classes(study_of(path)))


def test_a_server_that_never_finishes_a_handshake_is_away_and_the_object_is_not_at_fault(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        carrier = StowCarrier(StowDestination(name="web", url=url, answer_s=0.2))
        path = tmp_path / "answer.dcm"
        path.write_bytes(b"answer")
        delivery = Delivery(1, "k", "1.2", SENT["sr"], "sr", "k/answer.dcm", 0)
        with pytest.raises(Away, match=r"^the server is not there, or no TLS can be ha") as caught:
            next(carrier.send([(delivery, path)]))
    assert not isinstance(caught.value, Broke)
