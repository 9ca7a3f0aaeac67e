"""A store in this process that notes what it is asked for, and audits of it."""

from __future__ import annotations

from pathlib import Path

import fsspec
from fsspec.implementations.memory import MemoryFileSystem

from hepaspot.archive.access import Access
from hepaspot.archive.joining import join
from hepaspot.archive.laying_out import lay_out
from hepaspot.archive.parts import run_part
from hepaspot.archive.sources import sources
from hepaspot.exam import Setting

SECRET = "hunter2"
EXAMS = "watched://archive/exams"


class Watched(MemoryFileSystem):
    """A store in this process that notes what it is asked for, and fails where it is told to."""

    protocol = "watched"
    store = {}  # noqa: RUF012 - as its base has it
    pseudo_dirs = [""]  # noqa: RUF012
    asked = []  # noqa: RUF012
    failures = []  # noqa: RUF012

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(str(path).replace("watched://", "memory://"))

    @classmethod
    def note(cls, what, path, end=None):
        cls.asked.append((what, path.removeprefix("/archive/exams/"), end))
        if cls.failures:
            error = cls.failures.pop(0)
            if error is not None:
                raise error

    def find(self, path, **how):
        self.note("list", path)
        return super().find(path, **how)

    def cat_file(self, path, start=None, end=None, **how):
        self.note("head", path, end)
        return super().cat_file(path, start, end, **how)

    def get_file(self, path, to, **how):
        self.note("file", path)
        return super().get_file(path, to, **how)


fsspec.register_implementation("watched", Watched, clobber=True)


def emptied():
    """The store with nothing in it; a fixture where it is needed."""
    for held in (Watched.store, Watched.asked, Watched.failures):
        held.clear()
    yield Watched
    Watched.store.clear()


def put(root):
    for path in filter(Path.is_file, root.rglob("*")):
        Watched().pipe_file(f"{EXAMS}/{path.relative_to(root).as_posix()}", path.read_bytes())


def audited(address, result):
    """An audit in this very process, which alone has what is in its memory."""
    (result / "parts").mkdir(parents=True)
    named = sources([address])
    parts, _ = lay_out(named, {}, result, access=Access(), per_part=7)
    for part in range(parts):
        run_part(str(result), part, Setting())
    join(result, parts)
    return result


def failing(times, error=None):
    return [error or OSError(f"https://user:{SECRET}@store is busy") for _ in range(times)]
