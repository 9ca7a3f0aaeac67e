"""The file that an object is received into: it never fails while it is written, and says so later."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serve.node.disks import fill, make_read_only, make_writable, small_disk

from hepaspot.serve.node.landing import Landing

MOST = 1 << 20


def left_in(folder):
    return [path.name for path in folder.iterdir()]


@given(pieces=st.lists(st.binary(max_size=5000), max_size=20))
def test_what_was_written_in_pieces_is_in_the_file_when_it_is_settled(tmp_path_factory, pieces):
    folder = tmp_path_factory.mktemp("incoming")
    landing = Landing(folder, MOST)
    for piece in pieces:
        assert landing.write(piece) == len(piece)
        landing.file.flush()
    path = landing.settle()
    assert path.read_bytes() == b"".join(pieces)
    assert landing.written == path.stat().st_size
    landing.close()
    assert path.exists()


def test_it_is_for_its_owner_alone(tmp_path):
    landing = Landing(tmp_path, MOST)
    assert landing.settle().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("end", ["dropped", "closed", "forgotten"])
def test_an_unfinished_object_leaves_nothing(tmp_path, end):
    landing = Landing(tmp_path, MOST)
    landing.write(b"half an object" * 100_000)
    if end == "dropped":
        landing.drop()
    elif end == "closed":
        landing.close()
    del landing
    gc.collect()
    assert left_in(tmp_path) == []


def test_an_object_over_the_bound_is_let_go_and_the_rest_of_it_heard_to_its_end(tmp_path):
    landing = Landing(tmp_path, 1000)
    for _ in range(10):
        landing.write(b"x" * 200)
    assert landing.too_large
    assert landing.written == 2000
    assert left_in(tmp_path) == []
    with pytest.raises(OSError, match="nothing was received"):
        landing.settle()


def test_an_object_of_just_the_bound_is_taken(tmp_path):
    landing = Landing(tmp_path, 1000)
    landing.write(b"x" * 1000)
    assert not landing.too_large
    assert landing.settle().stat().st_size == 1000


def test_a_full_disk_is_told_when_the_object_is_whole_and_leaves_nothing(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        ballast = fill(disk)
        landing = Landing(disk, 64 << 20)
        for _ in range(50):
            landing.write(b"x" * 100_000)
        assert landing.written == 5_000_000
        with pytest.raises(OSError, match="No space left on device"):
            landing.settle()
        assert left_in(disk) == ["ballast"]
        ballast.unlink()
        again = Landing(disk, MOST)
        again.write(b"x" * 100_000)
        assert again.settle().stat().st_size == 100_000


def test_a_disk_that_is_full_at_the_last_byte_is_told_too(tmp_path):
    """What is written last waits in memory until the file is settled."""
    with small_disk(tmp_path / "disk") as disk:
        fill(disk)
        landing = Landing(disk, MOST)
        landing.write(b"x")
        with pytest.raises(OSError, match="No space left on device"):
            landing.settle()
        landing.drop()
        assert left_in(disk) == ["ballast"]


def test_a_folder_that_may_only_be_read_is_told_when_the_object_is_whole(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        make_read_only(disk)
        try:
            landing = Landing(disk, MOST)
            landing.write(b"x" * 100_000)
            with pytest.raises(OSError, match="Read-only file system"):
                landing.settle()
        finally:
            make_writable(disk)


def test_a_folder_that_is_gone_is_told_when_the_object_is_whole(tmp_path):
    landing = Landing(tmp_path / "none", MOST)
    landing.write(b"x")
    with pytest.raises(FileNotFoundError):
        landing.settle()
    landing.drop()


def test_a_limit_of_the_process_is_told_like_a_full_disk(tmp_path):
    script = (
        "import sys; from pathlib import Path\n"
        "from hepaspot.serve.node.landing import Landing\n"
        "landing = Landing(Path(sys.argv[1]), 1 << 30)\n"
        "for _ in range(20): landing.write(b'x' * 100_000)\n"
        "try: landing.settle()\n"
        "except OSError as error: print(error.strerror)\n"
        "print(list(Path(sys.argv[1]).iterdir()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000)),
    )
    assert done.stdout == "File too large\n[]\n"


def test_the_library_receives_into_the_folder_and_nowhere_else(tmp_path, monkeypatch):
    from pynetdicom import _config, dimse_messages

    from hepaspot.serve.node.landing import land_in

    monkeypatch.setattr(_config, "STORE_RECV_CHUNKED_DATASET", False)
    monkeypatch.setattr(dimse_messages, "NamedTemporaryFile", None)
    land_in(tmp_path, 1000)
    landing = dimse_messages.NamedTemporaryFile(delete=False, mode="wb", suffix=".dcm")
    assert isinstance(landing, Landing)
    assert Path(landing.name).parent == tmp_path
    assert _config.STORE_RECV_CHUNKED_DATASET
    landing.write(b"x" * 1001)
    assert landing.too_large
    assert left_in(tmp_path) == []
