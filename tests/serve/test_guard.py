"""What stands before every route: foreign names, foreign pages, tokens, too much, too slow."""

from __future__ import annotations

import logging
import socket
from dataclasses import replace
from time import monotonic

import pytest

pytest.importorskip("fastapi", reason="needs the extra 'serve'")

from serve.site import ENGLISH, client, opened, running, served, still

from hepaspot.errors import InputError
from hepaspot.serve import running as running_module
from hepaspot.serve.guard import POLICY
from hepaspot.serve.running import address, listen


@pytest.fixture(scope="module")
def url():
    with running() as at:
        yield at


@pytest.fixture
def site(url):
    with client(url) as opened_client:
        yield opened_client


def port_of(url):
    return int(url.rpartition(":")[2])


def raw(url, data, timeout=10.0):
    """What comes back for bytes as they are."""
    with socket.create_connection(("127.0.0.1", port_of(url)), timeout=timeout) as connection:
        connection.sendall(data)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


# ------------------------------------------------------------------------- names and pages


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::2]"])
def test_a_request_under_a_foreign_name_is_refused(site, host):
    answer = site.get("/api/v1/health", headers={"Host": host})
    assert answer.status_code == 421
    assert "the name in the address is not this server's" in answer.json()["detail"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:99", "[::1]:80", "LOCALHOST"])
def test_every_name_of_the_own_machine_is_served(site, host):
    assert site.get("/api/v1/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/exams", "/api/v1/exams", "/examples/report-en"])
def test_what_another_site_sends_is_refused(site, headers, path):
    answer = site.post(path, data={"text": ENGLISH}, headers=headers)
    assert answer.status_code == 403
    assert "sent from another site" in answer.json()["detail"]


