"""Disks to test with: one with little room, which may be made read-only."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOM_BYTES = 256 << 10


@contextmanager
def small_disk(where: Path) -> Iterator[Path]:
    """A file system in memory with so much room; skips where none may be mounted."""
    where.mkdir()
    try:
        mounted = _mount("-t", "tmpfs", "-o", f"size={ROOM_BYTES},mode=700", "tmpfs", where)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if mounted:
        pytest.skip("no file system may be mounted here")
    try:
        yield where
    finally:
        subprocess.run(["umount", str(where)], check=True)


def make_read_only(disk: Path) -> None:
    assert _mount("-o", "remount,ro", disk) == 0


def make_writable(disk: Path) -> None:
    assert _mount("-o", "remount,rw", disk) == 0


def fill(disk: Path) -> Path:
    """Leave no byte free; the file that fills it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return ballast
    raise AssertionError("a disk without an end")


def _mount(*words: str | Path) -> int:
    return subprocess.run(["mount", *map(str, words)], check=False, capture_output=True).returncode
