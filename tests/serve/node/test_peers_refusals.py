"""Who is let in: titles, addresses, TLS; and that a client who says nothing keeps nobody out."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
from serve.node.peers import (
    ECHOSCU,
    STORESCU,
    Node,
    dcmtk,
    free_port,
    new_exam,
    programs,
    running_node,
    running_orthanc,
    storescu,
    study_of,
    until,
)

from hepaspot.serve.node.classes import SENT

CALLING = [
    {"ae_title": "STORESCU"},
    {"ae_title": "ELSEWHERE", "address": "127.0.0.2"},
    {"ae_title": "HERE", "address": "127.0.0.1"},
]


@pytest.fixture(scope="module")
def open_node(tmp_path_factory):
    """A node without TLS that knows three titles."""
    with running_node(tmp_path_factory.mktemp("open"), {"calling": CALLING}) as node:
        yield node


def refused(node: Node, why: str, calling: str, called: str) -> str:
    """What DCMTK's echoscu says when it is refused; the node says ``why``."""
    before = len(node.journal("association refused"))
    titles = ("-aet", calling, "-aec", called)
    told = dcmtk(ECHOSCU, *titles, "127.0.0.1", str(node.port), status=1)
    assert node.said("association refused", before + 1)[-1]["why"] == why
    return told


def test_who_calls_by_another_title_is_told_that_it_is_not_known(open_node):
    why = "called by another title than its own"
    told = refused(open_node, why, "STORESCU", "OTHER")
    assert "Called AE Title Not Recognized" in told


def test_a_calling_title_that_was_not_named_is_told_so(open_node):
    why = "the calling title is not under [[calling]]"
    told = refused(open_node, why, "STRANGER", "HEPASPOT")
    assert "Calling AE Title Not Recognized" in told


def test_a_calling_title_from_another_address_than_named_is_refused(open_node):
    why = "the calling title comes from another address"
    told = refused(open_node, why, "ELSEWHERE", "HEPASPOT")
    assert "Calling AE Title Not Recognized" in told


def test_a_calling_title_from_its_own_address_is_let_in(open_node):
    titles = ("-aet", "HERE", "-aec", "HEPASPOT")
    dcmtk(ECHOSCU, *titles, "127.0.0.1", str(open_node.port))


def test_the_titles_that_were_used_are_told_and_noted_once_in_the_trail(open_node):
    for _ in range(2):
        why = "the calling title is not under [[calling]]"
        refused(open_node, why, "NEWCOMER", "HEPASPOT")
    line = open_node.journal("association refused")[-1]
    assert (line["caller"], line["address"]) == ("NEWCOMER", "127.0.0.1")
    assert "called" not in line
    refused(open_node, "called by another title than its own", "HERE", "ELSE")
    line = open_node.journal("association refused")[-1]
    assert (line["caller"], line["called"]) == ("HERE", "ELSE")
    last = ["HERE 127.0.0.1", "called by another title than its own: ELSE"]
    noted = until(lambda: found if last in (found := refusals_noted(open_node)) else [])
    assert noted.count(["NEWCOMER 127.0.0.1", why]) == 1


def refusals_noted(node: Node) -> list[list[str]]:
    """Peer and outcome of the refused associations in the audit trail."""
    entries = [line.split("\t") for line in node.command("audit").splitlines()]
    return [entry[4:] for entry in entries if entry[2] == "association refused"]


# ------------------------------------------------------------------------------------------ TLS


