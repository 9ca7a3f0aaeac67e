"""One audit at a time writes into a result; whatever ends an audit, the next one may begin."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("duckdb", reason="needs the extra 'archive'")

from archive.archives import rows, run, same_bytes, write_csv

from hepaspot.archive.holding import NAME, held
from hepaspot.errors import InputError, OutputError

HOLDS = """
import sys, time
from pathlib import Path
from hepaspot.archive.holding import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the result."""
    result = tmp_path / "r"
    result.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(result)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process, result
    process.kill()
    process.communicate()


def test_a_second_audit_is_told_in_one_line_and_writes_nothing(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(20))
    before = []

    def second(done, parts, part):
        if part is None:
            before.append(sorted(each.name for each in (tmp_path / "r").iterdir()))
            line = r"r: another audit writes here; wait for it, or name another folder$"
            with pytest.raises(OutputError, match=line):
                run([path], tmp_path / "r")
            assert sorted(each.name for each in (tmp_path / "r").iterdir()) == before[0]

    run([path], tmp_path / "r", told=second)
    run([path], tmp_path / "alone")
    assert before
    assert same_bytes(tmp_path / "r", tmp_path / "alone")
    names = [sorted(each.name for each in (tmp_path / name).iterdir()) for name in ("r", "alone")]
    assert names[0] == names[1]
    assert NAME not in names[0]


def test_a_holder_in_another_process_is_seen_and_its_death_frees_the_folder(other):
    process, result = other
    with pytest.raises(OutputError, match="another audit writes here"), held(result):
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert (result / NAME).exists()
    with held(result):
        assert (result / NAME).exists()
    assert not (result / NAME).exists()


def test_a_lock_that_was_removed_by_its_holder_is_not_taken_for_the_one_that_is_there(
    tmp_path, monkeypatch
):
    """Between opening the file and holding it, the audit before ends and removes it."""
    from hepaspot.archive import holding

    opened = []
    whole = os.open

    def late(path, *more):
        found = whole(path, *more)
        opened.append(found)
        if len(opened) == 1:
            Path(path).unlink()
        return found

    monkeypatch.setattr(holding.os, "open", late)
    with held(tmp_path):
        assert len(opened) == 2
        assert os.path.samestat(os.fstat(opened[1]), (tmp_path / NAME).stat())


def test_a_folder_with_something_else_in_it_gets_no_lock(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(4))
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "mine.txt").write_text("x")
    with pytest.raises(InputError, match="holds something else than an audit"):
        run([path], tmp_path / "s")
    assert [each.name for each in (tmp_path / "s").iterdir()] == ["mine.txt"]


def test_an_audit_that_fails_leaves_no_lock(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(4))

    def cut_off(done, parts, part):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([path], tmp_path / "r", told=cut_off)
    assert not (tmp_path / "r" / NAME).exists()


def test_a_file_system_without_locks_is_no_reason_to_refuse(tmp_path, monkeypatch):
    import errno
    import fcntl

    def none(descriptor, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    with held(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path):
    with (
        pytest.raises(OutputError, match=r"gone: cannot be written \(no such file"),
        held(tmp_path / "gone"),
    ):
        pass
