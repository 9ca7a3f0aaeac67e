"""`hepaspot serve`: says where the page is, serves it, and ends in one line where it cannot."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

pytest.importorskip("fastapi", reason="needs the extra 'serve'")
httpx = pytest.importorskip("httpx")

COMMAND = (sys.executable, "-m", "hepaspot", "serve")


def ended(*options, **changes):
    return subprocess.run(
        (*COMMAND, *options),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | changes,
    )


def test_it_says_where_the_page_is_and_ends_when_interrupted():
    with subprocess.Popen(
        (*COMMAND, "--port", "0"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        told = process.stdout.readline()
        assert told.startswith("hepaspot is at http://localhost:")
        assert process.stdout.readline() == "Nothing is kept. Ctrl+C ends it.\n"
        url = told.split()[-1]
        while True:
            try:
                page = httpx.get(url)
                break
            except httpx.ConnectError:
                continue
        assert page.status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) in (0, 130, -signal.SIGINT)
        assert "Traceback" not in process.stderr.read()


def test_an_address_that_is_taken_is_told_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = ended("--port", str(port))
    assert result.returncode == 3
    assert result.stderr == (
        f"hepaspot: 127.0.0.1 port {port}: cannot be listened on (address already in use); "
        "choose another --port or --host\n"
    )


def test_a_store_that_cannot_be_used_is_told_in_one_line(tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("these are notes, no store")
    result = ended("--port", "0", "--store", str(other))
    assert result.returncode == 3
    assert result.stderr.count("\n") == 1
    assert "notes.txt: " in result.stderr
    assert other.read_text() == "these are notes, no store"


def test_a_short_token_is_refused():
    result = ended("--port", "0", "--token", "short")
    assert result.returncode == 3
    assert "token: is shorter than 16 characters" in result.stderr


def test_what_is_missing_is_named_with_its_extra(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'fastapi' else find(name, *a)\n"
    )
    result = ended(PYTHONPATH=str(tmp_path))
    assert result.returncode == 3
    assert 'pip install "hepaspot[serve]"' in result.stderr


def test_it_is_not_shown_to_the_network_unless_asked_for():
    told = ended("--help").stdout
    assert "127.0.0.1" in told
    assert "--store" in told
