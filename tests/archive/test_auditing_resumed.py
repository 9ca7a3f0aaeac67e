"""An audit that is cut off at any moment goes on, and ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from archive.archives import CLEAN, rows, run, same_bytes, table, write_csv

from hepaspot.archive import joining
from hepaspot.archive import parts as parts_module
from hepaspot.archive.plan import kept_plan
from hepaspot.errors import InputError, OutputError

MOMENTS = int(os.environ.get("HEPASPOT_CRASHES", "6"))
"""How often the audit is killed; 50 were run with HEPASPOT_CRASHES=50."""


def command(table_, result, *more):
    return [sys.executable, "-m", "hepaspot", "audit", str(table_), "-o", str(result), *more]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """An archive of several parts and the result of auditing it undisturbed."""
    folder = tmp_path_factory.mktemp("archive")
    path = write_csv(folder / "a.csv", rows(9000))
    started = time.monotonic()
    subprocess.run(command(path, folder / "whole", "--workers", "2"), check=True)
    return path, folder / "whole", time.monotonic() - started


def killed_after(path, result, seconds):
    """Start an audit, and kill it with all its processes; whether it was still running."""
    process = subprocess.Popen(
        command(path, result, "--workers", "2"),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def test_killed_at_random_moments_it_ends_with_the_same_bytes(archive, tmp_path):
    path, whole, took = archive
    dice = random.Random(MOMENTS)
    result, killed = tmp_path / "r0", 0
    for number in range(MOMENTS):
        if killed_after(path, result, dice.uniform(0.1, 1.0) * took):
            killed += 1
        else:
            assert same_bytes(result, whole)
            result = tmp_path / f"r{number + 1}"
    subprocess.run(command(path, result), check=True, capture_output=True)
    assert same_bytes(result, whole)
    assert sorted(map(os.path.basename, result.iterdir())) == sorted(
        map(os.path.basename, whole.iterdir())
    )
    assert killed


def test_what_is_done_is_not_read_again(tmp_path, monkeypatch):
    path = write_csv(tmp_path / "a.csv", rows(30))
    read = []
    whole = parts_module.persons

    def counted(documents):
        for filed in whole(documents):
            read.extend(each.exam for each in filed)
            yield filed

    run_here(monkeypatch)
    monkeypatch.setattr(parts_module, "persons", counted)

    def cut_off(done, parts, part):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([path], tmp_path / "r", told=cut_off)
    before = list(read)
    run([path], tmp_path / "r")
    assert before
    assert sorted(read) == sorted(row["exam"] for row in rows(30))
    run([path], tmp_path / "r")
    assert len(read) == 30


def run_here(monkeypatch):
    """Read parts in this very process."""
    from hepaspot.archive import auditing

    class Here:
        def __init__(self, count):
            pass

        def run(self, result, parts, setting, access):
            yield from (parts_module.run_part(str(result), part, setting, access) for part in parts)

    monkeypatch.setattr(auditing, "Processes", Here)


def test_a_part_that_a_damaged_disk_cut_short_is_read_anew(archive, tmp_path, monkeypatch):
    path = write_csv(tmp_path / "a.csv", rows(30))
    run_here(monkeypatch)
    run([path], tmp_path / "whole")

    def cut_off(done, parts, part):
        if done == parts:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([path], tmp_path / "r", told=cut_off)
    damaged = sorted((tmp_path / "r" / "parts").glob("*/foci.parquet"))[2]
    damaged.write_bytes(damaged.read_bytes()[:-20])
    run([path], tmp_path / "r")
    assert same_bytes(tmp_path / "r", tmp_path / "whole")


def test_an_exam_that_ends_its_process_is_set_aside_and_the_others_are_read(tmp_path, monkeypatch):
    records = rows(30)
    path = write_csv(tmp_path / "a.csv", records)
    poison = tmp_path / "sitecustomize.py"
    poison.write_text(
        "import hepaspot.report.reader as reader\n"
        "import hepaspot.archive.examining as examining, os\n"
        "whole = examining._assessed\n"
        "def read(filed, *more):\n"
        "    if filed.exam == 'E00011':\n"
        "        os.kill(os.getpid(), 9)\n"
        "    return whole(filed, *more)\n"
        "examining._assessed = read\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    run([path], tmp_path / "r", workers=2)
    read = {row["exam"] for row in table(tmp_path / "r", "exams")}
    assert read == {record["exam"] for record in records} - {"E00011"}
    (error,) = table(tmp_path / "r", "errors")
    assert (error["exam"], error["reason"]) == ("E00011", "reading it ended the process")


def test_another_archive_into_the_same_folder_is_refused(tmp_path):
    run([write_csv(tmp_path / "a.csv", rows(4))], tmp_path / "r")
    other = write_csv(tmp_path / "b.csv", rows(5))
    line = r"r: holds an audit with other sources; name another folder$"
    with pytest.raises(InputError, match=line):
        run([other], tmp_path / "r")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "mine.txt").write_text("x")
    with pytest.raises(InputError, match=r"s: holds something else than an audit; name another"):
        run([other], tmp_path / "s")
    assert (tmp_path / "s" / "mine.txt").read_text() == "x"


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(4))
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match=r"cannot be written \(.*\); make room, or name another"):
        run([path], tmp_path / "file" / "r")


def test_a_full_disk_ends_the_audit_in_one_line_and_it_goes_on_later(tmp_path, monkeypatch):
    path = write_csv(tmp_path / "a.csv", rows(30))
    run_here(monkeypatch)
    run([path], tmp_path / "whole")
    writing = parts_module._write
    written = []

    def full(folder, part, rows_):
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(part)
        writing(folder, part, rows_)

    monkeypatch.setattr(parts_module, "_write", full)
    with pytest.raises(OutputError, match=r"r: cannot be written \(no space left on device\)"):
        run([path], tmp_path / "r")
    monkeypatch.setattr(parts_module, "_write", writing)
    run([path], tmp_path / "r")
    assert same_bytes(tmp_path / "r", tmp_path / "whole")


@pytest.mark.parametrize("fault", [duckdb.OutOfMemoryException("x"), pa.ArrowInvalid("x")])
def test_parts_that_cannot_be_joined_are_told_in_one_line_and_joined_later(
    tmp_path, monkeypatch, fault
):
    path = write_csv(tmp_path / "a.csv", rows(8))
    run_here(monkeypatch)

    def failing(result):
        raise fault

    with monkeypatch.context() as broken:
        broken.setattr(joining, "_work_list", failing)
        with pytest.raises(
            OutputError, match=r"r: its tables cannot be read to their end .*; make"
        ):
            run([path], tmp_path / "r")
    run([path], tmp_path / "r")
    assert len(table(tmp_path / "r", "exams")) == 8


def test_the_command_says_what_came_of_it(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(20))
    done = subprocess.run(
        command(path, tmp_path / "r", "--workers", "1"), check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith("20 exams, 12 bright spots, ")
    assert "stone_without_dilatation" in done.stdout
    assert CLEAN not in done.stdout + done.stderr
    assert kept_plan(tmp_path / "r").done


def test_the_command_says_which_columns_it_did_not_know(tmp_path):
    records = [{"流水": "1", "超声所见": "肝脏正常。", "谁": "x"}]
    path = write_csv(tmp_path / "a.csv", records, "gb18030")
    done = subprocess.run(
        command(path, tmp_path / "r", "--workers", "1"), check=True, capture_output=True, text=True
    )
    assert "a.csv: has no column for exam, person, date; say which with --column" in done.stderr
    assert "a.csv: columns not used: 流水, 谁" in done.stderr


def test_the_command_refuses_what_it_does_not_know(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(4))
    done = subprocess.run(
        command(path, tmp_path / "r", "--column", "words=x"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "'words=x' is not MEANING=COLUMN" in " ".join(done.stderr.split())
    gone = subprocess.run(
        command(tmp_path / "no.csv", tmp_path / "r"), capture_output=True, text=True, check=False
    )
    assert gone.returncode == 4
    assert gone.stderr.strip().endswith("there is no such file or folder; check the path")
    assert not Path(tmp_path / "r").exists()
