"""What can go wrong with a store, each in one line, and nothing of it says who is kept."""

from __future__ import annotations

import logging
import re
import sqlite3
import sys
import traceback
from contextlib import closing

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from hepaspot.errors import (
    HepaspotError,
    InputError,
    InternalError,
    MissingExtra,
    OutputError,
    UnreadableInput,
    UnsupportedInput,
)
from hepaspot.exam import Exam, Source, SourceKind
from hepaspot.serve.store import Store
from hepaspot.serve.store.faults import fault_of

SECRET = "Zhang-San-1987"
TOLD = Exam(sources=(Source("report", SourceKind.REPORT, SECRET * 2000),))


def keep(store):
    return store.keep(TOLD, SECRET.encode(), person=SECRET, note=SECRET)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "exams.db"


def refused(kind, line, work, *arguments):
    """Whether ``work`` fails with one such line, and with no other error behind it."""
    with pytest.raises(kind, match=line) as caught:
        work(*arguments)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, HepaspotError)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def limit_pages(store, pages):
    @event.listens_for(store._engine, "checkout")
    def few(connection, record, proxy):
        connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_told_and_nothing_of_the_exam_is_left(path):
    store = Store.open(path)
    limit_pages(store, 12)
    line = r"exams\.db: cannot be written \(no room is left\); make room or name another place$"
    refused(OutputError, line, keep, store)
    assert store.find() == []
    store.close()
    assert SECRET.encode() not in path.read_bytes()


def test_a_store_that_may_not_be_written_is_told_and_still_read(path):
    store = Store.open(path)
    kept = keep(store)

    @event.listens_for(store._engine, "checkout")
    def read_only(connection, record, proxy):
        connection.execute("PRAGMA query_only = ON")

    for work in (lambda: keep(store), lambda: store.update(kept, TOLD, b""), store.delete_all):
        line = r"exams\.db: cannot be written; see that its folder may be written to$"
        refused(OutputError, line, work)
    assert store.get(kept).person == SECRET
    store.close()


@pytest.mark.parametrize("broken", ["a folder", "below a file", "no path"])
def test_a_place_where_no_file_can_be_is_told(tmp_path, broken):
    (tmp_path / "file").touch()
    where = {
        "a folder": tmp_path,
        "below a file": tmp_path / "file" / "exams.db",
        "no path": "\0",
    }[broken]
    with pytest.raises(OutputError, match=r": cannot be opened \(.+\); name another file$"):
        Store.open(where)


def test_a_damaged_file_is_told_and_left_alone(path):
    path.write_bytes(b"not a database at all, but words" * 200)
    before = path.read_bytes()
    line = r"exams\.db: is damaged or no store; take it from a backup or name another one$"
    refused(UnreadableInput, line, Store.open, path)
    assert path.read_bytes() == before


def test_a_store_that_was_damaged_inside_is_told_when_it_is_read(path):
    store = Store.open(path)
    for _ in range(5):
        keep(store)
    store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\xff" * (len(content) - 4096 * 3)
    path.write_bytes(content)
    with pytest.raises(UnreadableInput, match=r"is damaged or no store"):
        Store.open(path).find(SECRET)


def test_a_database_of_another_program_is_refused_and_left_as_it_is(path):
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE patients (name TEXT)")
    before = path.read_bytes()
    line = r"exams\.db: holds something else than a store; name another one$"
    refused(UnsupportedInput, line, Store.open, path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["exams.db"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("UPDATE hepaspot_store SET form = 2", "is a store of another version of hepaspot; use"),
        ("DELETE FROM hepaspot_store", "is a store of another version of hepaspot; use that"),
        ("INSERT INTO hepaspot_store VALUES (7, 0, 0)", "is a store of another version"),
        ("DROP TABLE hepaspot_chunk", "holds something else than a store; name another one"),
        (
            "ALTER TABLE hepaspot_store RENAME COLUMN form TO shape",
            "is not in the form of a store; name another one",
        ),
    ],
)
def test_a_store_of_another_form_is_refused_and_left_as_it_is(path, change, line):
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(change)
    with closing(sqlite3.connect(path)) as other:
        before = list(other.iterdump())
    refused(UnsupportedInput, line, Store.open, path)
    with closing(sqlite3.connect(path)) as other:
        assert list(other.iterdump()) == before


def test_a_place_that_another_program_holds_is_told(path, monkeypatch):
    from hepaspot.serve.store import opening

    monkeypatch.setattr(opening, "PRAGMAS", ("busy_timeout = 20",))
    store = Store.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused(OutputError, r"exams\.db: is busy with another program's work; try", keep, store)
    assert keep(store)
    store.close()


def test_traces_that_a_reader_keeps_are_told_and_go_when_opened_again(path, monkeypatch):
    from hepaspot.serve.store import opening, wiping

    monkeypatch.setattr(opening, "PRAGMAS", ("foreign_keys = ON", "busy_timeout = 20"))
    monkeypatch.setattr(wiping, "PATIENCE_S", 0.1)
    store = Store.open(path)
    kept = keep(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM hepaspot_exam").fetchone()
        refused(
            OutputError, r"what was to be deleted is, but traces of it stay", store.delete, kept
        )
        assert store.find() == []
    Store.open(path).close()
    assert not any(SECRET.encode() in each.read_bytes() for each in path.parent.iterdir())
    store.close()


def test_no_log_tells_what_is_kept_even_where_every_detail_is_asked_for(path, caplog):
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "sqlalchemy"):
        store = Store.open(path)
        kept = keep(store)
        store.find(SECRET)
        store.get(kept)
        store.close()
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "url", ["mysql://h/d", "sqlite:///x.db", "http://example.org", "postgresql", "://"]
)
def test_only_postgresql_has_an_url(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if url == "postgresql":
        Store.open(url).close()  # a file of this name
        return
    with pytest.raises(InputError, match=r"^the store: its URL is none of PostgreSQL; give the"):
        Store.open(url)


@pytest.mark.parametrize(
    ("url", "driver"),
    [("postgresql://u:word@h/d", "pg8000"), ("postgresql+psycopg://u:word@h/d", "psycopg")],
)
def test_a_driver_that_is_missing_is_told_with_what_to_install(url, driver, monkeypatch):
    monkeypatch.setitem(sys.modules, driver, None)
    line = r"^the store: PostgreSQL needs its driver; install pg8000 beside hepaspot$"
    refused(MissingExtra, line, Store.open, url)


@pytest.mark.parametrize(
    ("state", "kind", "line"),
    [
        ("57P01", OutputError, "cannot be used; see that the database runs, has room and lets"),
        ("53100", OutputError, "cannot be used; see that the database runs, has room and lets"),
        ("42501", OutputError, "cannot be used; see that the database runs, has room and lets"),
        ("25006", OutputError, "cannot be used; see that the database runs, has room and lets"),
        ("40P01", OutputError, "is busy with another program's work; try again"),
        ("23505", OutputError, "is busy with another program's work; try again"),
        ("42601", InternalError, r"the database refused the work \(Error\)"),
    ],
)
def test_each_state_that_postgresql_tells_has_its_line(state, kind, line):
    driver = DBAPIError(
        "statement", None, type("Error", (Exception,), {})({"C": state, "M": SECRET})
    )
    fault = fault_of("here", driver)
    assert type(fault) is kind
    assert re.fullmatch(f"here: {line}.*", str(fault))
    assert SECRET not in str(fault)
