"""What a person at a terminal sees, as far as a pseudo-terminal can tell."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pty = pytest.importorskip("pty", reason="no pseudo-terminals here")

WORDS = "Liver: 6 mm echogenic focus in segment VII with posterior shadowing."


def seen(*arguments: str, stream: str, **environment: str) -> str:
    """What one stream of a command shows on a terminal of 100 columns."""
    master, slave = pty.openpty()
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | {stream: slave}
    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        [sys.executable, "-m", "hepaspot", *arguments],
        **streams,
        env=plain | {"TERM": "xterm-256color", "COLUMNS": "100"} | environment,
    ) as process:
        os.close(slave)
        shown = b"".join(iter(lambda: _read(master), b""))
    os.close(master)
    assert process.returncode == 0
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux ends a pseudo-terminal with an error
        return b""


@pytest.fixture
def reports(tmp_path):
    paths = [tmp_path / f"{name}.txt" for name in "ab"]
    for path in paths:
        path.write_text(WORDS)
    return [str(path) for path in paths]


def test_an_answer_has_colour_on_a_terminal(reports):
    assert "\x1b[1m" in seen("read", reports[0], stream="stdout")


def test_an_answer_has_no_colour_under_no_color(reports):
    shown = seen("read", reports[0], stream="stdout", NO_COLOR="1")
    assert "echogenic focus" in shown
    assert "\x1b[1;36m" not in shown


def test_several_reports_show_a_bar_that_goes_away(reports):
    shown = seen("read", *reports, stream="stderr")
    assert "Reading" in shown
    assert shown.rstrip().endswith("\x1b[2K")


def test_one_report_shows_no_bar(reports):
    assert seen("read", reports[0], stream="stderr") == ""