def test_what_the_own_page_sends_is_taken(site, url):
    answer = site.post(
        "/api/v1/exams",
        json={"text": ENGLISH},
        headers={"Origin": url, "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 201


@pytest.mark.parametrize("path", ["/", "/api/v1/health", "/static/app.css", "/nowhere", "/kept"])
def test_every_answer_says_what_a_page_may_load(site, path):
    answer = site.get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "server" not in answer.headers
    assert "unsafe" not in POLICY
    assert "http" not in POLICY, "no other host"


def test_what_an_exam_shows_is_kept_by_no_cache(site):
    summary = opened(site)
    for path in (summary["url"], summary["page"], f"{summary['page']}/patient"):
        assert site.get(path).headers["cache-control"] == "no-store"


# --------------------------------------------------------------------------------- tokens


def test_any_address_but_the_own_machine_s_demands_a_token():
    assert address("127.0.0.1", 0).settings.token is None
    assert address("::1", 0).settings.token is None
    assert address("localhost", 0).settings.token is None
    for host in ("0.0.0.0", "192.0.2.1", "host.example"):
        where = address(host, 8420)
        assert len(where.settings.token) >= 32
        assert where.url.endswith(f"?token={where.settings.token}")


def test_a_token_that_is_easily_guessed_is_refused():
    with pytest.raises(InputError, match="token: is shorter than 16 characters; give a longer"):
        address("127.0.0.1", 0, token="short")


@pytest.fixture(scope="module")
def guarded():
    token = "t" * 32
    with running(token=token) as at:
        yield at, token


def test_nothing_is_shown_without_the_token(guarded):
    url, _ = guarded
    with client(url) as site:
        for path in ("/", "/api/v1/health", "/static/app.css", "/kept", "/nowhere"):
            answer = site.get(path)
            assert answer.status_code == 401, path
            assert "asks for its token" in answer.json()["detail"]
        assert site.get("/?token=wrong").status_code == 401
        assert site.get("/", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert site.post("/api/v1/exams", json={"text": ENGLISH}).status_code == 401


def test_the_token_in_the_address_opens_the_page_and_leaves_the_address(guarded):
    url, token = guarded
    with client(url) as site:
        answer = site.get(f"/?token={token}&language=zh")
        assert answer.status_code == 200
        assert "token" not in str(answer.url)
        assert str(answer.url).endswith("/?language=zh")
        cookie = answer.history[0].headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert site.get("/").status_code == 200


def test_a_program_sends_the_token_as_a_header(guarded):
    url, token = guarded
    with client(url, headers={"Authorization": f"Bearer {token}"}) as site:
        assert site.post("/api/v1/exams", json={"text": ENGLISH}).status_code == 201
    with client(url) as site:
        posted = site.post(f"/api/v1/exams?token={token}", json={"text": ENGLISH})
        assert posted.status_code == 401, "a token in an address would end in logs"


# ------------------------------------------------------------------------------ too much


def test_more_than_the_limit_is_refused_before_it_is_read():
    with running(upload_bytes=1 << 20) as url, client(url) as site:
        big = {"files": ("big.dcm", b"x" * (2 << 20))}
        answer = site.post("/api/v1/exams", files=big)
        assert answer.status_code == 413
        assert "more than 1 MiB at once" in answer.json()["detail"]

        def chunks():
            for _ in range(40):
                yield b"x" * 65536

        streamed = site.post(
            "/api/v1/exams", content=chunks(), headers={"content-type": "application/json"}
        )
        assert streamed.status_code == 413


def test_too_many_files_and_fields_are_refused(site):
    files = [("files", (f"{n}.txt", b"x")) for n in range(65)]
    answer = site.post("/api/v1/exams", files=files)
    assert answer.status_code == 422
    assert "more than 64 files or 64 fields" in answer.json()["detail"]
    fields = {f"field{n}": "x" for n in range(80)}
    answer = site.post("/api/v1/exams", data=fields, files={"files": ("a.txt", b"x")})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--y\r\nbroken"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n"),
        ("multipart/form-data; boundary=" + "x" * 500, b"--x"),
        ("application/x-www-form-urlencoded", b"text=%ff%fe&text=%00"),
        ("application/json", b"\xff\xfe\x00"),
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"text": "\\ud800 stone"}'),
        ("application/json", b'{"text": "x", "setting": {"age_years": 1e999}}'),
    ],
)
def test_a_malformed_body_gets_one_line(site, kind, body):
    answer = site.post("/api/v1/exams", content=body, headers={"content-type": kind})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "\n" not in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2f..%2fpyproject.toml",
        "/static//etc/passwd",
        "/static/viewer/../../settings.py",
        "/exams/..%2f..%2fetc/passwd",
        "/api/v1/exams/%2e%2e/exam.json",
        "/drafts/../../etc/passwd",
    ],
)
def test_no_path_leads_out_of_what_is_served(url, path):
    answer = raw(
        url, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    assert b" 404 " in answer.split(b"\r\n")[0] or b" 405 " in answer.split(b"\r\n")[0]
    assert b"root:" not in answer
    assert b"import" not in answer


# ------------------------------------------------------------------------------ too slow


def test_a_client_that_stops_sending_is_let_go():
    with running(slowest_s=0.3) as url:
        head = (
            "POST /api/v1/exams HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Content-Length: 1000\r\n\r\n{"
        )
        begun = monotonic()
        answer = raw(url, head.encode())
        assert b" 408 " in answer.split(b"\r\n")[0]
        assert b"nothing came for too long" in answer
        assert monotonic() - begun < 8
        with client(url) as site:
            assert site.get("/api/v1/health").status_code == 200


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: loc"])
def test_a_client_that_does_not_say_what_it_wants_is_let_go(monkeypatch, sent):
    monkeypatch.setattr(running_module, "HEADER_S", 0.3)
    with running() as url:
        assert raw(url, sent) == b""


def test_a_client_that_dribbles_a_second_request_is_let_go(monkeypatch):
    monkeypatch.setattr(running_module, "HEADER_S", 0.3)
    with running() as url, socket.create_connection(("127.0.0.1", port_of(url)), 10) as connection:
        connection.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET / HT")
        while connection.recv(65536):
            pass


def test_many_slow_clients_keep_nobody_waiting(site, url):
    slow = [socket.create_connection(("127.0.0.1", port_of(url))) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(b"POST /api/v1/exams HTTP/1.1\r\nHost: localhost\r\nContent-Le")
        assert len(opened(site)["foci"]) == 1
    finally:
        for connection in slow:
            connection.close()


# ------------------------------------------------------------------------- words of a patient


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_script_in_a_report_a_name_or_a_picture_is_shown_as_words(site):
    text = f"{SCRIPT} Liver: a 6 mm echogenic focus {SCRIPT} with shadowing."
    files = [("files", (f"{SCRIPT}.dcm", still())), ("files", ("r.txt", text.encode()))]
    summary = site.post("/api/v1/exams", files=files).json()
    for path in ("", "/patient"):
        page = site.get(f"{summary['page']}{path}").text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert" in site.get(summary["page"]).text


def test_a_drawing_with_script_is_read_as_words_and_never_as_a_picture(site):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    summary = site.post("/api/v1/exams", files={"files": ("x.svg", svg)}).json()
    assert summary["pictures"] == []
    page = site.get(summary["page"]).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_no_fault_quotes_a_report(caplog, monkeypatch):
    secret = "Mrs Example-Surname"

    def fault(*_: object, **__: object) -> None:
        raise RuntimeError(f"stumbled over {secret}")

    with running() as url, client(url) as site:
        summary = opened(site, f"{secret}. {ENGLISH}")
        monkeypatch.setattr("hepaspot.serve.pages.layout", fault)
        with caplog.at_level(logging.DEBUG):
            answer = site.get(summary["page"])
        assert answer.status_code == 500
        assert "met a fault of its own" in answer.json()["detail"]
        assert secret not in answer.text
        assert secret not in caplog.text
        assert "RuntimeError at test_guard.py:" in caplog.text


def test_an_address_that_is_taken_is_told(url):
    where = address("127.0.0.1", port_of(url))
    with pytest.raises(InputError, match=r"port \d+: cannot be listened on .*choose another"):
        listen(where)


def test_a_further_name_is_served_where_it_is_told():
    where = address("127.0.0.1", 0, names=("clinic.example",))
    with served(replace(where)) as url, client(url) as site:
        headers = {"Host": "Clinic.Example:8420"}
        assert site.get("/api/v1/health", headers=headers).status_code == 200
