"""Storage commitment: an answer is done when the PACS has said that it keeps it, and not before."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from serve.node.peers import new_exam, running_node, storescu, study_of, until
from serve.node.scripted import ScriptedPacs

from hepaspot.serve.node.classes import SENT
from hepaspot.serve.node.queue.deliveries import NO_WORD

PEERS = ("keeping", "losing", "silent", "lost", "confused", "leaving", "unable", "unwilling")
"""What each does when it is asked to commit itself."""


@pytest.fixture(scope="module")
def ward(phantoms, tmp_path_factory):
    """A node with one exam for many destinations that are asked to commit themselves."""
    home = tmp_path_factory.mktemp("commitment")
    with ExitStack() as ends:
        peers = {name: ScriptedPacs(commits=name != "unable") for name in PEERS}
        peers["leaving"].answers = [0, "reject", "reject", "reject"]
        peers["unwilling"].answers = [0, 0x0110, 0x0110]  # takes the object; then these
        for each in peers.values():
            ends.callback(each.end)
        more = {
            "silent": {"commitment_s": 1},
            "lost": {"commitment_s": 1, "tries": 2},
            "leaving": {"tries": 2},
            "unable": {"tries": 3},
        }
        told = [
            each.destination(name, commitment=True, **more.get(name, {}))
            for name, each in peers.items()
        ]
        node = ends.enter_context(running_node(home / "node", {"send": told}))
        storescu(node, new_exam(phantoms[0], home / "exam.dcm"))
        node.said("study read")
        yield node, peers


def line_to(node, name: str) -> list[str]:
    (found,) = [each for each in node.queue() if each[0] == f"sr to {name}"]
    return found


def state(node, name: str) -> str:
    return line_to(node, name)[2]


def test_an_answer_is_done_only_after_the_pacs_said_that_it_keeps_it(ward):
    node, peers = ward
    pacs = peers["keeping"]
    until(lambda: pacs.asked, what="the node asks for commitment")
    (asked,) = pacs.asked
    assert [e.ReferencedSOPInstanceUID for e in asked.ReferencedSOPSequence] == pacs.stored
    assert state(node, "keeping") == "asked"
    assert pacs.commit(node) == 0x0000
    assert state(node, "keeping") == "done"
    assert 1 in [each["known"] for each in node.said("committed")]
    assert len(pacs.stored) == 1


def test_what_the_pacs_did_not_keep_is_sent_again(ward):
    node, peers = ward
    pacs = peers["losing"]
    until(lambda: pacs.asked)
    assert pacs.commit(node, failed=True) == 0x0000
    until(lambda: len(pacs.stored) == 2 and pacs.asked, what="it is sent and asked for anew")
    assert len(set(pacs.stored)) == 1
    pacs.commit(node)
    assert state(node, "losing") == "done"


def test_a_pacs_that_does_not_answer_is_asked_again_under_another_transaction(ward):
    _, peers = ward
    pacs = peers["silent"]
    until(lambda: len(pacs.asked) >= 2, what="the node asks twice")
    first, second = pacs.asked[:2]
    assert first.TransactionUID != second.TransactionUID
    assert len(pacs.stored) == 1


def test_a_pacs_that_never_answers_is_told_of_at_once_and_given_up_with_a_hint(ward):
    node, _ = ward
    hint = "does the PACS know this node's address and port?"
    until(lambda: state(node, "lost") == "dead", what="the node gives up")
    (line,) = [e for e in node.said("commitment missing") if e["to"] == "lost"]
    assert (line["level"], line["study"]) == ("warning", line_to(node, "lost")[4])
    assert line_to(node, "lost")[-1] == f"the peer never committed itself; {hint}"
    (told,) = [e for e in node.journal("not sent") if e["to"] == "lost"]
    assert (told["dead"], told["why"]) == (True, line_to(node, "lost")[-1])
    silent = until(lambda: found if (found := line_to(node, "silent"))[-1] else [])
    assert silent[-1] == NO_WORD


def test_word_about_what_nobody_asked_for_changes_nothing(ward):
    node, peers = ward
    pacs = peers["confused"]
    until(lambda: pacs.asked)
    pacs.asked[0].TransactionUID = "1.2.3.4"
    assert pacs.commit(node) == 0x0000
    assert 0 in [each["known"] for each in node.said("committed")]
    assert state(node, "confused") == "asked"


def test_a_pacs_that_knows_no_commitment_makes_a_dead_letter_with_the_reason(ward):
    node, peers = ward
    until(lambda: state(node, "unable") == "dead", what="the node gives up")
    why = "the peer never committed itself (the peer takes no requests for commitment)"
    assert line_to(node, "unable")[-1] == why
    assert len(peers["unable"].stored) == 1


def test_a_pacs_that_refuses_to_be_asked_and_then_does_not_is_done(ward):
    node, peers = ward
    pacs = peers["unwilling"]
    until(lambda: pacs.asked, what="it lets itself be asked")
    why = [e["why"] for e in node.journal("destination away") if e["to"] == "unwilling"]
    assert why == ["the peer refused to commit itself with status 0110"]
    pacs.commit(node)
    assert state(node, "unwilling") == "done"


def test_a_pacs_that_is_away_when_it_is_to_be_asked_does_not_use_up_the_tries(ward):
    node, peers = ward
    pacs = peers["leaving"]
    until(lambda: pacs.asked, what="it is asked at last")
    assert pacs.answers == []
    assert line_to(node, "leaving")[2:4] == ["asked", "1"]
    pacs.commit(node)
    assert state(node, "leaving") == "done"


def test_orthanc_commits_itself_on_an_association_of_its_own(tmp_path, orthanc, phantoms):
    pacs = orthanc()
    there = {"kind": "dicom", "name": "pacs", "host": "127.0.0.1", "port": pacs.port}
    to = {**there, "ae_title": "ORTHANC", "commitment": True, "formats": list(SENT)}
    with running_node(tmp_path / "node", {"send": [to]}) as running:
        modality = {"AET": "HEPASPOT", "Host": "127.0.0.1", "Port": running.port}
        where = f"{pacs.rest}/modalities/hepaspot"
        pacs.client.put(where, json=modality).raise_for_status()
        path = new_exam(phantoms[0], tmp_path / "exam.dcm")
        storescu(running, path)
        until(lambda: running.states("sr to pacs") == ["done"], what="Orthanc commits itself")
        told = running.said("committed")
        assert sum(each["taken"] for each in told) == len(SENT) == sum(e["known"] for e in told)
        assert {state for _, _, state, *_ in running.queue()} == {"read", "done"}
        assert pacs.classes(study_of(path)) == sorted(SENT.values())
