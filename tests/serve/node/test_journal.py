"""What a node says: one JSON object a line, in its own words and in nobody else's."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import datetime, timedelta
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hepaspot.errors import InputError, OutputError
from hepaspot.serve.node import journal
from hepaspot.serve.node.patience import Ended, patiently, wait_after

PATIENT = "Zhang^San=張^三"


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    event=st.text(max_size=20),
    facts=st.dictionaries(
        st.sampled_from(["study", "objects", "why"]),
        st.one_of(st.text(), st.integers(-(2**53), 2**53), st.booleans(), st.none()),
    ),
)
def test_a_line_is_one_json_object_with_its_time_its_level_and_its_facts(capsys, event, facts):
    capsys.readouterr()
    journal.say(event, **facts)
    out, err = capsys.readouterr()
    (line,) = err.split("\n")[:-1]
    told = json.loads(line)
    assert out == ""
    assert datetime.fromisoformat(told.pop("at")).utcoffset() == timedelta(0)
    known = {name: value for name, value in facts.items() if value is not None}
    assert told == {"level": "info", "event": event, **known}


@pytest.mark.parametrize("error", [BrokenPipeError(), OSError(28, "No space left on device")])
def test_a_line_that_cannot_be_written_is_no_fault(monkeypatch, error):
    class NobodyListens(io.StringIO):
        def flush(self):
            raise error

    monkeypatch.setattr(sys, "stderr", NobodyListens())
    journal.say("started")


def foreign():
    return KeyError(PATIENT)


def test_an_error_of_another_is_told_by_its_kind_and_place_alone(capsys):
    try:
        raise foreign()
    except KeyError as error:
        journal.fault("study failed", error, study="k")
    (line,) = lines(capsys.readouterr().err)
    assert line["why"].startswith("KeyError at test_journal.py:")
    assert PATIENT not in str(line)
    assert journal.told(foreign()) == "KeyError"


def test_an_error_of_our_own_is_told_whole():
    assert journal.told(InputError("a: is no TOML; correct it")) == "a: is no TOML; correct it"


NOISY = f"""
import logging, sys, threading, warnings
from hepaspot.serve.node import journal

chatty = logging.getLogger("chatty")
chatty.addHandler(logging.StreamHandler())
journal.only_own_words()
warnings.warn("{PATIENT}")
warnings.simplefilter("always")
warnings.warn("{PATIENT}", DeprecationWarning)
for logger in (logging.getLogger(), chatty, logging.getLogger("pydicom"), logging.getLogger("x.y")):
    logger.setLevel(logging.DEBUG)
    logger.critical("{PATIENT}")
    try:
        raise ValueError("{PATIENT}")
    except ValueError:
        logger.exception("{PATIENT}")
logging.warning("%d", "{PATIENT}")

def fail():
    raise ValueError("{PATIENT}")

class Broken:
    def __del__(self):
        fail()

Broken()
thread = threading.Thread(target=fail, name="reading")
thread.start()
thread.join()
fail()
"""


def test_neither_libraries_nor_errors_that_nobody_caught_say_a_word_of_theirs(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", NOISY], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Zhang" not in done.stderr
    assert "張" not in done.stderr
    in_thread, last = lines(done.stderr)
    assert (in_thread["event"], in_thread["thread"]) == ("failed", "reading")
    assert in_thread["why"].startswith("ValueError at ")
    assert (last["event"], last["level"]) == ("failed", "error")


# -------------------------------------------------------------------------------- patience


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("hepaspot.serve.node.patience.FIRST_S", 0.001)
    monkeypatch.setattr("hepaspot.serve.node.patience.LONGEST_S", 0.002)


def failing(times, error=None):
    left = [error or OutputError("the database: cannot be used; see to it")] * times

    def call():
        if left:
            raise left.pop()
        return "done"

    return call


def test_work_that_needs_the_database_waits_for_it_and_says_so_once(quick, capsys):
    assert patiently(failing(5), Event()) == "done"
    first, last = lines(capsys.readouterr().err)
    assert (first["event"], first["why"]) == ("waiting", "the database: cannot be used; see to it")
    assert last["event"] == "going on"


def test_work_that_succeeds_at_once_says_nothing_and_is_done_even_at_the_end(capsys):
    ended = Event()
    ended.set()
    assert patiently(failing(0), ended) == "done"
    assert capsys.readouterr().err == ""


def test_nobody_waits_longer_than_the_process_is_to_live():
    ended = Event()
    ended.set()
    with pytest.raises(Ended):
        patiently(failing(1), ended)


@pytest.mark.parametrize("error", [InputError("wrong"), OSError("disk"), ValueError("x")])
def test_what_waiting_does_not_help_is_raised_at_once(error):
    with pytest.raises(type(error)):
        patiently(failing(1, error), Event())


@given(
    failures=st.integers(0, 1000),
    first_s=st.floats(0.001, 86_400),
    longest_s=st.floats(0.001, 86_400),
)
def test_each_wait_is_twice_the_one_before_up_to_the_longest(failures, first_s, longest_s):
    wait_s = wait_after(failures, first_s, longest_s)
    assert wait_after(0, first_s, longest_s) == min(first_s, longest_s)
    assert wait_after(failures + 1, first_s, longest_s) == min(2 * wait_s, longest_s)
