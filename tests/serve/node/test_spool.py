"""The folder of a node: what is in it is whole, lasts, and tells nothing by its names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serve.node.disks import fill, make_read_only, make_writable, small_disk

from hepaspot.errors import InputError, OutputError
from hepaspot.intake.dicom_place import Place, place_in
from hepaspot.serve.node import spool as spooling
from hepaspot.serve.node.landing import Landing
from hepaspot.serve.node.spool import Spool, key_of

STUDY, SERIES, OBJECT = "1.2.840.99.7001", "1.2.840.99.7002", "1.2.840.99.7003"


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path / "node" / "spool")


def place(number=1, study=STUDY):
    return Place(study, SERIES, "1.2.840.10008.5.1.4.1.1.6.1", f"{OBJECT}.{number}")


def take(spool, number=1, data=b"data", study=STUDY):
    landing = Landing(spool.incoming, 1 << 20)
    landing.write(data)
    return spool.take(landing.settle(), place(number, study))


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def watched(monkeypatch):
    """What is asked of the disk, in order: (what, path)."""
    done = []
    fsync, replace = os.fsync, os.replace

    def watched_fsync(held):
        done.append(("settle", Path(f"/proc/self/fd/{held}").readlink()))
        fsync(held)

    def watched_replace(old, new, **more):
        done.append(("move", Path(new)))
        replace(old, new, **more)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    return done


# ------------------------------------------------------------------------------ durability


def test_an_object_is_on_disk_before_it_is_moved_and_its_place_before_it_is_acknowledged(
    spool, watched
):
    landing = Landing(spool.incoming, 1 << 20)
    landing.write(b"data")
    part = Path(landing.name)
    watched.clear()
    key = spool.take(landing.settle(), place())
    studies = spool.folder / "studies"
    assert watched == [
        ("settle", part),
        ("settle", studies),
        ("move", studies / key / f"{key_of(OBJECT + '.1')}.dcm"),
        ("settle", studies / key),
    ]
    assert [path.read_bytes() for path in spool.files(key)] == [b"data"]


def test_a_result_is_on_disk_before_it_has_its_name(spool, watched):
    key = take(spool)
    watched.clear()
    where = spool.put_result(key, "1.5", b"answer")
    results = spool.folder / "results"
    (first, second, third, last) = watched
    assert first == ("settle", results)
    assert second[0] == "settle"
    assert second[1].parent == results / key
    assert second[1] != spool.result(where)
    assert (third, last) == (("move", spool.result(where)), ("settle", results / key))
    assert spool.result(where).read_bytes() == b"answer"


def test_the_folders_themselves_are_on_disk_before_anything_is_put_into_them(tmp_path, watched):
    Spool(tmp_path / "spool")
    settled = {path for what, path in watched if what == "settle"}
    assert {tmp_path, tmp_path / "spool", tmp_path / "spool" / "studies"} <= settled


def test_an_object_that_cannot_be_made_to_last_is_not_taken(spool, monkeypatch):
    def broken(held):
        raise OSError(5, "Input/output error")

    landing = Landing(spool.incoming, 1 << 20)
    landing.write(b"data")
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output error"):
        landing.settle()
    landing.drop()
    assert list(spool.incoming.iterdir()) == []


# --------------------------------------------------------------------------------- studies


def test_objects_of_one_study_lie_together_and_those_of_another_apart(spool):
    first = take(spool, 1)
    assert take(spool, 2) == first
    other = take(spool, 1, study="1.9")
    assert spool.studies() == sorted([first, other])
    assert [len(spool.files(key)) for key in (first, other)] == [2, 1]


def test_an_object_that_comes_again_replaces_the_one_that_is_there(spool):
    key = take(spool, data=b"wrong")
    assert take(spool, data=b"right") == key
    assert [path.read_bytes() for path in spool.files(key)] == [b"right"]


def test_the_signature_changes_with_whatever_changes_in_a_study(spool):
    key = take(spool)
    seen = [spool.signature(key)]
    assert spool.signature(key) == seen[0]
    take(spool, 2)
    seen.append(spool.signature(key))
    take(spool, 2, data=b"longer")
    seen.append(spool.signature(key))
    path = spool.files(key)[0]
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))  # as one of the same length would
    seen.append(spool.signature(key))
    path.unlink()
    seen.append(spool.signature(key))
    assert all(before != after for before, after in pairwise(seen))


def test_a_study_that_is_not_there_has_no_files(spool):
    assert spool.files(key_of("1.9")) == []
    assert spool.study_uid(key_of("1.9")) is None


def test_the_uid_of_a_study_is_told_by_an_object_that_can_be_read(spool, exam):
    path = exam()
    told = place_in(path)
    copy = spool.incoming / "copy.part"
    shutil.copy(path, copy)
    key = spool.take(copy, told)
    (spool.folder / "studies" / key / "0.dcm").write_bytes(b"damaged")
    assert spool.study_uid(key) == told.study


# -------------------------------------------------------------------------------- removing


def test_a_study_is_removed_with_its_results(spool):
    key = take(spool)
    spool.put_result(key, "1.5", b"answer")
    other = take(spool, study="1.9")
    assert spool.remove(key, spool.signature(key)) is True
    assert spool.studies() == [other]
    assert not any(key in name for name in names(spool.folder))


def test_a_study_to_which_something_came_is_not_removed(spool):
    key = take(spool)
    signature = spool.signature(key)
    take(spool, 2)
    spool.put_result(key, "1.5", b"answer")
    assert spool.remove(key, signature) is False
    assert len(spool.files(key)) == 2
    assert spool.result(f"{key}/{key_of('1.5')}.dcm").exists()


def test_a_study_that_was_removed_before_that_could_be_noted_is_removed_still(spool):
    key = take(spool)
    signature = spool.signature(key)
    spool.put_result(key, "1.5", b"answer")
    shutil.rmtree(spool.folder / "studies" / key)
    assert spool.remove(key, signature) is True
    assert not any(key in name for name in names(spool.folder))


def test_a_removal_that_is_cut_off_leaves_no_study_with_objects_missing(spool, monkeypatch):
    key = take(spool, 1)
    take(spool, 2)

    def cut_off(path, **how):
        next(iter(Path(path).iterdir())).unlink()
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as changed:
        changed.setattr(spooling.shutil, "rmtree", cut_off)
        with pytest.raises(OSError, match="Input/output error"):
            spool.remove(key, spool.signature(key))
    assert spool.studies() == []
    again = Spool(spool.folder)
    again.empty_incoming()
    assert list((spool.folder / "leaving").iterdir()) == []


def test_a_study_may_come_again_after_it_was_removed(spool):
    key = take(spool)
    spool.remove(key, spool.signature(key))
    assert take(spool) == key
    assert len(spool.files(key)) == 1


def test_what_was_cut_off_is_removed_when_a_node_starts_and_nothing_else(spool):
    key = take(spool)
    (spool.incoming / "a.part").write_bytes(b"half")
    (spool.incoming / "b.part").write_bytes(b"half")
    assert Spool(spool.folder).empty_incoming() == 2
    assert list(spool.incoming.iterdir()) == []
    assert len(spool.files(key)) == 1


# --------------------------------------------------------------------------- names, rights


UIDS = st.from_regex(r"[1-9][0-9]{2,8}(\.[1-9][0-9]{2,8}){2,4}", fullmatch=True)


@settings(max_examples=25)
@given(study=UIDS, instance=UIDS)
def test_no_name_in_the_folder_tells_a_uid(study, instance):
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder))
        landing = Landing(spool.incoming, 1 << 20)
        key = spool.take(landing.settle(), Place(study, SERIES, "1.2", instance))
        spool.put_result(key, instance, b"answer")
        told = " ".join(names(spool.folder))
        assert study not in told
        assert instance not in told
        assert spool.studies() == [key] == [key_of(study)]


def test_all_is_for_its_owner_alone(spool):
    key = take(spool)
    spool.put_result(key, "1.5", b"answer")
    with spool.owned():
        for path in (spool.folder, *spool.folder.rglob("*")):
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_a_folder_with_wider_rights_is_closed(tmp_path):
    (tmp_path / "spool").mkdir(mode=0o755)
    Spool(tmp_path / "spool")
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("key", ["", "../x", "a" * 31, "a" * 30 + "/.", ".." + "a" * 30])
def test_what_is_no_key_leads_nowhere(spool, key):
    with pytest.raises(ValueError, match="a key has 32 letters and digits, got"):
        spool.files(key)


def test_a_result_is_never_looked_for_outside_of_its_folder(spool):
    key = key_of("1.9")
    assert spool.result(f"{key}/../../lock").parent == spool.folder / "results" / key


# ------------------------------------------------------------------------------------ lock


def test_a_second_node_is_kept_out_of_the_folder_and_a_third_gets_in_after_the_first(spool):
    with spool.owned():
        line = r"spool: another node works on this folder; end it, or name another$"
        with pytest.raises(InputError, match=line), Spool(spool.folder).owned():
            pass
    with Spool(spool.folder).owned():
        pass


def test_the_folder_is_free_when_its_node_was_killed_even_if_what_it_started_lives(spool):
    script = (
        "import os, subprocess, sys; from pathlib import Path\n"
        "from hepaspot.serve.node.spool import Spool\n"
        "held = Spool(Path(sys.argv[1])).owned(); held.__enter__()\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()'])\n"
        "print(child.pid, flush=True); os.kill(os.getpid(), 9)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(spool.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as node:
        child = int(node.stdout.readline())
        node.wait()
        os.kill(child, 0)
        with spool.owned():
            pass
        node.stdin.close()  # the child ends with its input


# -------------------------------------------------------------------- a disk that is no help


def test_a_result_for_which_there_is_no_room_is_told_and_leaves_nothing(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        spool = Spool(disk / "spool")
        key = take(spool)
        ballast = fill(disk)
        line = r"spool: cannot be written \(no space left on device\); make room, or see to its ri"
        with pytest.raises(OutputError, match=line):
            spool.put_result(key, "1.5", b"answer" * 10_000)
        assert [path for path in (spool.folder / "results").rglob("*") if path.is_file()] == []
        assert len(spool.files(key)) == 1
        ballast.unlink()
        assert spool.result(spool.put_result(key, "1.5", b"answer")).read_bytes() == b"answer"


def test_a_folder_that_may_only_be_read_is_told(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        spool = Spool(disk / "spool")
        key = take(spool)
        make_read_only(disk)
        try:
            line = r"spool: cannot be written \(read-only file system\); make room, or see to its"
            with pytest.raises(OutputError, match=line):
                spool.put_result(key, "1.5", b"answer")
            with pytest.raises(OutputError, match=line), spool.owned():
                pass
            with pytest.raises(OutputError, match=line):
                Spool(disk / "other spool")
            assert len(spool.files(key)) == 1
        finally:
            make_writable(disk)


def test_a_place_where_no_folder_can_be_is_told(tmp_path):
    (tmp_path / "file").touch()
    line = r"file/spool: cannot be written \(not a directory\); make room, or see to its rights$"
    with pytest.raises(OutputError, match=line):
        Spool(tmp_path / "file" / "spool")


def test_the_free_room_is_that_of_the_disk_of_the_folder(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        spool = Spool(disk / "spool")
        assert 0 < spool.free_bytes() <= 256 << 10
        fill(disk)
        assert spool.free_bytes() == 0


def test_there_is_room_down_to_the_reserve_and_none_on_a_disk_that_is_gone(spool, monkeypatch):
    monkeypatch.setattr(Spool, "free_bytes", lambda self: 3 << 20)
    assert [spool.has_room(reserve_mib) for reserve_mib in (0, 3, 4)] == [True, True, False]
    monkeypatch.undo()
    shutil.rmtree(spool.folder)
    assert spool.free_bytes() is None
    assert not spool.has_room(0)