@pytest.fixture(scope="module")
def papers(tmp_path_factory) -> Path:
    """An authority, and certificates that it signed for a server and a client; made by openssl."""
    (openssl,) = programs("openssl")
    home = tmp_path_factory.mktemp("papers")

    def run(*words: str) -> None:
        dcmtk(Path(openssl), *words)

    for name in ("ca", "other-ca"):
        subject = ("-subj", f"/CN={name}", "-days", "2", "-addext", "keyUsage=critical,keyCertSign")
        files = ("-keyout", home / f"{name}.key", "-out", home / f"{name}.pem")
        run("req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *files)
    for name, signer in (("server", "ca"), ("client", "ca"), ("stranger", "other-ca")):
        request = home / f"{name}.csr"
        files = ("-keyout", home / f"{name}.key", "-out", request)
        run("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", *files)
        more = home / f"{name}.ext"
        more.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n", "utf-8")
        by = ("-CA", home / f"{signer}.pem", "-CAkey", home / f"{signer}.key", "-CAcreateserial")
        out = ("-out", home / f"{name}.pem", "-days", "2", "-extfile", more)
        run("x509", "-req", "-in", request, *by, *out)
    return home


@pytest.fixture(scope="module")
def tls_node(tmp_path_factory, papers):
    """A node that talks TLS only, and only with clients that its authority signed."""
    listen = {
        "idle_s": 20,
        "tls": {
            "certificate": str(papers / "server.pem"),
            "key": str(papers / "server.key"),
            "client_ca": str(papers / "ca.pem"),
        },
    }
    with running_node(tmp_path_factory.mktemp("tls"), {"listen": listen}) as node:
        yield node


def send_by_tls(node: Node, papers: Path, who: str, path: Path, *, status: int = 0) -> str:
    """Send a file by DCMTK, which shows the papers of ``who``."""
    shown = ("+tls", papers / f"{who}.key", papers / f"{who}.pem", "+cf", papers / "ca.pem")
    titles = ("-v", "-aet", "STORESCU", "-aec", node.title)
    where = ("127.0.0.1", str(node.port))
    return dcmtk(STORESCU, *titles, *shown, *where, path, status=status)


def test_a_client_with_a_certificate_of_the_authority_sends_its_exam(tls_node, papers, exam):
    came = len(tls_node.journal("association ended"))
    send_by_tls(tls_node, papers, "client", exam())
    assert tls_node.said("association ended", came + 1)[-1]["taken"] == 1


def test_a_client_that_another_authority_signed_gets_nothing_in(tls_node, papers, exam):
    kept = list(tls_node.folder.rglob("*.dcm"))
    send_by_tls(tls_node, papers, "stranger", exam(), status=1)
    assert list(tls_node.folder.rglob("*.dcm")) == kept


def test_a_client_without_tls_gets_nothing_in(tls_node, exam):
    storescu(tls_node, exam(), status=1)


def test_a_client_without_a_certificate_is_not_heard(tls_node, papers):
    context = ssl.create_default_context(cafile=papers / "ca.pem")
    with socket.create_connection(("127.0.0.1", tls_node.port), 10) as plain:
        assert heard(context.wrap_socket(plain, server_hostname="127.0.0.1")) == b""


def heard(talk: ssl.SSLSocket) -> bytes:
    """What the node answers to a few bytes; nothing where it shuts the door."""
    with talk:
        try:
            talk.sendall(b"\x05\x00\x00\x00\x00\x04\x00\x00\x00\x00")
            return talk.recv(1)
        except (ssl.SSLError, ConnectionError):
            return b""


def test_the_node_shows_the_certificate_it_was_given_and_no_old_version_of_tls(tls_node, papers):
    (openssl,) = programs("openssl")
    where = ("s_client", "-connect", f"127.0.0.1:{tls_node.port}", "-CAfile", papers / "ca.pem")
    shown = ("-cert", papers / "client.pem", "-key", papers / "client.key", "-verify_return_error")
    told = dcmtk(Path(openssl), *where, *shown, "-tls1_2")
    assert "Verify return code: 0 (ok)" in told
    dcmtk(Path(openssl), *where, *shown, "-tls1_1", status=1)


def test_clients_that_are_silent_during_the_handshake_keep_no_other_out(tls_node, papers, exam):
    silent = [socket.create_connection(("127.0.0.1", tls_node.port), 10) for _ in range(20)]
    try:
        send_by_tls(tls_node, papers, "client", exam())
    finally:
        for each in silent:
            each.close()


def test_answers_go_to_a_pacs_by_tls_that_asks_for_a_certificate(tmp_path, papers, phantoms):
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes((papers / "ca.pem").read_bytes())
    told = {
        "DicomTlsEnabled": True,
        "DicomTlsCertificate": str(papers / "server.pem"),
        "DicomTlsPrivateKey": str(papers / "server.key"),
        "DicomTlsTrustedCertificates": str(trusted),
        "DicomTlsRemoteCertificateRequired": True,
    }
    with running_orthanc(tmp_path / "pacs", **told) as pacs:
        there = {"kind": "dicom", "host": "127.0.0.1", "port": pacs.port, "ae_title": "ORTHANC"}
        ca, own = str(papers / "ca.pem"), {"certificate": str(papers / "client.pem")}
        own |= {"key": str(papers / "client.key")}
        stranger = {n: v.replace("client", "stranger") for n, v in own.items()}
        send = [
            {**there, "name": "right", "tls": {"ca": ca, **own}, "wait_s": 0.2},
            {**there, "name": "stranger", "tls": {"ca": ca, **stranger}, "wait_s": 0.2},
            {**there, "name": "plain", "wait_s": 0.2, "answer_s": 5},
            {
                **there,
                "name": "doubtful",
                "tls": {"ca": str(papers / "other-ca.pem"), **own},
                "wait_s": 0.2,
            },
        ]
        with running_node(tmp_path / "node", {"send": send}) as node:
            path = new_exam(phantoms[0], tmp_path / "exam.dcm")
            storescu(node, path)
            until(lambda: pacs.classes(study_of(path)) == sorted([SENT["sr"], SENT["sc"]]))
            until(
                lambda: (
                    {e["to"] for e in node.journal("destination away")}
                    >= {"stranger", "plain", "doubtful"}
                )
            )
            until(lambda: node.states("sr to right") == ["done"])
            for name in ("stranger", "plain", "doubtful"):
                assert node.states(f"sr to {name}") == ["waiting"]
            said = {e["to"]: e["why"] for e in node.journal("destination away")}
            no_tls = "the peer is not there, or no TLS can be had with it"
            assert said["doubtful"] == no_tls


def test_a_key_that_is_locked_is_refused_before_anything_starts(tmp_path, papers):
    (openssl,) = programs("openssl")
    locked = tmp_path / "locked.key"
    key = ("-in", papers / "server.key", "-out", locked)
    dcmtk(Path(openssl), "rsa", "-aes256", "-passout", "pass:secret", *key)
    tls = {"certificate": str(papers / "server.pem"), "key": str(locked)}
    node = Node(tmp_path, {"listen": {"tls": tls}})
    words = (
        "hepaspot: listen.tls: its certificate, key or client_ca cannot be used; "
        "give them as PEM, the key unlocked\n"
    )
    assert node.refused() == words


def test_papers_for_a_destination_that_cannot_be_used_are_told_before_the_start(tmp_path, papers):
    to = {"kind": "dicom", "name": "pacs", "host": "127.0.0.1", "port": free_port()}
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate\n", "utf-8")
    node = Node(tmp_path, {"send": [{**to, "ae_title": "PACS", "tls": {"ca": str(broken)}}]})
    words = (
        "hepaspot: send.pacs.tls: its ca, certificate or key cannot be used; "
        "give them as PEM, the key unlocked\n"
    )
    assert node.refused() == words
